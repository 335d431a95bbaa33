package history

import (
	"context"
	"runtime"
	"slices"

	"sidekeep/export/archive/disk"
)

// Edited are the files below .sidekeep/damaged that keep what somebody wrote
// into open files, which are as they were again: relative to the archive,
// slash-separated and sorted. They stay until the owner removes them, or
// anything is forgotten.
func (a Reader) Edited() ([]string, error) {
	list, err := byHandIn(a.s, disk.DamagedDir)
	slices.Sort(list)
	return list, disk.Caused(err)
}

// A Reader reads what the history holds.
type Reader struct{ s *Store }

// NewReader is the Reader of a store.
func NewReader(s *Store) Reader { return Reader{s} }

// Pruned tells from which export on the history is whole: of exports before
// this one it may lack versions. 0 if nothing was ever pruned.
func (a Reader) Pruned(ctx context.Context) (int64, error) {
	n, err := WholeSince(ctx, a.s.DB)
	return n, disk.Caused(err)
}

// Shared reports whether the owner lets others read the archive.
func (a Reader) Shared(ctx context.Context) (shared bool, err error) {
	err = a.s.DB.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM archive WHERE name = ? AND value = '1')", SharedName).Scan(&shared)
	return shared, disk.Caused(err)
}

// OthersMay reports whether others on this computer may read the archive, as the
// permissions of its folder say. known is false where the system has none of
// this kind.
func (a Reader) OthersMay() (may, known bool) {
	d, ok := a.s.Disk.(Moder)
	if !ok || runtime.GOOS == "windows" {
		return false, false
	}
	return d.Mode()&0o044 != 0, true
}
