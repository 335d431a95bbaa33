package work

import (
	"context"
	"time"

	"sidekeep/export/archive"
)

// proofSlices is in how many parts an account is proven by itself, one a day at
// most: in a week all of it.
const (
	proofSlices = 7
	proofEvery  = 20 * time.Hour // less than a day, so that a daily export keeps to it
)

// Proven is what a proof of an account, or of a part of it, found.
type Proven struct {
	Account string
	Checked int
	Good    int
	Exact   int           // of the good ones: the very bytes that were delivered came back
	Bad     []archive.Bad // which items, and why
	Part    int           // from 1 on; 1 of 1 is all of it
	Of      int
}

// Prove restores what an account's open files hold into a scratch service,
// reads it back and compares each item with what was delivered. The result is
// recorded for [Work.Status]. report is called with how many items are done, of
// how many.
func (w *Work) Prove(ctx context.Context, account string, report func(done, total int)) (Proven, error) {
	return w.prove(ctx, account, 1, 1, report)
}

// ProveDue proves what is due of an account after an export: all of it if it was
// never proven, and otherwise a seventh a day. It returns nil if nothing is due.
func (w *Work) ProveDue(ctx context.Context, account string, report func(done, total int)) (*Proven, error) {
	return w.proveDue(ctx, account, report)
}
