package proofs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/past"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore/prove"
	"sidekeep/export/source"
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
func (w Prover) Prove(ctx context.Context, account string, report func(done, total int)) (Proven, error) {
	return provePart(w.d, ctx, account, 1, 1, report)
}

// ProveDue proves what is due of an account after an export: all of it if it was
// never proven, and otherwise a seventh a day. It returns nil if nothing is due.
func (w Prover) ProveDue(ctx context.Context, account string, report func(done, total int)) (*Proven, error) {
	part, nothing := 0, false
	var last time.Time
	err := desk.WithArchive(w.d, func(a *archive.Archive) (err error) {
		if part, last, err = a.NextProof(ctx, account, proofSlices); err != nil {
			return err
		}
		accounts, err := a.Accounts(ctx)
		for _, x := range accounts {
			nothing = nothing || x.Name == account && desk.Total(x.Items) == 0 && x.Gone == 0 && x.SetAside == 0
		}
		return err
	})
	if err != nil || nothing || part > 0 && w.d.Options.Now().Sub(last) < proofEvery {
		return nil, err
	}
	var p Proven
	if part == 0 {
		p, err = provePart(w.d, ctx, account, 1, 1, report)
	} else {
		p, err = provePart(w.d, ctx, account, part, proofSlices, report)
	}
	return &p, err
}

// provePart proves a part of an account, again if an export was published meanwhile.
func provePart(w *desk.Desk, ctx context.Context, account string, part, of int, report func(done, total int)) (out Proven, err error) {
	err = desk.WithArchive(w, func(a *archive.Archive) error {
		for {
			x, err := proved(ctx, a, account)
			if err != nil {
				return err
			}
			out = Proven{Account: x.Name, Part: part, Of: of}
			r, err := proveOnce(w, ctx, a.Dir(), x, part, of, report)
			now, changedErr := proved(ctx, a, account)
			if changedErr != nil {
				return errors.Join(err, changedErr)
			}
			if (err != nil || len(r.Bad) > 0) && now.Last.Number != x.Last.Number && ctx.Err() == nil {
				continue
			}
			if err != nil {
				return err
			}
			out.Checked, out.Good, out.Exact = r.Checked, r.Good, r.Exact
			for _, b := range r.Bad {
				out.Bad = append(out.Bad, archive.Bad{Path: path.Join(x.Folder, b.File), Why: b.Name + ": " + b.Reason, Refused: b.Refused})
			}
			return a.SetProof(ctx, x.Name, part, of, archive.Proof{Checked: out.Checked, Good: out.Good, Bad: out.Bad})
		}
	})
	return out, err
}

// proved finds an account that has something to be proven.
func proved(ctx context.Context, a *archive.Archive, name string) (archive.Account, error) {
	accounts, err := a.Accounts(ctx)
	if err != nil {
		return archive.Account{}, err
	}
	spelled, err := past.Archived(name, accounts)
	if err != nil {
		var own *desk.Error
		if errors.As(err, &own) {
			own.Meaning = "There is nothing to prove."
		}
		return archive.Account{}, err
	}
	for _, x := range accounts {
		if x.Name == spelled && x.Last != nil {
			return x, nil
		}
	}
	return archive.Account{}, &desk.Error{
		What: fmt.Sprintf("“%s” was not exported yet.", spelled), Meaning: "There is nothing to prove.",
		Try: "Export it first.", Usage: true, Err: export.ErrGone,
	}
}

// proveOnce proves a part of an account.
func proveOnce(w *desk.Desk, ctx context.Context, dir string, x archive.Account, part, of int, report func(done, total int)) (sum prove.Result, err error) {
	limits, err := desk.ReadLimits(dir)
	if err != nil {
		return sum, err
	}
	items := 0
	for _, n := range x.Items {
		items += n
	}
	o := prove.Options{Open: func(ctx context.Context, s prove.Service) (export.Writer, error) { return openScratch(w, ctx, s) }, Limits: limits[x.Name], Part: part - 1, Of: of}
	if report != nil {
		o.Report = func(done int) { report(min(done, items/of), items/of) }
	}
	folder, err := desk.OpenWithin(dir, x.Folder)
	if err == nil {
		sum, err = prove.Run(ctx, folder.NoLinks(), o)
		err = errors.Join(err, folder.Close())
	}
	var link *export.LinkError
	if errors.As(err, &link) {
		return sum, err
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, export.ErrDamaged) {
		err = &desk.Error{
			What: fmt.Sprintf("The open files of “%s” cannot be read by themselves: %v.", x.Name, err), Meaning: "The history of the archive is not touched by this.",
			Try: "Run “sidekeep verify --repair”: it makes them anew.", Window: "Check every byte of the archive, and export again.", Err: err,
		}
	}
	return sum, err
}

// openScratch signs in to a scratch service as to any other.
func openScratch(w *desk.Desk, ctx context.Context, s prove.Service) (export.Writer, error) {
	src, err := desk.OpenService(w, ctx, source.Config{
		Values: source.Values{source.Address: s.Address, source.Photos: s.Photos, source.User: s.User},
		Trust:  source.Trust{Plain: []string{s.Host}}, Transport: s.Transport,
		Secret: func(context.Context) (string, error) { return s.Password, nil },
	})
	if err != nil {
		return nil, err
	}
	to, ok := src.(export.Writer)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the scratch service: %w", export.ErrNotWritable), src.Close())
	}
	return to, nil
}

// A Prover proves that the copy could be restored, reads it back and mends it.
type Prover struct{ d *desk.Desk }

// NewProver is the Prover of a desk.
func NewProver(d *desk.Desk) Prover { return Prover{d} }
