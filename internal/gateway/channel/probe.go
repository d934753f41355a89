package channel

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

const (
	userAgent = "lintel-health-check"
	// maxAnswer bounds the heads that a check reads, informational ones included.
	maxAnswer = 16 << 10
)

// probe asks a host once; nil means that it is well.
func (h *health) probe(ctx context.Context, dial Dial, host string) error {
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	conn, err := dial(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(h.port)))
	if err != nil {
		return err
	}
	defer conn.Close()
	if h.protocol == "tcp" {
		return nil
	}
	// Ends a read or a write when the time is over, and when the watch ends.
	unhook := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer unhook()
	if h.protocol == "https" {
		// Whether it answers is asked, not who it is; see the package comment.
		config := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
		if _, err := netip.ParseAddr(host); err != nil {
			config.ServerName = host
		}
		secured := tls.Client(conn, config)
		if err := secured.HandshakeContext(ctx); err != nil {
			return err
		}
		conn = secured
	}
	status, err := h.ask(conn, host)
	if err != nil {
		return err
	}
	if status == 101 || !h.codes.has(status) {
		return fmt.Errorf("the check was answered with %d", status)
	}
	return nil
}

// ask sends the request and reads the status of the answer.
func (h *health) ask(conn io.ReadWriter, host string) (int, error) {
	request := "GET " + h.path + " HTTP/1.1\r\nHost: " + h.authority(host) + "\r\nUser-Agent: " + userAgent +
		"\r\nAccept: */*\r\nConnection: close\r\n\r\n"
	if _, err := io.WriteString(conn, request); err != nil {
		return 0, err
	}
	return readStatus(bufio.NewReader(io.LimitReader(conn, maxAnswer)))
}

// readStatus reads the head of an HTTP/1 answer, and those of 1xx that may come
// before it, to their ends. The body is left unread: the connection goes with it.
func readStatus(r *bufio.Reader) (int, error) {
	for {
		line, err := readLine(r)
		if err != nil {
			return 0, err
		}
		version, rest, _ := bytes.Cut(line, []byte(" "))
		status, ok := 0, false
		if len(rest) == 3 || len(rest) > 3 && rest[3] == ' ' {
			status, ok = code(string(rest[:3]))
		}
		if !ok || len(version) != len("HTTP/1.1") || string(version[:7]) != "HTTP/1." {
			return 0, fmt.Errorf("the check was not answered in HTTP/1 but with %.40q", line)
		}
		for len(line) > 0 {
			if line, err = readLine(r); err != nil {
				return 0, err
			}
		}
		// 101 was not asked for, and is the end of HTTP.
		if status >= 200 || status == 101 {
			return status, nil
		}
	}
}

// readLine reads a line of at most 4 KB, without its end; it is valid until the next
// one is read.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}

// authority is the Host of a check: the address, without the port where the scheme
// means it.
func (h *health) authority(host string) string {
	if h.protocol == "http" && h.port == 80 || h.protocol == "https" && h.port == 443 {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, strconv.Itoa(h.port))
}
