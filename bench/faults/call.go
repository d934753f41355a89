package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/lintel-gateway/lintel/bench/loader"
)

func request(host, path string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"
}

// dial connects for as long as a drill may take. Over TLS whoever answers is
// believed: the certificate is the gateway's own.
func dial(address string, secure bool) (net.Conn, error) {
	conn, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(5 * time.Minute)); err != nil {
		conn.Close()
		return nil, err
	}
	if secure {
		over := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
		if err := over.Handshake(); err != nil {
			conn.Close()
			return nil, err
		}
		return over, nil
	}
	return conn, nil
}

// ask makes one call and wants the backend's answer.
func ask(conn net.Conn, in *bufio.Reader, host, path string) error {
	if _, err := io.WriteString(conn, request(host, path)); err != nil {
		return err
	}
	answer, err := http.ReadResponse(in, nil)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || string(body) != loader.Answer) {
		err = fmt.Errorf("answered %s %.60q", answer.Status, body)
	}
	return err
}
