// Package openapi imports and exports APIs as OpenAPI documents: reference 4.18.
package openapi
