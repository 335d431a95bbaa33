package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sidekeep/assets"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/davserver"
	"sidekeep/export/settings"
	"sidekeep/export/source"
	"sidekeep/export/source/all"
)

// Types are the types of accounts, and what else can be read.
func (w Place) Types() []source.Type {
	return append(slices.Clone(allSources(w.d)), source.Type{
		ID: settings.Demo, Icon: "phone", Gives: export.Kinds(),
		Open: func(ctx context.Context, _ source.Config) (export.Source, error) { return OpenDemo(w.d, ctx) },
	})
}

func allSources(w *Desk) []source.Type {
	if w.Options.Types == nil {
		return all.Types()
	}
	return w.Options.Types
}

// OpenSource signs in to the account's source. The caller closes it.
func OpenSource(w *Desk, ctx context.Context, a settings.Account, secret func(context.Context) (string, error)) (export.Source, error) {
	t, ok := source.Find(NewPlace(w).Types(), a.Type)
	if !ok || t.Once {
		return nil, UnknownType(a.Name, a.Type)
	}
	values := a.Values()
	dir, err := placeOfAccount(w, &t, values)
	if err != nil {
		return nil, err
	}
	src, err := t.Open(ctx, source.Config{Values: values, Secret: secret, Trust: a.Trust, Ask: w.Options.Ask})
	if err != nil {
		return nil, notOpened(dir, err)
	}
	empty, err := source.IsEmpty(src)
	if err == nil && empty {
		err = mayBeEmpty(w, ctx, a.Name, dir)
	}
	if err != nil {
		return nil, errors.Join(err, src.Close())
	}
	return src, nil
}

// placeOfAccount is the folder of this computer that a source is, "" if it is none. One
// that holds the archive, or lies in it, is refused: it would be copied into
// itself.
func placeOfAccount(w *Desk, t *source.Type, values source.Values) (string, error) {
	for _, f := range t.Fields {
		dir := values[f.ID]
		if f.Form != source.Path || dir == "" {
			continue
		}
		if own := NewPlace(w).ArchiveDir(); LiesIn(own, dir) || LiesIn(dir, own) {
			return "", &Error{
				What: fmt.Sprintf("%s and the archive lie one in the other.", dir), Meaning: AsItWas,
				Try: "Choose a folder outside of the archive, on another disk if there is one.", Usage: true,
			}
		}
		return dir, nil
	}
	return "", nil
}

// notOpened gives the refusal of a source its words; dir is the folder that it
// is, if it is one.
func notOpened(dir string, err error) error {
	var unsupported *source.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		return &Error{
			What: unsupported.Service.Refused + ".", Meaning: "The password was not sent.",
			Try: "Download your data there, or connect another service that holds it.", Err: err,
		}
	case dir != "" && errors.Is(err, export.ErrAway):
		return &Error{
			What: fmt.Sprintf("There is no folder %s.", dir), Meaning: AsItWas,
			Try: "Connect the disk that it is on, or make the folder.", Err: err,
		}
	}
	return err
}

func UnknownType(name, id string) error {
	return &Error{
		What:    fmt.Sprintf("“%s” is an account of a type that this Sidekeep does not know: “%s”.", name, id),
		Meaning: AsItWas,
		Try:     "Install the newest Sidekeep.",
	}
}

// FilesOpened opens files, folders and zip archives that are read once.
func FilesOpened(w *Desk, ctx context.Context, paths []string) (export.Source, error) {
	for _, t := range allSources(w) {
		if t.Once {
			return t.Open(ctx, source.Config{Paths: paths})
		}
	}
	return nil, UnknownType(FilesName, "")
}

// mayBeEmpty fails if the archive has items of an account whose source is empty,
// as a folder is on which a disk was mounted: nobody empties one for good, and
// everything in it would look lost.
func mayBeEmpty(w *Desk, ctx context.Context, name, dir string) error {
	there, err := NewPlace(w).HasArchive()
	if err != nil || !there || name == "" {
		return nil // whoever needs the archive says so
	}
	return WithArchive(w, func(a *archive.Archive) error {
		accounts, err := a.Accounts(ctx)
		if err != nil {
			return err
		}
		for _, x := range accounts {
			if x.Name == name && Total(x.Items) > 0 {
				return Emptied(dir, Total(x.Items))
			}
		}
		return nil
	})
}

// LiesIn reports whether dir is parent or lies below it.
func LiesIn(dir, parent string) bool {
	rel, err := filepath.Rel(Resolved(parent), Resolved(dir))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// Resolved is where a path leads, as far as it is there.
func Resolved(path string) string {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		return p
	}
	if parent := filepath.Dir(path); parent != path {
		return filepath.Join(Resolved(parent), filepath.Base(path))
	}
	return path
}

// demoUser is the user of the demo phone. It is part of every path there.
const demoUser = "phone"

// A demoPhone is the demo phone on a free port of the loopback interface, behind
// a password that nobody else knows. It runs from its first use until the Work
// is closed, so that what is put onto it in that time is there.
type demoPhone struct {
	Server   *davserver.Server
	http     *http.Server
	base     string
	password string
	ended    chan error
}

func startDemo(ctx context.Context) (*demoPhone, error) {
	d := &demoPhone{password: rand.Text(), ended: make(chan error, 1)}
	var err error
	if d.Server, err = davserver.Phone(assets.DemoPhone(), davserver.Options{User: demoUser, Password: d.password}); err != nil {
		return nil, fmt.Errorf("starting the demo phone: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the demo phone: %w", err)
	}
	d.base = "http://" + l.Addr().String()
	d.http = &http.Server{Handler: d.Server, ReadHeaderTimeout: 10 * time.Second}
	go func() { d.ended <- d.http.Serve(l) }()
	return d, nil
}

func (d *demoPhone) stop() error {
	err := errors.Join(d.http.Close(), d.Server.Close())
	if e := <-d.ended; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}

// theDemoPhone starts the demo phone, unless it runs.
func theDemoPhone(w *Desk, ctx context.Context) (*demoPhone, error) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	if w.Demo == nil {
		d, err := startDemo(ctx)
		if err != nil {
			return nil, err
		}
		w.Demo = d
	}
	return w.Demo, nil
}

// OpenDemo signs in to the demo phone.
func OpenDemo(w *Desk, ctx context.Context) (export.Source, error) {
	d, err := theDemoPhone(w, ctx)
	if err != nil {
		return nil, err
	}
	src, err := OpenService(w, ctx, source.Config{
		Values: source.Values{
			source.Address: d.base + "/", source.Photos: d.base + "/files/" + demoUser + "/", source.User: demoUser,
		},
		Secret: func(context.Context) (string, error) { return d.password, nil },
	})
	if err != nil {
		return nil, fmt.Errorf("reading the demo phone: %w", err)
	}
	return src, nil
}

// OpenService signs in to a service that is no account.
func OpenService(w *Desk, ctx context.Context, c source.Config) (export.Source, error) {
	t, ok := source.Find(allSources(w), settings.DAV)
	if !ok {
		return nil, UnknownType("", settings.DAV)
	}
	return t.Open(ctx, c)
}

// Unopened is a source that could not be opened: an export of it records why.
type Unopened struct{ Err error }

func (u Unopened) Collections(context.Context) ([]export.Collection, error) { return nil, u.Err }

func (u Unopened) Pull(context.Context, export.Collection, export.Have, export.Sink) (export.Listing, error) {
	return export.Listing{}, u.Err
}

func (u Unopened) Close() error { return nil }
