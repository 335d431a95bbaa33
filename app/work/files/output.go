package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"sidekeep/app/work/desk"
	"sidekeep/export"
)

// ConvertTo is [Convert] into the file name. It is written aside and gets its
// name when it is whole. None of the files that are read is overwritten, and
// another one only if replace says so; nil is a no.
func ConvertTo(ctx context.Context, paths []string, stdin io.Reader, t Target, name string, replace func(name string) bool) (done Converted, err error) {
	if err := mayReplace(paths, name, replace); err != nil {
		return done, err
	}
	dir := filepath.Dir(name)
	f, err := os.CreateTemp(dir, ".sidekeep-*.part")
	if err != nil {
		return done, notWritten(name, err)
	}
	// What the temporary file may be read by is what a new file may be.
	done, err = Convert(ctx, paths, stdin, t, f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return done, errors.Join(err, os.Remove(f.Name()))
	}
	return done, nil
}

func mayReplace(paths []string, name string, replace func(name string) bool) error {
	there, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return notWritten(name, err)
	}
	if there.IsDir() {
		return &desk.Error{
			What: name + " is a folder.", Meaning: "Nothing was written.", Try: "Name the file to write with “--out FILE”.", Usage: true,
		}
	}
	if !there.Mode().IsRegular() {
		return &desk.Error{
			What: name + " is no plain file.", Meaning: "Nothing was written: a device or a pipe is never written over.",
			Try: "Choose another file with “--out FILE”, or leave it out to write to stdout.", Usage: true,
		}
	}
	for _, p := range paths {
		var same bool
		err := filepath.WalkDir(p, func(at string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				info, statErr := os.Stat(at)
				same = same || statErr == nil && os.SameFile(info, there)
			}
			return nil // what cannot be read is told when it is read
		})
		if err == nil && same {
			return &desk.Error{
				What: name + " is one of the files that are read.", Meaning: "Nothing was written: a conversion never replaces what it reads.",
				Try: "Choose another file with “--out FILE”.", Usage: true,
			}
		}
	}
	if replace == nil || !replace(name) {
		return &desk.Error{
			What: name + " is there already.", Meaning: "It was left as it is.",
			Try: "Choose another file with “--out FILE”, or agree with “--yes”.", Window: "Choose another file.", Err: export.ErrNobody,
		}
	}
	return nil
}

// notWritten says why a file, or a folder of files, cannot be begun.
func notWritten(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return &desk.Error{
			What: name + " cannot be made: there is no folder " + filepath.Dir(name) + ".", Meaning: "Nothing was written.",
			Try: "Make that folder, or name another place.", Usage: true, Err: err,
		}
	}
	return fmt.Errorf("writing %s: %w", name, err)
}
