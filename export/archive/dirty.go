package archive

import "sidekeep/export/archive/pages"

// A dirtyCollection is one whose files or index lines are behind.
type dirtyCollection struct {
	n, account   int64
	folder, name string
	dirty        int
}

// unindexed are the accounts whose index is behind, or was never written.
const unindexed = `account IN (SELECT account FROM collection WHERE dirty) OR NOT EXISTS (SELECT 1 FROM file WHERE path = account.folder || '/` + indexFile + `')`

// dirty reports whether any open file has to follow the history.
func dirty(w *writer) (bool, error) {
	var n int
	_, err := w.row("SELECT EXISTS (SELECT 1 FROM account WHERE "+unindexed+") OR EXISTS (SELECT 1 FROM archive WHERE name IN ('publish', '"+waitingName+"', '"+flawedName+"') AND value = '1')"+
		" OR NOT EXISTS (SELECT 1 FROM archive WHERE name = '"+editionName+"' AND value = ?)", []any{pages.Edition()}, &n)
	return n != 0, err
}
