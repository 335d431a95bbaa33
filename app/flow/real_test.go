package flow

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/davserver"
	"sidekeep/export/settings"
	"sidekeep/export/source/all"
)

// memory is a keychain that lasts as long as a test.
type memory struct {
	mu sync.Mutex
	m  map[string]string
}

func (m *memory) Get(_ context.Context, k string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.m[k]; ok {
		return s, nil
	}
	return "", settings.ErrNoSecret
}

func (m *memory) Set(_ context.Context, k, s string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.m[k] = s
	return nil
}

func (m *memory) Delete(_ context.Context, k string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.m, k)
	return nil
}

// noKeychain is a system without one.
type noKeychain struct{}

func (noKeychain) Get(context.Context, string) (string, error) { return "", export.ErrNoKeychain }
func (noKeychain) Set(context.Context, string, string) error   { return export.ErrNoKeychain }
func (noKeychain) Delete(context.Context, string) error        { return export.ErrNoKeychain }

// real starts a flow on a real work in dir.
func real(t *testing.T, dir string, secrets settings.Secrets) *Flow {
	t.Helper()
	f := New(Options{
		Open: func(o Owner) (Work, error) {
			place := filepath.Join(dir, "archive")
			if o.Archive != "" {
				place = o.Archive
			}
			return work.New(work.Options{
				Settings: filepath.Join(dir, "settings"), Archive: place,
				Ask: o.Ask, Synced: o.Synced, Moved: o.Moved, Begin: o.Begin, Secrets: secrets,
			})
		},
		Changed: func() {},
		Types:   all.Types(),
		Follow:  50 * time.Millisecond,
	})
	f.Start()
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	until(t, f, "home", home)
	return f
}

func TestDemoPhone(t *testing.T) {
	dir := t.TempDir()
	f := real(t, dir, &memory{m: map[string]string{}})
	if v := f.View(); !v.Home.Empty || v.Side.Title != words.NoArchive {
		t.Fatalf("at first: %+v", v)
	}
	f.Demo()
	v := until(t, f, "the exported and proven demo phone", func(v View) bool {
		return card(v, "Demo phone").State == Safe && strings.HasPrefix(card(v, "Demo phone").Proof, "Proven ")
	})
	c := card(v, "Demo phone")
	if c.Counts[0] != (Count{"250", "people"}) || !strings.HasPrefix(c.Sum, words.HowProven) || v.Home.Title != words.AllSafe {
		t.Errorf("home = %+v", v.Home)
	}

	f.Go(Archive)
	f.Check()
	v = until(t, f, "the check", func(v View) bool { return v.Archive.CheckTone == Good && !v.Archive.Checking })
	if v.Archive.CheckTitle != words.ArchiveWhole || v.Side.Title != words.ArchiveWhole {
		t.Errorf("archive = %+v, side = %+v", v.Archive, v.Side)
	}
	hurt(t, filepath.Join(dir, "archive", "data"))
	f.Check()
	v = until(t, f, "the damage", func(v View) bool { return v.Archive.CheckTone == Bad && !v.Archive.Checking })
	if len(v.Archive.BadFiles) == 0 || v.Side.Title != words.ArchiveDamaged {
		t.Errorf("archive = %+v, side = %+v", v.Archive, v.Side)
	}
}

