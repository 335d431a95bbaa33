package archive

import "sidekeep/export/archive/history"

// StoreOf is the store of an archive, for tests that look beneath it.
func StoreOf(a *Archive) *history.Store { return a.s }

// At is an archive that is not open, for what needs its folder alone.
func At(dir string) *Archive { return &Archive{s: &history.Store{Dir: dir}} }
