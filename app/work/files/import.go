package files

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/registry"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/source"
	"sidekeep/formats/zips"
)

// Imported is what an import did.
type Imported struct {
	export.Ledger
	Skipped []source.SkippedFile // below the folders and archives that were named
}

// Import takes files, folders and zip archives into the archive, which is made
// if there is none, as the account name, "" for [FilesName]. It adds: what
// other files brought earlier stays, and so does what a file no longer holds,
// but for items that were set aside and are mended now. report is called as in
// [export.Run]. The ledger's number is 0 if nothing was begun in the archive.
func (w Filer) Import(ctx context.Context, name string, paths []string, report func(export.Progress)) (Imported, error) {
	if name = strings.TrimSpace(name); name == "" {
		name = desk.FilesName
	}
	out := Imported{Ledger: export.Ledger{
		Account: name, Started: w.d.Options.Now(), Listing: "delta",
		Collections: []export.CollectionLedger{}, Problems: []export.Problem{},
	}}
	err := importFiles(w.d, ctx, name, paths, &out, report)
	if err != nil && out.Stop == nil {
		out.Stop = export.NewStop(err)
	}
	return out, err
}

func importFiles(w *desk.Desk, ctx context.Context, name string, paths []string, out *Imported, report func(export.Progress)) (err error) {
	if a, ok := w.Settings.Account(name); ok {
		return TakenByService(a.Name)
	}
	if err := registry.NewRegistry(w).CheckName(name); err != nil {
		return err
	}
	src, err := desk.FilesOpened(w, ctx, paths)
	if err != nil {
		return NotImported(err)
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	// A first look, before an archive is made for nothing.
	list, err := src.Collections(ctx)
	if err != nil {
		return NotImported(err)
	}
	if out.Skipped = source.SkippedFiles(src); len(list) == 0 {
		return NothingThere(out.Skipped)
	}
	into, err := desk.MakeArchive(w, ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, into.Close()) }()
	if name, err = importName(ctx, into, name); err != nil {
		return err
	}
	aside, err := setAside(ctx, into, name)
	if err != nil {
		return err
	}
	plan := export.Plan{Account: name, Now: w.Options.Now}
	out.Ledger, err = export.Run(ctx, adding{src, aside}, addingTo{into}, plan, report)
	out.Skipped = source.SkippedFiles(src)
	return err
}

// importName returns how the archive spells the account name; it refuses one
// that a service was exported to, which would lose sight of imported files at
// its next export.
func importName(ctx context.Context, into *archive.Archive, name string) (string, error) {
	accounts, err := into.Accounts(ctx)
	if err != nil {
		return "", err
	}
	for _, in := range accounts {
		if !strings.EqualFold(in.Name, name) {
			continue
		}
		if !desk.Imported(in) {
			return "", TakenByService(in.Name)
		}
		return in.Name, nil
	}
	return name, into.SetAccount(ctx, name, nil)
}

// setAside lists the present items of an account that could not be understood,
// by collection.
func setAside(ctx context.Context, a *archive.Archive, account string) (map[string][]string, error) {
	list := map[string][]string{}
	for it, err := range a.Items(ctx, archive.Query{Account: account}) {
		if err != nil {
			return nil, err
		}
		if it.State == archive.SetAside {
			list[it.Collection] = append(list[it.Collection], it.ID)
		}
	}
	return list, nil
}

// adding is a source of files whose listings are not the whole: what they do
// not name stays as it is, unless it was set aside and is no longer in the
// file.
type adding struct {
	export.Source
	aside map[string][]string
}

func (a adding) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	named := &naming{Sink: to, ids: map[string]bool{}}
	for _, id := range a.aside[c.ID] {
		named.ids[id] = false
	}
	l, err := a.Source.Pull(ctx, c, have, named)
	l.Full = false
	for id, there := range named.ids {
		if err == nil && !there {
			err = to.Gone(id)
		}
	}
	return l, err
}

