package passwords

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/lintel-gateway/lintel/internal/ids"
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
	// ErrBusy says that no turn came within MaxWait.
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
	cost  Cost
	ids   *ids.Source
	turns chan struct{}
	dummy string
}

// New returns a hasher that works with cost and takes its salts from source.
func New(cost Cost, source *ids.Source) *Hasher {
	// More hashes than cores only make each of them slower.
	n := min(runtime.GOMAXPROCS(0), max(1, memoryBudget/int(cost.Memory)))
	h := &Hasher{cost: cost, ids: source, turns: make(chan struct{}, n)}
	h.dummy = h.encode("", source.Bytes(saltLength))
	return h
}

// Hash makes the PHC string of password with a fresh salt.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if len(password) > MaxLength {
		return "", ErrTooLong
	}
	if err := h.turn(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return h.encode(password, h.ids.Bytes(saltLength)), nil
}

// Check reports whether password is the one encoded was made of. An over-long
// password is not the one, at the usual price.
func (h *Hasher) Check(ctx context.Context, encoded, password string) (bool, error) {
	p, err := parse(encoded)
	if err != nil {
		return false, err
	}
	long := len(password) > MaxLength
	if long {
		password = ""
	}
	if err := h.turn(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	key := derive(password, p.salt, p.cost)
	return subtle.ConstantTimeCompare(key, p.key) == 1 && !long, nil
}

// Dummy spends what Check spends, for a user that does not exist.
func (h *Hasher) Dummy(ctx context.Context, password string) error {
	_, err := h.Check(ctx, h.dummy, password)
	return err
}

func (h *Hasher) encode(password string, salt []byte) string {
	return phc{cost: h.cost, salt: salt, key: derive(password, salt, h.cost)}.String()
}

func derive(password string, salt []byte, c Cost) []byte {
	return argon2.IDKey([]byte(password), salt, c.Passes, c.Memory, c.Threads, keyLength)
}

func (h *Hasher) turn(ctx context.Context) error {
	select {
	case h.turns <- struct{}{}:
		return nil
	default:
	}
	wait := time.NewTimer(MaxWait)
	defer wait.Stop()
	select {
	case h.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errors.Join(ErrBusy, ctx.Err())
	case <-wait.C:
		return ErrBusy
	}
}

func (h *Hasher) leave() { <-h.turns }
