package importer

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	ext "github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// scheme is a way to authenticate that the document defines.
type scheme struct {
	auth       string // an authentication of ours, "" when only the backend knows it
	header     bool   // APP: the AppCode alone is enough
	authorizer string // AUTHORIZER: its name
}

// security reads the schemes that the document defines. The two of the
// reference's own samples need no definition.
func (r *reader) security() {
	r.schemes = map[string]*scheme{ext.SchemeApp: {auth: "APP"}, ext.SchemeIAM: {auth: "IAM"}}
	defined, at := r.root.Get("securityDefinitions"), "/securityDefinitions"
	if r.three {
		defined, at = r.root.At("/components/securitySchemes"), "/components/securitySchemes"
	} else if defined != nil {
		r.report("", "securityDefinitions", Used, "")
	}
	for i := range defined.Len() {
		if !defined.Is(document.Object) {
			return
		}
		n, where, err := r.deref(defined.Items[i], document.Pointer(at, defined.Keys[i]))
		if err != nil {
			continue // who uses it gets the fault
		}
		s := &scheme{}
		switch kind := strings.ToUpper(n.Get(ext.AuthType).Str()); kind {
		case "APPSIGV1":
			s.auth = "APP"
			s.header = strings.EqualFold(n.At("/"+ext.AuthOpt+"/appcode-auth-type").Str(), "header")
		case "IAM":
			s.auth = "IAM"
		case "IAM_NONE": // the stricter of its readings
			s.auth = "IAM"
			r.report(where, ext.AuthType, Converted, "it is IAM here")
		case "AUTHORIZER", "CUSTOM":
			s.auth, s.authorizer = "AUTHORIZER", n.At("/"+ext.Authorizer+"/name").Str()
		}
		r.schemes[defined.Keys[i]] = s
		if s.auth == "" {
			r.report(at, defined.Keys[i], Ignored, "the gateway does not check it; credentials pass to the backend")
		} else {
			r.report(at, defined.Keys[i], Used, "")
		}
	}
}

// authentication is the first scheme among the alternatives that the gateway
// checks itself.
func (r *reader) authentication(doc *draft.Document, n *document.Node, at string) error {
	doc.AuthType = "NONE"
	alternatives := n.Get("security")
	own := alternatives != nil
	if !own {
		alternatives = r.root.Get("security")
	}
	var unchecked []string
	r.work += alternatives.Len()
	for _, alternative := range alternatives.Values() {
		r.work += alternative.Len()
		for _, key := range keys(alternative) {
			s, ok := r.schemes[key]
			if !ok {
				return apig.E3602.With("the security scheme " + cut(key, 64) + " is not defined: " + cut(document.Pointer(at, "security"), 200))
			}
			if s.auth == "" {
				unchecked = append(unchecked, key)
				continue
			}
			doc.AuthType, doc.AuthorizerID = s.auth, s.authorizer
			if s.auth == "APP" {
				doc.AuthOpt = &draft.AuthOpt{AppCodeAuthType: "DISABLE"}
				if s.header {
					doc.AuthOpt.AppCodeAuthType = "HEADER"
				}
			}
			if own {
				r.report(at, "security", Used, "")
			}
			return nil
		}
	}
	switch {
	case !own:
	case len(unchecked) > 0:
		r.report(at, "security", Ignored, "the gateway does not check "+cut(strings.Join(unchecked, ", "), 100)+"; credentials pass to the backend")
	default:
		r.report(at, "security", Used, "")
	}
	return nil
}

func keys(n *document.Node) []string {
	if !n.Is(document.Object) {
		return nil
	}
	return n.Keys
}
