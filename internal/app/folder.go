package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/lintel-gateway/lintel/internal/secret"
)

// lockFolder keeps a second process out of the data folder: two writers of one
// SQLite file, or of one gateway state, would each believe in their own.
// The kernel drops the lock with the process, so a kill -9 leaves none behind.
func lockFolder(dir string) (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("data folder %s is in use by another lintel; stop it or choose another --data-dir", dir)
		}
		return nil, fmt.Errorf("lock data folder %s: %w", dir, err)
	}
	return f.Close, nil
}

func (p *Platform) dataFile(name string) string { return filepath.Join(p.cfg.DataDir, name) }

// passwordFile keeps the administrator's generated password.
func (p *Platform) passwordFile() string { return p.dataFile("admin-password") }

// keepPassword writes the generated password for the operator, who may delete
// the file once it is noted elsewhere.
func (p *Platform) keepPassword(password secret.Text) error {
	f, err := os.OpenFile(p.passwordFile(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(password.Reveal() + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}

// adminPassword is the configured password, or the kept one.
func (p *Platform) adminPassword() (string, error) {
	if v := p.cfg.AdminPassword.Reveal(); v != "" {
		return v, nil
	}
	b, err := os.ReadFile(p.passwordFile())
	if err != nil {
		return "", fmt.Errorf("password of the administrator: %w; set LINTEL_ADMIN_PASSWORD", err)
	}
	return strings.TrimSpace(string(b)), nil
}
