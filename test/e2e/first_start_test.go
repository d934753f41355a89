package e2e_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var printed = regexp.MustCompile(`user admin, password (\S+)`)

// generatedPassword is what the first start printed, "" for nothing.
func generatedPassword(p *process) string {
	if m := printed.FindStringSubmatch(p.stdout.String()); m != nil {
		return m[1]
	}
	return ""
}

// TestFirstStartMakesAPassword: without LINTEL_ADMIN_PASSWORD it is random,
// printed once and kept in one file that only the owner may read.
func TestFirstStartMakesAPassword(t *testing.T) {
	t.Parallel()
	p := start(t, setup{generated: true})
	secret := generatedPassword(p)
	if len(secret) < 20 || strings.Count(p.stdout.String(), secret) != 1 {
		t.Fatalf("the password is not printed once, or short: %q", p.stdout)
	}
	p.admin(t, secret)

	keeper := filepath.Join(p.data, "admin-password")
	info, err := os.Stat(keeper)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("%s has mode %v, want 0600", keeper, info.Mode())
	}
	if kept, err := os.ReadFile(keeper); err != nil || strings.TrimSpace(string(kept)) != secret {
		t.Errorf("%s does not hold the printed password (%v)", keeper, err)
	}
	p.stop()
	for name := range files(t, p.data) {
		if content, err := os.ReadFile(name); err != nil {
			t.Error(err)
		} else if name != keeper && strings.Contains(string(content), secret) {
			t.Errorf("%s holds the password in clear", name)
		}
	}
	if strings.Contains(p.stderr.String(), secret) {
		t.Error("the log holds the password")
	}

	again := start(t, setup{data: p.data, generated: true})
	if strings.Contains(again.stdout.String(), "password") {
		t.Errorf("the second start prints a password: %s", again.stdout)
	}
	again.admin(t, secret)
}

// TestFirstStartTakesThePassword: a given one is neither printed nor kept, and
// a later start does not change it.
func TestFirstStartTakesThePassword(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	p.admin(t, password)
	if _, err := os.Stat(filepath.Join(p.data, "admin-password")); !os.IsNotExist(err) {
		t.Errorf("a password that was given is kept in a file (%v)", err)
	}
	if strings.Contains(p.stdout.String()+p.stderr.String(), password) {
		t.Error("a password that was given is printed")
	}
	p.stop()

	again := start(t, setup{data: p.data, generated: true, env: []string{"LINTEL_ADMIN_PASSWORD=another-Passw0rd"}})
	again.admin(t, password)
	login(t, again, "another-Passw0rd").want(t, 401)
}

// TestFirstStartThatCannotKeepThePassword must not leave an installation whose
// administrator nobody can be: once the obstacle is gone the next start gives
// a password.
func TestFirstStartThatCannotKeepThePassword(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	obstacle := filepath.Join(data, "admin-password")
	if err := os.Mkdir(obstacle, 0o700); err != nil {
		t.Fatal(err)
	}
	p := launch(t, setup{data: data, generated: true, exits: true})
	if code := p.ended(); code != 1 || !strings.Contains(p.stderr.String(), "admin-password") {
		t.Fatalf("exit code %d, want 1 and a text that names the file; stderr:\n%s", code, p.stderr)
	}
	if err := os.Remove(obstacle); err != nil {
		t.Fatal(err)
	}
	again := start(t, setup{data: data, generated: true})
	secret, err := os.ReadFile(obstacle)
	if err != nil {
		t.Fatalf("nobody can log in: %v", err)
	}
	again.admin(t, strings.TrimSpace(string(secret)))
}

// TestNothingHasAKnownDefault compares two installations: passwords and keys
// differ, usual guesses are refused, a token of one is worth nothing at the
// other, and nothing in the data folder is open to other users.
func TestNothingHasAKnownDefault(t *testing.T) {
	t.Parallel()
	one, two := start(t, setup{generated: true}), start(t, setup{generated: true})
	secret := generatedPassword(one)
	if secret == generatedPassword(two) {
		t.Fatal("two installations have one password")
	}
	// A right password that comes after five wrong ones is refused as well
	// (login locks the user), so that each installation gets four guesses.
	for _, guess := range []string{"admin", "password", "changeme", password} {
		login(t, one, guess).want(t, 401)
	}
	for _, guess := range []string{"lintel", "RegionOne", "Admin12345", ""} {
		if a := login(t, two, guess); a.status != 401 && a.status != 400 {
			t.Errorf("password %q: status %d, want a refusal", guess, a.status)
		}
	}
	stranger := two.admin(t, generatedPassword(two)).at(one)
	stranger.do("GET", "/v1.0/apigw/api-groups", nil).want(t, 401, "APIG.1002")

	contents := map[string]string{}
	for _, p := range []*process{one, two} {
		if info, err := os.Stat(p.data); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("the data folder is open to others: %v (%v)", info.Mode(), err)
		}
		for name, mode := range files(t, p.data) {
			base, err := filepath.Rel(p.data, name)
			if err != nil {
				t.Fatal(err)
			}
			// Clients need the certificate of the authority, and it is no secret.
			if mode&0o077 != 0 && base != filepath.Join("tls", "ca.pem") {
				t.Errorf("%s has mode %v: others of this machine may read it", name, mode)
			}
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			isKey := strings.Contains(base, "key") || strings.Contains(base, "password")
			if isKey && len(raw) > 0 && contents[base] == string(raw) {
				t.Errorf("%s is the same in two installations", base)
			}
			if isKey {
				contents[base] = string(raw)
			}
		}
	}
	if contents["master.key"] == "" {
		t.Errorf("no master.key found: the walk is wrong; there are %d keys", len(contents))
	}
}
