package accounts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/resume"
)

// The permissions of the archive's folder say who may read it: what is made in
// it is as open to others as the folder itself.
const (
	sharedMode fs.FileMode = 0o755 // everybody on this computer may read
)

// SetShared lets everybody on this computer read the archive, or its owner
// only. Where a disk has no permissions, only the wish is noted: see
// Archive.OthersMay.
func (a Keeper) SetShared(ctx context.Context, shared bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l, w, err := resume.Begin(a.s)
	if err != nil {
		return err
	}
	value, mode := "0", history.PrivateMode
	if shared {
		value, mode = "1", sharedMode
	}
	w.Lock()
	err = history.SetValue(w, history.SharedName, value)
	if err == nil {
		err = w.Commit()
	}
	w.Unlock()
	if d, ok := a.s.Disk.(history.Moder); ok && err == nil {
		if shared {
			mode |= d.Mode() // a group that may write keeps on
		}
		d.SetMode(mode)
	}
	if err := errors.Join(disk.Caused(err), w.Close(), l.Release()); err != nil {
		return fmt.Errorf("noting who may read the archive: %w", err)
	}
	return nil
}
