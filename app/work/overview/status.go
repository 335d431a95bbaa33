package overview

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/journals"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/settings"
)

// A State is how an account stands.
type State string

// The states of an account. Only Safe is green: the last export balanced,
// nothing failed, nothing is set aside that the owner has not acknowledged, the
// source was listed in full within seven days, and no proof has failed.
const (
	Never    State = "new"        // not exported yet
	Safe     State = "safe"       //
	Empty    State = "empty"      // nothing to keep was ever there: there is nothing that could be safe
	Held     State = "held"       // an export looks like a loss, and was neither answered nor made up for
	Failed   State = "failed"     // the last export did not begin or ended early, or items of it are missing
	SetAside State = "set aside"  // items could not be understood
	Unproven State = "not proven" // items did not come back from a scratch service as they were delivered
	Overdue  State = "overdue"    // it is set up, and was not listed in full for more than seven days
)

// A Status is how one account stands.
type Status struct {
	Name     string
	SetUp    bool             // it is among the accounts, and not only in the archive
	Imported bool             // its items came from files; nothing exports it
	Account  settings.Account // if it is set up
	State    State
	Items    map[export.Kind]int // that the source has and the archive holds
	Unread   map[export.Kind]int // of Items, those that could not be understood
	Gone     int                 // items that the source no longer has and the archive keeps
	SetAside int
	Failed   int
	Bytes    int64
	Last     *export.Ledger // of the last export, nil if there was none
	LastGood *export.Ledger
	LastFull time.Time // when the source was last listed in full

	Loss       *export.Loss      // why it is held, nil if it is not
	HeldExport int64             // the first export that is held: the number to answer; 0 if none is
	HeldSince  time.Time         // when that was
	Thresholds export.Thresholds // from when on a loss is noticed
	Noticed    *export.Ledger    // of the export that gave notice of much that changed; nil if none waits for an answer

	Proof *archive.Proof // nil if it was never proven as a whole, and nothing is known to be wrong

	Unbegun *desk.Unbegun // the try to export it since Last that did not begin; nil if there was none

	Restore *journals.RestoreEntry // the newest restore onto it that is open; nil if none is
}

// HasCopy reports whether anything of the account was ever kept.
func (s *Status) HasCopy() bool {
	n := s.Gone + s.SetAside
	for _, m := range s.Items {
		n += m
	}
	return n > 0 || s.LastGood != nil
}

// Understood are the items that are what their kind says: those that could not be
// understood are kept, and are no people or events.
func (s *Status) Understood() map[export.Kind]int {
	n := maps.Clone(s.Items)
	for k, m := range s.Unread {
		n[k] -= m
	}
	return n
}

// ProvenNow reports whether the newest export itself is proven: if not, a proof
// says how it was on that day.
func (s *Status) ProvenNow() bool {
	return s.Proof != nil && s.Proof.Proven() && s.Last != nil && s.Proof.Export >= s.Last.Number
}

// Status tells how every account stands: those that are set up, in their
// order, and then those that are only in the archive. Where no archive was
// made yet, every account is Never.
func (w Overview) Status(ctx context.Context) ([]Status, error) {
	in := map[string]archive.Account{}
	var order []string
	a, err := desk.ArchiveHere(w.d)
	if err != nil && !desk.MayBegin(w.d, err) {
		return nil, err
	}
	if err == nil {
		accounts, err := a.Accounts(ctx)
		if err := errors.Join(err, a.Close()); err != nil {
			return nil, err
		}
		for _, x := range accounts {
			in[x.Name] = x
			order = append(order, x.Name)
		}
	}
	open := map[string]*journals.RestoreEntry{}
	if err == nil {
		restores, err := journals.NewJournals(w.d).OpenRestores(ctx)
		if err != nil {
			return nil, err
		}
		for i := range restores {
			if e := &restores[i]; open[e.Account] == nil {
				open[e.Account] = e
			}
		}
	}
	var list []Status
	for _, x := range w.d.Settings.Accounts() {
		s := statusOf(w.d, in[x.Name], true)
		s.Name, s.SetUp, s.Account = x.Name, true, x
		list = append(list, s)
		delete(in, x.Name)
	}
	for _, name := range order {
		if x, ok := in[name]; ok {
			list = append(list, statusOf(w.d, x, false))
		}
	}
	tries := desk.WhyUnbegun(w.d)
	for i := range list {
		s := &list[i]
		s.Restore = open[s.Name]
		if u, ok := tries[s.Name]; ok && s.SetUp && (s.Last == nil || !u.At.Before(s.Last.Started)) {
			s.Unbegun = &u
			if s.State != Held {
				s.State = Failed
			}
		}
	}
	return list, nil
}

