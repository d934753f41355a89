package differential_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// reply is what the caller got for one answer of a bad backend.
type reply struct {
	status   int // 0: none
	body     string
	whole    bool // the body had an end, and nothing says that it broke off
	lengths  int  // Content-Length fields, and one for chunks: more is two readings
	second   string
	reused   bool // /next went over the connection of the bad answer
	requests int  // that the backend saw
}

// took reports whether the bad backend's answer was passed on as a good one.
func (r reply) took(a answer) bool {
	return r.whole && r.status != 0 && r.status < 500 && (a.want == "" || r.body != "")
}

// run asks one server for /p, which the bad backend answers, and then for /next.
func (c column) ask(a answer) (reply, error) {
	c.recorder.start(&script{answer: a.raw, closes: a.closes})
	var r reply
	conn, err := dial(c.address)
	if err != nil {
		return r, err
	}
	in := bufio.NewReader(conn)
	kept := r.first(conn, in, a.method)
	if !kept {
		conn.Close()
		if conn, err = dial(c.address); err != nil {
			return r, err
		}
		in = bufio.NewReader(conn)
	}
	r.next(conn, in)
	conn.Close()
	if kept && r.second == noAnswer {
		// A kept connection may be closed while it is used again.
		if conn, err = dial(c.address); err != nil {
			return r, err
		}
		r.next(conn, bufio.NewReader(conn))
		conn.Close()
	}
	records := c.recorder.end()
	r.requests = len(records)
	for _, record := range records {
		if record.err != nil && !errors.Is(record.err, errShort) {
			return r, fmt.Errorf("%s: %s: %w", c.name, a.name, record.err)
		}
		r.reused = r.reused || record.again
	}
	return r, nil
}

// first reads the answer to /p and reports whether the connection can carry another
// request.
func (r *reply) first(conn net.Conn, in *bufio.Reader, method string) bool {
	conn.SetDeadline(time.Now().Add(6 * lull))
	fmt.Fprintf(conn, "%s /p HTTP/1.1\r\n%s\r\n", method, hostLine)
	q := &http.Request{Method: method}
	var got *http.Response
	for {
		var err error
		if got, err = http.ReadResponse(in, q); err != nil {
			return false
		}
		if got.StatusCode >= 200 || got.StatusCode == http.StatusSwitchingProtocols {
			break
		}
	}
	r.status = got.StatusCode
	r.lengths = len(got.Header["Content-Length"]) + len(got.TransferEncoding)
	b, err := io.ReadAll(got.Body)
	r.body, r.whole = string(b), err == nil
	return err == nil && !got.Close
}

const noAnswer = "no answer"

// next asks for /next and says whose answer it got.
func (r *reply) next(conn net.Conn, in *bufio.Reader) {
	conn.SetDeadline(time.Now().Add(6 * lull))
	io.WriteString(conn, next)
	got, err := http.ReadResponse(in, &http.Request{Method: "GET"})
	if err != nil {
		r.second = noAnswer
		return
	}
	b, _ := io.ReadAll(got.Body)
	switch {
	case got.Header.Get("X-Answer") != "":
		r.second = got.Header.Get("X-Answer")
	default:
		r.second = fmt.Sprintf("%d of %d bytes", got.StatusCode, len(b))
	}
}

func (r reply) String() string {
	if r.status == 0 {
		return "closed; then " + r.second
	}
	how := ""
	if !r.whole {
		how = " broken off"
	}
	reused := ""
	if r.reused {
		reused = " over the same connection"
	}
	return fmt.Sprintf("%d %s:%d%s; then %s%s", r.status, short(r.body), len(r.body), how, r.second, reused)
}

// brief is what the golden holds of a server other than the engine: what it passed on.
func (r reply) brief(a answer) string {
	if a.varies {
		return "varies"
	}
	if !r.took(a) {
		return "refuses"
	}
	return fmt.Sprintf("%d %s:%d", r.status, short(r.body), len(r.body))
}

// TestAnswers has a bad backend answer every server, and looks at what callers get.
func TestAnswers(t *testing.T) {
	corpus, all := answers(), lanes(t)
	columns := all[0].columns
	replies := make([][]reply, len(corpus))
	for i := range replies {
		replies[i] = make([]reply, len(columns))
	}
	spread(all, len(corpus), func(l lane, c, number int) {
		r, err := l.columns[c].ask(corpus[number])
		if err != nil {
			t.Error(err)
		}
		replies[number][c] = r
	})
	g := newGolden(columns)
	for i, a := range corpus {
		claimAnswer(t, columns, a, replies[i])
		row := make([]string, len(columns))
		for c, r := range replies[i] {
			if row[c] = r.String(); !columns[c].exact {
				row[c] = r.brief(a)
			}
			g.count(a.family, a.must, c, r.took(a))
		}
		if x, y, found := differ(a, replies[i]); found {
			g.disagree(a.family)
			row = append(row, fmt.Sprintf("%s and %s pass on different bodies", columns[x].name, columns[y].name))
		}
		for c, r := range replies[i] {
			if r.second == "poison" {
				row = append(row, columns[c].name+" hands the next caller what was made for nobody")
			}
		}
		g.row(a.family, a.name, a.must, a.rfc, row)
	}
	g.compare(t, "answers")
	g.summarize(t, "answers")
}

// differ finds two servers that passed different bodies on.
func differ(a answer, replies []reply) (x, y int, found bool) {
	for x, r := range replies {
		for y := x + 1; y < len(replies); y++ {
			if r.took(a) && replies[y].took(a) && (r.body != replies[y].body || r.status != replies[y].status) {
				return x, y, true
			}
		}
	}
	return 0, 0, false
}

// claimAnswer holds our side to the same claim, and nobody may be handed an answer that
// was made for somebody else.
func claimAnswer(t *testing.T, columns []column, a answer, replies []reply) {
	x, y, found := differ(a, replies)
	for c, r := range replies {
		if !columns[c].ours {
			continue
		}
		var wrong []string
		taken := r.took(a)
		switch {
		case found && taken:
			wrong = append(wrong, fmt.Sprintf("passes it on, and %s (%v) and %s (%v) pass on different bodies", columns[x].name, replies[x], columns[y].name, replies[y]))
		case (a.must == reject || a.must == strict) && taken:
			wrong = append(wrong, "passes it on, against "+a.rfc)
		case a.must == accept && (!taken || r.body != a.want):
			wrong = append(wrong, fmt.Sprintf("does not pass on %q, against %s", a.want, a.rfc))
		}
		if r.second != "fresh" {
			wrong = append(wrong, "the next caller got "+r.second)
		}
		if r.lengths > 1 {
			wrong = append(wrong, "states the length more than once")
		}
		if strings.Contains(a.raw, poison) && r.reused {
			wrong = append(wrong, "uses a connection again with something unread in it")
		}
		columns[c].blame(t, a.family+": "+a.name, wrong, r, a.raw)
	}
}
