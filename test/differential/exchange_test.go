package differential_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// outcome is what one server made of one case.
type outcome struct {
	units   []unit
	ended   ending
	records []*record
}

// unit is one message as a server understood it.
type unit struct {
	method, target, body string
	local                int     // the status, when the server answered by itself and went on; what it read is unknown
	record               *record // when it was forwarded
}

// ending is how the connection ended after the last unit.
type ending struct {
	status int  // of a refusal; 0 for none
	stuck  bool // the server waited for bytes that did not come
}

var answerHead = regexp.MustCompile(`HTTP/1\.[01] (\d{3})[^\r\n]*\r?\n((?:[^\r\n]+\r?\n)*)`)
var seenField = regexp.MustCompile(`(?i)X-Seen: (\d+)`)

// run sends a case through one server. What follows it on the connection is a plain
// request for /next, which shows where the server sees the case's end.
func (c column) run(e entry) (outcome, error) {
	c.recorder.start(nil)
	raw := e.raw
	if !e.alone {
		raw += next
	}
	got, stuck, err := send(c.address, raw, false)
	records := c.recorder.end()
	if err != nil {
		return outcome{}, fmt.Errorf("%s: %s: %w", c.name, e.name, err)
	}
	return understand(got, stuck, records), nil
}

// understand puts together what the answers and the recorder say.
func understand(got []byte, stuck bool, records []*record) outcome {
	o := outcome{ended: ending{stuck: stuck}, records: records}
	told := map[int]bool{}
	for _, m := range answerHead.FindAllSubmatch(got, -1) {
		status, _ := strconv.Atoi(string(m[1]))
		if status < 200 {
			continue
		}
		if seen := seenField.FindSubmatch(m[2]); seen != nil {
			n, _ := strconv.Atoi(string(seen[1]))
			told[n] = true
			o.units = append(o.units, forwarded(records[n-1]))
			continue
		}
		o.units = append(o.units, unit{local: status})
	}
	for i, r := range records {
		if r.err == nil && !told[i+1] {
			o.untold(r, i+1, told)
			told[i+1] = true
		}
	}
	if last := len(o.units) - 1; last >= 0 && o.units[last].local != 0 {
		o.ended.status = o.units[last].local
		o.units = o.units[:last]
	}
	if last := len(o.units) - 1; last >= 0 && o.units[last].target == "/next" {
		o.ended.stuck = false // it was only slow
	}
	return o
}

// untold puts in a message that was forwarded whole without the caller having heard of
// the backend's answer: it counts all the same. It stands behind the messages that
// were forwarded before it, and an answer of the server's own there is the answer to it.
func (o *outcome) untold(r *record, number int, told map[int]bool) {
	before := 0
	for n := range number {
		before += one(told[n])
	}
	at := 0
	for ; at < len(o.units) && before > 0; at++ {
		before -= one(o.units[at].record != nil)
	}
	if at < len(o.units) && o.units[at].record == nil {
		o.units[at] = forwarded(r)
		return
	}
	o.units = slices.Insert(o.units, at, forwarded(r))
}

func forwarded(r *record) unit {
	return unit{method: r.message.method, target: r.message.target, body: r.message.body, record: r}
}

// send writes raw and returns everything that came back until the server closed. ends
// says at once that nothing more will come; otherwise that is said when the server has
// been silent for a lull, because net/http drops the request of a caller who has
// ended.
func send(address, raw string, ends bool) (got []byte, stuck bool, err error) {
	c, err := dial(address)
	if err != nil {
		return nil, false, err
	}
	defer c.Close()
	c.SetWriteDeadline(time.Now().Add(10 * lull))
	written := make(chan struct{})
	go func() {
		defer close(written)
		io.WriteString(c, raw) // a server that has refused reads no more
		if ends {
			c.CloseWrite()
		}
	}()
	piece := make([]byte, 64<<10)
	for {
		c.SetReadDeadline(time.Now().Add(lull))
		n, err := c.Read(piece)
		got = append(got, piece[:n]...)
		if err == nil {
			continue
		}
		if errors.Is(err, os.ErrDeadlineExceeded) && !stuck {
			stuck = true
			c.CloseWrite()
			continue
		}
		c.SetWriteDeadline(time.Now())
		<-written
		return got, stuck, nil
	}
}

