//go:build !linux

package within

import (
	"errors"
	"os"
)

func together(*os.Root) *os.File { return nil }

func syncTogether(*os.File) error { return errors.ErrUnsupported }
