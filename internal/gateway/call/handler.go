package call

// Handler answers calls. It is an interface although one gateway implements it,
// because both sides have a second party: tests of an edge serve echoes, and there are
// two edges.
//
// Serve fills c.Response with a status and at most one body; the edge writes it
// and sets Response.Sent; then Finish makes the access record. Both run in the
// same goroutine. Neither may keep c or anything reached through it.
type Handler interface {
	Serve(c *Call)
	Finish(c *Call)
}
