//go:build !cgo

package disk

// SQLiteCause has nothing to tell: without a C compiler there is no SQLite, and
// opening an archive says so. The package can still be vetted.
func SQLiteCause(error) (error, bool) { return nil, false }

func Senseless(error) bool { return false }
