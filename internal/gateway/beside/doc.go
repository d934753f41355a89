// Package beside holds what lives beside APIs in a gateway: policies and what
// binds them to APIs, channels, authorizers, functions, responses,
// certificates, orders.
//
// It owns these values by their ids (orders by way of policy/order, which counts
// them down), and which policies hold for an API in an environment. It does not
// own what they do: policies and backends look them up when a plan is built or a
// call is made, so that editing one of them changes every API that names it
// without a new plan. Values are immutable; readers never wait. Applications and
// grants are gateway/callers', groups and APIs gateway/snapshot's.
//
// Secrets stay sealed here. That they can be opened is part of taking a record,
// so that a record sealed with a lost key is refused when it comes, not when it
// is needed.
package beside
