package restores

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/journals"
	"sidekeep/app/work/overview"
	"sidekeep/app/work/past"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
	"sidekeep/formats/fields"
)

// Close lets go of the target and the archive.
func (p *RestorePlan) Close() error {
	var err error
	for _, end := range slices.Backward(p.close) {
		err = errors.Join(err, end())
	}
	p.close = nil
	return err
}

// planRestore plans a checked request, or the open lines of note if that has a
// list.
func planRestore(w *desk.Desk, ctx context.Context, r journals.RestoreRequest, note *journals.RestoreNote, report func(RestoreProgress)) (_ *RestorePlan, err error) {
	p := &RestorePlan{Request: r, w: w}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	a, err := desk.ArchiveHere(w)
	if err != nil {
		return nil, err
	}
	p.close = append(p.close, a.Close)
	if p.asOf = r.AsOf; r.Vanished && r.AsOf.IsZero() {
		// What is held counts as vanished too: it is no longer at the source.
		if p.asOf.Export, _, err = a.At(ctx, archive.Moment{}); err != nil {
			return nil, desk.OfPast(w, err)
		}
	}
	o := restore.Options{
		Account: r.To, Default: r.Choice, Choices: r.Choices,
		Select: restore.Selection{Items: r.Keys, Kinds: r.Kinds, Vanished: r.Vanished, After: r.After, All: len(r.Items) > 0 && !r.Vanished},
	}
	items, err := p.goOn(ctx, a, note, &o)
	if err == nil && items == nil {
		items, err = p.items(ctx, a)
	}
	if err != nil {
		return nil, err
	}
	if err := p.openTarget(ctx); err != nil {
		return nil, err
	}
	chosen, err := p.route(ctx, a, items)
	if err != nil {
		return nil, err
	}
	if o.Collections == nil {
		o.Collections = chosen
	} else {
		maps.Copy(o.Collections, chosen)
	}
	if len(r.Paths) == 0 {
		if o.From, err = a.Collections(ctx, r.From); err != nil {
			return nil, desk.OfPast(w, err)
		}
	}
	seen := planMeter{report: report, p: RestoreProgress{Account: r.To, Phase: Comparing, Total: -1, Left: -1}, now: w.Options.Now}
	if p.Plan, err = restore.Make(ctx, p.to, seen.count(items), o); err != nil {
		return nil, desk.OfPast(w, err)
	}
	if len(p.Lines) == 0 && p.note == nil {
		return nil, p.nothing()
	}
	return p, nil
}

// checkRestore spells the names of a request as the settings and the archive do,
// and refuses what cannot be.
func checkRestore(w *desk.Desk, ctx context.Context, r journals.RestoreRequest) (journals.RestoreRequest, error) {
	to, err := desk.AccountNamed(w, r.To)
	if err != nil {
		return r, noTarget(w, ctx, r.To, err)
	}
	r.To = to.Name
	if r.Choice == "" {
		r.Choice = restore.Merge
	}
	if !slices.Contains(restore.Choices(), r.Choice) {
		return r, &desk.Error{
			What: fmt.Sprintf("“%s” is no way to deal with what differs.", r.Choice), Meaning: desk.NothingWritten,
			Try: "Choose both, merge, archive or device.", Usage: true,
		}
	}
	if len(r.Paths) > 0 {
		if r.From != "" || !r.AsOf.IsZero() || r.Vanished {
			return r, &desk.Error{
				What: "Files were named, and an account or a day of the archive as well.", Meaning: desk.NothingWritten,
				Try: "Restore either files or what the archive has.", Usage: true,
			}
		}
		return r, nil
	}
	if r.From == "" {
		r.From = r.To
	}
	err = desk.WithArchive(w, func(a *archive.Archive) error {
		accounts, err := a.Accounts(ctx)
		if err == nil {
			r.From, err = past.Archived(r.From, accounts)
		}
		var own *desk.Error
		if errors.As(err, &own) {
			own.Meaning = desk.NothingWritten
		}
		if err == nil && !r.AsOf.IsZero() {
			_, _, err = a.At(ctx, r.AsOf)
		}
		return err
	})
	return r, desk.OfPast(w, err)
}

