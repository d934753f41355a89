// Package statistics is the area of how often and how fast APIs answered: wire-facts §0.2.
package statistics
