package apig

import "github.com/lintel-gateway/lintel/internal/wire"

// This file holds the refusals with status 404, 409 and 412, and the failures of the service,
// in the order of the reference (appendix A.4), one declaration per code.

// Status 404.
var (
	C7301 = &wire.Error{Code: "APIC.7301", Status: 404, Message: "Invalid gateway edition."}
	C7302 = &wire.Error{Code: "APIC.7302", Status: 404, Message: "The gateway does not exist."}
	C7307 = &wire.Error{Code: "APIC.7307", Status: 404, Message: "The security group does not exist in the VPC."}
	C7310 = &wire.Error{Code: "APIC.7310", Status: 404, Message: "The region does not have any AZs."}
	C7311 = &wire.Error{Code: "APIC.7311", Status: 404, Message: "The NAT EIP does not exist in the VPC."}
	C7314 = &wire.Error{Code: "APIC.7314", Status: 404, Message: "The VPC Endpoint of the gateway does not exist."}
	E3001 = &wire.Error{Code: "APIG.3001", Status: 404, Message: "The API group does not exist."}
	E3002 = &wire.Error{Code: "APIG.3002", Status: 404, Message: "The API does not exist."}
	E3003 = &wire.Error{Code: "APIG.3003", Status: 404, Message: "The environment does not exist."}
	E3004 = &wire.Error{Code: "APIG.3004", Status: 404, Message: "The app does not exist."}
	E3005 = &wire.Error{Code: "APIG.3005", Status: 404, Message: "The request throttling policy does not exist."}
	E3006 = &wire.Error{Code: "APIG.3006", Status: 404, Message: "The access control policy does not exist."}
	E3007 = &wire.Error{Code: "APIG.3007", Status: 404, Message: "The configuration does not exist."}
	E3008 = &wire.Error{Code: "APIG.3008", Status: 404, Message: "The excluded configuration does not exist."}
	E3009 = &wire.Error{Code: "APIG.3009", Status: 404, Message: "The app authorization record does not exist."}
	E3010 = &wire.Error{Code: "APIG.3010", Status: 404, Message: "The access control policy binding record does not exist."}
	E3011 = &wire.Error{Code: "APIG.3011", Status: 404, Message: "The environment variable does not exist."}
	E3012 = &wire.Error{Code: "APIG.3012", Status: 404, Message: "The request throttling policy binding record does not exist."}
	E3013 = &wire.Error{Code: "APIG.3013", Status: 404, Message: "The excluded request throttling configuration does not exist."}
	E3014 = &wire.Error{Code: "APIG.3014", Status: 404, Message: "The pre-subscription record does not exist."}
	E3015 = &wire.Error{Code: "APIG.3015", Status: 404, Message: "The API publication record does not exist."}
	E3016 = &wire.Error{Code: "APIG.3016", Status: 404, Message: "The API group listing information does not exist."}
	E3017 = &wire.Error{Code: "APIG.3017", Status: 404, Message: "The signature key does not exist."}
	E3018 = &wire.Error{Code: "APIG.3018", Status: 404, Message: "The signature key binding record does not exist."}
	E3019 = &wire.Error{Code: "APIG.3019", Status: 404, Message: "The function URN does not exist."}
	E3020 = &wire.Error{Code: "APIG.3020", Status: 404, Message: "The URL domain does not exist."}
	E3021 = &wire.Error{Code: "APIG.3021", Status: 404, Message: "The SSL certificate does not exist."}
	E3022 = &wire.Error{Code: "APIG.3022", Status: 404, Message: "The API version does not exist."}
	E3023 = &wire.Error{Code: "APIG.3023", Status: 404, Message: "The VPC channel does not exist."}
	E3024 = &wire.Error{Code: "APIG.3024", Status: 404, Message: "The cloud server does not exist."}
	E3025 = &wire.Error{Code: "APIG.3025", Status: 404, Message: "The certificate does not exist."}
	E3030 = &wire.Error{Code: "APIG.3030", Status: 404, Message: "The instance does not exist."}
	E3081 = &wire.Error{Code: "APIG.3081", Status: 404, Message: "The authorizer does not exist."}
	E3082 = &wire.Error{Code: "APIG.3082", Status: 404, Message: "The AppCode does not exist."}
	E3087 = &wire.Error{Code: "APIG.3087", Status: 404, Message: "The feature configuration does not exist."}
	E3090 = &wire.Error{Code: "APIG.3090", Status: 404, Message: "The API Swagger file does not exist."}
	E3092 = &wire.Error{Code: "APIG.3092", Status: 404, Message: "The ECS does not exist."}
)

