package disk

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
)

// Exists reports whether there is anything of this name.
func Exists(d Disk, name string) (bool, error) {
	_, err := d.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// RemoveIfThere removes a file that may be missing.
func RemoveIfThere(d Disk, name string) error {
	if err := d.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// EmptyFolder removes the files in dir, which may be missing.
func EmptyFolder(d Disk, dir string) error {
	entries, err := d.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := d.Remove(path.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// A Counter counts what is written.
type Counter struct {
	W io.Writer
	N int64
}

func (c *Counter) Write(p []byte) (int, error) {
	n, err := c.W.Write(p)
	c.N += int64(n)
	return n, err
}

// HashFile reads a whole file; read is told of every step, nil to tell nobody.
func HashFile(ctx context.Context, d Disk, name string, read func(n int)) (sum [sha256.Size]byte, size int64, err error) {
	f, err := d.Open(name)
	if err != nil {
		return sum, 0, err
	}
	defer f.Close()
	h := sha256.New()
	buf := CopyBuffers.Get().(*[]byte)
	defer CopyBuffers.Put(buf)
	for {
		if err := ctx.Err(); err != nil {
			return sum, size, err
		}
		n, err := f.Read(*buf)
		h.Write((*buf)[:n])
		size += int64(n)
		if read != nil {
			read(n)
		}
		if err == io.EOF {
			h.Sum(sum[:0])
			return sum, size, nil
		}
		if err != nil {
			return sum, size, err
		}
	}
}

var CopyBuffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// SyncFile makes a file and its name durable.
func SyncFile(d Disk, name string) error {
	f, err := d.OpenFile(name, os.O_RDWR)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close(), d.SyncDir(path.Dir(name)))
}
