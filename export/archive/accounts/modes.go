package accounts

import (
	"context"
	"fmt"

	"sidekeep/export/archive/history"
	"sidekeep/export/archive/resume"
)

// SetShared lets everybody on this computer read the archive, or its owner
// only. Where a disk has no permissions, only the wish is noted: see
// [history.Reader.OthersMay].
func (a Keeper) SetShared(ctx context.Context, shared bool) error {
	value, mode := "0", history.PrivateMode
	if shared {
		value, mode = "1", history.SharedMode
	}
	err := resume.Write(ctx, a.s, func(w *history.Batch) error {
		if err := history.SetValue(w, history.SharedName, value); err != nil {
			return err
		}
		if err := w.Commit(); err != nil {
			return err
		}
		if d, ok := a.s.Disk.(history.Moder); ok {
			if shared {
				mode |= d.Mode() // a group that may write keeps on
			}
			d.SetMode(mode)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting who may read the archive: %w", err)
	}
	return nil
}
