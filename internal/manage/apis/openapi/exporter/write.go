package exporter

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	ext "github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
)

// How much of an API is written.
type Define int

const (
	Base Define = iota // what callers need
	Full               // and the backends
	All                // and the policies
)

// Export is what a document is made of.
type Export struct {
	Title, Remark, Version string
	Host                   string
	APIs                   []API
	Throttles              []ext.ThrottlePolicy // that the APIs name
	ACLs                   []ext.ACLPolicy
	Define                 Define
	Three                  bool // OpenAPI 3.0.3
}

// API is one of them, as its environment serves it. What its document holds as
// ids is given beside it as names.
type API struct {
	Doc      *draft.Document
	Throttle string
	ACLs     []string
	Names    Names
}

// Names are names by id.
type Names struct{ Channels, Authorizers, Responses map[string]string }

// Write makes the document.
func (e *Export) Write() *document.Node {
	info := document.New()
	if e.Remark != "" {
		info.Set("description", document.Text(e.Remark))
	}
	info.Set("title", document.Text(e.Title)).Set("version", document.Text(e.Version))
	example := document.New().Set("default", document.New().Set("description", document.Text("response example")))
	n := document.New()
	if e.Three {
		n.Set("openapi", document.Text("3.0.3")).Set("info", info).
			Set("servers", document.Array(document.New().Set("url", document.Text("https://"+e.Host)))).
			Set("paths", e.paths()).
			Set("components", document.New().Set("responses", example).Set("securitySchemes", e.schemes()))
	} else {
		n.Set("swagger", document.Text("2.0")).Set("info", info).Set("host", document.Text(e.Host)).
			Set("paths", e.paths()).Set("responses", example).Set("securityDefinitions", e.schemes())
	}
	if e.Define < All {
		return n
	}
	if len(e.ACLs) > 0 {
		list := document.New()
		for i := range e.ACLs {
			list.Set(e.ACLs[i].Name, e.ACLs[i].Node())
		}
		n.Set(ext.ACLs, list)
	}
	if len(e.Throttles) > 0 {
		list := document.New()
		for i := range e.Throttles {
			list.Set(e.Throttles[i].Name, e.Throttles[i].Node())
		}
		n.Set(ext.Throttles, list)
	}
	return n
}

// paths writes every API under its path, sorted.
func (e *Export) paths() *document.Node {
	apis := slices.Clone(e.APIs)
	slices.SortFunc(apis, func(a, b API) int {
		return cmp.Or(cmp.Compare(a.Doc.ReqURI, b.Doc.ReqURI), cmp.Compare(word(a.Doc), word(b.Doc)), cmp.Compare(a.Doc.MatchMode, b.Doc.MatchMode))
	})
	paths := document.New()
	for i := range apis {
		a := &apis[i]
		path := paths.Get(a.Doc.ReqURI)
		if path == nil {
			path = document.New()
			paths.Set(a.Doc.ReqURI, path)
		}
		key := word(a.Doc)
		if path.Get(key) != nil { // NORMAL is sorted before SWA
			prefixes := path.Get(ext.Prefixes)
			if prefixes == nil {
				prefixes = document.New()
				path.Set(ext.Prefixes, prefixes)
			}
			path = prefixes
		}
		path.Set(key, e.operation(a))
	}
	return paths
}

func word(d *draft.Document) string {
	if d.ReqMethod == "ANY" {
		return ext.AnyMethod
	}
	return strings.ToLower(d.ReqMethod)
}

// schemes are the reference's two, and what the APIs need beside them.
func (e *Export) schemes() *document.Node {
	key := func(name, auth string) *document.Node {
		return document.New().Set("type", document.Text("apiKey")).Set("name", document.Text(name)).
			Set("in", document.Text("header")).Set(ext.AuthType, document.Text(auth))
	}
	n := document.New().Set(ext.SchemeApp, key("Authorization", "AppSigv1"))
	custom := map[string]string{}
	header := false
	for i := range e.APIs {
		switch name := e.APIs[i].scheme(); {
		case name == ext.SchemeAppHeader:
			header = true
		case strings.HasPrefix(name, ext.SchemeCustom):
			custom[name] = strings.TrimPrefix(name, ext.SchemeCustom)
		}
	}
	if header {
		n.Set(ext.SchemeAppHeader, key("Authorization", "AppSigv1").
			Set(ext.AuthOpt, document.New().Set("appcode-auth-type", document.Text("header"))))
	}
	n.Set(ext.SchemeIAM, key("unused", "IAM"))
	for _, name := range slices.Sorted(maps.Keys(custom)) {
		n.Set(name, key("unused", "AUTHORIZER").
			Set(ext.Authorizer, document.New().Set("name", document.Text(custom[name]))))
	}
	return n
}

// scheme is the name of an API's security scheme, "" for none.
func (a *API) scheme() string {
	switch a.Doc.AuthType {
	case "APP":
		if a.Doc.AuthOpt != nil && a.Doc.AuthOpt.AppCodeAuthType == "HEADER" {
			return ext.SchemeAppHeader
		}
		return ext.SchemeApp
	case "IAM":
		return ext.SchemeIAM
	case "AUTHORIZER":
		return ext.SchemeCustom + a.Names.Authorizers[a.Doc.AuthorizerID]
	}
	return ""
}
