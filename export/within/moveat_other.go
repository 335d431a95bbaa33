//go:build !linux

package within

import (
	"errors"
	"os"
)

func moveAt(*os.File, string, *os.File, string) error { return errors.ErrUnsupported }
