package archive

import (
	"sidekeep/export/archive/accounts"
	"sidekeep/export/archive/forget"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/hold"
	"sidekeep/export/archive/record"
	"sidekeep/export/archive/search"
	"sidekeep/export/archive/verify"
)

// An Archive is an open archive folder. Its methods may be called from several
// goroutines. It holds no lock: that is taken for an export, and for finishing
// one that was cut off.
type Archive struct {
	s *history.Store
	history.Reader
	search.Searcher
	hold.Holder
	accounts.Keeper
	verify.Verifier
	forget.Forgetter
	record.Exporter
}

func newArchive(s *history.Store) *Archive {
	return &Archive{s, history.NewReader(s), search.NewSearcher(s), hold.NewHolder(s), accounts.NewKeeper(s), verify.NewVerifier(s), forget.NewForgetter(s), record.NewExporter(s)}
}

// Dir is the folder of the archive, as an absolute path.
func (a *Archive) Dir() string { return a.s.Dir }

// ID is the archive's own mark, which it keeps wherever it is moved.
func (a *Archive) ID() string { return a.s.ID }

// Close closes the archive. Sessions are to be finished before.
func (a *Archive) Close() error { return a.s.Close() }
