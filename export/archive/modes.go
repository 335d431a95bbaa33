package archive

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

const privateMode fs.FileMode = 0o700 // its owner only

// sharedName is the name of the archive's own value that says that the owner
// wants others to read it.
const sharedName = "shared"

// A moder is a Disk that has permissions.
type moder interface {
	Mode() fs.FileMode
	SetMode(mode fs.FileMode)
}

// unchosen reports whether a folder has the permissions that systems give to
// every new one: nobody has decided that others may read it.
func unchosen(mode fs.FileMode) bool { return mode == 0o755 || mode == 0o775 }

// tighten makes an archive that everybody can read because nobody has decided
// otherwise readable by its owner only. The lock is held.
func tighten(a *Store, ctx context.Context) error {
	d, ok := a.disk.(moder)
	if !ok || !unchosen(d.Mode()) {
		return nil
	}
	if a.db != nil {
		if shared, err := newReader(a).Shared(ctx); err != nil || shared {
			return err
		}
	}
	d.SetMode(privateMode)
	return nil
}

// reserve makes an empty file for SQLite to fill, which would make one that
// everybody can read, or that the umask closes. One that is there stays.
func reserve(a *Store, name string) error {
	f, err := a.disk.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}
