package signature

// Canonical is the canonical request, for comparing with the vectors of the
// vendor's signer.
func Canonical(m *Message, signed, payload string) (string, error) {
	var s scratch
	err := s.canonical(m, signed, payload, false)
	return string(s.out), err
}
