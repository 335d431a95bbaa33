package proofs

import (
	"context"
	"errors"

	"sidekeep/app/work/desk"
	"sidekeep/export"
	"sidekeep/export/archive"
)

// Verify re-reads every byte of the archive. report is called now and then,
// from one goroutine, with how many bytes were read, of how many.
func (w Prover) Verify(ctx context.Context, report func(done, total int64)) (c archive.Check, err error) {
	c, _, err = w.VerifySlice(ctx, archive.Slice{Part: 1, Of: 1}, report)
	return c, err
}

// VerifySlice re-reads one part of the archive, and tells which: part 0 is the
// next one that was not read yet.
func (w Prover) VerifySlice(ctx context.Context, s archive.Slice, report func(done, total int64)) (c archive.Check, _ archive.Slice, err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return c, s, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if s.Part == 0 {
		if s, err = a.NextSlice(s.Of); err != nil {
			return c, s, err
		}
	}
	c, err = a.VerifySlice(ctx, s, report)
	return c, s, err
}

// Repair verifies the archive and mends what can be mended: see
// [archive.Repair]. It works where the archive cannot be opened.
func (w Prover) Repair(ctx context.Context, report func(done, total int64)) (*archive.Repaired, error) {
	a, err := desk.ArchiveHere(w.d)
	dir := desk.NewPlace(w.d).ArchiveDir()
	switch {
	case err == nil:
		dir = a.Dir() // a moved one was found
		if err := a.Close(); err != nil {
			return nil, err
		}
	case errors.Is(err, export.ErrNewer):
		return nil, err
	case !errors.Is(err, export.ErrHistory) && !errors.Is(err, export.ErrDamaged):
		return nil, err
	}
	return archive.Repair(ctx, dir, archive.Options{Now: w.d.Options.Now}, report)
}
