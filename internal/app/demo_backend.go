package app

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// sampleBackend is the HTTP service behind the demonstration API: it answers
// with what reached it, so that people see what a gateway adds and removes.
type sampleBackend struct {
	server *http.Server
	addr   string
}

// sampleAnswer is what the sample backend says.
type sampleAnswer struct {
	Message string              `json:"message"`
	Method  string              `json:"method"`
	Path    string              `json:"path"`
	Query   map[string][]string `json:"query"`
	Headers http.Header         `json:"headers"`
	Body    string              `json:"body,omitempty"`
}

// maxSampleBody bounds what the sample backend repeats of a body.
const maxSampleBody = 64 << 10

func startSampleBackend(log *slog.Logger) (*sampleBackend, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &sampleBackend{
		addr:   l.Addr().String(),
		server: &http.Server{Handler: http.HandlerFunc(answerSample), ReadHeaderTimeout: 10 * time.Second},
	}
	go func() {
		if err := b.server.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			log.Error("sample backend ended", "error", err)
		}
	}()
	return b, nil
}

func answerSample(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxSampleBody))
	if err != nil {
		http.Error(w, "the request body ended early", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	_ = enc.Encode(sampleAnswer{ // The gateway has gone; nobody is left to tell.
		Message: "Hello from the sample backend.", Method: r.Method, Path: r.URL.Path,
		Query: r.URL.Query(), Headers: r.Header, Body: string(body),
	})
}

func (b *sampleBackend) Close() error { return b.server.Close() }
