package within

import (
	"errors"
	"fmt"
)

// SyncsAll reports whether [Folder.SyncAll] works: on Linux, on file systems of
// which it is known.
func (f *Folder) SyncsAll() bool { return f.all != nil }

// SyncAll makes durable what was written to files of the folder, and the names in
// it, as a sync of each would. It waits for whatever others wrote to the same
// disk, too, so it is for many files that were just written.
func (f *Folder) SyncAll() error {
	if f.all == nil {
		return errors.ErrUnsupported
	}
	return syncTogether(f.all)
}

// since reports whether a release like “5.8.1-x” is the one named or a later one.
func since(release string, major, minor int) bool {
	var x, y int
	if _, err := fmt.Sscanf(release, "%d.%d", &x, &y); err != nil {
		return false
	}
	return x > major || x == major && y >= minor
}
