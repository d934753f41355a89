package secret

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxFile bounds the key file: some 60 keys.
const maxFile = 4096

// LoadOrCreate reads the key file at path, or makes one with a fresh key. The
// file holds one key a line in hex, the youngest first; lines that begin with
// # are for people.
func LoadOrCreate(path string) (*Sealer, error) {
	s, err := load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	if err := create(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("secret: create key file: %w", err)
	}
	return load(path) // also when another process was faster
}

func load(path string) (*Sealer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("secret: key file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("secret: key file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("secret: key file %s is not a file", path)
	}
	if mode := info.Mode(); mode.Perm()&0o077 != 0 {
		return nil, fmt.Errorf("secret: key file %s is open to others (%v); chmod 600 it, and change the key if others can log in here", path, mode)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("secret: key file: %w", err)
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("secret: key file %s has more than %d bytes", path, maxFile)
	}
	keys, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("secret: key file %s: %w", path, err)
	}
	return NewSealer(keys[0], keys[1:]...)
}

func parse(text []byte) (keys [][]byte, err error) {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if line = bytes.TrimSpace(line); len(line) == 0 || line[0] == '#' {
			continue
		}
		k := make([]byte, KeySize)
		if len(line) != hex.EncodedLen(KeySize) {
			return nil, fmt.Errorf("line %d has %d characters, want a key of %d in hex", number, len(line), hex.EncodedLen(KeySize))
		}
		if _, err := hex.Decode(k, line); err != nil {
			return nil, fmt.Errorf("line %d is not hex", number) // err quotes a byte of the key
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errors.New("it holds no key; restore it from a backup")
	}
	return keys, nil
}

// create writes the file beside its place and links it there once it is on
// the disk: a key that a crash could take back must not have sealed anything.
// A link, not a rename, because that one would replace the key of a process
// that was faster.
func create(path string) (err error) {
	k := make([]byte, KeySize)
	if _, err := rand.Read(k); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".key-*") // 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = fmt.Fprintf(f, "# Whoever has this key can read every stored secret. Without it they are lost: keep a backup.\n%x\n", k)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the name of a new file survive a crash.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
