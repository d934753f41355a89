package debug

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// text is the request as it would stand on the wire. The signature is shown,
// as the owner of the key may see it; the secret is not in it.
func (d *Debugger) text(c *call.Call, q *Request) string {
	var b strings.Builder
	target := q.Path
	if c.Request.RawQuery != "" {
		target += "?" + c.Request.RawQuery
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", q.Method, target)
	fields(&b, c.Request.Headers)
	b.WriteString("\r\n")
	b.Write(q.Body)
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

// response is the answer as it would stand on the wire. A body that is not
// text is shown as far as it is.
func response(c *call.Call, body []byte) string {
	r := &c.Response
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", r.Status, http.StatusText(r.Status))
	fields(&b, r.Headers)
	if r.Stream == nil {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.Bytes))
	} else if r.Length >= 0 {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", r.Length)
	}
	b.WriteString("\r\n")
	b.Write(body)
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

func fields(b *strings.Builder, list message.Fields) {
	for _, f := range list {
		fmt.Fprintf(b, "%s: %s\r\n", f.Name, f.Value)
	}
}

// encode writes a query in the order of its fields.
func encode(query message.Fields) string {
	var parts []string
	for _, f := range query {
		parts = append(parts, url.QueryEscape(f.Name)+"="+url.QueryEscape(f.Value))
	}
	return strings.Join(parts, "&")
}
