package work

// Work is what window and verbs share, on one settings folder and the archive
// that it names.
type Work struct {
	d *Desk
	Place
	Registry
	Practice
	Journals
	Overview
	Exporter
	Restorer
	Historian
	Prover
	Pruner
	Filer
}

// Close ends the demo phone, if it was used.
func (w *Work) Close() error { return w.d.Close() }

func over(d *Desk) *Work {
	return &Work{d, newPlace(d), newRegistry(d), newPractice(d), newJournals(d), newOverview(d), newExporter(d), newRestorer(d), newHistorian(d), newProver(d), newPruner(d), newFiler(d)}
}
