// Package config is the static configuration of one Lintel process: what is
// read once at the start and changes only with a restart. What changes while
// the process runs (APIs, apps, limits of one API) is published state and
// lives in the database, never here.
//
// One table (settings.go) drives the flags, the LINTEL_… environment
// variables, the keys of the YAML file and docs/operate/settings.md, under one
// spelling: --gateway-addr, LINTEL_GATEWAY_ADDR, gateway-addr. A flag beats the
// environment, the environment beats the file, the file beats the default.
//
// Rules:
//   - Loading is strict and tells everything at once: an unknown or repeated
//     key, a wrong type, a value out of range and settings that contradict each
//     other are all reported together, each with its source. A value is checked
//     even when a stronger source overrides it, because it would surprise the
//     day the stronger one is taken away.
//   - A secret never appears in a fault, and is never a flag: command lines are
//     visible to every user of the machine.
//   - An empty environment variable counts as not set, so that a compose file
//     may name variables it leaves empty.
//   - This is the only package that reads the environment.
//
// A loaded Config is shared and must not be written to.
package config
