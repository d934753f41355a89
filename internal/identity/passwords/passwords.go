package passwords

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/lane"
)

// MaxLength bounds a password in bytes. Argon2 has no limit of its own (bcrypt
// silently drops everything after 72 bytes: CVE-2021-3563), but hashing
// megabytes on behalf of a stranger is not free.
const MaxLength = 1024

// MaxWait bounds the wait for a turn.
const MaxWait = 5 * time.Second

// memoryBudget is what all hashes in flight may use together, in KiB.
const memoryBudget = 128 << 10

var (
	// ErrTooLong refuses a password over MaxLength.
	ErrTooLong = fmt.Errorf("passwords: longer than %d bytes; choose a shorter one", MaxLength)
	// ErrBusy says that there was no place in the line, or that no turn came
	// within MaxWait.
	ErrBusy = errors.New("passwords: too many logins at once; try again later")
)

// Cost is the price of one hash.
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// DefaultCost is OWASP's first recommendation for argon2id (19 MiB, two
// passes, one thread). BenchmarkHash: 30 to 50 ms on the 2-core reference
// machine, which bounds password guessing to some 60 tries a second for the
// whole node.
func DefaultCost() Cost { return Cost{Memory: 19 << 10, Passes: 2, Threads: 1} }

// Hasher makes and checks hashes. It is safe for concurrent use.
type Hasher struct {
	cost   Cost
	ids    *ids.Source
	line   *line
	dummy  string
	hashes atomic.Uint64
}

// New returns a hasher that works with cost and takes its salts from source.
func New(cost Cost, source *ids.Source) *Hasher {
	// More hashes than cores only make each of them slower.
	n := min(lane.Cores(), max(1, memoryBudget/int(cost.Memory)))
	h := &Hasher{cost: cost, ids: source, line: newLine(n)}
	h.dummy = h.encode("", source.Bytes(saltLength))
	return h
}

// Hash makes the PHC string of password with a fresh salt.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if len(password) > MaxLength {
		return "", ErrTooLong
	}
	if err := h.line.enter(ctx, Asker{}); err != nil {
		return "", err
	}
	defer h.line.leave()
	return h.encode(password, h.ids.Bytes(saltLength)), nil
}

// Check is CheckFor for nobody in particular.
func (h *Hasher) Check(ctx context.Context, encoded, password string) (bool, error) {
	return h.CheckFor(ctx, Asker{}, encoded, password)
}

// CheckFor reports whether password is the one encoded was made of. An over-long
// password is not the one, at the usual price. ErrBusy says that the asker's
// share of the line is taken or that no turn came.
func (h *Hasher) CheckFor(ctx context.Context, asker Asker, encoded, password string) (bool, error) {
	p, err := parse(encoded)
	if err != nil {
		return false, err
	}
	long := len(password) > MaxLength
	if long {
		password = ""
	}
	if err := h.line.enter(ctx, asker); err != nil {
		return false, err
	}
	defer h.line.leave()
	key := h.derive(password, p.salt, p.cost)
	return subtle.ConstantTimeCompare(key, p.key) == 1 && !long, nil
}

// Dummy is DummyFor for nobody in particular.
func (h *Hasher) Dummy(ctx context.Context, password string) error {
	return h.DummyFor(ctx, Asker{}, password)
}

// DummyFor spends what CheckFor spends, for a user that does not exist.
func (h *Hasher) DummyFor(ctx context.Context, asker Asker, password string) error {
	_, err := h.CheckFor(ctx, asker, h.dummy, password)
	return err
}

// Hashes is how many hashes were computed so far.
func (h *Hasher) Hashes() uint64 { return h.hashes.Load() }

func (h *Hasher) encode(password string, salt []byte) string {
	return phc{cost: h.cost, salt: salt, key: h.derive(password, salt, h.cost)}.String()
}

func (h *Hasher) derive(password string, salt []byte, c Cost) []byte {
	h.hashes.Add(1)
	return argon2.IDKey([]byte(password), salt, c.Passes, c.Memory, c.Threads, keyLength)
}