// noTarget gives a name that is in the archive only its words.
func noTarget(w *desk.Desk, ctx context.Context, name string, err error) error {
	spelled, nameErr := overview.NewOverview(w).ArchivedName(ctx, name)
	if nameErr != nil {
		return err
	}
	return &desk.Error{
		What:    fmt.Sprintf("“%s” is in the archive, but it is no account that is set up, so nothing can be written to it.", spelled),
		Meaning: desk.NothingWritten,
		Try:     fmt.Sprintf("Name the account that takes it, and “--from \"%s\"”; “sidekeep account add” sets one up.", spelled), Usage: true, Err: err,
	}
}

// nothing says that there is nothing to restore.
func (p *RestorePlan) nothing() error {
	r := &p.Request
	e := &desk.Error{What: fmt.Sprintf("There is nothing of that to restore in “%s”.", r.From), Meaning: desk.NothingWritten, Try: "See what there is with “sidekeep list”.", Usage: true, Err: export.ErrGone}
	switch {
	case len(r.Paths) > 0:
		e.What, e.Try = "There is nothing to restore in these files.", "Name files of contacts (.vcf, .csv), calendars (.ics), photos or videos, folders of them, or zip archives."
		if len(p.Skipped) > 0 {
			e.What += " The first: " + p.Skipped[0] + "."
		}
	case r.Vanished:
		e.What, e.Try, e.Usage = fmt.Sprintf("Nothing has vanished from “%s”.", r.From), "There is nothing to put back.", false
	}
	return e
}

// openTarget signs in to the account that is written to.
func (p *RestorePlan) openTarget(ctx context.Context) error {
	a, err := desk.AccountNamed(p.w, p.Request.To)
	if err != nil {
		return err
	}
	if p.to, err = OpenWriter(p.w, ctx, a.Name); err != nil {
		return err
	}
	p.close = append(p.close, p.to.Close)
	return nil
}

// OpenWriter signs in to an account as one that can be written to. The caller
// closes it.
func OpenWriter(w *desk.Desk, ctx context.Context, name string) (export.Writer, error) {
	a, err := desk.AccountNamed(w, name)
	if err != nil {
		return nil, err
	}
	src, err := desk.OpenSource(w, ctx, a, desk.SecretOf(w, a))
	if err != nil {
		return nil, err
	}
	to, ok := src.(export.Writer)
	if !ok {
		err := &desk.Error{
			What: fmt.Sprintf("Nothing can be written to “%s”: Sidekeep only reads it.", a.Name), Meaning: desk.NothingWritten,
			Try: "Choose another account.", Usage: true,
		}
		return nil, errors.Join(err, src.Close())
	}
	return to, nil
}