// hurt changes a byte of the first card file below dir.
func hurt(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "Contacts", "*.vcf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no card file: %v", err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(files[0], b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// service is a server with two people, one event and a second calendar.
func service(t *testing.T) (address string) {
	t.Helper()
	s := davserver.New(davserver.Options{User: "anna", Password: "secret"})
	for _, err := range []error{
		s.MakeAddressBook("/contacts/anna/book/", davserver.Collection{Name: "Friends"}),
		s.MakeCalendar("/calendars/anna/home/", davserver.Collection{Name: "Home"}),
		s.MakeCalendar("/calendars/anna/holidays/", davserver.Collection{Name: "Public holidays"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for path, body := range map[string]string{
		"/contacts/anna/book/1.vcf":           "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:Ben\r\nN:;Ben;;;\r\nEND:VCARD\r\n",
		"/contacts/anna/book/2.vcf":           "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:2\r\nFN:Cleo\r\nN:;Cleo;;;\r\nEND:VCARD\r\n",
		"/calendars/anna/home/1.ics":          event("1"),
		"/calendars/anna/holidays/easter.ics": event("easter"),
	} {
		if _, err := s.Put(path, []byte(body)); err != nil {
			t.Fatal(path, err)
		}
	}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return h.URL + "/"
}

func event(uid string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:" + uid +
		"\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260405T100000Z\r\nSUMMARY:" + uid + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

func TestConnectAService(t *testing.T) {
	dir, address := t.TempDir(), service(t)
	f := real(t, dir, &memory{m: map[string]string{}})
	f.StartConnect()
	tiles := f.View().Connect.Tiles
	if n := len(tiles); n < 6 || tiles[n-1].ID != DemoTile || tiles[n-2].ID != "folder" || !tiles[n-2].Folder || tiles[0].Name != "iCloud" {
		t.Errorf("tiles = %+v", tiles)
	}
	f.Pick("")
	f.SignIn(Form{AddressField: address, UserField: "anna", PasswordField: "wrong"})
	v := until(t, f, "the refusal", func(v View) bool { return v.SignIn.Problem != nil })
	if p := v.SignIn.Problem; p.Field != PasswordField || p.Title != words.For(export.ErrSignIn).Title || p.Meaning != words.NothingSaved || v.SignIn.Busy {
		t.Errorf("problem = %+v", p)
	}
	f.SignIn(Form{AddressField: address, UserField: "anna", PasswordField: "secret"})
	v = until(t, f, "what was found", func(v View) bool { return v.Page == Found })
	if v.Found.Chosen != "4 items chosen" || !v.Found.CanMove || v.Found.Place != filepath.Join(dir, "archive") || !strings.HasSuffix(v.Found.Space, "are free.") {
		t.Errorf("found = %+v", v.Found)
	}
	holidays := ""
	for _, g := range v.Found.Groups {
		for _, r := range g.Rows {
			if r.Name == "Public holidays" {
				holidays = r.ID
			}
		}
	}
	f.Toggle(holidays)
	if v := f.View(); v.Found.Chosen != "3 items chosen" {
		t.Errorf("after unticking: %q", v.Found.Chosen)
	}
	full := filepath.Join(dir, "Documents")
	if err := os.MkdirAll(filepath.Join(full, "letters"), 0o700); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(full, newFolder)
	f.MoveTo(full)
	until(t, f, "the other place", func(v View) bool { return v.Found.Place == elsewhere })
	f.Save("", "")
	v = until(t, f, "the refused name", func(v View) bool { return v.Found.Problem != nil && !v.Found.Busy })
	if v.Found.Problem.Field != NameField {
		t.Errorf("problem = %+v", v.Found.Problem)
	}
	f.Save(" Anna's service ", "")
	v = until(t, f, "the exported account", func(v View) bool { return card(v, "Anna's service").State == Safe })
	if c := card(v, "Anna's service"); len(c.Counts) != 2 || c.Counts[0].Number != "2" || c.Counts[1].Number != "1" {
		t.Errorf("card = %+v", c)
	}
	names := keptNames(t, elsewhere)
	if names["easter"] || !names["Ben"] || !names["1"] {
		t.Errorf("the archive holds %v", names)
	}
}

func keptNames(t *testing.T, dir string) map[string]bool {
	t.Helper()
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	names := map[string]bool{}
	for it, err := range a.Items(t.Context(), archive.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		names[it.Name] = true
	}
	return names
}

func TestNoKeychain(t *testing.T) {
	f := real(t, t.TempDir(), noKeychain{})
	f.Pick("")
	f.SignIn(Form{AddressField: service(t), UserField: "anna", PasswordField: "secret"})
	until(t, f, "what was found", func(v View) bool { return v.Page == Found })
	f.Save("Anna", "")
	v := until(t, f, "the refusal", func(v View) bool { return v.Found.Problem != nil && !v.Found.Busy })
	if v.Found.Command.Name == "" || v.Found.Problem.Words != words.For(export.ErrNoKeychain) {
		t.Errorf("found = %+v", v.Found)
	}
	f.Save("Anna", "exit 127")
	v = until(t, f, "the refused command", func(v View) bool {
		return v.Found.Problem != nil && !v.Found.Busy && v.Found.Problem.Field == CommandField
	})
	if !strings.Contains(v.Found.Problem.Title, "exit code 127") {
		t.Errorf("a command that fails: %+v", v.Found.Problem)
	}
	f.Save("Anna", "printf other")
	v = until(t, f, "the refused password", func(v View) bool {
		return v.Found.Problem != nil && !v.Found.Busy && v.Found.Problem.Title == words.For(export.ErrSignIn).Title
	})
	if v.Found.Problem.Field != CommandField || v.Found.Problem.Meaning != words.NothingSaved {
		t.Errorf("a command that writes a wrong password: %+v", v.Found.Problem)
	}
	f.Save("Anna", "printf secret")
	until(t, f, "the exported account", func(v View) bool { return card(v, "Anna").State == Safe })
}

// TestSignInAgainByCommand: an account whose command fails is not told that the
// service refused a password, and takes another command.
func TestSignInAgainByCommand(t *testing.T) {
	dir := t.TempDir()
	f := real(t, dir, noKeychain{})
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.Pick("")
	f.SignIn(Form{AddressField: service(t), UserField: "anna", PasswordField: "secret"})
	until(t, f, "what was found", func(v View) bool { return v.Page == Found })
	f.Save("Anna", "cat "+secret)
	until(t, f, "the exported account", func(v View) bool { return card(v, "Anna").State == Safe })
	if err := os.Remove(secret); err != nil {
		t.Fatal(err)
	}
	f.Export("Anna")
	until(t, f, "the failure", func(v View) bool { return acts(card(v, "Anna"))[ActSignIn].Rank == Primary })
	f.Do("Anna", ActSignIn)
	v := f.View().SignIn
	if n := len(v.Fields); n != 3 || v.Fields[2].ID != CommandField || v.Fields[2].Preset != "cat "+secret {
		t.Errorf("fields = %+v", v.Fields)
	}
	if want := "The password command gave no password: it ended with exit code 1."; v.Line != want {
		t.Errorf("line = %q, want %q", v.Line, want)
	}
	f.SignIn(Form{CommandField: "cat " + secret})
	p := until(t, f, "the refusal", func(v View) bool { return v.SignIn.Problem != nil && !v.SignIn.Busy }).SignIn.Problem
	if p.Field != CommandField || !strings.Contains(p.Title, "exit code 1") {
		t.Errorf("refused: %+v", p)
	}
	f.SignIn(Form{CommandField: "printf secret"})
	until(t, f, "the exported account", func(v View) bool { return v.Page == Home && card(v, "Anna").State == Safe })
}

// TestSignInAgainWithoutKeychain: where no keychain takes the new password, the
// page asks for a command.
func TestSignInAgainWithoutKeychain(t *testing.T) {
	dir := t.TempDir()
	keys := &vanishing{memory: memory{m: map[string]string{}}}
	f := real(t, dir, keys)
	f.Pick("")
	f.SignIn(Form{AddressField: service(t), UserField: "anna", PasswordField: "secret"})
	until(t, f, "what was found", func(v View) bool { return v.Page == Found })
	f.Save("Anna", "")
	until(t, f, "the exported account", func(v View) bool { return card(v, "Anna").State == Safe })
	keys.gone.Store(true)
	f.Export("Anna")
	until(t, f, "the failure", func(v View) bool { return acts(card(v, "Anna"))[ActSignIn].Rank == Primary })
	f.Do("Anna", ActSignIn)
	v := f.View().SignIn
	if n := len(v.Fields); n != 3 || v.Fields[2].ID != CommandField || v.Line != words.For(export.ErrNoKeychain).Title {
		t.Errorf("sign-in = %+v", v)
	}
	f.SignIn(Form{PasswordField: "secret"})
	p := until(t, f, "the refusal", func(v View) bool { return v.SignIn.Problem != nil && !v.SignIn.Busy }).SignIn.Problem
	if p.Field != CommandField {
		t.Errorf("refused: %+v", p)
	}
	f.SignIn(Form{CommandField: "printf secret"})
	until(t, f, "the exported account", func(v View) bool { return v.Page == Home && card(v, "Anna").State == Safe })
}

// vanishing is a keychain that can go away.
type vanishing struct {
	memory
	gone atomic.Bool
}

func (k *vanishing) Get(ctx context.Context, name string) (string, error) {
	if k.gone.Load() {
		return "", export.ErrNoKeychain
	}
	return k.memory.Get(ctx, name)
}

func (k *vanishing) Set(ctx context.Context, name, secret string) error {
	if k.gone.Load() {
		return export.ErrNoKeychain
	}
	return k.memory.Set(ctx, name, secret)
}

func TestSignInAgain(t *testing.T) {
	dir, address := t.TempDir(), service(t)
	keys := &memory{m: map[string]string{}}
	f := real(t, dir, keys)
	f.Pick("")
	f.SignIn(Form{AddressField: address, UserField: "anna", PasswordField: "secret"})
	until(t, f, "what was found", func(v View) bool { return v.Page == Found })
	f.Save("Anna", "")
	until(t, f, "the exported account", func(v View) bool { return card(v, "Anna").State == Safe })
	keys.mu.Lock()
	for k := range keys.m {
		keys.m[k] = "old"
	}
	keys.mu.Unlock()
	f.Export("Anna")
	v := until(t, f, "the failure", func(v View) bool { return card(v, "Anna").State == Failed })
	if a := acts(card(v, "Anna"))[ActSignIn]; a.Rank != Primary {
		t.Errorf("actions = %+v", card(v, "Anna").Actions)
	}
	f.Do("Anna", ActSignIn)
	v = f.View()
	if in := v.SignIn.Fields; v.Page != SignIn || len(in) != 2 || in[0].ID != UserField || in[0].Preset != "anna" || !in[0].Fixed || in[1].ID != PasswordField || !in[1].Secret || in[1].Fixed {
		t.Errorf("sign-in = %+v", v.SignIn)
	}
	f.SignIn(Form{PasswordField: "wrong"})
	until(t, f, "the refusal", func(v View) bool { return v.SignIn.Problem != nil })
	f.SignIn(Form{PasswordField: "secret"})
	until(t, f, "the exported account", func(v View) bool { return v.Page == Home && card(v, "Anna").State == Safe })
}

// TestSecondAccount: before a second account for one place is saved, the page says
// which one keeps it.
func TestSecondAccount(t *testing.T) {
	address := service(t)
	f := real(t, t.TempDir(), &memory{m: map[string]string{}})
	for i, want := range []string{"", "The account “Anna” is there already, for the same place. What both export is kept once more."} {
		f.StartConnect()
		f.Pick("")
		f.SignIn(Form{AddressField: address, UserField: "anna", PasswordField: "secret"})
		v := until(t, f, "what was found", func(v View) bool { return v.Page == Found })
		if v.Found.Already != want {
			t.Errorf("account %d: %q, want %q", i+1, v.Found.Already, want)
		}
		if i == 0 {
			f.Save("Anna", "")
			until(t, f, "the exported account", func(v View) bool { return card(v, "Anna").State == Safe })
		}
	}
}
