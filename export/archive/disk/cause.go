package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"syscall"

	"sidekeep/export"
)

// Caused returns err so that it wraps the cause that it stands for, if there is
// one. It returns nil for nil.
func Caused(err error) error {
	if err == nil || export.Cause(err) != nil {
		return err
	}
	if c := cause(err); c != nil {
		return fmt.Errorf("%w: %w", c, err)
	}
	return err
}

func cause(err error) error {
	if c, ok := SQLiteCause(err); ok {
		return c
	}
	return diskCause(err)
}

func diskCause(err error) error {
	var no syscall.Errno
	if runtime.GOOS == "windows" && errors.As(err, &no) {
		switch no {
		case 39, 112: // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
			return export.ErrFull
		case 19: // ERROR_WRITE_PROTECT
			return export.ErrNotWritable
		}
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return export.ErrFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return export.ErrNotWritable
	}
	return nil
}
