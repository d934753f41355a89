package gateway_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// frames is an HTTP/2 client that can say what a proper one would not.
type frames struct {
	*http2.Framer
	t   testing.TB
	buf bytes.Buffer
	enc *hpack.Encoder
}

func speakHTTP2(t testing.TB, c net.Conn) *frames {
	t.Helper()
	f := &frames{Framer: http2.NewFramer(c, c), t: t}
	f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	f.enc = hpack.NewEncoder(&f.buf)
	if _, err := io.WriteString(c, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	if err := f.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	return f
}

// open sends HEADERS for stream id from pairs of names and values.
func (f *frames) open(id uint32, end bool, pairs ...string) error {
	f.buf.Reset()
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := f.enc.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]}); err != nil {
			return err
		}
	}
	return f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: f.buf.Bytes(), EndStream: end, EndHeaders: true})
}

// ended is how a stream ended.
type ended struct {
	status, body string
	reset        http2.ErrCode
	gone         bool // the connection ended, or is about to
}

// await reads frames until stream id ends or the connection does.
func (f *frames) await(id uint32) (r ended) {
	f.t.Helper()
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) && !errors.Is(err, syscall.ECONNRESET) {
				f.t.Fatal(err)
			}
			r.gone = true
			return r
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				f.WriteSettingsAck()
			}
		case *http2.GoAwayFrame:
			r.gone, r.reset = true, frame.ErrCode
			return r
		}
		if frame.Header().StreamID != id {
			continue
		}
		switch frame := frame.(type) {
		case *http2.MetaHeadersFrame:
			if s := frame.PseudoValue("status"); s != "" {
				r.status = s
			}
		case *http2.DataFrame:
			r.body += string(frame.Data())
		case *http2.RSTStreamFrame:
			r.reset = frame.ErrCode
			return r
		}
		if frame.Header().Flags.Has(http2.FlagDataEndStream) {
			return r
		}
	}
}
