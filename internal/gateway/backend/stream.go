package backend

import (
	"context"
	"io"
	"time"
)

// stream is a response body on its way to the caller. Each read renews the time
// that the backend has for its next piece.
type stream struct {
	body   io.ReadCloser
	cancel context.CancelCauseFunc
	timer  *time.Timer
	stall  time.Duration
}

func newStream(body io.ReadCloser, cancel context.CancelCauseFunc, stall time.Duration) *stream {
	s := &stream{body: body, cancel: cancel, stall: stall}
	s.timer = time.AfterFunc(stall, func() { cancel(errStalled) })
	return s
}

func (s *stream) Read(p []byte) (int, error) {
	s.timer.Reset(s.stall)
	return s.body.Read(p)
}

// Close ends the round trip; a body that was not read to its end takes its
// connection with it.
func (s *stream) Close() error {
	s.timer.Stop()
	// First, or Close over HTTP/2 waits until the caller has sent its body.
	s.cancel(nil)
	return s.body.Close()
}
