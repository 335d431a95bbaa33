package files

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"sidekeep/export"
	"sidekeep/export/source"
)

// caused gives err one of the causes of export.
func caused(err error) error {
	switch {
	case err == nil || export.Cause(err) != nil:
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", export.ErrStopped, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: %w", export.ErrDenied, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", export.ErrGone, err)
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrAlgorithm), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %w", export.ErrDamaged, err)
	}
	var other *source.OtherError
	if errors.As(err, &other) {
		return err
	}
	return fmt.Errorf("%w: %w", export.ErrDamaged, err)
}

// errChanged says that a file is no longer what was listed.
var errChanged = fmt.Errorf("%w: the file changed while it was read", export.ErrGone)
