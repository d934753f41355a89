package loader

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"
)

// The smallest WebSocket conversation (RFC 6455): a text frame of 64 bytes each
// way. The client masks with zeros, so that what it sends is what comes back.
const frameBytes = 64

// The frames of both directions; nobody changes them.
var (
	ClientFrame = append([]byte{0x81, 0x80 | frameBytes, 0, 0, 0, 0}, strings.Repeat("e", frameBytes)...)
	ServerFrame = append([]byte{0x81, frameBytes}, strings.Repeat("e", frameBytes)...)
)

// AcceptKey is the value of Sec-WebSocket-Accept for a key (RFC 6455, section 4.2.2).
func AcceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// exampleKey is the key of RFC 6455, section 1.3.
const exampleKey = "dGhlIHNhbXBsZSBub25jZQ=="

// upgrade turns a connection into a WebSocket.
func (c *conn) upgrade(r *Request) error {
	fields, err := r.Fields(time.Now())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("GET " + r.Target() + " HTTP/1.1\r\n")
	for _, f := range fields {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	b.WriteString("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + exampleKey + "\r\n\r\n")
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := c.Write(b.Bytes()); err != nil {
		return err
	}
	line, err := c.line()
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 101 ")) {
		return fmt.Errorf("no WebSocket: %q%s", line, c.rest())
	}
	accepted := false
	for len(line) > 0 {
		if line, err = c.line(); err != nil {
			return err
		}
		accepted = accepted || bytes.HasSuffix(line, []byte(" "+AcceptKey(exampleKey)))
	}
	if !accepted {
		return fmt.Errorf("the WebSocket was not accepted with the right Sec-WebSocket-Accept")
	}
	return nil
}

func (c *conn) echo() error {
	frame := c.body[:len(ServerFrame)]
	if _, err := io.ReadFull(c.in, frame); err != nil {
		return err
	}
	if !bytes.Equal(frame, ServerFrame) {
		return fmt.Errorf("the echo is %q", frame)
	}
	return nil
}
