package channel

import (
	"bufio"
	"context"
	"io"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// What tests of this package need to see.
const (
	FailuresToEject   = failuresToEject
	EjectionStep      = ejectionStep
	SuccessesToForget = successesToForget
	UserAgent         = userAgent
	ChecksPerChannel  = checksPerChannel
	FirstWithin       = firstWithin
)

// Codes is the set that a text of codes means.
func Codes(text string) (has func(status int) bool, err error) {
	c, err := parseCodes(text)
	if err != nil {
		return nil, err
	}
	return c.has, nil
}

// Probe makes the check of a channel once.
func Probe(ctx context.Context, d *definition.Channel, dial Dial, host string, timeout time.Duration) error {
	h, err := newHealth(d)
	if err != nil {
		return err
	}
	h.timeout = timeout
	return h.probe(ctx, dial, host)
}

// Status is what a check takes an answer for.
func Status(r io.Reader) (int, error) { return readStatus(bufio.NewReader(r)) }
