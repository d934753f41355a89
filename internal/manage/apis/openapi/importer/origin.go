package importer

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
)

// origin is the server that a document describes: the backend of operations
// that name none.
type origin struct {
	scheme, address string // address "" is none
}

// defaultTimeout is that of imported backends, in milliseconds (reference table
// 4-517).
const defaultTimeout = 5000

// server finds the document's server and what stands in front of every path.
func (r *reader) server() {
	if r.three {
		servers := r.root.Get("servers")
		if servers == nil {
			return
		}
		r.origin, r.base = r.fromServer(servers, "")
		return
	}
	if base := r.root.Get("basePath").Str(); strings.HasPrefix(base, "/") {
		r.base = strings.TrimRight(base, "/")
	}
	if r.root.Get("schemes") != nil {
		r.report("", "schemes", Used, "for operations without their own")
	}
	host := r.root.Get("host").Str()
	if host == "" {
		return
	}
	scheme := "https"
	if schemes := listed(r.root.Get("schemes")); len(schemes) > 0 && !slices.Contains(schemes, "https") {
		scheme = "http"
	}
	if r.reachable(host) {
		r.origin = origin{scheme, host}
		r.report("", "host", Converted, "the backend of operations without x-apigateway-backend")
	} else {
		r.report("", "host", Ignored, "it is this machine or this gateway")
	}
}

// fromServer reads the first of a list of servers.
func (r *reader) fromServer(servers *document.Node, at string) (origin, string) {
	list := servers.Values()
	if len(list) == 0 {
		return origin{}, ""
	}
	text := list[0].Get("url").Str()
	variables := list[0].Get("variables")
	for i, key := range keys(variables) {
		text = strings.ReplaceAll(text, "{"+key+"}", variables.Items[i].Get("default").Str())
		if len(text) > 2048 { // a variable may hold others
			break
		}
	}
	u, err := url.Parse(text)
	if err != nil || len(text) > 2048 {
		r.report(at, "servers", Ignored, "the first is no URL")
		return origin{}, ""
	}
	base := strings.TrimRight(u.EscapedPath(), "/")
	if !strings.HasPrefix(base, "/") {
		base = ""
	}
	switch scheme := strings.ToLower(u.Scheme); {
	case u.Host == "":
		r.report(at, "servers", Ignored, "the first names no host")
	case scheme != "http" && scheme != "https":
		r.report(at, "servers", Ignored, "the first is no HTTP server")
	case !r.reachable(u.Host):
		r.report(at, "servers", Ignored, "the first is this machine or this gateway")
	default:
		r.report(at, "servers", Converted, "the first is the backend of operations without x-apigateway-backend")
		return origin{scheme, u.Host}, base
	}
	return origin{}, base
}

// reachable reports whether a host can be a backend: what the document calls
// this machine was the author's, and the gateway's own names would call it in a
// circle.
func (r *reader) reachable(address string) bool {
	host := address
	if h, _, err := net.SplitHostPort(address); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if ip := net.ParseIP(host); ip != nil {
		return !ip.IsLoopback() && !ip.IsUnspecified() && !ip.IsLinkLocalUnicast()
	}
	own := strings.ToLower(r.Domain)
	return host != "localhost" && !strings.HasSuffix(host, ".localhost") &&
		(own == "" || host != own && !strings.HasSuffix(host, "."+own))
}

// spare is the backend of an operation without one.
func (r *reader) spare(doc *draft.Document, n, item *document.Node, at, itemAt string) {
	to := r.origin
	for _, place := range []struct {
		node *document.Node
		at   string
	}{{n, at}, {item, itemAt}} {
		if servers := place.node.Get("servers"); servers != nil {
			to, _ = r.fromServer(servers, place.at)
			break
		}
	}
	if to.address == "" {
		doc.BackendType, doc.MockInfo = "MOCK", &draft.Mock{ResultContent: doc.ResultNormalSample}
		r.report(at, "backend", Converted, "there is none, and no server either; it is a MOCK")
		return
	}
	doc.BackendType = "HTTP"
	doc.BackendAPI = &draft.WebBackend{
		URLDomain: to.address, ReqProtocol: strings.ToUpper(to.scheme), ReqMethod: doc.ReqMethod,
		ReqURI: strings.ReplaceAll(doc.ReqURI, "+}", "}"), Timeout: defaultTimeout,
	}
	// A mapping names a parameter without its place: the first of the name.
	slices.SortStableFunc(doc.ReqParams, func(a, b draft.Param) int { return rank(a) - rank(b) })
	for _, p := range doc.ReqParams {
		if p.Location == "PATH" {
			doc.BackendParams = append(doc.BackendParams, draft.BackendParam{Name: p.Name, Location: "PATH", Origin: "REQUEST", Value: p.Name})
		}
	}
	r.report(at, "backend", Converted, "there is none; it is "+cut(to.scheme+"://"+to.address, 200)+" with the same path")
}

func rank(p draft.Param) int {
	if p.Location == "PATH" {
		return 0
	}
	return 1
}
