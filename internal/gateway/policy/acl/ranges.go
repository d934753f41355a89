package acl

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// ranges are sets of addresses: disjoint, in order, and not even touching. The
// two families are kept apart because IPv4 fits a machine word, and most lists
// are IPv4 alone.
type ranges struct {
	v4 []span4
	v6 []span6
}

type span4 struct{ first, last uint32 }

type span6 struct{ first, last wide }

// wide is an IPv6 address as a number.
type wide struct{ hi, lo uint64 }

func (a wide) less(b wide) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

// next is the number after a; 0 after the last one.
func (a wide) next() wide {
	a.lo++
	if a.lo == 0 {
		a.hi++
	}
	return a
}

func number4(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

func number6(a netip.Addr) wide {
	b := a.As16()
	return wide{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// hold reports whether an address is in one of the ranges: whether the last
// range that begins at or before it also reaches it.
func (r *ranges) hold(addr netip.Addr) bool {
	if addr.Is4() {
		n := number4(addr)
		low, high := 0, len(r.v4)
		for low < high {
			if mid := int(uint(low+high) >> 1); r.v4[mid].first <= n {
				low = mid + 1
			} else {
				high = mid
			}
		}
		return low > 0 && n <= r.v4[low-1].last
	}
	n := number6(addr)
	low, high := 0, len(r.v6)
	for low < high {
		if mid := int(uint(low+high) >> 1); !n.less(r.v6[mid].first) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low > 0 && !r.v6[low-1].last.less(n)
}

// compile reads the entries of a list.
func compile(values []string) (ranges, error) {
	var r ranges
	for i, v := range values {
		first, last, err := parse(v)
		if err != nil {
			return ranges{}, fmt.Errorf("values: entry %d, %.64q, %w", i+1, v, err)
		}
		if first.Is4() {
			r.v4 = append(r.v4, span4{number4(first), number4(last)})
		} else {
			r.v6 = append(r.v6, span6{number6(first), number6(last)})
		}
	}
	r.v4, r.v6 = joined4(r.v4), joined6(r.v6)
	return r, nil
}

// joined4 sorts and unites ranges that overlap or touch.
func joined4(all []span4) []span4 {
	slices.SortFunc(all, func(a, b span4) int { return cmp.Compare(a.first, b.first) })
	out := all[:0]
	for _, s := range all {
		if n := len(out) - 1; n >= 0 && (s.first <= out[n].last || s.first-1 == out[n].last) {
			out[n].last = max(out[n].last, s.last)
			continue
		}
		out = append(out, s)
	}
	return slices.Clip(out)
}

// joined6 is joined4 for IPv6.
func joined6(all []span6) []span6 {
	slices.SortFunc(all, func(a, b span6) int {
		return cmp.Or(cmp.Compare(a.first.hi, b.first.hi), cmp.Compare(a.first.lo, b.first.lo))
	})
	out := all[:0]
	for _, s := range all {
		if n := len(out) - 1; n >= 0 && (!out[n].last.less(s.first) || out[n].last.next() == s.first) {
			if out[n].last.less(s.last) {
				out[n].last = s.last
			}
			continue
		}
		out = append(out, s)
	}
	return slices.Clip(out)
}

// parse reads one entry: an address, a CIDR block, or first-last.
func parse(entry string) (first, last netip.Addr, err error) {
	if from, to, ok := strings.Cut(entry, "-"); ok {
		return span(from, to)
	}
	if strings.IndexByte(entry, '/') >= 0 {
		return block(entry)
	}
	first, err = single(entry)
	return first, first, err
}

func span(from, to string) (first, last netip.Addr, err error) {
	if first, err = single(from); err != nil {
		return first, last, err
	}
	if last, err = single(to); err != nil {
		return first, last, err
	}
	switch {
	case first.BitLen() != last.BitLen():
		err = errors.New("ranges from IPv4 to IPv6 or back")
	case last.Less(first):
		err = errors.New("is a reversed range; write the lower address first")
	}
	return first, last, err
}

func block(entry string) (first, last netip.Addr, err error) {
	p, err := netip.ParsePrefix(entry)
	if err != nil {
		return first, last, errUnknown
	}
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return first, last, errors.New("mixes IPv4 and IPv6; write the IPv4 block")
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	first = p.Masked().Addr()
	if first.Is4() {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], number4(first)|^uint32(0)>>p.Bits())
		return first, netip.AddrFrom4(b), nil
	}
	n := number6(first)
	if p.Bits() < 64 {
		n.hi |= ^uint64(0) >> p.Bits()
		n.lo = ^uint64(0)
	} else {
		n.lo |= ^uint64(0) >> (p.Bits() - 64)
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], n.hi)
	binary.BigEndian.PutUint64(b[8:], n.lo)
	return first, netip.AddrFrom16(b), nil
}

var errUnknown = errors.New("is not an IPv4 or IPv6 address, a CIDR block or a range first-last")

// single reads one address. An IPv4 address in IPv6 notation is the IPv4
// address, as callers have it; a zone means nothing to anybody else's host.
func single(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, errUnknown
	}
	return a.Unmap(), nil
}
