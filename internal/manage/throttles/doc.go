// Package throttles is the area of throttling policies, their bindings and their special limits: reference 4.7 to 4.9.
package throttles
