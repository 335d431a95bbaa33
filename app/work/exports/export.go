package exports

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/journals"
	"sidekeep/app/work/registry"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

// A new full listing is asked for after listEvery, so that a daily or weekly export
// is never overdue.
const listEvery = 6 * 24 * time.Hour

// Export exports one account into the archive, which is made if there is none.
// report is called as in [export.Run]. The ledger is filled as far as the
// export came, also with an error; its number is 0 if nothing was begun in the
// archive.
func (w Exporter) Export(ctx context.Context, name string, report func(export.Progress)) (export.Ledger, error) {
	none := export.Ledger{
		Account: name, Started: w.d.Options.Now(), Listing: "full",
		Collections: []export.CollectionLedger{}, Problems: []export.Problem{},
	}
	l, err := exportInto(w.d, ctx, name, none, report)
	if err != nil && l.Stop == nil {
		l.Stop = export.NewStop(err)
	}
	if a, ok := w.d.Settings.Account(name); ok && ctx.Err() == nil {
		desk.NoteTry(w.d, a.Name, &l, err)
	}
	return l, err
}

func exportInto(w *desk.Desk, ctx context.Context, name string, none export.Ledger, report func(export.Progress)) (l export.Ledger, err error) {
	a, err := desk.AccountNamed(w, name)
	if err != nil {
		return none, err
	}
	none.Account = a.Name
	// A first look, before anybody is asked for anything: an archive that
	// cannot be written needs no source.
	into, err := desk.ArchiveHere(w)
	if err != nil {
		if err := desk.MayMake(w, ctx, err); err != nil {
			return none, err
		}
	}
	defer func() {
		if into != nil {
			err = errors.Join(err, into.Close())
		}
	}()
	if into != nil {
		if err := desk.AllowSynced(w, ctx, into.Dir()); err != nil {
			return none, err
		}
		if err := journals.TellOpen(ctx, into, a.Name); err != nil { // a restore may have been killed at its end
			return none, err
		}
	}
	if report != nil {
		report(export.Progress{Account: a.Name, Phase: export.Connecting, Total: -1, Left: -1})
	}
	var src export.Source
	if o, err := desk.OpenSource(w, ctx, a, desk.SecretOf(w, a)); err == nil {
		src = o
		defer func() { _ = o.Close() }() // it only read
	} else if into == nil {
		return none, err
	} else {
		src = desk.Unopened{Err: err}
	}
	if into == nil {
		if into, err = desk.MakeArchive(w, ctx); err != nil {
			return none, err
		}
	}
	plan := export.Plan{Account: a.Name, Only: a.Only, Skip: a.Skip, Now: w.Options.Now}
	if plan.Full, err = describe(w, ctx, into, a); err != nil {
		return none, err
	}
	l, err = export.Run(ctx, src, into, plan, report)
	if err == nil {
		err = desk.KeepLimits(into.Dir(), a.Name, src, l.Collections)
	}
	return l, errors.Join(err, keepTrust(w, a, src))
}

// describe tells the archive how the account is set up, if that has changed,
// and reports whether it is time to list everything.
func describe(w *desk.Desk, ctx context.Context, into *archive.Archive, a settings.Account) (full bool, err error) {
	now, err := json.Marshal(a)
	if err != nil {
		return false, fmt.Errorf("describing %q: %w", a.Name, err)
	}
	accounts, err := into.Accounts(ctx)
	if err != nil {
		return false, err
	}
	for _, in := range accounts {
		if in.Name != a.Name {
			continue
		}
		if desk.Imported(in) && in.Last != nil && !in.Last.Rebuilt { // a rebuilt one may have lost its settings
			return false, desk.HoldsFiles(a.Name)
		}
		full = w.Options.Now().Sub(in.LastFull) > listEvery
		if bytes.Equal(in.Settings, now) {
			return full, nil
		}
	}
	return full, into.SetAccount(ctx, a.Name, now)
}

// keepTrust saves the answers that were given during an export.
func keepTrust(w *desk.Desk, a settings.Account, src export.Source) error {
	now, ok := source.TrustOf(src)
	if !ok || reflect.DeepEqual(now, a.Trust) {
		return nil
	}
	return registry.Known(w.Settings.Update(a.Name, func(a *settings.Account) { a.Trust = now }), a.Name)
}

// An Exporter exports, and answers what is held.
type Exporter struct{ d *desk.Desk }

// NewExporter is the Exporter of a desk.
func NewExporter(d *desk.Desk) Exporter { return Exporter{d} }
