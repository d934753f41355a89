// Package acls is the area of access control policies and their bindings: reference 4.10 and 4.11.
package acls
