// Package outline is the area of the overview of what a project has: reference 4.13.
package outline
