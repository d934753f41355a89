// Package envs is the area of environments and their variables: reference 4.5
// and 4.6.
//
// It owns the tables envs and env_variables. Every project has the environment
// RELEASE without a row: it stands first in lists, publishes like any other
// and can hold variables, but is neither changed nor deleted (APIG.1103), and
// no other environment may have its name (APIG.3205). Names are compared with
// their case, as X-Stage is.
//
// An environment in which APIs are published cannot be deleted (APIG.3418).
// With one that is empty go its variables and, of other areas, the rows that
// mean nothing without it: old versions of APIs (api_versions) and grants,
// whose published form is withdrawn. These two are the only rows of others
// that this area writes.
//
// The name of an environment is part of each definition published in it, so a
// new name touches them all. Variables are not: they are substituted when an
// API is published, and a change takes effect with the next publication.
package envs
