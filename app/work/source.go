package work

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"sidekeep/assets"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/davserver"
	"sidekeep/export/settings"
	"sidekeep/export/source/dav"
	"sidekeep/export/source/folder"
)

// An opened source with what has to end together with it.
type opened struct {
	export.Source
	end func() error
}

func (o opened) Close() error { return errors.Join(o.Source.Close(), o.end()) }

// open signs in to the account's source. The caller closes it.
func (w *Work) open(ctx context.Context, a settings.Account, secret func(context.Context) (string, error)) (opened, error) {
	switch a.Type {
	case settings.Demo:
		return w.openDemo(ctx)
	case settings.Folder:
		return w.openFolder(ctx, a.Name, a.Address)
	case settings.DAV:
		src, err := dav.Open(ctx, dav.Config{
			Address: a.Address, Photos: a.Photos, User: a.User, Secret: secret,
			Trust: dav.Trust(a.Trust), Ask: w.o.Ask,
		})
		var unsupported *dav.UnsupportedError
		if errors.As(err, &unsupported) {
			err = &Error{
				What: unsupported.Service.Refused + ".", Meaning: "The password was not sent.",
				Try: "Download your data there, or connect another service that holds it.", Err: err,
			}
		}
		return opened{src, func() error { return nil }}, err
	}
	return opened{}, &Error{
		What:    fmt.Sprintf("“%s” is an account of a type that this Sidekeep does not know: “%s”.", a.Name, a.Type),
		Meaning: asItWas,
		Try:     "Install the newest Sidekeep.",
	}
}

// openFolder opens an account that is a folder. One that holds the archive, or
// lies in it, is refused: it would be copied into itself. So is an empty one that
// was not empty before, as is left where a disk was mounted: nobody empties a
// folder for good, and everything in it would look lost.
func (w *Work) openFolder(ctx context.Context, name, dir string) (opened, error) {
	if own := w.ArchiveDir(); liesIn(own, dir) || liesIn(dir, own) {
		return opened{}, &Error{
			What: fmt.Sprintf("%s and the archive lie one in the other.", dir), Meaning: asItWas,
			Try: "Choose a folder outside of the archive, on another disk if there is one.", Usage: true,
		}
	}
	src, err := folder.Open(dir)
	if errors.Is(err, export.ErrAway) {
		err = &Error{
			What: fmt.Sprintf("There is no folder %s.", dir), Meaning: asItWas,
			Try: "Connect the disk that it is on, or make the folder.", Err: err,
		}
	}
	if err != nil {
		return opened{}, err
	}
	empty, err := src.IsEmpty()
	if err == nil && empty {
		err = w.mayBeEmpty(ctx, name, dir)
	}
	if err != nil {
		return opened{}, errors.Join(err, src.Close())
	}
	return opened{src, func() error { return nil }}, nil
}

// mayBeEmpty fails if the archive has items of an account whose folder is empty.
func (w *Work) mayBeEmpty(ctx context.Context, name, dir string) error {
	there, err := w.HasArchive()
	if err != nil || !there || name == "" {
		return nil // whoever needs the archive says so
	}
	return w.withArchive(func(a *archive.Archive) error {
		accounts, err := a.Accounts(ctx)
		if err != nil {
			return err
		}
		for _, x := range accounts {
			if x.Name == name && total(x.Items) > 0 {
				return emptied(dir, total(x.Items))
			}
		}
		return nil
	})
}

// liesIn reports whether dir is parent or lies below it.
func liesIn(dir, parent string) bool {
	rel, err := filepath.Rel(resolved(parent), resolved(dir))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// resolved is where a path leads, as far as it is there.
func resolved(path string) string {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		return p
	}
	if parent := filepath.Dir(path); parent != path {
		return filepath.Join(resolved(parent), filepath.Base(path))
	}
	return path
}

// demoUser is the user of the demo phone. It is part of every path there.
const demoUser = "phone"

// A demoPhone is the demo phone on a free port of the loopback interface, behind
// a password that nobody else knows. It runs from its first use until the Work
// is closed, so that what is put onto it in that time is there.
type demoPhone struct {
	server   *davserver.Server
	http     *http.Server
	base     string
	password string
	ended    chan error
}

func startDemo(ctx context.Context) (*demoPhone, error) {
	d := &demoPhone{password: rand.Text(), ended: make(chan error, 1)}
	var err error
	if d.server, err = davserver.Phone(assets.DemoPhone(), davserver.Options{User: demoUser, Password: d.password}); err != nil {
		return nil, fmt.Errorf("starting the demo phone: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the demo phone: %w", err)
	}
	d.base = "http://" + l.Addr().String()
	d.http = &http.Server{Handler: d.server, ReadHeaderTimeout: 10 * time.Second}
	go func() { d.ended <- d.http.Serve(l) }()
	return d, nil
}

func (d *demoPhone) stop() error {
	err := d.http.Close()
	if e := <-d.ended; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}

// demoPhone starts the demo phone, unless it runs.
func (w *Work) demoPhone(ctx context.Context) (*demoPhone, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.demo == nil {
		d, err := startDemo(ctx)
		if err != nil {
			return nil, err
		}
		w.demo = d
	}
	return w.demo, nil
}

// openDemo signs in to the demo phone.
func (w *Work) openDemo(ctx context.Context) (opened, error) {
	d, err := w.demoPhone(ctx)
	if err != nil {
		return opened{}, err
	}
	src, err := dav.Open(ctx, dav.Config{
		Address: d.base + "/", Photos: d.base + "/files/" + demoUser + "/", User: demoUser,
		Secret: func(context.Context) (string, error) { return d.password, nil },
	})
	if err != nil {
		return opened{}, fmt.Errorf("reading the demo phone: %w", err)
	}
	return opened{src, func() error { return nil }}, nil
}

// unopened is a source that could not be opened: an export of it records why.
type unopened struct{ err error }

func (u unopened) Collections(context.Context) ([]export.Collection, error) { return nil, u.err }

func (u unopened) Pull(context.Context, export.Collection, export.Have, export.Sink) (export.Listing, error) {
	return export.Listing{}, u.err
}

func (u unopened) Close() error { return nil }
