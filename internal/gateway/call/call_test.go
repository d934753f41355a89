package call_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// TestReleaseEmpties fills every field that a call has and looks at what the
// next user of the same memory can see, behind the lengths of lists too.
func TestReleaseEmpties(t *testing.T) {
	for range 100 {
		c := call.Acquire(t.Context())
		for _, f := range []message.Fields{
			c.Request.Query, c.Request.Headers, c.Target.PathParams, c.Out.Headers, c.Response.Headers,
		} {
			for _, field := range f[:cap(f)] {
				if field != (message.Field{}) {
					t.Fatalf("a field of an earlier call: %v", field)
				}
			}
		}
		if c.ID != "" || c.Fault != nil || c.Caller != (call.Caller{}) || c.Request.Path != "" ||
			c.Request.Body != nil || c.Response.Status != 0 || c.Response.Bytes != nil ||
			c.Response.Trailers != nil || c.Out.Path != "" || c.Target.APIID != "" || c.Timing != (call.Timing{}) {
			t.Fatalf("a call is not empty: %+v", c)
		}
		if old := c.Scratch(); bytes.Contains(old[:cap(old)], []byte("secret")) {
			t.Fatal("scratch memory shows an earlier call")
		}
		c.ID = c.Keep(append(c.Scratch(), "secret"...))
		secret := message.Field{Name: "A", Value: "secret"}
		c.Request.Query = append(c.Request.Query, secret, secret)[:1]
		c.Request.Headers = append(c.Request.Headers, secret)
		c.Target.PathParams = append(c.Target.PathParams, secret)
		c.Out.Headers = append(c.Out.Headers, secret)[:0]
		c.Response.Headers = append(c.Response.Headers, secret)
		c.Request.Path, c.Out.Path, c.Target.APIID = "/x", "/y", "id"
		c.Request.Body, c.Request.BodyLength = strings.NewReader("secret"), 6
		c.LimitBody(10)
		if _, f := c.Buffer(); f != nil {
			t.Fatal(f.Message)
		}
		c.Caller.AppID, c.Fault, c.Response.Status = "app", call.BadRequest, 200
		c.Response.Bytes = []byte("secret")
		c.Response.Trailers = func() message.Fields { return nil }
		c.Timing.BackendStatus = 200
		call.Release(c)
	}
}

// TestReleaseEmptiesLongLists: lists that move to memory of their own keep it, emptied, and
// so does what they leave behind.
func TestReleaseEmptiesLongLists(t *testing.T) {
	for round := range 100 {
		c := call.Acquire(t.Context())
		lists := []*message.Fields{&c.Request.Query, &c.Request.Headers, &c.Target.PathParams, &c.Authorizer, &c.Out.Headers, &c.Response.Headers}
		for i, list := range lists {
			if len(*list) != 0 {
				t.Fatalf("list %d begins with %v", i, *list)
			}
			for _, field := range (*list)[:cap(*list)] {
				if field != (message.Field{}) {
					t.Fatalf("list %d shows a field of an earlier call: %v", i, field)
				}
			}
			for range (round*7 + i) % 40 {
				*list = append(*list, message.Field{Name: "A", Value: "secret"})
			}
			*list = (*list)[:len(*list)/2]
		}
		call.Release(c)
	}
}

// TestReleaseOfAnother: a call that Acquire did not make is none to keep.
func TestReleaseOfAnother(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Fatal("it was released")
		}
	}()
	call.Release(&call.Call{})
}

// TestManyAtOnce: no call is two goroutines', however many are under way.
func TestManyAtOnce(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 300 {
				var held []*call.Call
				for range i % 40 {
					c := call.Acquire(context.Background())
					if c.ID != "" {
						t.Error("a call of somebody else's")
					}
					c.ID = "taken"
					held = append(held, c)
				}
				for _, c := range held {
					call.Release(c)
				}
			}
		})
	}
	all.Wait()
}

func TestReleaseTwicePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Fatal("a call was released twice without panic")
		}
	}()
	c := call.Acquire(t.Context())
	call.Release(c)
	call.Release(c)
}

// TestKeep builds strings of many sizes in one call; none may change when later
// ones are built.
func TestKeep(t *testing.T) {
	c := call.Acquire(t.Context())
	defer call.Release(c)
	var kept, want []string
	for i := range 2000 {
		s := strings.Repeat(string(rune('a'+i%26)), i%700)
		kept = append(kept, c.Keep(append(c.Scratch(), s...)))
		want = append(want, s)
	}
	for i := range kept {
		if kept[i] != want[i] {
			t.Fatalf("string %d became %q", i, kept[i])
		}
	}
}

