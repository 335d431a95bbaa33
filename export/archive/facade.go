package archive

// An Archive is an open archive folder. Its methods may be called from several
// goroutines. It holds no lock: that is taken for an export, and for finishing
// one that was cut off.
type Archive struct {
	s *Store
	Reader
	Searcher
	Holder
	Keeper
	Verifier
	Forgetter
	Exporter
}

func newArchive(s *Store) *Archive {
	return &Archive{s, newReader(s), newSearcher(s), newHolder(s), newKeeper(s), newVerifier(s), newForgetter(s), newExporter(s)}
}

// Dir is the folder of the archive, as an absolute path.
func (a *Archive) Dir() string { return a.s.dir }

// ID is the archive's own mark, which it keeps wherever it is moved.
func (a *Archive) ID() string { return a.s.id }

// Close closes the archive. Sessions are to be finished before.
func (a *Archive) Close() error { return a.s.Close() }
