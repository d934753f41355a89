// Package domains is the area of the independent domains of groups and their certificates: reference 4.16.
package domains
