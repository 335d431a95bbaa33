//go:build linux || darwin || freebsd

package within

import (
	"os"

	"golang.org/x/sys/unix"
)

func linkAt(from *os.File, a string, to *os.File, b string) error {
	return both(from, to, func(from, to int) error { return unix.Linkat(from, a, to, b, 0) })
}

func renameAt(from *os.File, a string, to *os.File, b string) error {
	return both(from, to, func(from, to int) error { return unix.Renameat(from, a, to, b) })
}

// both does something with two open folders, which stay open meanwhile.
func both(from, to *os.File, do func(from, to int) error) error {
	x, err := from.SyscallConn()
	if err != nil {
		return err
	}
	y, err := to.SyscallConn()
	if err != nil {
		return err
	}
	var inner, outer error
	outer = x.Control(func(from uintptr) {
		inner = y.Control(func(to uintptr) { err = do(int(from), int(to)) })
	})
	if outer != nil {
		return outer
	}
	if inner != nil {
		return inner
	}
	return err
}
