package configs

import "github.com/lintel-gateway/lintel/internal/quota"

// entry is what one quota is called on the wire.
type entry struct {
	item         quota.Item
	name, remark string
}

// entries has every quota, in the order of its ids: new ones go to the end. The
// first three are those of the older edition's sample.
func entries() []entry {
	return []entry{
		{quota.APIs, "API_NUM_LIMIT", "APIs of a project"},
		{quota.Apps, "APP_NUM_LIMIT", "Apps of a project"},
		{quota.Groups, "APIGROUP_NUM_LIMIT", "API groups of a project"},
		{quota.Environments, "ENVIRONMENT_NUM_LIMIT", "Environments of a project, RELEASE not counted"},
		{quota.Variables, "VARIABLE_NUM_LIMIT", "Variables of an API group in one environment"},
		{quota.SignatureKeys, "SIGN_NUM_LIMIT", "Signature keys of a project"},
		{quota.Throttles, "THROTTLE_NUM_LIMIT", "Request throttling policies of a project"},
		{quota.Domains, "APIGROUP_DOMAIN_NUM_LIMIT", "Independent domains of an API group"},
		{quota.Versions, "API_VERSION_NUM_LIMIT", "Versions kept of an API in one environment"},
		{quota.Channels, "VPC_NUM_LIMIT", "VPC channels of a project"},
		{quota.Members, "VPC_INSTANCE_NUM_LIMIT", "Cloud servers in a VPC channel"},
		{quota.ReqParams, "API_PARAM_NUM_LIMIT", "Request parameters of an API"},
		{quota.ACLs, "ACL_NUM_LIMIT", "Access control policies of a project"},
		{quota.SpecialApps, "APP_THROTTLE_LIMIT", "Excluded apps of a request throttling policy"},
		{quota.SpecialTenants, "USER_THROTTLE_LIMIT", "Excluded tenants of a request throttling policy"},
		{quota.APIsPerGroup, "API_NUM_LIMIT_PER_GROUP", "APIs in an API group"},
		{quota.PolicyBackends, "API_POLICY_NUM_LIMIT", "Policy backends of an API"},
		{quota.Conditions, "API_CONDITION_NUM_LIMIT", "Conditions of a policy backend"},
		{quota.Authorizers, "AUTHORIZER_NUM_LIMIT", "Custom authorizers of a project"},
		{quota.Identities, "AUTHORIZER_IDENTITY_NUM_LIMIT", "Identity sources of a custom authorizer"},
		{quota.AppCodes, "APP_CODE_NUM_LIMIT", "AppCodes of an app"},
		{quota.Tags, "API_TAG_NUM_LIMIT", "Tags of an API"},
		{quota.Responses, "RESPONSE_NUM_LIMIT", "Gateway responses of an API group"},
		{quota.ACLEntries, "ACL_VALUE_NUM_LIMIT", "Values of an access control policy"},
		{quota.Servers, "SERVER_NUM_LIMIT", "Servers in the directory of a project"},
		{quota.Functions, "FUNCTION_NUM_LIMIT", "Functions of a project"},
		{quota.FunctionVersions, "FUNCTION_VERSION_NUM_LIMIT", "Versions of a function, latest not counted"},
		{quota.Imports, "API_IMPORT_NUM_LIMIT", "APIs in an imported document"},
	}
}