// Status 409.
var (
	C7701 = &wire.Error{Code: "APIC.7701", Status: 409, Message: "Instance status conflict."}
	C7707 = &wire.Error{Code: "APIC.7707", Status: 409, Message: "Scaling up to the same specifications is not allowed."}
	E3491 = &wire.Error{Code: "APIG.3491", Status: 409, Message: "The default response cannot be deleted."}
	E3492 = &wire.Error{Code: "APIG.3492", Status: 409, Message: "The default response name cannot be modified."}
)

// Status 412.
var (
	E3458 = &wire.Error{Code: "APIG.3458", Status: 412, Message: "The feature is not supported by the current instance."}
)

// Status 500.
var (
	C9000 = &wire.Error{Code: "APIC.9000", Status: 500, Message: "Internal service access error."}
	C9005 = &wire.Error{Code: "APIC.9005", Status: 500, Message: "Order creation failed."}
	C9007 = &wire.Error{Code: "APIC.9007", Status: 500, Message: "Failed to access VPCEP"}
	C9100 = &wire.Error{Code: "APIC.9100", Status: 500, Message: "Failed to access the database."}
	C9200 = &wire.Error{Code: "APIC.9200", Status: 500, Message: "Failed to query AZ information."}
	C9204 = &wire.Error{Code: "APIC.9204", Status: 500, Message: "Failed to bind the EIP."}
	C9209 = &wire.Error{Code: "APIC.9209", Status: 500, Message: "Failed to access EPS."}
	C9999 = &wire.Error{Code: "APIC.9999", Status: 500, Message: "System error. Contact the administrator."}
	E3500 = &wire.Error{Code: "APIG.3500", Status: 500, Message: "Failed to synchronize data to etcd."}
	E9002 = &wire.Error{Code: "APIG.9002", Status: 500, Message: "Invalid function URN."}
	E9003 = &wire.Error{Code: "APIG.9003", Status: 500, Message: "Statistics Center request failed."}
	E9004 = &wire.Error{Code: "APIG.9004", Status: 500, Message: "IAM request failed."}
	E9005 = &wire.Error{Code: "APIG.9005", Status: 500, Message: "VPC request failed."}
	E9006 = &wire.Error{Code: "APIG.9006", Status: 500, Message: "DNS request failed."}
	E9007 = &wire.Error{Code: "APIG.9007", Status: 500, Message: "ELB request failed."}
	E9008 = &wire.Error{Code: "APIG.9008", Status: 500, Message: "Too many requests. Try again later."}
	E9999 = &wire.Error{Code: "APIG.9999", Status: 500, Message: "System error. Contact the administrator."}
)

// failures lists the declarations above.
func failures() []*wire.Error {
	return []*wire.Error{
		C7301, C7302, C7307, C7310, C7311, C7314, E3001, E3002, E3003, E3004,
		E3005, E3006, E3007, E3008, E3009, E3010, E3011, E3012, E3013, E3014,
		E3015, E3016, E3017, E3018, E3019, E3020, E3021, E3022, E3023, E3024,
		E3025, E3030, E3081, E3082, E3087, E3090, E3092, C7701, C7707, E3491,
		E3492, E3458, C9000, C9005, C9007, C9100, C9200, C9204, C9209, C9999,
		E3500, E9002, E9003, E9004, E9005, E9006, E9007, E9008, E9999,
	}
}
