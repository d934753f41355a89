// Package domains serves /v3/domains, the departments of the platform.
package domains
