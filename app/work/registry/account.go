package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"sidekeep/app/work/desk"
	"sidekeep/export"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

// A Candidate is what a person types to set an account up. A password and
// PasswordCommand exclude each other; both may be empty for a service that
// asks for none.
type Candidate struct {
	Type            string        // as in [Work.Types]
	Service         string        // its name, as in [source.Service]; "" if it is to be found out
	Values          source.Values // what was given for the fields of the type
	PasswordCommand string
	Only            []export.Kind // nil means all kinds
	Trust           source.Trust  // questions that were answered beforehand
}

// Found is what an account holds. Nothing of it has been saved.
type Found struct {
	Service     string // "" if unknown
	Collections []FoundCollection
	Skipped     []export.Skipped // what is there besides, and why it is not exported
	Trust       source.Trust     // with the answers that were given on the way
	Address     string           // where it was found, if that is none which the typed one leads to by itself; else ""
}

// A FoundCollection is a collection and what it holds.
type FoundCollection struct {
	export.Collection
	Count  int  // items; -1 if the source cannot tell
	Wanted bool // it is among the kinds that are exported, and not skipped
}

// Counts adds up the wanted collections by kind. known is false if one of
// them could not be counted.
func (f *Found) Counts() (n map[export.Kind]int, known bool) {
	n, known = map[export.Kind]int{}, true
	for _, c := range f.Collections {
		switch {
		case !c.Wanted:
		case c.Count < 0:
			known = false
		default:
			n[c.Kind] += c.Count
		}
	}
	return n, known
}

// Mixed reports whether any of the wanted collections may hold to-dos among its
// events, which Counts counts as events.
func (f *Found) Mixed() bool {
	return slices.ContainsFunc(f.Collections, func(c FoundCollection) bool { return c.Wanted && c.Mixed && c.Count > 0 })
}

// Find signs in and lists what is there, with counts. It saves nothing. An
// account may be empty, as that of a new phone is.
func (w Registry) Find(ctx context.Context, c Candidate) (*Found, error) {
	if err := w.CheckCandidate(c); err != nil {
		return nil, err
	}
	a := accountFor(w.d, "", c)
	secret := desk.SecretOf(w.d, a)
	if password := c.Values[source.Password]; password != "" {
		secret = func(context.Context) (string, error) { return password, nil }
	}
	return findPlace(w.d, ctx, a, secret)
}

// CheckCandidate refuses what must never be tried or saved, with a
// [*source.FieldError].
func (w Registry) CheckCandidate(c Candidate) error {
	t, ok := source.Find(desk.NewPlace(w.d).Types(), c.Type)
	if !ok {
		return desk.UnknownType("", c.Type)
	}
	if c.PasswordCommand != "" && !t.SignsIn() {
		return &source.FieldError{Type: t.ID, Field: source.Password, Fault: source.Foreign}
	}
	return t.Check(c.Values)
}

// accountFor is c as it is saved, without its password.
func accountFor(w *desk.Desk, name string, c Candidate) settings.Account {
	a := settings.Account{
		Name: name, Type: c.Type, Service: c.Service,
		PasswordCommand: c.PasswordCommand, Only: slices.Clone(c.Only), Trust: c.Trust,
	}
	t, _ := source.Find(desk.NewPlace(w).Types(), c.Type)
	v := source.Values{}
	for _, f := range t.Fields {
		switch f.Form {
		case source.Secret:
		case source.Name:
			v[f.ID] = c.Values.SignInName()
		case source.Path:
			v[f.ID] = c.Values[f.ID]
		default:
			v[f.ID] = strings.TrimSpace(c.Values[f.ID])
		}
	}
	a.SetValues(v)
	return a
}

func findPlace(w *desk.Desk, ctx context.Context, a settings.Account, secret func(context.Context) (string, error)) (*Found, error) {
	src, err := desk.OpenSource(w, ctx, a, secret)
	if err != nil {
		return nil, err
	}
	defer func() { _ = src.Close() }() // it only read
	list, err := src.Collections(ctx)
	if err != nil {
		return nil, err
	}
	f := &Found{}
	f.Trust, _ = source.TrustOf(src)
	f.Service, f.Address = source.Located(src)
	f.Service = cmp.Or(f.Service, a.Service)
	var unread []export.Skipped
	for _, c := range list {
		n, err := export.Count(ctx, src, c)
		if err != nil {
			x, ok := uncounted(c, err)
			if !ok {
				return nil, fmt.Errorf("counting %q: %w", c.Name, err)
			}
			n, unread = -1, append(unread, x)
		}
		f.Collections = append(f.Collections, FoundCollection{Collection: c, Count: n, Wanted: wanted(a, c)})
	}
	f.Skipped = append(export.SkippedBy(src), unread...)
	return f, nil
}

// uncounted says of a collection why the service does not list it; false if
// err is none that it has to itself.
func uncounted(c export.Collection, err error) (export.Skipped, bool) {
	x := export.Skipped{Name: c.Name, Count: 1, Unread: true}
	var fault *export.FaultError
	switch {
	case errors.As(err, &fault):
		x.Why = fmt.Sprintf("the server reports a fault of its own when it is to list it (%d); an export tries again", fault.Status)
	case errors.Is(err, export.ErrDenied):
		x.Why = "the service does not let this account read it; an export tries again"
	case errors.Is(err, export.ErrGone):
		x.Why = "the service names it, and then says that it is not there"
	case errors.Is(err, export.ErrNotDAV), errors.Is(err, export.ErrDamaged), errors.Is(err, export.ErrTooLarge):
		x.Why = "what the service lists of it cannot be read; an export tries again"
	default:
		return x, false
	}
	return x, true
}

