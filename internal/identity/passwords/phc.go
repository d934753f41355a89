package passwords

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

const (
	saltLength = 16
	keyLength  = 32
)

var errForm = errors.New("passwords: the stored hash is not an argon2id PHC string; set the password anew")

// phc is the content of a PHC string.
type phc struct {
	cost      Cost
	salt, key []byte
}

func (p phc) String() string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.cost.Memory, p.cost.Passes, p.cost.Threads, enc.EncodeToString(p.salt), enc.EncodeToString(p.key))
}

// parse reads a PHC string. It accepts exactly what String writes: a damaged
// row must not become a cheap hash or a short key.
func parse(s string) (phc, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" {
		return phc{}, errForm
	}
	var p phc
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.cost.Memory, &p.cost.Passes, &p.cost.Threads); err != nil {
		return phc{}, errForm
	}
	var err error
	enc := base64.RawStdEncoding.Strict()
	if p.salt, err = enc.DecodeString(parts[4]); err != nil || len(p.salt) != saltLength {
		return phc{}, errForm
	}
	if p.key, err = enc.DecodeString(parts[5]); err != nil || len(p.key) != keyLength {
		return phc{}, errForm
	}
	c := p.cost
	// The upper bounds keep one damaged row from taking all the memory or
	// turning argon2's own checks into a panic.
	if c.Memory < 8 || c.Memory > memoryBudget || c.Passes < 1 || c.Passes > 16 || c.Threads < 1 || c.Threads > 16 {
		return phc{}, errForm
	}
	if p.String() != s {
		return phc{}, errForm
	}
	return p, nil
}