func statusOf(w *desk.Desk, x archive.Account, setUp bool) Status {
	s := Status{
		Name: x.Name, Items: x.Items, Unread: x.Unread, Gone: x.Gone, SetAside: x.SetAside, Failed: x.Failed, Bytes: x.Bytes,
		Last: x.Last, LastGood: x.LastGood, LastFull: x.LastFull, Imported: desk.Imported(x), Thresholds: x.Thresholds.OrDefault(), Proof: x.Proof,
	}
	if x.Hold != nil {
		s.Loss, s.HeldExport, s.HeldSince = x.Hold.Loss, x.Hold.Export, x.Hold.Changed
	}
	if s.Proof != nil && s.Proof.Checked == 0 && s.Proof.Proven() {
		s.Proof = nil // nothing was compared
	}
	if x.Hold == nil {
		s.Noticed = x.Noticed
	}
	switch {
	case s.Last == nil:
		s.State = Never
	case s.Loss != nil:
		s.State = Held
	case s.Last.Stop != nil, !s.Last.Balanced(), s.Last.Failed > 0, s.Failed > 0, len(s.Last.Missing) > 0, s.Last.Unread():
		s.State = Failed
	case s.SetAside > 0:
		s.State = SetAside
	case s.Gone == 0 && desk.Total(s.Items) == 0:
		s.State = Empty
	case s.Proof != nil && !s.Proof.Proven():
		s.State = Unproven
	case setUp && w.Options.Now().Sub(s.LastFull) > freshFor:
		s.State = Overdue
	default:
		s.State = Safe
	}
	return s
}

// Skipped is what the source held besides at the last export, and why it was not
// exported, without what every source of its kind has.
func (s *Status) Skipped() []export.Skipped {
	if s.Last == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.Last.Skipped), func(x export.Skipped) bool { return x.Usual })
}

// Collections are those of the last export that listed any.
func (s *Status) Collections() []export.CollectionLedger {
	for _, l := range []*export.Ledger{s.Last, s.LastGood} {
		if l != nil && len(l.Collections) > 0 {
			return l.Collections
		}
	}
	return nil
}

// History lists the exports of an account, newest first; of all if name is
// "", as many as there are if limit is 0.
func (w Overview) History(ctx context.Context, name string, limit int) (list []export.Ledger, err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Exports(ctx, name, limit)
}

// ArchivedName returns how the archive, or else the settings, spell the name
// of an account; case does not matter.
func (w Overview) ArchivedName(ctx context.Context, name string) (string, error) {
	list, err := NewOverview(w.d).Status(ctx)
	if err != nil {
		return "", err
	}
	s, err := Named(list, name)
	if err != nil {
		return "", err
	}
	return s.Name, nil
}

// Named is the one of list that has this name; case does not matter.
func Named(list []Status, name string) (*Status, error) {
	names := make([]string, len(list))
	for i := range list {
		if strings.EqualFold(list[i].Name, name) {
			return &list[i], nil
		}
		names[i] = list[i].Name
	}
	return nil, desk.NoAccount(name, names)
}

// Items yields what the archive holds. It ends after the first error.
func (w Overview) Items(ctx context.Context, q archive.Query) iter.Seq2[archive.Item, error] {
	return func(yield func(archive.Item, error) bool) {
		a, err := desk.ArchiveHere(w.d)
		if err != nil {
			yield(archive.Item{}, err)
			return
		}
		defer func() { _ = a.Close() }() // it only read
		for it, err := range a.Items(ctx, q) {
			if !yield(it, desk.OfPast(w.d, err)) || err != nil {
				return
			}
		}
	}
}

// An account counts as listed in full for freshFor.
const freshFor = 7 * 24 * time.Hour

// An Overview tells how accounts and archive stand.
type Overview struct{ d *desk.Desk }

// NewOverview is the Overview of a desk.
func NewOverview(d *desk.Desk) Overview { return Overview{d} }