func wanted(a settings.Account, c export.Collection) bool {
	if slices.Contains(a.Skip, c.ID) {
		return false
	}
	return len(a.Only) == 0 || slices.Contains(a.Only, c.Kind) || c.Mixed && slices.Contains(a.Only, export.Todos)
}

// Add saves the account that f was found for. The password goes to the
// keychain; nothing is saved if that fails. skip names collections by ID that
// the owner does not want.
func (w Registry) Add(ctx context.Context, name string, c Candidate, f *Found, skip []string) error {
	name = strings.TrimSpace(name)
	if err := w.CheckName(name); err != nil {
		return err
	}
	if err := w.CheckCandidate(c); err != nil {
		return err
	}
	a := accountFor(w.d, name, c)
	a.Skip = slices.Clone(skip)
	if f != nil {
		a.Trust, a.Service = f.Trust, f.Service
		if f.Address != "" {
			a.Address = f.Address // found there, it need not be looked for at each export
		}
	}
	if password := c.Values[source.Password]; password != "" && c.PasswordCommand == "" {
		a.Secret = desk.SecretKey(name)
		if err := w.d.Options.Secrets.Set(ctx, a.Secret, password); err != nil {
			return err
		}
	}
	if err := w.d.Settings.Add(a); err != nil {
		if a.Secret != "" {
			err = errors.Join(err, w.d.Options.Secrets.Delete(context.WithoutCancel(ctx), a.Secret))
		}
		return Known(err, name)
	}
	return nil
}

// CheckName refuses a name that no new account can have.
func (w Registry) CheckName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return desk.BadName("it is empty")
	case len([]rune(name)) > 60:
		return desk.BadName("it is longer than 60 letters")
	case strings.HasPrefix(name, "-"):
		return desk.BadName("it begins with a hyphen")
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }):
		return desk.BadName("it has characters that cannot be shown")
	}
	if _, ok := w.d.Settings.Account(name); ok {
		return desk.Exists(name)
	}
	return nil
}

// Known gives an error of the settings its words.
func Known(err error, name string) error {
	if errors.Is(err, settings.ErrExists) {
		return desk.Exists(name)
	}
	return desk.Damaged(err)
}

// DemoName is what the account of the demo phone is called.
const DemoName = "Demo phone"

// AddDemo sets the demo phone up as an account, if it is not there yet.
func (w Registry) AddDemo(context.Context) (name string, err error) {
	for _, a := range w.d.Settings.Accounts() {
		if a.Type == settings.Demo {
			return a.Name, nil
		}
	}
	err = w.d.Settings.Add(settings.Account{Name: DemoName, Type: settings.Demo})
	return DemoName, Known(err, DemoName)
}

// Remove forgets an account and its password. Its data stays in the archive.
func (w Registry) Remove(ctx context.Context, name string) error {
	a, err := desk.AccountNamed(w.d, name)
	if err != nil {
		return err
	}
	if err := w.d.Settings.Remove(name); err != nil {
		return Known(err, name)
	}
	desk.ForgetTries(w.d, a.Name)
	if a.Secret == "" {
		return nil
	}
	if err := w.d.Options.Secrets.Delete(ctx, a.Secret); err != nil {
		return &desk.Error{
			What:    fmt.Sprintf("“%s” was removed, but its password is still in the keychain.", a.Name),
			Meaning: "Its data stays in the archive.",
			Try:     fmt.Sprintf("Delete the entry “%s” of Sidekeep in the keychain yourself.", a.Secret),
			Err:     err,
		}
	}
	return nil
}

// Check signs in to an account that is set up and lists what is there. Answers
// that were given on the way are saved.
func (w Registry) Check(ctx context.Context, name string) (*Found, error) {
	a, err := desk.AccountNamed(w.d, name)
	if err != nil {
		return nil, err
	}
	f, err := findPlace(w.d, ctx, a, desk.SecretOf(w.d, a))
	if err != nil || reflect.DeepEqual(f.Trust, a.Trust) {
		return f, err
	}
	return f, Known(w.d.Settings.Update(a.Name, func(a *settings.Account) { a.Trust = f.Trust }), a.Name)
}

// SignIn checks a new password, or a new password command, for an account that
// is set up, and saves it if the service accepts it.
func (w Registry) SignIn(ctx context.Context, name, password, command string) (*Found, error) {
	a, err := desk.AccountNamed(w.d, name)
	if err != nil {
		return nil, err
	}
	before := a.Secret
	a.Secret, a.PasswordCommand = "", command
	secret := desk.SecretOf(w.d, a)
	if command == "" {
		secret = func(context.Context) (string, error) { return password, nil }
	}
	f, err := findPlace(w.d, ctx, a, secret)
	if err != nil {
		return nil, err
	}
	if command == "" {
		a.Secret = desk.SecretKey(a.Name)
		if err := w.d.Options.Secrets.Set(ctx, a.Secret, password); err != nil {
			return nil, err
		}
	}
	err = w.d.Settings.Update(a.Name, func(on *settings.Account) {
		on.Secret, on.PasswordCommand, on.Trust = a.Secret, command, f.Trust
	})
	if err != nil {
		return nil, Known(err, name)
	}
	if before != "" {
		_ = w.d.Options.Secrets.Delete(ctx, before) // the new one counts; an old one that stays is never used again
	}
	return f, nil
}
