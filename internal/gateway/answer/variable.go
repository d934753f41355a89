package answer

import (
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// variable is what a template can say of a call (wire-facts §14).
type variable uint8

const (
	none variable = iota
	authorized
	apiID
	apiName
	appID
	appName
	requestID
	stage
	sourceIP
	errorMessage
	errorCode
	errorType
	reqPath
	reqURI
	reqMethod
)

// variableOf knows the names behind "$context.".
func variableOf(name string) variable {
	switch name {
	case "apiId":
		return apiID
	case "apiName":
		return apiName
	case "appId":
		return appID
	case "appName":
		return appName
	case "requestId":
		return requestID
	case "stage":
		return stage
	case "sourceIp":
		return sourceIP
	case "error.message":
		return errorMessage
	case "error.code":
		return errorCode
	case "error.type":
		return errorType
	case "reqPath":
		return reqPath
	case "reqUri":
		return reqURI
	case "reqMethod":
		return reqMethod
	}
	return none
}

// append adds the value for a call, in up to room bytes.
func (v value) append(b []byte, c *call.Call, room int) []byte {
	switch v.variable {
	case sourceIP:
		if c.Request.Client.IsValid() && room >= longestAddress {
			b = c.Request.Client.AppendTo(b)
		}
		return b
	case reqURI:
		before := len(b)
		b = appendText(b, c.Request.RawPath, room)
		if c.Request.RawQuery == "" {
			return b
		}
		room -= len(b) - before
		b = appendText(b, "?", room)
		return appendText(b, c.Request.RawQuery, room-1)
	}
	return appendText(b, v.text(c), room)
}

// longestAddress is that of IPv6 with an IPv4 tail.
const longestAddress = 45

func (v value) text(c *call.Call) string {
	switch v.variable {
	case authorized:
		return c.Answered(v.property)
	case apiID:
		return c.Target.APIID
	case apiName:
		return c.Target.APIName
	case appID:
		return c.Caller.AppID
	case appName:
		return c.Caller.AppName
	case requestID:
		return c.ID
	case stage:
		return c.Target.EnvName
	case errorMessage:
		return c.Fault.Message
	case errorCode:
		return c.Fault.Code
	case errorType:
		return string(c.Fault.Type)
	case reqPath:
		return c.Request.Path
	case reqMethod:
		return c.Request.Method
	}
	return ""
}

// appendText adds s as a part of a JSON string. A byte of it takes up to
// six.
func appendText(b []byte, s string, room int) []byte {
	if most := max(room, 0) / 6; len(s) > most {
		s = s[:most]
	}
	return call.AppendText(b, s)
}
