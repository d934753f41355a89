package credentials

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// minPart and maxPart bound access keys and secrets of EC2 keys.
const minPart, maxPart = 16, 128

// pair is the blob of an EC2 key. It holds nothing that could widen the key:
// Keystone's trust_id, app_cred_id and access_token_id are refused, be they what
// they may (CVE-2020-12689).
type pair struct {
	Access string `json:"access"`
	Secret string `json:"secret"`
}

// text is the blob as Keystone writes it.
func (p pair) text() string {
	raw, _ := json.Marshal(p) // two strings always encode
	return string(raw)
}

// parsePair reads the blob of an EC2 key, strictly: this is the only reading, when
// it comes and when it is used, so that no two can differ (CVE-2021-23365).
func parsePair(blob string) (pair, error) {
	p, reason := readPair(blob)
	if reason != "" {
		return pair{}, invalid("blob", "of an EC2 key it must be the text of an object with 'access' and 'secret': %s", reason)
	}
	return p, nil
}

func readPair(blob string) (p pair, reason string) {
	if !utf8.ValidString(blob) || !json.Valid([]byte(blob)) {
		return pair{}, "it is not valid JSON"
	}
	// The text is one valid value, so the decoder has no errors to tell.
	d := json.NewDecoder(strings.NewReader(blob))
	if t, _ := d.Token(); t != json.Delim('{') {
		return pair{}, "it is not an object"
	}
	seen := map[string]bool{}
	for d.More() {
		name, _ := d.Token()
		value, _ := d.Token()
		word, _ := name.(string)
		text, isText := value.(string)
		switch {
		case seen[word]:
			return pair{}, "it has a name twice"
		case word == "trust_id" && value == nil: // Keystone's own blobs have it
		case word == "access" && isText:
			p.Access = text
		case word == "secret" && isText:
			p.Secret = text
		default:
			return pair{}, "it has another name, or a value that is not a text"
		}
		seen[word] = true
	}
	switch {
	case !fits(p.Access) || strings.Trim(p.Access, accessCharacters) != "":
		return pair{}, "'access' must have 16 to 128 letters, digits, '-' and '_'"
	case !fits(p.Secret) || strings.ContainsFunc(p.Secret, func(r rune) bool { return r < ' ' || r > '~' }):
		return pair{}, "'secret' must have 16 to 128 printable ASCII characters"
	}
	return p, ""
}

// accessCharacters may be in an access key: it travels in a header.
const accessCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func fits(s string) bool { return minPart <= len(s) && len(s) <= maxPart }

func invalid(field, format string, args ...any) error {
	return keystone.BadRequest("Invalid input for field '"+field+"': "+format+".", args...)
}

// checkType refuses types that would pretend to be something here.
func checkType(kind string) error {
	switch {
	case kind == "" || len(kind) > 64 || strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "":
		return invalid("type", "it must have 1 to 64 lower-case letters, digits, '-', '_' and '.'")
	case strings.HasPrefix(kind, "totp"):
		return invalid("type", "one-time passwords are not supported: nothing here would ask for them")
	}
	return nil
}
