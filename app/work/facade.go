package work

import (
	"sidekeep/app/work/desk"
	"sidekeep/app/work/exports"
	"sidekeep/app/work/files"
	"sidekeep/app/work/journals"
	"sidekeep/app/work/overview"
	"sidekeep/app/work/past"
	"sidekeep/app/work/practice"
	"sidekeep/app/work/proofs"
	"sidekeep/app/work/registry"
	"sidekeep/app/work/restores"
	"sidekeep/app/work/retention"
)

// Work is what window and verbs share, on one settings folder and the archive
// that it names.
type Work struct {
	d *desk.Desk
	desk.Place
	registry.Registry
	practice.Practice
	journals.Journals
	overview.Overview
	exports.Exporter
	restores.Restorer
	past.Historian
	proofs.Prover
	retention.Pruner
	files.Filer
}

// Close ends the demo phone, if it was used.
func (w *Work) Close() error { return w.d.Close() }

func over(d *desk.Desk) *Work {
	return &Work{d, desk.NewPlace(d), registry.NewRegistry(d), practice.NewPractice(d), journals.NewJournals(d), overview.NewOverview(d), exports.NewExporter(d), restores.NewRestorer(d), past.NewHistorian(d), proofs.NewProver(d), retention.NewPruner(d), files.NewFiler(d)}
}
