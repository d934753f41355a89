package message

// Error says which part of a message is refused and why. It quotes nothing of
// the message, so that it is safe in any answer and log.
type Error struct {
	Part   string // "path", "query" or "host"
	Reason string
}

func (e *Error) Error() string { return "request " + e.Part + " " + e.Reason }
