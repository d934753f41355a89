package limit

import (
	"context"
	"fmt"
	"math"
	"net/netip"
)

// Name is what a counter counts and for whom it was configured: a word that
// keeps different things with equal ids apart, and the ids of the policy that
// wants it counted and of the place where, "" for none. Names are made once, not
// in a call: a call compares them by their address, and takes their hash as it
// is. Equal names are one name, however often they were made.
type Name struct {
	what, policy, place string
	hash                uint64
}

// NewName makes a name. Its parts are bounded by what was configured; they come
// from no caller, so their hash needs no secret.
func NewName(what, policy, place string) *Name {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	h := uint64(offset)
	for _, part := range [...]string{what, policy, place} {
		for i := range len(part) {
			h = (h ^ uint64(part[i])) * prime
		}
		h = (h ^ 0xff) * prime // which is in no text
	}
	return &Name{what, policy, place, mixed(h)}
}

// mixed spreads all bits over all bits: counters are found by the first and the
// last ones.
func mixed(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

// String is the three parts, quoted.
func (n *Name) String() string { return fmt.Sprintf("%q/%q/%q", n.what, n.policy, n.place) }

func (n *Name) equal(other *Name) bool {
	return n == other || n.what == other.what && n.policy == other.policy && n.place == other.place
}

// Key names a counter. Equal keys of equal periods are one counter.
type Key struct {
	*Name
	// Caller or Address is whose calls are counted; both are empty for everybody's.
	// One word of a Name has always one of them or never. They come from callers,
	// so an implementation bounds their number.
	Caller  string
	Address netip.Addr
}

// noAddress is an address that is none.
var noAddress netip.Addr

// ofCaller reports whether callers decide how many such keys there are.
func (k *Key) ofCaller() bool { return k.Caller != "" || k.Address.IsValid() }

func (k *Key) equal(other *Key) bool {
	return k.Name.equal(other.Name) && k.Caller == other.Caller && k.Address == other.Address
}

// Want asks for room for one call under one limit.
type Want struct {
	Key Key
	// Limit is how many calls a window admits.
	Limit int64
	// Period is the length of a window in seconds, at least 1 (see Seconds).
	Period int64
	// Remain is what Take answers: how many calls more the window admits after
	// this one, which is not counted when it was refused.
	Remain int64
}

// Admitted is what Take answers for a call that may go on.
const Admitted = -1

// Limiter counts calls. Implementations are safe for concurrent use.
type Limiter interface {
	// Take counts one call under all wants, or under none: it answers Admitted, or
	// the index of the first want without room. The Remain of every want is set
	// either way. No two wants of a call have one key. Strings of keys may change
	// once Take has returned; nothing of wants is kept.
	//
	// ctx bounds the wait for counters that are elsewhere. An implementation whose
	// counters cannot be reached goes on with counters of its own: a call always
	// gets an answer.
	Take(ctx context.Context, wants []Want) (refused int)
}

// Units of a period on the wire (reference 4.7).
const (
	Second = "SECOND"
	Minute = "MINUTE"
	Hour   = "HOUR"
	Day    = "DAY"
)

// Seconds is the length of a period in seconds. What does not fit is cut to the
// greatest number that does: such a window never ends either way.
func Seconds(interval int64, unit string) (int64, error) {
	var of int64
	switch unit {
	case Second:
		of = 1
	case Minute:
		of = 60
	case Hour:
		of = 3600
	case Day:
		of = 86400
	default:
		return 0, fmt.Errorf("time_unit %q is unknown; it is SECOND, MINUTE, HOUR or DAY", unit)
	}
	switch {
	case interval < 1:
		return 0, fmt.Errorf("time_interval %d is no period; it is at least 1", interval)
	case interval > math.MaxInt64/of:
		return math.MaxInt64, nil
	}
	return interval * of, nil
}
