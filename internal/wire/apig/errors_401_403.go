package apig

import "github.com/lintel-gateway/lintel/internal/wire"

// This file holds the refusals with status 401 and 403: who asks, and what is allowed,
// in the order of the reference (appendix A.4), one declaration per code.

// Status 401.
var (
	C7100 = &wire.Error{Code: "APIC.7100", Status: 401, Message: "Token missing. Log in again or try again later."}
	C7101 = &wire.Error{Code: "APIC.7101", Status: 401, Message: "Token expired. Try again later."}
	C7102 = &wire.Error{Code: "APIC.7102", Status: 401, Message: "Incorrect token."}
	C7103 = &wire.Error{Code: "APIC.7103", Status: 401, Message: "Token contains no project information."}
	C7105 = &wire.Error{Code: "APIC.7105", Status: 401, Message: "Token contains no user information."}
	C7107 = &wire.Error{Code: "APIC.7107", Status: 401, Message: "Token contains no role information."}
	E1000 = &wire.Error{Code: "APIG.1000", Status: 401, Message: "Token missing. Log in again or try again later."}
	E1001 = &wire.Error{Code: "APIG.1001", Status: 401, Message: "Session expired. Please try again later."}
	E1002 = &wire.Error{Code: "APIG.1002", Status: 401, Message: "Incorrect token."}
	E1003 = &wire.Error{Code: "APIG.1003", Status: 401, Message: "Token contains no project information."}
	E1005 = &wire.Error{Code: "APIG.1005", Status: 401, Message: "Operation restricted. Check at My Account."}
	E1007 = &wire.Error{Code: "APIG.1007", Status: 401, Message: "Token contains no domain information."}
	E1008 = &wire.Error{Code: "APIG.1008", Status: 401, Message: "Invalid domain."}
	E1009 = &wire.Error{Code: "APIG.1009", Status: 401, Message: "Token contains no user information."}
	E1010 = &wire.Error{Code: "APIG.1010", Status: 401, Message: "PDP server connection failed."}
	E1011 = &wire.Error{Code: "APIG.1011", Status: 401, Message: "You can request resources only after you complete real-name authentication."}
	E1012 = &wire.Error{Code: "APIG.1012", Status: 401, Message: "Your account balance is insufficient. Top up your account."}
	E1013 = &wire.Error{Code: "APIG.1013", Status: 401, Message: "Your account has been frozen. Some functions become unavailable. To unfreeze your account, contact customer service."}
)

