package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
)

// The permissions of the archive's folder say who may read it: what is made in
// it is as open to others as the folder itself.
const (
	privateMode fs.FileMode = 0o700 // its owner only
	sharedMode  fs.FileMode = 0o755 // everybody on this computer may read
)

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
func (a *Archive) tighten(ctx context.Context) error {
	d, ok := a.disk.(moder)
	if !ok || !unchosen(d.Mode()) {
		return nil
	}
	if a.db != nil {
		if shared, err := a.Shared(ctx); err != nil || shared {
			return err
		}
	}
	d.SetMode(privateMode)
	return nil
}

// Shared reports whether the owner lets others read the archive.
func (a *Archive) Shared(ctx context.Context) (shared bool, err error) {
	err = a.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM archive WHERE name = ? AND value = '1')", sharedName).Scan(&shared)
	return shared, caused(err)
}

// SetShared lets everybody on this computer read the archive, or its owner
// only. Where a disk has no permissions, only the wish is noted: see
// [Archive.OthersMay].
func (a *Archive) SetShared(ctx context.Context, shared bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l, w, err := a.write()
	if err != nil {
		return err
	}
	value, mode := "0", privateMode
	if shared {
		value, mode = "1", sharedMode
	}
	w.lock()
	err = w.set(sharedName, value)
	if err == nil {
		err = w.commit()
	}
	w.unlock()
	if d, ok := a.disk.(moder); ok && err == nil {
		if shared {
			mode |= d.Mode() // a group that may write keeps on
		}
		d.SetMode(mode)
	}
	if err := errors.Join(caused(err), w.close(), l.release()); err != nil {
		return fmt.Errorf("noting who may read the archive: %w", err)
	}
	return nil
}

// OthersMay reports whether others on this computer may read the archive, as the
// permissions of its folder say. known is false where the system has none of
// this kind.
func (a *Archive) OthersMay() (may, known bool) {
	d, ok := a.disk.(moder)
	if !ok || runtime.GOOS == "windows" {
		return false, false
	}
	return d.Mode()&0o044 != 0, true
}

// reserve makes an empty file for SQLite to fill, which would make one that
// everybody can read, or that the umask closes. One that is there stays.
func (a *Archive) reserve(name string) error {
	f, err := a.disk.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}
