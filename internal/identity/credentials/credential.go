package credentials

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"
)

const (
	// MaxPerUser is how many credentials a user may have, EC2 keys included.
	MaxPerUser = 100
	// MaxBlob bounds a blob in bytes.
	MaxBlob = 64 << 10
	// TypeEC2 is the type of EC2 keys.
	TypeEC2 = "ec2"
	// purpose binds a sealed blob to what it is for.
	purpose = "credential"
)

// Credential is what a user keeps here.
type Credential struct {
	ID, UserID, Type string
	ProjectID        string   // "": of none
	RoleIDs          []string // of an EC2 key
	Created          time.Time

	sealed string // the blob; "" where it was not asked for
}

// idOf is the id of the EC2 key with an access key.
func idOf(access string) string {
	sum := sha256.Sum256([]byte(access))
	return hex.EncodeToString(sum[:])
}

// seal puts a blob into c.
func (a *Area) seal(c *Credential, blob string) error {
	sealed, err := a.Sealer.Seal(purpose, c.ID, []byte(blob))
	if err != nil {
		return fmt.Errorf("credentials: seal the blob of %s: %w", c.ID, err)
	}
	c.sealed = base64.StdEncoding.EncodeToString(sealed)
	return nil
}

// open answers the blob of c.
func (a *Area) open(c *Credential) (string, error) {
	sealed, err := base64.StdEncoding.DecodeString(c.sealed)
	if err != nil {
		return "", fmt.Errorf("credentials: the blob of %s is damaged; delete the credential: %w", c.ID, err)
	}
	plain, err := a.Sealer.Open(purpose, c.ID, sealed)
	if err != nil {
		return "", fmt.Errorf("credentials: the blob of %s does not open; is it sealed with another master key? %w", c.ID, err)
	}
	return string(plain), nil
}
