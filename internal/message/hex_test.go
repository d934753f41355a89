package message_test

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

func TestAppendHex(t *testing.T) {
	check := func(b []byte) {
		t.Helper()
		if got, want := string(message.AppendHex([]byte("x"), b)), "x"+hex.EncodeToString(b); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
	word := func(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
	for _, n := range []uint64{0, 1, 0x0123456789abcdef, 0xfedcba9876543210, 1<<64 - 1, 0x9a9a9a9a9a9a9a9a} {
		check(word(n))
	}
	check(nil)
	for range 10_000 {
		check(append(word(rand.Uint64()), word(rand.Uint64())...))
	}
}
