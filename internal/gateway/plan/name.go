package plan

import (
	"github.com/lintel-gateway/lintel/internal/gateway/policy/acl"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/appauth"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/authorizer"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/grant"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/iamauth"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/identity"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/mapping"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/order"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/parameter"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/protocol"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/sign"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/throttle"
)

// Unnamed is the name of a policy that NameOf does not know.
const Unnamed = "without a name"

// NameOf is what a trace calls a policy. A test holds the list against the
// folders of policies.
func NameOf(p Policy) string {
	switch p.(type) {
	case *protocol.Policy:
		return "protocol"
	case acl.Addresses:
		return "access list of addresses"
	case acl.Accounts:
		return "access list of accounts"
	case identity.Strip:
		return "fields of the request"
	case *appauth.Policy:
		return "app authentication"
	case *grant.Policy:
		return "grant"
	case *iamauth.Policy:
		return "IAM authentication"
	case *authorizer.Policy:
		return "authorizer"
	case *throttle.Policy:
		return "throttle"
	case *order.Policy:
		return "order"
	case *parameter.Check:
		return "parameter"
	case *mapping.Mapping:
		return "mapping"
	case *mapping.Event:
		return "mapping of the event"
	case identity.Assertion:
		return "fields of the gateway"
	case *sign.Policy:
		return "backend signature"
	}
	return Unnamed
}

// Spared reports whether a policy is not applied to the calls by which owners
// debug their APIs: whom an API admits and how often says nothing about whether
// it works (wire-facts §2.8 has it for limits; a list of addresses would be asked
// about whoever uses the debugger).
func Spared(p Policy) bool {
	switch p.(type) {
	case acl.Addresses, acl.Accounts, *throttle.Policy, *order.Policy:
		return true
	}
	return false
}

// Bound reports whether a policy does nothing unless something is bound to the
// API, and says so in a trace when something is.
func Bound(p Policy) bool {
	switch p.(type) {
	case acl.Addresses, acl.Accounts, *throttle.Policy, *sign.Policy:
		return true
	}
	return false
}
