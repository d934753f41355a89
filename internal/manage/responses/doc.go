// Package responses is the area of how groups word the faults of the gateway: wire-facts §14.
package responses