// Status 403.
var (
	C7106 = &wire.Error{Code: "APIC.7106", Status: 403, Message: "Operation restricted. Check at My Account."}
	C7109 = &wire.Error{Code: "APIC.7109", Status: 403, Message: "Access denied because your account is suspended."}
	C7110 = &wire.Error{Code: "APIC.7110", Status: 403, Message: "Your account only has read permissions and can only send GET requests."}
	C7111 = &wire.Error{Code: "APIC.7111", Status: 403, Message: "The requested resource does not belong to your account."}
	C7130 = &wire.Error{Code: "APIC.7130", Status: 403, Message: "No permissions to access gateways in other projects."}
	C7134 = &wire.Error{Code: "APIC.7134", Status: 403, Message: "No permissions to access this enterprise project."}
	C7400 = &wire.Error{Code: "APIC.7400", Status: 403, Message: "Maximum number of gateways reached."}
	E1101 = &wire.Error{Code: "APIG.1101", Status: 403, Message: "No permissions to perform operations on this API group."}
	E1102 = &wire.Error{Code: "APIG.1102", Status: 403, Message: "No permissions to perform operations on this API."}
	E1103 = &wire.Error{Code: "APIG.1103", Status: 403, Message: "No permissions to perform operations on this environment."}
	E1104 = &wire.Error{Code: "APIG.1104", Status: 403, Message: "No permissions to perform operations on this app."}
	E1105 = &wire.Error{Code: "APIG.1105", Status: 403, Message: "No permissions to perform operations on this request throttling policy."}
	E1106 = &wire.Error{Code: "APIG.1106", Status: 403, Message: "No permissions to perform operations on this access control policy."}
	E1107 = &wire.Error{Code: "APIG.1107", Status: 403, Message: "No permissions to perform operations on this configuration."}
	E1108 = &wire.Error{Code: "APIG.1108", Status: 403, Message: "No permissions to perform operations on this excluded configuration."}
	E1109 = &wire.Error{Code: "APIG.1109", Status: 403, Message: "No permissions to perform operations on this app authorization record."}
	E1110 = &wire.Error{Code: "APIG.1110", Status: 403, Message: "No permissions to perform operations on this environment variable."}
	E1111 = &wire.Error{Code: "APIG.1111", Status: 403, Message: "No permissions to perform operations on this subscription record."}
	E1112 = &wire.Error{Code: "APIG.1112", Status: 403, Message: "No permissions to perform operations on this signature key."}
	E1113 = &wire.Error{Code: "APIG.1113", Status: 403, Message: "No permissions to perform operations on this VPC channel."}
	E1115 = &wire.Error{Code: "APIG.1115", Status: 403, Message: "No permissions to perform operations on this certificate."}
	E1116 = &wire.Error{Code: "APIG.1116", Status: 403, Message: "No permissions to perform operations on this on-sale API."}
	E1136 = &wire.Error{Code: "APIG.1136", Status: 403, Message: "No permissions to perform operations on this instance."}
	E1137 = &wire.Error{Code: "APIG.1137", Status: 403, Message: "No permissions to perform operations on this authorizer."}
	E1140 = &wire.Error{Code: "APIG.1140", Status: 403, Message: "No permissions to perform operations on this feature."}
	E1200 = &wire.Error{Code: "APIG.1200", Status: 403, Message: "No permissions to perform operations on this API Swagger file."}
	E3100 = &wire.Error{Code: "APIG.3100", Status: 403, Message: "The number of resources exceeds the maximum allowed limit."}
	E3101 = &wire.Error{Code: "APIG.3101", Status: 403, Message: "The number of API groups exceeds the maximum allowed limit."}
	E3102 = &wire.Error{Code: "APIG.3102", Status: 403, Message: "The number of APIs exceeds the maximum allowed limit."}
	E3103 = &wire.Error{Code: "APIG.3103", Status: 403, Message: "The number of apps exceeds the maximum allowed limit."}
	E3104 = &wire.Error{Code: "APIG.3104", Status: 403, Message: "The number of environments exceeds the maximum allowed limit."}
	E3105 = &wire.Error{Code: "APIG.3105", Status: 403, Message: "The number of signature keys exceeds the maximum allowed limit."}
	E3106 = &wire.Error{Code: "APIG.3106", Status: 403, Message: "The number of variables exceeds the maximum allowed limit."}
	E3107 = &wire.Error{Code: "APIG.3107", Status: 403, Message: "The number of request throttling policies exceeds the maximum allowed limit."}
	E3108 = &wire.Error{Code: "APIG.3108", Status: 403, Message: "The number of domain names exceeds the maximum allowed limit."}
	E3109 = &wire.Error{Code: "APIG.3109", Status: 403, Message: "The number of VPC channels exceeds the maximum allowed limit."}
	E3110 = &wire.Error{Code: "APIG.3110", Status: 403, Message: "The number of cloud servers in the VPC channel exceeds the maximum allowed limit."}
	E3111 = &wire.Error{Code: "APIG.3111", Status: 403, Message: "The number of parameters in req_params exceeds the maximum allowed limit."}
	E3112 = &wire.Error{Code: "APIG.3112", Status: 403, Message: "The number of access control policies exceeds the maximum allowed limit."}
	E3113 = &wire.Error{Code: "APIG.3113", Status: 403, Message: "The number of API backend policies exceeds the maximum allowed limit."}
	E3114 = &wire.Error{Code: "APIG.3114", Status: 403, Message: "The number of policy conditions exceeds the maximum allowed limit."}
	E3116 = &wire.Error{Code: "APIG.3116", Status: 403, Message: "The number of authorizers exceeds the maximum allowed limit."}
	E3117 = &wire.Error{Code: "APIG.3117", Status: 403, Message: "The number of identity sources exceeds the maximum allowed limit."}
	E3125 = &wire.Error{Code: "APIG.3125", Status: 403, Message: "The number of APIs in the API group exceeds the maximum allowed limit."}
	E3127 = &wire.Error{Code: "APIG.3127", Status: 403, Message: "The number of APIs has reached the upper limit. A maximum of xxx APIs can be imported at a time."}
	E3131 = &wire.Error{Code: "APIG.3131", Status: 403, Message: "The number of AppCodes exceeds the maximum allowed limit."}
	E3132 = &wire.Error{Code: "APIG.3132", Status: 403, Message: "The number of Swagger APIs in the API group exceeds the maximum allowed limit."}
	E3133 = &wire.Error{Code: "APIG.3133", Status: 403, Message: "The number of API tags exceeds the maximum allowed limit."}
	E3136 = &wire.Error{Code: "APIG.3136", Status: 403, Message: "The number of responses exceeds the maximum allowed limit."}
	E3411 = &wire.Error{Code: "APIG.3411", Status: 403, Message: "The APIs belong to different tenants."}
	E3412 = &wire.Error{Code: "APIG.3412", Status: 403, Message: "The API provider has been frozen."}
	E3414 = &wire.Error{Code: "APIG.3414", Status: 403, Message: "The VPC channel is already being used by another API."}
	E3415 = &wire.Error{Code: "APIG.3415", Status: 403, Message: "The API group cannot be deleted because it contains APIs."}
	E3416 = &wire.Error{Code: "APIG.3416", Status: 403, Message: "The API cannot be deleted because it has been published."}
	E3418 = &wire.Error{Code: "APIG.3418", Status: 403, Message: "The environment contains published APIs."}
	E3420 = &wire.Error{Code: "APIG.3420", Status: 403, Message: "The API group is no longer available on the marketplace."}
	E3447 = &wire.Error{Code: "APIG.3447", Status: 403, Message: "The access control policy cannot be deleted because it has been bound to APIs."}
	E3451 = &wire.Error{Code: "APIG.3451", Status: 403, Message: "The request throttling policy cannot be deleted because it has been bound to APIs."}
	E3471 = &wire.Error{Code: "APIG.3471", Status: 403, Message: "The operation cannot be performed on this type of VPC channel."}
	E3472 = &wire.Error{Code: "APIG.3472", Status: 403, Message: "The load balancer is already being used by another VPC channel."}
	E3473 = &wire.Error{Code: "APIG.3473", Status: 403, Message: "The load balancer has already been bound to another endpoint service."}
	E3474 = &wire.Error{Code: "APIG.3474", Status: 403, Message: "The API group ID in the URL does not match the API group to which the URL domain has been bound."}
)

// denials lists the declarations above.
func denials() []*wire.Error {
	return []*wire.Error{
		C7100, C7101, C7102, C7103, C7105, C7107, E1000, E1001, E1002, E1003,
		E1005, E1007, E1008, E1009, E1010, E1011, E1012, E1013, C7106, C7109,
		C7110, C7111, C7130, C7134, C7400, E1101, E1102, E1103, E1104, E1105,
		E1106, E1107, E1108, E1109, E1110, E1111, E1112, E1113, E1115, E1116,
		E1136, E1137, E1140, E1200, E3100, E3101, E3102, E3103, E3104, E3105,
		E3106, E3107, E3108, E3109, E3110, E3111, E3112, E3113, E3114, E3116,
		E3117, E3125, E3127, E3131, E3132, E3133, E3136, E3411, E3412, E3414,
		E3415, E3416, E3418, E3420, E3447, E3451, E3471, E3472, E3473, E3474,
	}
}
