package archive

import (
	"context"
	"runtime"
	"slices"
)

// Edited are the files below .sidekeep/damaged that keep what somebody wrote
// into open files, which are as they were again: relative to the archive,
// slash-separated and sorted. They stay until the owner removes them, or
// anything is forgotten.
func (a Reader) Edited() ([]string, error) {
	list, err := byHandIn(a.s, damagedDir)
	slices.Sort(list)
	return list, caused(err)
}

// A Reader reads what the history holds.
type Reader struct{ s *Store }

// newReader is the Reader of a store.
func newReader(s *Store) Reader { return Reader{s} }

// Pruned tells from which export on the history is whole: of exports before
// this one it may lack versions. 0 if nothing was ever pruned.
func (a Reader) Pruned(ctx context.Context) (int64, error) {
	n, err := wholeSince(ctx, a.s.db)
	return n, caused(err)
}

// Shared reports whether the owner lets others read the archive.
func (a Reader) Shared(ctx context.Context) (shared bool, err error) {
	err = a.s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM archive WHERE name = ? AND value = '1')", sharedName).Scan(&shared)
	return shared, caused(err)
}

// OthersMay reports whether others on this computer may read the archive, as the
// permissions of its folder say. known is false where the system has none of
// this kind.
func (a Reader) OthersMay() (may, known bool) {
	d, ok := a.s.disk.(moder)
	if !ok || runtime.GOOS == "windows" {
		return false, false
	}
	return d.Mode()&0o044 != 0, true
}
