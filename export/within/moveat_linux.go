package within

import (
	"os"

	"golang.org/x/sys/unix"
)

func moveAt(from *os.File, a string, to *os.File, b string) error {
	return both(from, to, func(from, to int) error { return unix.Renameat2(from, a, to, b, unix.RENAME_NOREPLACE) })
}
