// Package authorizer asks custom authorizers: functions that decide about a call.
package authorizer
