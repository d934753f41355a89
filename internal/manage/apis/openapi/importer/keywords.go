package importer

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	ext "github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
)

// fate is what becomes of a keyword wherever it stands at a level. With an
// empty action it depends, and the code that reads the keyword reports it.
type fate struct{ action, detail string }

// level is a place in a document with the keywords that it may have.
type level struct {
	name     string
	keywords map[string]fate
}

var (
	depends = fate{}
	used    = fate{action: Used}
	bodies  = fate{Ignored, "bodies pass the gateway unread"}
	prose   = fate{Ignored, "it is for people"}
)

func rootLevel() level {
	return level{"the root", map[string]fate{
		"swagger": used, "openapi": used, "info": depends, "paths": used,
		"host": depends, "servers": depends, "schemes": depends,
		"basePath": {Converted, "it is put in front of every path"},
		"consumes": bodies, "produces": bodies, "definitions": bodies,
		"parameters": {Used, "where operations refer to them"}, "responses": bodies,
		"security": {Used, "for operations without their own"}, "securityDefinitions": depends, "components": depends,
		"tags": prose, "externalDocs": prose, "jsonSchemaDialect": {Ignored, "schemas are not applied"},
		"webhooks":    {Ignored, "they are calls that the backend makes"},
		ext.Throttles: depends, ext.ACLs: depends,
	}}
}

func infoLevel() level {
	return level{"info", map[string]fate{
		"title": depends, "description": depends, "version": {Ignored, "an export writes its own"},
		"summary": prose, "termsOfService": prose, "contact": prose, "license": prose,
	}}
}

func componentsLevel() level {
	return level{"components", map[string]fate{
		"schemas": bodies, "responses": bodies, "examples": bodies, "headers": bodies,
		"parameters": {Used, "where operations refer to them"}, "requestBodies": {Used, "for their descriptions, where operations refer to them"},
		"pathItems": {Used, "where paths refer to them"}, "securitySchemes": depends,
		"links": prose, "callbacks": {Ignored, "they are calls that the backend makes"},
	}}
}

func pathLevel() level {
	return level{"a path", map[string]fate{
		"get": used, "put": used, "post": used, "delete": used, "options": used, "head": used, "patch": used,
		"trace": depends, ext.AnyMethod: used, ext.Prefixes: used, "$ref": used, "parameters": used, "servers": depends,
		"summary": prose, "description": prose,
	}}
}

func operationLevel() level {
	return level{"an operation", map[string]fate{
		"operationId": depends, "summary": depends, "description": depends, "tags": depends, "schemes": depends, "servers": depends,
		"parameters": used, "requestBody": depends, "responses": depends, "security": depends,
		"consumes": bodies, "produces": bodies,
		"deprecated": prose, "externalDocs": prose, "callbacks": {Ignored, "they are calls that the backend makes"},
		ext.RequestType: used, ext.MatchMode: used, ext.CORS: used, ext.Backend: used, ext.Policies: used,
		ext.Throttle: used, ext.ACL: used, ext.Response: depends,
		ext.Schemes: used, ext.Version: used, ext.ServiceTag: used,
		ext.NormalSample: {Stored, ""}, ext.FailureSample: {Stored, ""},
		"x-apigateway-plugins":                   {Ignored, "there are no plug-ins"},
		"x-apigateway-is-send-fg-body-base64":    {Ignored, "functions get bodies as they came"},
		"x-apigateway-pass-through":              {Ignored, "what is not mapped always passes"},
		"x-apigateway-access-control-permission": {Ignored, "bind a policy instead"},
	}}
}

func parameterLevel() level {
	k := schemaLevel().keywords
	for word, f := range map[string]fate{
		"name": used, "in": used, "required": used, "description": depends, "schema": used, "content": depends, "$ref": used,
		"style": {Ignored, "values are passed as they came"}, "explode": {Ignored, "values are passed as they came"},
		"allowReserved": {Ignored, "values are passed as they came"}, "allowEmptyValue": {Ignored, "values are not checked for it"},
		"collectionFormat": {Ignored, "values are passed as they came"},
		"deprecated":       prose, "examples": prose,
		ext.Checked: used, ext.Sample: {Stored, ""}, ext.JSONSchema: {Stored, ""},
	} {
		k[word] = f
	}
	return level{"a parameter", k}
}

func schemaLevel() level {
	checks := fate{Ignored, "the gateway has no such check"}
	return level{"the schema of a parameter", map[string]fate{
		"type": depends, "default": depends, "enum": depends, "example": depends,
		"maximum": depends, "minimum": depends, "maxLength": depends, "minLength": depends,
		"pattern": {Stored, "values are not checked by it (so in the reference)"},
		"format":  checks, "items": checks, "exclusiveMaximum": checks, "exclusiveMinimum": checks, "multipleOf": checks,
		"maxItems": checks, "minItems": checks, "uniqueItems": checks, "nullable": checks, "properties": checks,
		"additionalProperties": checks, "allOf": checks, "anyOf": checks, "oneOf": checks, "not": checks, "const": checks,
		"title": prose, "description": prose, "$ref": used, "examples": prose, "deprecated": prose, "externalDocs": prose,
	}}
}

func responsesLevel() level {
	return level{"responses", map[string]fate{ext.NormalSample: {Stored, ""}, ext.FailureSample: {Stored, ""}}}
}

func backendLevel() level {
	return level{"a backend", map[string]fate{
		"type": used, "parameters": used, "httpEndpoints": used, "httpVpcEndpoints": used, "functionEndpoints": used,
		"mockEndpoints": used, "name": used, "effectMode": used, "conditions": used,
	}}
}

func endpointLevel() level {
	return level{"an endpoint", map[string]fate{
		"address": used, "name": used, "scheme": used, "method": used, "path": used, "timeout": used, "host": used, "description": used,
		"function-urn": used, "version": used, "invocation-type": used, "result-content": used,
		ext.BackendAuthorizer: used, ext.BackendVersion: used,
	}}
}

// sweep reports every keyword of an object whose fate the level knows, and
// those that nobody knows.
func (r *reader) sweep(l level, n *document.Node, at string) {
	if !n.Is(document.Object) {
		return
	}
	r.work += len(n.Keys)
	for _, key := range n.Keys {
		f, known := l.keywords[key]
		switch {
		case known && f != depends:
			r.report(at, key, f.action, f.detail)
		case known:
		case strings.HasPrefix(key, "x-"):
			r.report(at, key, Ignored, "an extension that this product does not have")
		default:
			r.report(at, key, Ignored, "no keyword that is known at "+l.name)
		}
	}
}

func (r *reader) report(at, keyword, action, detail string) {
	r.plan.Report.add(document.Pointer(at, keyword), keyword, action, detail)
}
