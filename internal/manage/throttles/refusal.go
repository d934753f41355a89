package throttles

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// The forms are those that servers of this dialect send (wire-facts §1.4); for
// the binding no original with an id is known, it has its neighbours' form.

func noThrottle(id string) *wire.Error {
	return apig.E3005.Msg("Request throttling policy %s does not exist", shown(id))
}

func noBinding(id string) *wire.Error {
	return apig.E3012.Msg("%s,id:%s", apig.E3012.Text(), shown(id))
}

func noSpecial(id string) *wire.Error {
	return apig.E3013.Msg("Excluded request throttling configuration %s does not exist", shown(id))
}

// maxShown is longer than every id.
const maxShown = 128

// shown is an id as a message may repeat it: bounded, without control
// characters, since it may be any text of the client's.
func shown(id string) string {
	if runes := []rune(id); len(runes) > maxShown {
		id = string(runes[:maxShown]) + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, id)
}
