package flow

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// freeSpace is how many bytes are free on the disk where dir is or will be.
func freeSpace(dir string) (int64, error) {
	for {
		n, err := diskFree(dir)
		if !errors.Is(err, fs.ErrNotExist) {
			return n, err
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return n, err
		}
		dir = parent
	}
}
