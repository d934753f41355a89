package backend

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Mock answers 200 with fixed content.
type Mock struct{ content []byte }

// NewMock makes a mock backend. The content has no variables (wire-facts §13).
func NewMock(content string) *Mock { return &Mock{content: []byte(content)} }

// Send implements plan.Backend.
func (m *Mock) Send(c *call.Call) *call.Fault {
	c.Response.Status = http.StatusOK
	c.Response.Headers = append(c.Response.Headers,
		message.Field{Name: "Content-Type", Value: "application/json"})
	c.Response.Bytes = m.content
	return nil
}
