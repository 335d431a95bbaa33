package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore/prove"
	"sidekeep/export/source"
	"sidekeep/export/within"
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
	part, nothing := 0, false
	var last time.Time
	err := w.withArchive(func(a *archive.Archive) (err error) {
		if part, last, err = a.NextProof(ctx, account, proofSlices); err != nil {
			return err
		}
		accounts, err := a.Accounts(ctx)
		for _, x := range accounts {
			nothing = nothing || x.Name == account && total(x.Items) == 0 && x.Gone == 0 && x.SetAside == 0
		}
		return err
	})
	if err != nil || nothing || part > 0 && w.o.Now().Sub(last) < proofEvery {
		return nil, err
	}
	var p Proven
	if part == 0 {
		p, err = w.prove(ctx, account, 1, 1, report)
	} else {
		p, err = w.prove(ctx, account, part, proofSlices, report)
	}
	return &p, err
}

// prove proves a part of an account, again if an export was published meanwhile.
func (w *Work) prove(ctx context.Context, account string, part, of int, report func(done, total int)) (out Proven, err error) {
	err = w.withArchive(func(a *archive.Archive) error {
		for {
			x, err := proved(ctx, a, account)
			if err != nil {
				return err
			}
			out = Proven{Account: x.Name, Part: part, Of: of}
			r, err := w.proveOnce(ctx, a.Dir(), x, part, of, report)
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
	spelled, err := archived(name, accounts)
	if err != nil {
		var own *Error
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
	return archive.Account{}, &Error{
		What: fmt.Sprintf("“%s” was not exported yet.", spelled), Meaning: "There is nothing to prove.",
		Try: "Export it first.", Usage: true, Err: export.ErrGone,
	}
}

// proveOnce proves a part of an account.
func (w *Work) proveOnce(ctx context.Context, dir string, x archive.Account, part, of int, report func(done, total int)) (sum prove.Result, err error) {
	limits, err := readLimits(dir)
	if err != nil {
		return sum, err
	}
	items := 0
	for _, n := range x.Items {
		items += n
	}
	o := prove.Options{Open: w.openScratch, Limits: limits[x.Name], Part: part - 1, Of: of}
	if report != nil {
		o.Report = func(done int) { report(min(done, items/of), items/of) }
	}
	folder, err := openWithin(dir, x.Folder)
	if err == nil {
		sum, err = prove.Run(ctx, folder.NoLinks(), o)
		err = errors.Join(err, folder.Close())
	}
	var link *export.LinkError
	if errors.As(err, &link) {
		return sum, err
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, export.ErrDamaged) {
		err = &Error{
			What: fmt.Sprintf("The open files of “%s” cannot be read by themselves: %v.", x.Name, err), Meaning: "The history of the archive is not touched by this.",
			Try: "Run “sidekeep verify --repair”: it makes them anew.", Window: "Check every byte of the archive, and export again.", Err: err,
		}
	}
	return sum, err
}

// openScratch signs in to a scratch service as to any other.
func (w *Work) openScratch(ctx context.Context, s prove.Service) (export.Writer, error) {
	src, err := w.openService(ctx, source.Config{
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

// limitsOf are what the services of accounts take, by account and by the ID of
// the collection, as they said at the last export.
type limitsOf map[string]map[string]export.Limits

// limitsFile keeps them, in sideDir, with at most maxLimits bytes.
const (
	limitsFile = "limits.json"
	maxLimits  = 64 << 20
)

func readLimits(archiveDir string) (limitsOf, error) {
	all := limitsOf{}
	var text []byte
	side, err := openWithin(archiveDir, sideDir)
	if err == nil {
		text, err = side.ReadFile(limitsFile, maxLimits)
		err = errors.Join(err, side.Close())
	}
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what the services take: %w", err)
	}
	if json.Unmarshal(text, &all) != nil || all == nil {
		all = limitsOf{} // cut off; the next export writes it again
	}
	return all, nil
}

// keepLimits notes what the service of an account takes, for its proofs.
func keepLimits(archiveDir, account string, src export.Source, list []export.CollectionLedger) error {
	to, ok := src.(export.Writer)
	if !ok {
		return nil
	}
	now := map[string]export.Limits{}
	for _, c := range list {
		l := to.Accepts(export.Collection{ID: c.ID, Name: c.Name, Kind: c.Kind})
		if l.ReadOnly = false; !reflect.DeepEqual(l, export.Limits{}) { // a practice service may be written to
			now[c.ID] = l
		}
	}
	return setLimits(archiveDir, account, now)
}

// setLimits notes the limits of an account, and forgets them if there are none.
func setLimits(archiveDir, account string, now map[string]export.Limits) error {
	all, err := readLimits(archiveDir)
	if err != nil || len(now) == 0 && len(all[account]) == 0 {
		return err
	}
	text, err := json.Marshal(now)
	var read map[string]export.Limits
	if err == nil {
		err = json.Unmarshal(text, &read) // as it would be read
	}
	if err != nil || reflect.DeepEqual(all[account], read) {
		return err
	}
	if all[account] = now; len(now) == 0 {
		delete(all, account)
	}
	if text, err = json.Marshal(all); err == nil {
		var side *within.Folder
		if side, err = openWithin(archiveDir, sideDir); err == nil {
			err = errors.Join(side.WriteFile(limitsFile, text), side.Close())
		}
	}
	if err != nil {
		return fmt.Errorf("noting what the service takes: %w", err)
	}
	return nil
}
