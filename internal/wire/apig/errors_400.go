package apig

import "github.com/lintel-gateway/lintel/internal/wire"

// This file holds APIG.0000 and the refusals with status 400: the request is wrong,
// in the order of the reference (appendix A.4), one declaration per code.

// Status 204.
var (
	E0000 = &wire.Error{Code: "APIG.0000", Status: 204, Message: "Successful"}
)

// Status 400.
var (
	C7230 = &wire.Error{Code: "APIC.7230", Status: 400, Message: "The maintenance time window must be 4 hours."}
	C7235 = &wire.Error{Code: "APIC.7235", Status: 400, Message: "The maintenance time window must start or end with 2, 6, 10, 14, 18, or 22."}
	C7238 = &wire.Error{Code: "APIC.7238", Status: 400, Message: "An AZ must be specified."}
	C7239 = &wire.Error{Code: "APIC.7239", Status: 400, Message: "Invalid IP address."}
	C7241 = &wire.Error{Code: "APIC.7241", Status: 400, Message: "An enterprise project ID must be specified if you are an enterprise user."}
	C7242 = &wire.Error{Code: "APIC.7242", Status: 400, Message: "Load balancing is not supported by this edition."}
	C7243 = &wire.Error{Code: "APIC.7243", Status: 400, Message: "Scale-up is not supported by this edition."}
	C7244 = &wire.Error{Code: "APIC.7244", Status: 400, Message: "The bandwidth cannot be updated."}
	C7312 = &wire.Error{Code: "APIC.7312", Status: 400, Message: "The AZ does not support IPv6."}
	C7313 = &wire.Error{Code: "APIC.7313", Status: 400, Message: "The bandwidth for IPv6 cannot be less than 6 MB."}
	C7500 = &wire.Error{Code: "APIC.7500", Status: 400, Message: "The gateway name already exists."}
	C7503 = &wire.Error{Code: "APIC.7503", Status: 400, Message: "Parameters az and azList cannot be used at the same time."}
	C7505 = &wire.Error{Code: "APIC.7505", Status: 400, Message: "The gateway ID already exists."}
	C9206 = &wire.Error{Code: "APIC.9206", Status: 400, Message: "Failed to create the gateway."}
	C9208 = &wire.Error{Code: "APIC.9208", Status: 400, Message: "Failed to disable public outbound access."}
	C9210 = &wire.Error{Code: "APIC.9210", Status: 400, Message: "Failed to enable public outbound access."}
	C9211 = &wire.Error{Code: "APIC.9211", Status: 400, Message: "Failed to enable public outbound access or update the bandwidth."}
	C9215 = &wire.Error{Code: "APIC.9215", Status: 400, Message: "Failed to scale up the gateway."}
	C9216 = &wire.Error{Code: "APIC.9216", Status: 400, Message: "Failed to enable public inbound access."}
	E1119 = &wire.Error{Code: "APIG.1119", Status: 400, Message: "No permissions to perform this operation."}
	E1120 = &wire.Error{Code: "APIG.1120", Status: 400, Message: "No permissions to create ELB channels."}
	E1201 = &wire.Error{Code: "APIG.1201", Status: 400, Message: "The resources belong to different tenants."}
	E2000 = &wire.Error{Code: "APIG.2000", Status: 400, Message: "Parameter error."}
	E2001 = &wire.Error{Code: "APIG.2001", Status: 400, Message: "The request parameters must be specified."}
	E2002 = &wire.Error{Code: "APIG.2002", Status: 400, Message: "The parameter value is too small."}
	E2003 = &wire.Error{Code: "APIG.2003", Status: 400, Message: "The parameter value is too large."}
	E2004 = &wire.Error{Code: "APIG.2004", Status: 400, Message: "The parameter value is outside the allowable range."}
	E2005 = &wire.Error{Code: "APIG.2005", Status: 400, Message: "The parameter is too short."}
	E2006 = &wire.Error{Code: "APIG.2006", Status: 400, Message: "The parameter is too long."}
	E2007 = &wire.Error{Code: "APIG.2007", Status: 400, Message: "Invalid length."}
	E2008 = &wire.Error{Code: "APIG.2008", Status: 400, Message: "Only letters are allowed."}
	E2009 = &wire.Error{Code: "APIG.2009", Status: 400, Message: "Only digits are allowed."}
	E2010 = &wire.Error{Code: "APIG.2010", Status: 400, Message: "Only letters and digits are allowed."}
	E2011 = &wire.Error{Code: "APIG.2011", Status: 400, Message: "Invalid parameter value."}
	E2012 = &wire.Error{Code: "APIG.2012", Status: 400, Message: "Invalid parameter value."}
	E2013 = &wire.Error{Code: "APIG.2013", Status: 400, Message: "Only letters, digits, hyphens (-), and underscores (_) are allowed."}
	E2014 = &wire.Error{Code: "APIG.2014", Status: 400, Message: "Invalid email address."}
	E2015 = &wire.Error{Code: "APIG.2015", Status: 400, Message: "Invalid IP address."}
	E2016 = &wire.Error{Code: "APIG.2016", Status: 400, Message: "The characters are not encoded using Base 64."}
	E2017 = &wire.Error{Code: "APIG.2017", Status: 400, Message: "Invalid mobile number."}
	E2018 = &wire.Error{Code: "APIG.2018", Status: 400, Message: "Invalid telephone number."}
	E2019 = &wire.Error{Code: "APIG.2019", Status: 400, Message: "Invalid telephone or mobile number."}
	E2020 = &wire.Error{Code: "APIG.2020", Status: 400, Message: "Invalid postal code."}
	E2021 = &wire.Error{Code: "APIG.2021", Status: 400, Message: "The URL domain is not included in the IP address whitelist."}
	E2022 = &wire.Error{Code: "APIG.2022", Status: 400, Message: "The URL domain is included in the IP address blacklist."}
	E2023 = &wire.Error{Code: "APIG.2023", Status: 400, Message: "URL domain CNAME resolution failed."}
	E2024 = &wire.Error{Code: "APIG.2024", Status: 400, Message: "Invalid URL domain."}
	E2025 = &wire.Error{Code: "APIG.2025", Status: 400, Message: "Invalid port number."}
	E2026 = &wire.Error{Code: "APIG.2026", Status: 400, Message: "The request path parameters are not defined."}
	E2027 = &wire.Error{Code: "APIG.2027", Status: 400, Message: "The backend path parameters are not defined."}
	E2028 = &wire.Error{Code: "APIG.2028", Status: 400, Message: "The request parameters mapped to the backend parameters are not defined."}
	E2029 = &wire.Error{Code: "APIG.2029", Status: 400, Message: "The default certificate already exists."}
	E2030 = &wire.Error{Code: "APIG.2030", Status: 400, Message: "Bad request for debugging the API."}
	E2034 = &wire.Error{Code: "APIG.2034", Status: 400, Message: "The domain name has not been filed. File it first."}
	E2035 = &wire.Error{Code: "APIG.2035", Status: 400, Message: "The ICP Filing System is busy. Please try again later."}
	E2036 = &wire.Error{Code: "APIG.2036", Status: 400, Message: "Only APIs that use custom authentication can have authorizer parameters."}
	E2101 = &wire.Error{Code: "APIG.2101", Status: 400, Message: "The certificate and private key do not match."}
	E2102 = &wire.Error{Code: "APIG.2102", Status: 400, Message: "The certificate has expired."}
	E2103 = &wire.Error{Code: "APIG.2103", Status: 400, Message: "The certificate domain name and the custom domain name do not match."}
	E2104 = &wire.Error{Code: "APIG.2104", Status: 400, Message: "The certificate chain is not matched."}
	E2105 = &wire.Error{Code: "APIG.2105", Status: 400, Message: "Encrypted private keys are not supported."}
	E2106 = &wire.Error{Code: "APIG.2106", Status: 400, Message: "Invalid certificate or private key."}
	E3201 = &wire.Error{Code: "APIG.3201", Status: 400, Message: "The API group name already exists."}
	E3202 = &wire.Error{Code: "APIG.3202", Status: 400, Message: "The API name already exists."}
	E3203 = &wire.Error{Code: "APIG.3203", Status: 400, Message: "The app name already exists."}
	E3204 = &wire.Error{Code: "APIG.3204", Status: 400, Message: "The request throttling policy name already exists."}
	E3205 = &wire.Error{Code: "APIG.3205", Status: 400, Message: "The environment name already exists."}
	E3206 = &wire.Error{Code: "APIG.3206", Status: 400, Message: "The access control policy name already exists."}
	E3207 = &wire.Error{Code: "APIG.3207", Status: 400, Message: "The signature key name already exists."}
	E3208 = &wire.Error{Code: "APIG.3208", Status: 400, Message: "The VPC channel name already exists."}
	E3209 = &wire.Error{Code: "APIG.3209", Status: 400, Message: "The parameter name already exists."}
	E3210 = &wire.Error{Code: "APIG.3210", Status: 400, Message: "The backend policy name already exists."}
	E3211 = &wire.Error{Code: "APIG.3211", Status: 400, Message: "The authorizer name already exists."}
	E3212 = &wire.Error{Code: "APIG.3212", Status: 400, Message: "The identity source name already exists."}
	E3213 = &wire.Error{Code: "APIG.3213", Status: 400, Message: "The tag name already exists."}
	E3216 = &wire.Error{Code: "APIG.3216", Status: 400, Message: "The response name already exists."}
	E3301 = &wire.Error{Code: "APIG.3301", Status: 400, Message: "The API already exists."}
	E3302 = &wire.Error{Code: "APIG.3302", Status: 400, Message: "The excluded configuration already exists."}
	E3303 = &wire.Error{Code: "APIG.3303", Status: 400, Message: "The environment variable already exists."}
	E3304 = &wire.Error{Code: "APIG.3304", Status: 400, Message: "The purchasing order already exists."}
	E3305 = &wire.Error{Code: "APIG.3305", Status: 400, Message: "The URL domain name already exists."}
	E3306 = &wire.Error{Code: "APIG.3306", Status: 400, Message: "The IP address already exists."}
	E3308 = &wire.Error{Code: "APIG.3308", Status: 400, Message: "The excluded request throttling configuration already exists."}
	E3309 = &wire.Error{Code: "APIG.3309", Status: 400, Message: "The operation has already been performed."}
	E3310 = &wire.Error{Code: "APIG.3310", Status: 400, Message: "The AppKey already exists."}
	E3316 = &wire.Error{Code: "APIG.3316", Status: 400, Message: "The API authorization record already exists."}
	E3600 = &wire.Error{Code: "APIG.3600", Status: 400, Message: "JSON or YAML format error."}
	E3601 = &wire.Error{Code: "APIG.3601", Status: 400, Message: "The Swagger file version must be 2.0."}
	E3602 = &wire.Error{Code: "APIG.3602", Status: 400, Message: "Syntax error in the Swagger file."}
	E3603 = &wire.Error{Code: "APIG.3603", Status: 400, Message: "The Swagger file content is too long."}
	E3608 = &wire.Error{Code: "APIG.3608", Status: 400, Message: "The API Designer does not support API modification."}
	E3609 = &wire.Error{Code: "APIG.3609", Status: 400, Message: "The input file is empty."}
)

// badRequests lists the declarations above.
func badRequests() []*wire.Error {
	return []*wire.Error{
		E0000, C7230, C7235, C7238, C7239, C7241, C7242, C7243, C7244, C7312,
		C7313, C7500, C7503, C7505, C9206, C9208, C9210, C9211, C9215, C9216,
		E1119, E1120, E1201, E2000, E2001, E2002, E2003, E2004, E2005, E2006,
		E2007, E2008, E2009, E2010, E2011, E2012, E2013, E2014, E2015, E2016,
		E2017, E2018, E2019, E2020, E2021, E2022, E2023, E2024, E2025, E2026,
		E2027, E2028, E2029, E2030, E2034, E2035, E2036, E2101, E2102, E2103,
		E2104, E2105, E2106, E3201, E3202, E3203, E3204, E3205, E3206, E3207,
		E3208, E3209, E3210, E3211, E3212, E3213, E3216, E3301, E3302, E3303,
		E3304, E3305, E3306, E3308, E3309, E3310, E3316, E3600, E3601, E3602,
		E3603, E3608, E3609,
	}
}
