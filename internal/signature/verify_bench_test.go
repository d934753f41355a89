package signature_test

import (
	"strconv"
	"testing"

	"github.com/lintel-gateway/lintel/internal/signature"
)

func BenchmarkVerify(b *testing.B) {
	v := vectors()[0]
	m, key := v.message(b), signature.NewKey([]byte(v.secret))
	a, _ := signature.ParseAuthorization(v.authorization())
	date := v.date()
	b.ReportAllocs()
	for b.Loop() {
		if err := key.Verify(a, m, date, v.payload); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSigned is everything that a signed call costs here: the header
// parsed, the date checked, the signature verified.
func BenchmarkSigned(b *testing.B) {
	v := vectors()[0]
	m, key := v.message(b), signature.NewKey([]byte(v.secret))
	header, date := v.authorization(), v.date()
	b.ReportAllocs()
	for b.Loop() {
		a, _ := signature.ParseAuthorization(header)
		if err := signature.CheckDate(date, signedAt); err != nil {
			b.Fatal(err)
		}
		if err := key.Verify(a, m, date, v.payload); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerifyManyKeys uses each of many keys once in turn, as a gateway
// with many applications does.
func BenchmarkVerifyManyKeys(b *testing.B) {
	v := vectors()[0]
	m := v.message(b)
	type signer struct {
		key *signature.Key
		a   signature.Authorization
	}
	all := make([]signer, 100_000)
	for i := range all {
		secret := "secret" + strconv.Itoa(i)
		text, _ := signature.Sign(m, "ak", []byte(secret), signedAt, nil)
		all[i].key = signature.NewKey([]byte(secret))
		all[i].a, _ = signature.ParseAuthorization(text)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		s := &all[i%len(all)]
		i++
		if err := s.key.Verify(s.a, m, v.date(), v.payload); err != nil {
			b.Fatal(err)
		}
	}
}
