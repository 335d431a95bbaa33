package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"sidekeep/export"

	"github.com/gofrs/flock"
	"github.com/pelletier/go-toml/v2"
)

// lockWait bounds how long a change waits for that of another process.
const lockWait = 5 * time.Second

// change applies do to what the file says now and writes the result. Nothing
// is written if do fails, or if the file cannot be understood.
func (s *Settings) change(do func(*file) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return notWritable(err)
	}
	unlock, err := lock(filepath.Join(s.dir, ".lock"))
	if err != nil {
		return err
	}
	defer unlock()
	s.stamp = stamp{} // the clock of a disk may be too coarse to tell two states apart
	if err := s.refresh(); err != nil {
		return err
	}
	f := s.file
	f.Accounts = slices.Clone(f.Accounts)
	if err := do(&f); err != nil {
		return err
	}
	f.Version = version
	var b bytes.Buffer
	b.WriteString(head)
	if err := toml.NewEncoder(&b).SetArraysMultiline(false).Encode(f); err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	if _, err := parse(s.path(), b.Bytes()); err != nil {
		return fmt.Errorf("writing the settings: %w", err) // would not be understood when read again
	}
	if err := replace(s.path(), b.Bytes()); err != nil {
		return notWritable(err)
	}
	s.file, s.stamp = f, stamp{}
	return nil
}

// lock takes the lock file at path; the caller calls unlock.
func lock(path string) (unlock func(), err error) {
	l := flock.New(path)
	for end := time.Now().Add(lockWait); ; time.Sleep(20 * time.Millisecond) {
		ok, err := l.TryLock()
		if err != nil {
			return nil, notWritable(err)
		}
		if ok {
			return func() { _ = l.Unlock() }, nil // the lock ends with the process at the latest
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("writing the settings: %w", export.ErrBusy)
		}
	}
}

// replace writes data under another name in the same folder, syncs it and
// renames it over path, readable by its owner only.
func replace(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".settings-*") // made with 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()           // the error that counts is already there
			_ = os.Remove(f.Name()) // as above
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	if d, err := os.Open(filepath.Dir(path)); err == nil {
		_ = d.Sync() // not possible on every system; the rename itself is whole
		_ = d.Close()
	}
	return nil
}

// notWritable adds the cause to an error of the disk.
func notWritable(err error) error {
	cause := export.ErrNotWritable
	var path *fs.PathError
	if errors.Is(err, syscall.ENOSPC) {
		cause = export.ErrFull
	} else if !errors.As(err, &path) {
		return fmt.Errorf("writing the settings: %w", err)
	}
	return fmt.Errorf("writing the settings: %w: %w", cause, err)
}
