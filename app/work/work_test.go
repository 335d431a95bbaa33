package work_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/zalando/go-keyring"

	"sidekeep/app/work"
	"sidekeep/app/work/desk"
	"sidekeep/assets"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/davserver"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

func TestMain(m *testing.M) {
	keyring.MockInit() // settings tests the real one
	os.Exit(m.Run())
}

// newWork is work with a home, settings and an archive of its own.
func newWork(t testing.TB, o work.Options) *work.Work {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	if o.Settings == "" {
		o.Settings = filepath.Join(home, "settings")
	}
	w, err := work.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// phone serves the demo phone's data to alice.
func phone(t *testing.T) (url string, server *davserver.Server) {
	t.Helper()
	server, err := davserver.Phone(assets.DemoPhone(), davserver.Options{User: "alice", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(server)
	t.Cleanup(h.Close)
	return h.URL + "/", server
}

// add sets the account "home" up.
func add(t *testing.T, w *work.Work, url string) {
	t.Helper()
	c := work.Candidate{Type: settings.DAV, Values: source.Values{source.Address: url, source.User: "alice", source.Password: "secret"}}
	f, err := w.Find(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(t.Context(), "home", c, f, nil); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, w *work.Work, name string) export.Ledger {
	t.Helper()
	l, err := w.Export(t.Context(), name, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !l.Good() {
		t.Fatalf("the export is not good: %+v", l)
	}
	return l
}

// TestDemoAgain: the demo phone is the same to the last byte although its port
// is another, so that a second export keeps nothing and asks little.
func TestDemoAgain(t *testing.T) {
	w := newWork(t, work.Options{})
	name, err := w.AddDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.AddDemo(t.Context()); again != name || err != nil || len(w.Accounts()) != 1 {
		t.Errorf("a second AddDemo = %q, %v", again, err)
	}
	src, err := desk.OpenDemo(work.DeskOf(w), t.Context())
	if err != nil {
		t.Fatal(err)
	}
	discovery, _ := src.(export.Meter).Used()
	list, err := src.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	collections, _ := src.(export.Meter).Used()
	if err := src.Close(); err != nil {
		t.Error(err)
	}
	first := run(t, w, name)
	if first.Kept != *first.Found || first.Kept == 0 {
		t.Errorf("the first export = %+v", first.Counts)
	}
	second := run(t, w, name)
	if second.Kept != 0 || second.Gone != 0 || second.Unchanged != *first.Found {
		t.Errorf("the second export = %+v", second.Counts)
	}
	t.Logf("%d collections, %d requests of discovery, %d to list them, %d in all", len(list), discovery, collections, second.Requests)
	if most := collections + 2*len(list); second.Requests > most {
		t.Errorf("%d requests with nothing changed, want at most %d", second.Requests, most)
	}
}

// TestAddSavesNothingWithoutKeychain: if the password cannot be kept, neither
// is the account.
func TestAddSavesNothingWithoutKeychain(t *testing.T) {
	keyring.MockInitWithError(errors.New("no bus"))
	t.Cleanup(keyring.MockInit)
	url, _ := phone(t)
	w := newWork(t, work.Options{})
	c := work.Candidate{Type: settings.DAV, Values: source.Values{source.Address: url, source.User: "alice", source.Password: "secret"}}
	f, err := w.Find(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(t.Context(), "home", c, f, nil); !errors.Is(err, export.ErrNoKeychain) {
		t.Errorf("Add = %v", err)
	}
	if len(w.Accounts()) != 0 {
		t.Errorf("saved: %+v", w.Accounts())
	}
}

// TestPasswordsStayInTheKeychain: none is in a file, neither of the settings
// nor of the archive; a new one takes the place of the old.
func TestPasswordsStayInTheKeychain(t *testing.T) {
	url, _ := phone(t)
	w := newWork(t, work.Options{})
	add(t, w, url)
	run(t, w, "home")
	a := w.Accounts()[0]
	if got, err := settings.Keychain().Get(t.Context(), a.Secret); got != "secret" || err != nil {
		t.Errorf("the keychain has %q, %v", got, err)
	}
	for _, dir := range []string{w.SettingsDir(), w.ArchiveDir()} {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			b, err := os.ReadFile(path)
			if err == nil && containsWord(b, "secret") {
				t.Errorf("%s has the password", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if _, err := w.SignIn(t.Context(), "home", "wrong", ""); !errors.Is(err, export.ErrSignIn) {
		t.Errorf("SignIn with a wrong password = %v", err)
	}
	if now := w.Accounts()[0]; now.Secret != a.Secret {
		t.Error("a refused password was saved")
	}
	if _, err := w.SignIn(t.Context(), "home", "secret", ""); err != nil {
		t.Error(err)
	}
	now := w.Accounts()[0]
	if _, err := settings.Keychain().Get(t.Context(), a.Secret); !errors.Is(err, settings.ErrNoSecret) {
		t.Errorf("the old password: %v", err)
	}
	if err := w.Remove(t.Context(), "home"); err != nil {
		t.Error(err)
	}
	if _, err := settings.Keychain().Get(t.Context(), now.Secret); !errors.Is(err, settings.ErrNoSecret) {
		t.Errorf("the password of a removed account: %v", err)
	}
}

// containsWord looks for word with a quote before it, as TOML, JSON and SQL
// write values: `secret = "home ABCD"` is the name of a field.
func containsWord(b []byte, word string) bool {
	for i := 0; i+len(word) < len(b); i++ {
		if i > 0 && (b[i-1] == '"' || b[i-1] == '\'' || b[i-1] == 0) && string(b[i:i+len(word)]) == word {
			return true
		}
	}
	return false
}

// TestSkippedCollections: what the owner leaves out when setting up is never
// exported.
func TestSkippedCollections(t *testing.T) {
	url, _ := phone(t)
	w := newWork(t, work.Options{})
	c := work.Candidate{Type: settings.DAV, Values: source.Values{source.Address: url, source.User: "alice", source.Password: "secret"}}
	f, err := w.Find(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var skip []string
	for _, x := range f.Collections {
		if x.Kind != export.Contacts {
			skip = append(skip, x.ID)
		}
	}
	if len(skip) == 0 {
		t.Fatal("nothing to skip")
	}
	if err := w.Add(t.Context(), "home", c, f, skip); err != nil {
		t.Fatal(err)
	}
	l := run(t, w, "home")
	if len(l.Collections) != len(f.Collections)-len(skip) {
		t.Errorf("%d collections of %d were exported", len(l.Collections), len(f.Collections))
	}
}

// TestStates walks an account from its first day to an overdue one.
func TestStates(t *testing.T) {
	url, server := phone(t)
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	w := newWork(t, work.Options{Now: func() time.Time { return now }})
	state := func() work.State {
		t.Helper()
		list, err := w.Status(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatalf("%d accounts, %v", len(list), err)
		}
		return list[0].State
	}
	add(t, w, url)
	if s := state(); s != work.Never {
		t.Errorf("before the first export: %s", s)
	}
	if l := run(t, w, "home"); l.Listing != "full" {
		t.Errorf("the first listing is %q", l.Listing)
	}
	if s := state(); s != work.Safe {
		t.Errorf("after it: %s", s)
	}
	now = now.Add(24 * time.Hour)
	if l := run(t, w, "home"); l.Listing != "delta" {
		t.Errorf("the second listing is %q", l.Listing)
	}
	now = now.Add(5*24*time.Hour + time.Hour)
	if l := run(t, w, "home"); l.Listing != "full" {
		t.Errorf("six days later the listing is %q", l.Listing)
	}
	now = now.Add(7*24*time.Hour + time.Hour)
	if s := state(); s != work.Overdue {
		t.Errorf("a week later: %s", s)
	}
	server.SetQuirks(davserver.Tune{On: []davserver.Step{davserver.Listing}, Times: -1}, davserver.Dropped)
	l, err := w.Export(t.Context(), "home", nil)
	if err == nil && l.Good() || l.Found != nil {
		t.Errorf("with a broken listing: %+v, %v", l.Counts, err)
	}
	if s := state(); s != work.Failed {
		t.Errorf("after it: %s", s)
	}
	server.SetQuirks(davserver.Tune{})
	run(t, w, "home")
	if s := state(); s != work.Safe {
		t.Errorf("after a good one: %s", s)
	}
}

// TestExportThatCannotBegin makes no archive, and says why.
func TestExportThatCannotBegin(t *testing.T) {
	url, _ := phone(t)
	w := newWork(t, work.Options{})
	c := work.Candidate{Type: settings.DAV, Values: source.Values{source.Address: url, source.User: "alice"}, PasswordCommand: "exit 1"}
	if err := w.Add(t.Context(), "home", c, nil, nil); err != nil {
		t.Fatal(err)
	}
	l, err := w.Export(t.Context(), "home", nil)
	if !errors.Is(err, export.ErrNoPassword) || l.Number != 0 || l.Found != nil || l.Stop == nil {
		t.Errorf("Export = %+v, %v", l, err)
	}
	if _, err := os.Stat(w.ArchiveDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an archive was made: %v", err)
	}
	if ok, err := w.HasArchive(); ok || err != nil {
		t.Errorf("HasArchive = %v, %v", ok, err)
	}
}

// TestStoppedExport: a stop is told as such and keeps the archive whole.
func TestStoppedExport(t *testing.T) {
	w := newWork(t, work.Options{})
	name, err := w.AddDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	l, err := w.Export(ctx, name, func(p export.Progress) {
		if p.Done > 20 {
			cancel()
		}
	})
	cancel()
	if !errors.Is(err, export.ErrStopped) || !errors.Is(l.Stop, export.ErrStopped) {
		t.Errorf("err = %v, stop = %v", err, l.Stop)
	}
	c, err := w.Verify(t.Context(), nil)
	if err != nil || len(c.Bad) > 0 {
		t.Errorf("verify: %+v, %v", c, err)
	}
	if l := run(t, w, name); l.Kept == 0 || l.Unchanged == 0 {
		t.Errorf("the next export does not go on where this one stopped: %+v", l.Counts)
	}
}

// TestTakenOver: an archive brings its accounts to a new computer, without
// what was secret or agreed to on the old one.
func TestTakenOver(t *testing.T) {
	url, _ := phone(t)
	old := newWork(t, work.Options{})
	add(t, old, url)
	run(t, old, "home")
	dir := old.ArchiveDir()

	w := newWork(t, work.Options{})
	o, err := w.OpenArchive(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := old.Accounts()[0]
	want.Secret, want.Trust = "", source.Trust{}
	if diff := cmp.Diff([]settings.Account{want}, o.Offered); diff != "" {
		t.Error(diff)
	}
	if again, err := w.OpenArchive(t.Context(), dir); err != nil || len(w.Accounts()) > 0 || len(again.Offered) != 1 {
		t.Errorf("taken over without a yes: %+v, %v", w.Accounts(), err)
	}
	if taken, err := w.TakeAccounts(t.Context(), []string{"another"}); err != nil || len(taken)+len(w.Accounts()) > 0 {
		t.Errorf("%v %+v", err, taken)
	}
	taken, err := w.TakeAccounts(t.Context(), []string{"home"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(o.Offered, taken); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(taken, w.Accounts()); diff != "" {
		t.Error(diff)
	}
	if w.ArchiveDir() != dir || o.Items[export.Contacts] == 0 {
		t.Errorf("archive %s, items %v", w.ArchiveDir(), o.Items)
	}
	if !w.Accounts()[0].NeedsPassword() {
		t.Error("it does not ask for a password")
	}
	n := 0
	for it, err := range w.Items(t.Context(), archive.Query{Kind: export.Contacts}) {
		if err != nil {
			t.Fatal(err)
		}
		if it.Account == "home" {
			n++
		}
	}
	if n != o.Items[export.Contacts] {
		t.Errorf("%d contacts, want %d", n, o.Items[export.Contacts])
	}
}

// TestNothingSecretTravels: whatever an archive says of an account, no command is
// run for it, no certificate is trusted and no host gets a password for it.
func TestNothingSecretTravels(t *testing.T) {
	url, _ := phone(t)
	old := newWork(t, work.Options{})
	add(t, old, url)
	run(t, old, "home")
	err := desk.WithArchive(work.DeskOf(old), func(a *archive.Archive) error {
		return a.SetAccount(t.Context(), "home", []byte(`{"type":"dav","address":"https://evil.example/","user":"victim","secret":"s","Secret":"s",
			"password_command":"touch x","PasswordCommand":"touch x","trust":{"hosts":["evil.example"]},"Trust":{"Plain":["evil.example"],"Pins":{"a":"b"}},"name":"other","Name":"other"}`))
	})
	if err != nil {
		t.Fatal(err)
	}
	w := newWork(t, work.Options{})
	if _, err := w.OpenArchive(t.Context(), old.ArchiveDir()); err != nil {
		t.Fatal(err)
	}
	taken, err := w.TakeAccounts(t.Context(), []string{"home"})
	want := []settings.Account{{Name: "home", Type: settings.DAV, Address: "https://evil.example/", User: "victim"}}
	if diff := cmp.Diff(want, taken); diff != "" || err != nil {
		t.Error(err, diff)
	}
}
