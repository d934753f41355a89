package tokens

import (
	"testing"
	"time"
)

// FuzzParse fuzzes what is behind the HMAC, which FuzzVerify cannot reach.
func FuzzParse(f *testing.F) {
	c := newCodec(make([]byte, 32))
	for _, t := range []Token{
		{},
		{UserID: "0123456789abcdef0123456789abcdef", ProjectID: "default", Roles: []string{"admin", ""}, IssuedAt: time.Unix(1, 0)},
	} {
		raw, err := c.encode(&t)
		if err != nil {
			f.Fatal(err)
		}
		b, err := encoding.DecodeString(raw)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:len(b)-32])
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if len(payload) > maxToken/2 {
			return
		}
		s := c.scratch.Get().(*scratch)
		defer c.scratch.Put(s)
		token, err := s.parse(payload)
		if err != nil {
			return
		}
		raw, err := c.encode(&token)
		if err != nil {
			t.Fatalf("%+v was read but cannot be written: %v", token, err)
		}
		if again, err := c.decode(raw); err != nil || again.UserID != token.UserID || len(again.Roles) != len(token.Roles) {
			t.Fatalf("read %+v, then %+v, %v", token, again, err)
		}
	})
}
