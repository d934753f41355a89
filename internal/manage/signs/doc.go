// Package signs is the area of signature keys and their bindings: reference 4.14 and 4.15.
package signs
