package past

import (
	"context"
	"errors"
	"iter"

	"sidekeep/app/work/desk"
	"sidekeep/export"
	"sidekeep/export/archive"
)

// Changes yields what export n added, changed and found gone. It ends after
// the first error.
func (w Historian) Changes(ctx context.Context, n int64) iter.Seq2[archive.Change, error] {
	return func(yield func(archive.Change, error) bool) {
		a, err := desk.ArchiveHere(w.d)
		if err != nil {
			yield(archive.Change{}, err)
			return
		}
		defer func() { _ = a.Close() }() // it only read
		for c, err := range a.Changes(ctx, n) {
			if !yield(c, desk.OfPast(w.d, err)) || err != nil {
				return
			}
		}
	}
}

// ChangeCounts counts what the exports of these numbers added, changed and found
// gone.
func (w Historian) ChangeCounts(ctx context.Context, exports []int64) (n map[int64]archive.ChangeCount, err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.ChangeCounts(ctx, exports)
}

// Ledger tells of export n; nil if there is none of this number that ended.
func (w Historian) Ledger(ctx context.Context, n int64) (l *export.Ledger, err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Export(ctx, n)
}

// Holds tells what was held of an account, "" for all, newest first.
func (w Historian) Holds(ctx context.Context, account string) (list []archive.Hold, err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Holds(ctx, account)
}

// Edited are the files that keep what somebody wrote into the archive: see
// [archive.Archive.Edited].
func (w Historian) Edited() (list []string, err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Edited()
}

// Verified tells when the archive was verified last.
func (w Historian) Verified() (v archive.Verified, err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Verified()
}
