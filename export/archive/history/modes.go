package history

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// The permissions of the archive's folder say who may read it: what is made in
// it is as open to others as the folder itself.
const (
	PrivateMode fs.FileMode = 0o700 // its owner only
	SharedMode  fs.FileMode = 0o755 // everybody on this computer may read
)

// SharedName is the name of the archive's own value that says that the owner
// wants others to read it.
const SharedName = "shared"

// A Moder is a Disk that has permissions.
type Moder interface {
	Mode() fs.FileMode
	SetMode(mode fs.FileMode)
}

// unchosen reports whether a folder has the permissions that systems give to
// every new one: nobody has decided that others may read it.
func unchosen(mode fs.FileMode) bool { return mode == 0o755 || mode == 0o775 }

// Tighten makes an archive that everybody can read because nobody has decided
// otherwise readable by its owner only. The lock is held.
func Tighten(a *Store, ctx context.Context) error {
	d, ok := a.Disk.(Moder)
	if !ok || !unchosen(d.Mode()) {
		return nil
	}
	if a.DB != nil {
		if shared, err := NewReader(a).Shared(ctx); err != nil || shared {
			return err
		}
	}
	d.SetMode(PrivateMode)
	return nil
}

// Reserve makes an empty file for SQLite to fill, which would make one that
// everybody can read, or that the umask closes. One that is there stays.
func Reserve(a *Store, name string) error {
	f, err := a.Disk.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}
