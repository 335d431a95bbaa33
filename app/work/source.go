package work

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"sidekeep/assets"
	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/settings"
	"sidekeep/export/source/dav"
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
		return openDemo(ctx)
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

// demoUser is the user of the demo phone. It is part of every path there.
const demoUser = "phone"

// openDemo starts the demo phone on a free port of the loopback interface,
// behind a password that nobody else knows, and signs in to it.
func openDemo(ctx context.Context) (opened, error) {
	password := rand.Text()
	phone, err := davserver.Phone(assets.DemoPhone(), davserver.Options{User: demoUser, Password: password})
	if err != nil {
		return opened{}, fmt.Errorf("starting the demo phone: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return opened{}, fmt.Errorf("starting the demo phone: %w", err)
	}
	server := &http.Server{Handler: phone, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	end := func() error {
		err := server.Close()
		if e := <-ended; !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
		return err
	}
	base := "http://" + l.Addr().String()
	src, err := dav.Open(ctx, dav.Config{
		Address: base + "/", Photos: base + "/files/" + demoUser + "/", User: demoUser,
		Secret: func(context.Context) (string, error) { return password, nil },
	})
	if err != nil {
		return opened{}, errors.Join(fmt.Errorf("reading the demo phone: %w", err), end())
	}
	return opened{src, end}, nil
}

// unopened is a source that could not be opened: an export of it records why.
type unopened struct{ err error }

func (u unopened) Collections(context.Context) ([]export.Collection, error) { return nil, u.err }

func (u unopened) Pull(context.Context, export.Collection, export.Have, export.Sink) (export.Listing, error) {
	return export.Listing{}, u.err
}

func (u unopened) Close() error { return nil }
