// Package projects serves /v3/projects.
package projects
