// Package configs is the area of the configuration of a project, which is its quotas: wire-facts §0.2.
package configs
