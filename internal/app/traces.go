package app

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/gateway/livetrace"
	manage "github.com/lintel-gateway/lintel/internal/manage/traces"
)

// traces hands management the live traces of this gateway; the types of both
// sides have equal fields.
func (n *node) traces() manage.Gateway {
	return manage.Gateway{
		Mint: func(w manage.Wish) (manage.Key, string, error) {
			key, text, err := n.live.Mint(livetrace.Wish(w))
			if errors.Is(err, livetrace.ErrTooMany) {
				err = nil // which an empty text says
			}
			return manage.Key(key), text, err
		},
		List: func() []manage.Key {
			return converted(n.live.List(), func(k livetrace.Key) manage.Key { return manage.Key(k) })
		},
		Drop: n.live.Drop,
		Traces: func(id string) ([]manage.Trace, bool) {
			list, ok := n.live.Traces(id)
			return converted(list, func(t livetrace.Trace) manage.Trace { return manage.Trace(t) }), ok
		},
	}
}

func converted[A, B any](list []A, f func(A) B) []B {
	out := make([]B, 0, len(list))
	for _, v := range list {
		out = append(out, f(v))
	}
	return out
}