// conn is a connection that can be ended for writing alone.
type conn interface {
	net.Conn
	CloseWrite() error
}

// dial connects to a port, or to a Unix socket when address is a path.
func dial(address string) (conn, error) {
	network := "tcp"
	if strings.HasPrefix(address, "/") {
		network = "unix"
	}
	c, err := net.Dial(network, address)
	if err != nil {
		return nil, err
	}
	return c.(conn), nil
}

// String writes an outcome for the goldens: each message as METHOD target:bytes of
// body, then "!status" for a refusal, "closed" for an end without one, "stuck" for a
// server that waited. A message that the server answered by itself is "=status".
func (o outcome) String() string {
	var parts []string
	for _, u := range o.units {
		if u.local != 0 {
			parts = append(parts, fmt.Sprintf("=%d", u.local))
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %s:%d", short(u.method), short(u.target), len(u.body)))
	}
	switch {
	case o.ended.status != 0:
		parts = append(parts, fmt.Sprintf("!%d", o.ended.status))
	case len(o.units) == 0:
		parts = append(parts, "closed")
	}
	if o.ended.stuck {
		parts = append(parts, "stuck")
	}
	return strings.Join(parts, ", ")
}

func short(s string) string {
	if len(s) > 24 {
		s = s[:20] + "…"
	}
	q := strconv.QuoteToASCII(s)
	return q[1 : len(q)-1]
}

// took reports whether the message at index n was forwarded.
func (o outcome) took(n int) bool { return len(o.units) > n && o.units[n].record != nil }

// plainTarget is a target that every server forwards in the same way.
var plainTarget = regexp.MustCompile(`^/[a-z0-9/]*$`)

// brief is what the golden holds of a server other than the engine: what it took. How
// such a one says no, and when it closes, depends on how the bytes come in. (net/http
// reads on while it serves, and ends the request before when it does not like what
// comes.)
func (o outcome) brief(at int) string {
	if !o.took(at) {
		return "refuses"
	}
	return outcome{units: o.units}.String()
}

// same reports whether two servers understood a message in the same way, as far as can
// be seen: methods and bodies always, targets when no server has reason to rewrite
// them, and nothing of a message that one of them answered itself.
func (u unit) same(v unit) bool {
	if u.local != 0 || v.local != 0 {
		return true
	}
	if plainTarget.MatchString(u.target) && plainTarget.MatchString(v.target) && u.target != v.target {
		return false
	}
	return u.method == v.method && u.body == v.body
}

// disagreement is the first message that two servers understood differently: the index
// and the columns, or false.
func disagreement(e entry, outcomes []outcome) (index, a, b int, found bool) {
	for index = 0; ; index++ {
		var have []int
		for i, o := range outcomes {
			if len(o.units) > index {
				have = append(have, i)
			}
		}
		if len(have) < 2 {
			return 0, 0, 0, false
		}
		for _, a := range have {
			for _, b := range have {
				x, y := outcomes[a], outcomes[b]
				if !x.units[index].same(y.units[index]) || !e.gap && x.astray(index+1, y) {
					return index, a, b, true
				}
			}
		}
	}
}

// astray reports whether o refused what is a plain request at index to another server:
// then it had ended the message before at another byte. Not when it was stuck: net/http
// drops what it does when its caller has ended.
func (o outcome) astray(index int, other outcome) bool {
	return len(o.units) == index && o.ended.status != 0 && !o.ended.stuck && other.took(index) &&
		other.units[index].method == "GET" && (other.units[index].target == "/smug" || other.units[index].target == "/next")
}

// foreignBytes says what a server forwarded beside well-formed messages; "" for
// nothing. A message that broke off is none of it.
func (o outcome) foreignBytes() string {
	for _, r := range o.records {
		if r.err != nil && !errors.Is(r.err, errShort) {
			return fmt.Sprintf("forwarded a malformed message (%v): %q", r.err, r.raw)
		}
		if len(bytes.TrimSpace(r.extra)) > 0 {
			return fmt.Sprintf("forwarded %q behind a message", r.extra)
		}
	}
	return ""
}
