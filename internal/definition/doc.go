// Package definition is the contract between the management plane and the
// data plane: self-contained, serialisable values that say everything a
// gateway must know.
//
// One API in one environment is the unit of publication (API). Things that
// live beside APIs travel as their own small records, in the same way: a group
// and its hosts (Group), an application and its credentials (App), one
// authorisation (Grant), policies and what binds them to APIs (Binding,
// Throttle, ACL, SignatureKey), and what APIs name (Channel, Authorizer,
// Function, Response, Certificate). So a change costs what changed: editing a
// throttle on a thousand APIs is one record.
//
// A value of this package is immutable once it is shared, carries no
// environment variables any more (they are substituted at publication), and
// never carries a secret in the clear: secrets are sealed bytes which the
// gateway opens with the key of the installation.
//
// The package imports the standard library only; both planes depend on it.
// It does not validate: management refuses what the reference refuses, and
// gateway/snapshot accepts a record only after a dry build.
package definition