// route finds the collections of the target that Into names, or that dropped
// files go to.
func (p *RestorePlan) route(ctx context.Context, a *archive.Archive, items restore.Items) (map[restore.Key]string, error) {
	r := &p.Request
	if r.Into == "" && len(r.Paths) == 0 {
		return nil, nil
	}
	list, err := p.to.Collections(ctx)
	if err != nil && !errors.Is(err, export.ErrEmpty) {
		return nil, err
	}
	named := func(name string) func(export.Collection) bool {
		return func(c export.Collection) bool {
			return strings.EqualFold(strings.TrimSpace(c.Name), strings.TrimSpace(name))
		}
	}
	if r.Into != "" && !slices.ContainsFunc(list, named(r.Into)) {
		return nil, p.noCollection(list)
	}
	chosen := map[restore.Key]string{}
	choose := func(from restore.Key, name string, kind export.Kind) {
		of := named(name)
		if r.Into != "" {
			of = named(r.Into)
		} else if !slices.ContainsFunc(list, func(c export.Collection) bool { return of(c) && p.takes(c, kind) }) {
			of = func(export.Collection) bool { return true }
		}
		for _, c := range list {
			if chosen[from] == "" && of(c) && p.takes(c, kind) {
				chosen[from] = c.ID
			}
		}
	}
	if len(r.Paths) > 0 {
		for it, err := range items { // they are in memory
			if err != nil {
				return nil, err
			}
			choose(restore.Key{Collection: it.Collection.ID}, it.Collection.Name, it.Kind)
		}
		return chosen, nil
	}
	if p.note != nil {
		for it, err := range items { // their bytes are not read here
			if err != nil {
				return nil, err
			}
			choose(restore.Key{Account: it.Account, Collection: it.Collection.ID}, "", it.Kind)
		}
		return chosen, nil
	}
	for it, err := range a.Items(ctx, archive.Query{Account: r.From, AsOf: p.asOf}) {
		if err != nil {
			return nil, err
		}
		choose(restore.Key{Account: it.Account, Collection: it.Collection}, "", it.Kind)
	}
	return chosen, nil
}

func (p *RestorePlan) noCollection(list []export.Collection) error {
	var names []string
	for _, c := range list {
		names = append(names, "“"+c.Name+"”")
	}
	return &desk.Error{
		What:    fmt.Sprintf("“%s” has no collection called “%s”.", p.Request.To, p.Request.Into),
		Meaning: desk.NothingWritten, Try: "It has: " + strings.Join(names, ", ") + ".", Usage: true, Err: export.ErrGone,
	}
}

// takes tells whether a collection of the target takes items of a kind.
func (p *RestorePlan) takes(c export.Collection, kind export.Kind) bool {
	l := p.to.Accepts(c)
	switch {
	case l.ReadOnly:
		return false
	case kind == export.Events:
		return c.Kind == export.Events && l.TakesComponent("VEVENT")
	case kind == export.Todos:
		return (c.Kind == export.Todos || c.Kind == export.Events && c.Mixed) && l.TakesComponent("VTODO")
	}
	return c.Kind == kind
}

// Differences tells in which fields what the archive has of a line differs from
// what the target has now. It reads both.
func (p *RestorePlan) Differences(ctx context.Context, line int) ([]fields.Difference, error) {
	l := &p.Lines[line]
	if l.Item.Kind == export.Photos || l.At.ID == "" {
		return nil, nil
	}
	mine, err := l.Item.Open(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := io.ReadAll(mine)
	if err = errors.Join(err, mine.Close()); err != nil {
		return nil, err
	}
	it, err := export.Fetch(ctx, p.to, p.Targets[l.To].Collection, l.At.ID)
	if err == nil {
		err = it.Err
	}
	if err != nil {
		return nil, err
	}
	theirs, _, err := it.Open(ctx, 0)
	if err != nil {
		return nil, err
	}
	there, err := io.ReadAll(theirs)
	if err = errors.Join(err, theirs.Close()); err != nil {
		return nil, err
	}
	read := fields.Calendar
	if l.Item.Kind == export.Contacts {
		read = fields.Contact
	}
	old, err := read(kept)
	if err != nil {
		return nil, err
	}
	now, err := read(there)
	return fields.Differ(old, now), err
}

// A planMeter tells how many items of a plan were read.
type planMeter struct {
	report func(RestoreProgress)
	p      RestoreProgress
	now    func() time.Time
	last   time.Time
}

func (c *planMeter) count(items restore.Items) restore.Items {
	return func(yield func(restore.Item, error) bool) {
		c.tell(true)
		for it, err := range items {
			c.p.Done++
			c.tell(false)
			if !yield(it, err) {
				return
			}
		}
	}
}

func (c *planMeter) tell(always bool) {
	if now := c.now(); c.report != nil && (always || now.Sub(c.last) >= 100*time.Millisecond) {
		c.last = now
		c.report(c.p)
	}
}
