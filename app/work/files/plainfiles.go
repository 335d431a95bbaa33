package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// errNoFile says that a name is that of a pipe, a device, a socket, or of a link
// below a folder: opening it may wait for ever, or do something.
var errNoFile = errors.New("it is no plain file, and is left")

// eachFile calls each with every plain file that p names: itself, or all below
// it, but for what is hidden there. What is no file is told with [errNoFile] and
// never opened; what cannot be looked into with the reason.
func eachFile(ctx context.Context, p string, each func(name string, err error) error) error {
	info, err := os.Stat(p)
	switch {
	case err != nil:
		return each(p, err)
	case info.Mode().IsRegular():
		return each(p, nil)
	case !info.IsDir():
		return each(p, errNoFile)
	}
	top := p
	if link, err := os.Lstat(p); err == nil && link.Mode()&fs.ModeSymlink != 0 {
		top = strings.TrimRight(p, `/\`) + string(filepath.Separator) // the folder, not the link
	}
	return filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		hidden := name != top && d != nil && strings.HasPrefix(d.Name(), ".")
		switch {
		case ctx.Err() != nil:
			return stoppedBy(ctx)
		case err != nil:
			return each(name, err)
		case d.IsDir() && hidden:
			return fs.SkipDir
		case d.IsDir(), hidden:
			return nil
		case !d.Type().IsRegular():
			return each(name, errNoFile)
		}
		return each(name, nil)
	})
}
