// Package servers is the area of the instance directory, in which members of VPC channels are found by their id.
package servers