func TestBody(t *testing.T) {
	gone := &call.BodyError{Fault: call.CallerGone}
	tests := []struct {
		name   string
		src    io.Reader
		length int64
		limit  int64
		want   string
		fault  *call.Fault
	}{
		{"known length", strings.NewReader("hello"), 5, 10, "hello", nil},
		{"unknown length", strings.NewReader("hello"), -1, 10, "hello", nil},
		{"just the limit", strings.NewReader("hello"), -1, 5, "hello", nil},
		{"byte by byte", iotest.OneByteReader(strings.NewReader("hello")), -1, 5, "hello", nil},
		{"data with the end", iotest.DataErrReader(strings.NewReader("hello")), -1, 5, "hello", nil},
		{"too large", strings.NewReader("hello!"), -1, 5, "", call.RequestTooLarge},
		{"length understated", strings.NewReader(strings.Repeat("x", 5000)), 5, 5000, strings.Repeat("x", 5000), nil},
		{"bad framing", iotest.ErrReader(errors.New("bad chunk")), -1, 5, "", call.BadBody},
		{"caller gone", io.MultiReader(strings.NewReader("he"), iotest.ErrReader(gone)), -1, 5, "", call.CallerGone},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := call.Acquire(t.Context())
			defer call.Release(c)
			c.Request.Body, c.Request.BodyLength = test.src, test.length
			c.LimitBody(test.limit)
			got, fault := c.Buffer()
			if string(got) != test.want || fault != test.fault {
				t.Fatalf("Buffer = %.20q, %v; want %.20q, %v", got, fault, test.want, test.fault)
			}
			if c.BodyFault() != test.fault {
				t.Fatalf("BodyFault = %v, want %v", c.BodyFault(), test.fault)
			}
			if fault != nil {
				return
			}
			again, err := io.ReadAll(c.Request.Body)
			if err != nil || string(again) != test.want || c.Request.BodyLength != int64(len(test.want)) {
				t.Fatalf("read again: %.20q, %v, length %d", again, err, c.Request.BodyLength)
			}
		})
	}
}

// TestBodyAfterRelease: a transport's goroutine that reads on gets an error, not
// the bytes of whoever uses the memory now.
func TestBodyAfterRelease(t *testing.T) {
	for _, buffer := range []bool{true, false} {
		c := call.Acquire(context.Background())
		c.Request.Body, c.Request.BodyLength = strings.NewReader("mine"), 4
		c.LimitBody(10)
		if buffer {
			if _, f := c.Buffer(); f != nil {
				t.Fatal(f.Message)
			}
		}
		late := c.Request.Body
		call.Release(c)
		if b, err := io.ReadAll(late); err == nil || len(b) != 0 {
			t.Fatalf("buffered %v: a late read got %q, %v", buffer, b, err)
		}
	}
}

func TestFaultJSON(t *testing.T) {
	tests := []struct{ detail, want string }{
		{"plain", "plain"},
		{"张三", "张三"},
		{`a"b\c`, `a"b\c`},
		{"line\nbreak\x00\x1f\x7f", "line\nbreak\x00\x1f\x7f"},
		{"<script>&", "<script>&"},
		{"bad \xff utf-8", "bad \ufffd utf-8"},
	}
	for _, test := range tests {
		b := call.BadRequest.With(test.detail).AppendJSON(nil, "0123456789abcdef0123456789abcdef")
		var got struct {
			Code string `json:"error_code"`
			Msg  string `json:"error_msg"`
			ID   string `json:"request_id"`
		}
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if got.Code != "APIG.0602" || got.Msg != "Bad request: "+test.want || got.ID != "0123456789abcdef0123456789abcdef" {
			t.Errorf("%s", b)
		}
		if bytes.ContainsAny(b, "<>&") {
			t.Errorf("markup in %s", b)
		}
	}
}

// FuzzFaultJSON: whatever a caller sent, the answer is one JSON object.
func FuzzFaultJSON(f *testing.F) {
	f.Add("plain", "id")
	f.Add("\"\\\x00\xff\u2028", "")
	f.Fuzz(func(t *testing.T, detail, id string) {
		b := call.BadAppAuth.With(detail).AppendJSON(nil, id)
		var got map[string]string
		if err := json.Unmarshal(b, &got); err != nil || len(got) != 3 {
			t.Fatalf("%s: %v", b, err)
		}
		if utf8.ValidString(detail) && got["error_msg"] != "Incorrect app authentication information: "+detail {
			t.Fatalf("%q became %q", detail, got["error_msg"])
		}
	})
}