// naming notes which items a listing names, of those in ids.
type naming struct {
	export.Sink
	ids map[string]bool
}

func (n *naming) Listed(count int, _ bool) error { return n.Sink.Listed(count, false) }

func (n *naming) Seen(id, version string) error {
	n.note(id)
	return n.Sink.Seen(id, version)
}

func (n *naming) Put(ctx context.Context, it export.Item) error {
	n.note(it.ID)
	return n.Sink.Put(ctx, it)
}

func (n *naming) note(id string) {
	if _, asked := n.ids[id]; asked {
		n.ids[id] = true
	}
}

// addingTo is an archive in which collections stay that a source does not
// name.
type addingTo struct{ export.Archive }

func (a addingTo) Begin(ctx context.Context, account string, at time.Time) (export.Session, error) {
	s, err := a.Archive.Begin(ctx, account, at)
	if err != nil {
		return nil, err
	}
	return addingSession{s}, nil
}

type addingSession struct{ export.Session }

func (s addingSession) Record(ctx context.Context, c export.Collection) (export.Recorder, error) {
	r, err := s.Session.Record(ctx, c)
	if err != nil {
		return nil, err
	}
	return locating{r}, nil
}

// locating is a recorder that says of what could not be understood where in
// the file it is.
type locating struct{ export.Recorder }

func (l locating) Put(ctx context.Context, it export.Item) (export.Outcome, error) {
	out, err := l.Recorder.Put(ctx, it)
	if out.State == export.SetAside && out.Name != "" && out.Name != it.Name {
		out.Name = it.Name + ", " + out.Name
	} else if out.State == export.SetAside {
		out.Name = it.Name
	}
	return out, err
}

func (addingSession) Absent(context.Context, []export.Collection, []export.Kind) (int, error) {
	return 0, nil
}

func TakenByService(name string) error {
	return &desk.Error{
		What:    fmt.Sprintf("“%s” is an account that is exported from a service.", name),
		Meaning: "Nothing was imported: the next export would take imported items for lost ones.",
		Try:     "Choose another name with “--name NAME”, or none.", Usage: true,
	}
}

// NotImported gives the refusal of a path its words.
func NotImported(err error) error {
	var other *source.OtherError
	if !errors.As(err, &other) {
		return err
	}
	return &desk.Error{
		What: other.Path + ": " + other.Why + ".", Meaning: "Nothing was imported.",
		Try: "Name files of contacts (.vcf, .csv), calendars (.ics, .vcs), photos or videos, folders of them, or zip archives. " +
			"“sidekeep inspect FILE” shows what is in a file.",
		Usage: true, Err: err,
	}
}

func NothingThere(skipped []source.SkippedFile) error {
	e := &desk.Error{
		What:    "There is nothing to import: no contacts, calendars, to-dos or photos.",
		Meaning: "Nothing was written.",
		Try:     "Name other files or folders.", Usage: true, Err: export.ErrEmpty,
	}
	unread := func(x source.SkippedFile) bool { return x.Err != nil }
	locked := func(x source.SkippedFile) bool { return errors.Is(x.Err, zips.ErrPassword) }
	switch at := slices.IndexFunc(skipped, unread); {
	case slices.ContainsFunc(skipped, locked):
		e.What = "Nothing can be imported without a password: the files in the zip archive are encrypted."
		e.Try = "Unpack the archive with its password, and import the folder."
		e.Usage, e.Unread = false, true
	case at >= 0:
		e.What = fmt.Sprintf("Nothing could be read. The first: %s: %s.", skipped[at].Path, skipped[at].Why)
		e.Try = "Fetch the files again from where they came."
		e.Usage, e.Unread = false, true
	case len(skipped) > 0:
		e.What = fmt.Sprintf("There is nothing to import. The first file: %s: %s.", skipped[0].Path, skipped[0].Why)
	}
	return e
}
