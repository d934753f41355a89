package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// sending is the sender, seen from the command. It is safe for concurrent use, but for
// run, which is one at a time.
type sending struct {
	host func(*api) string
	part *part
	from *bufio.Reader
	room []byte

	mu   sync.Mutex
	apis []*api // by number
}

// startSending starts a sender of calls to a gateway.
func startSending(gateway string, host func(*api) string) (*sending, error) {
	p, err := startPart(nil, senderPart, gateway)
	if err != nil {
		return nil, err
	}
	return &sending{host: host, part: p, from: bufio.NewReaderSize(p.out, 64<<10)}, nil
}

// know tells the sender of APIs.
func (s *sending) know(list []*api) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var orders []byte
	for _, a := range list {
		var err error
		if orders, err = s.appendAPI(orders, a, false); err != nil {
			return err
		}
	}
	return s.order(orders)
}

// recent tells it that an API changes now, which callers prefer.
func (s *sending) recent(a *api) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.appendAPI(nil, a, true)
	if err != nil {
		return err
	}
	return s.order(o)
}

// appendAPI gives the API a number if it has none yet; number 0 belongs to the first
// of all, which is in its place.
func (s *sending) appendAPI(to []byte, a *api, recent bool) ([]byte, error) {
	if len(s.apis) == 0 || s.apis[a.number] != a {
		a.number = len(s.apis)
		s.apis = append(s.apis, a)
	}
	b, err := json.Marshal(order{API: &target{a.number, s.host(a), a.Name}, Recent: recent})
	return append(append(to, b...), '\n'), err
}

// order sends orders, with the lock held: they must not mix.
func (s *sending) order(lines []byte) error {
	if err := s.part.in.SetWriteDeadline(time.Now().Add(callTime)); err != nil {
		return err
	}
	_, err := s.part.in.Write(lines)
	return err
}

// run makes the calls of a phase and hands out each with its answer, as the sender
// understood neither of them.
func (s *sending) run(rate int, length time.Duration, hand func(*reply)) error {
	b, err := json.Marshal(order{Run: &pacing{rate, length}})
	if err != nil {
		return err
	}
	s.mu.Lock()
	err = s.order(append(b, '\n'))
	s.mu.Unlock()
	if err != nil {
		return err
	}
	if err := s.part.out.SetReadDeadline(time.Now().Add(length + 3*callTime)); err != nil {
		return err
	}
	for {
		number, c, err := readResult(s.from, &s.room)
		if err != nil {
			return fmt.Errorf("%s: %w", s.part.name, err)
		}
		if number == lastResult {
			return c.err
		}
		s.mu.Lock()
		known := int(number) < len(s.apis)
		r := &reply{due: c.due, start: c.start, end: c.end, item: strconv.Itoa(c.item), err: c.err}
		if known {
			r.of = s.apis[number]
		}
		s.mu.Unlock()
		if !known {
			return errors.New("a call of an API that nobody told of")
		}
		r.understandRaw(c.raw)
		hand(r)
	}
}

func (s *sending) close() error { return s.part.stop() }
