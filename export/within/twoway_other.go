//go:build !linux && !darwin && !freebsd

package within

import (
	"errors"
	"os"
)

func linkAt(*os.File, string, *os.File, string) error { return errors.ErrUnsupported }

func renameAt(*os.File, string, *os.File, string) error { return errors.ErrUnsupported }
