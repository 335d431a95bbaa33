package publish

import (
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/pages"
	"sidekeep/export/archive/site"
)

// A Collection is one whose files or index lines are behind.
type Collection struct {
	N, Account   int64
	Folder, Name string
	dirty        int
}

// unindexed are the accounts whose index is behind, or was never written.
const unindexed = `account IN (SELECT account FROM collection WHERE dirty) OR NOT EXISTS (SELECT 1 FROM file WHERE path = account.folder || '/` + disk.IndexFile + `')`

// Behind reports whether any open file has to follow the history.
func Behind(w *history.Batch) (bool, error) {
	var n int
	_, err := w.Row("SELECT EXISTS (SELECT 1 FROM account WHERE "+unindexed+") OR EXISTS (SELECT 1 FROM archive WHERE name IN ('publish', '"+site.WaitingName+"', '"+site.FlawedName+"') AND value = '1')"+
		" OR NOT EXISTS (SELECT 1 FROM archive WHERE name = '"+site.EditionName+"' AND value = ?)", []any{pages.Edition()}, &n)
	return n != 0, err
}
