// Package channels is the area of VPC channels and their members: reference 4.17.
package channels
