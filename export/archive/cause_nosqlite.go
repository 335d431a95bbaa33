//go:build !cgo

package archive

// sqliteCause has nothing to tell: without a C compiler there is no SQLite, and
// opening an archive says so. The package can still be vetted.
func sqliteCause(error) (error, bool) { return nil, false }

func senseless(error) bool { return false }
