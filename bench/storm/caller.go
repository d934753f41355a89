package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// callTime is the most that a call may take.
const callTime = 10 * time.Second

// reply is one call and its answer.
type reply struct {
	due, start, end moment // due: when it should have been sent
	item            string
	of              *api
	err             error // no answer, or none that is understood

	online        bool // else APIG.0101
	serial, limit int
	api, echoed   string
	version       string
}

// line is one keep-alive connection of a prober to the gateway. One goroutine uses it.
type line struct {
	address string
	watch   watch
	conn    net.Conn
	from    *bufio.Reader
	out     []byte
	used    time.Time
	calls   int
}

// idle is how long a connection may lie unused before it is made anew, which
// spares the question whether the gateway has closed it meanwhile.
const idle = 5 * time.Second

func (l *line) close() {
	if l.conn != nil {
		_ = l.conn.Close()
		l.conn = nil
	}
}

// call calls an API and reads the answer.
func (l *line) call(host string, a *api, due moment) *reply {
	l.calls++
	r := &reply{of: a, due: due, item: strconv.Itoa(l.calls)}
	if l.conn == nil || time.Since(l.used) > idle {
		l.close()
		if l.conn, r.err = net.Dial("tcp", l.address); r.err != nil {
			return r
		}
		l.from = bufio.NewReader(l.conn)
	}
	l.out = appendCall(l.out[:0], host, a.Name, r.item)
	l.used = time.Now()
	if r.err = l.conn.SetDeadline(l.used.Add(callTime)); r.err == nil {
		r.start = l.watch.now()
		if _, r.err = l.conn.Write(l.out); r.err == nil {
			var closes bool
			if closes, r.err = r.read(l.from); closes {
				l.close()
			}
		}
	}
	r.end = l.watch.now()
	if r.err != nil {
		l.close()
	}
	return r
}

// appendCall spells a call.
func appendCall(to []byte, host, name, item string) []byte {
	to = append(append(append(to, "GET /v1/"...), name...), '/')
	to = append(append(to, item...), " HTTP/1.1\r\nHost: "...)
	return append(append(to, host...), "\r\nX-Apig-Mode: debug\r\n\r\n"...)
}

// read reads the answer; closes says that the gateway closes the connection.
func (r *reply) read(from *bufio.Reader) (closes bool, err error) {
	answer, err := http.ReadResponse(from, nil)
	if err != nil {
		return true, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err != nil {
		return true, err
	}
	if err := answer.Body.Close(); err != nil {
		return true, err
	}
	return answer.Close, r.understand(answer, body)
}

// understandRaw reads the answer that a sender has received.
func (r *reply) understandRaw(raw []byte) {
	if r.err == nil {
		_, r.err = r.read(bufio.NewReader(bytes.NewReader(raw)))
	}
	if r.err != nil && len(raw) > 0 {
		r.err = fmt.Errorf("%w; the answer was %.300q", r.err, raw)
	}
}

// understand reads what an answer says of the definition behind it.
func (r *reply) understand(answer *http.Response, body []byte) error {
	var text struct {
		API    string `json:"api"`
		Serial int    `json:"serial"`
		Item   string `json:"item"`
		Code   string `json:"error_code"`
	}
	if err := json.Unmarshal(body, &text); err != nil {
		return fmt.Errorf("%s: %w: %.200s", answer.Status, err, body)
	}
	r.version = answer.Header.Get("X-Apig-Version")
	switch {
	case answer.StatusCode == http.StatusOK && text.Code == "":
	case answer.StatusCode == http.StatusNotFound && text.Code == "APIG.0101":
		if r.version != "" {
			return fmt.Errorf("not found, but by version %s", r.version)
		}
		return nil
	default:
		return fmt.Errorf("%s: %.300s", answer.Status, body)
	}
	r.online, r.serial, r.api, r.echoed = true, text.Serial, text.API, text.Item
	if rate := answer.Header.Get("X-Apig-RateLimit-api"); rate != "" {
		_, limit, _ := strings.Cut(rate, "limit:")
		number, _, _ := strings.Cut(limit, ",")
		n, err := strconv.Atoi(number)
		if err != nil {
			return fmt.Errorf("X-Apig-RateLimit-api: %s", rate)
		}
		r.limit = n
	}
	return nil
}

// pace sends the moments at which something is due, rate a second, until stop
// is closed. It owns a thread: the timers of Go are a millisecond late when
// nothing else goes on, and not when much does, which would flatter storms.
func pace(w watch, rate int, length time.Duration, due chan<- moment) {
	begin := w.now()
	gap := float64(time.Second) / float64(rate)
	for i := 0; ; i++ {
		at := begin + moment(float64(i)*gap)
		if at-begin >= moment(length) {
			return
		}
		for {
			left := at - w.now()
			if left <= 0 {
				break
			}
			ts := syscall.NsecToTimespec(int64(left))
			_ = syscall.Nanosleep(&ts, nil) // what interrupts it is seen by the clock
		}
		due <- at
	}
}

// samples are durations of one phase, in moments.
type samples struct {
	took []moment
	late []moment // from due to sent: what this command added
}

func (s *samples) add(took, late moment) {
	s.took, s.late = append(s.took, took), append(s.late, late)
}
