package prove

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"net/http/httptest"

	"sidekeep/assets"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/davserver"
	"sidekeep/export/source"
	"sidekeep/export/source/dav"
)

// TestImports: what a proof is made of cannot read the history.
func TestImports(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "sidekeep/export/restore/prove").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, "sidekeep/export/davserver") {
		t.Fatalf("go list names no server: %d packages", len(deps))
	}
	for _, d := range deps {
		if strings.Contains(d, "sqlite") || d == "database/sql" || strings.HasPrefix(d, "sidekeep/export/archive") {
			t.Errorf("a proof imports %s", d)
		}
	}
}

func openDAV(ctx context.Context, s Service) (export.Writer, error) {
	return dav.Open(ctx, dav.Config{Address: s.Address, Photos: s.Photos, User: s.User, Trust: source.Trust{Plain: []string{s.Host}}, Transport: s.Transport,
		Secret: func(context.Context) (string, error) { return s.Password, nil }})
}

// exported exports what a server has, and returns the account's folder. The
// history is taken away.
func exported(t testing.TB, s *davserver.Server) string {
	t.Helper()
	h := httptest.NewServer(s)
	defer h.Close()
	host := strings.TrimPrefix(h.URL, "http://")
	src, err := openDAV(t.Context(), Service{Address: h.URL + "/", Host: host, User: s.User(), Photos: h.URL + s.PhotosPath()})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	dir := filepath.Join(t.TempDir(), "archive")
	a, err := archive.Create(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := export.Run(t.Context(), src, a, export.Plan{Account: "Anna"}, nil)
	if err != nil || len(l.Problems) > 0 {
		t.Fatalf("%v %+v", err, l.Problems)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "history.db")); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data", "Anna")
}

func prove(t testing.TB, dir string, o Options) Result {
	t.Helper()
	o.Open = openDAV
	r, err := Run(t.Context(), os.DirFS(dir), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDemoPhone(t *testing.T) {
	s, err := davserver.Phone(assets.DemoPhone(), davserver.Options{Open: true})
	if err != nil {
		t.Fatal(err)
	}
	dir := exported(t, s)
	whole := prove(t, dir, Options{})
	if whole.Checked < 300 || whole.Good != whole.Checked || whole.Exact != whole.Checked-3 { // three cards have LF
		t.Fatalf("%+v", whole)
	}
	t.Run("slices", func(t *testing.T) {
		n := 0
		for i := range 3 {
			r := prove(t, dir, Options{Part: i, Of: 3})
			if n += r.Checked; r.Good != r.Checked || r.Checked == 0 {
				t.Errorf("%+v", r)
			}
		}
		if n != whole.Checked {
			t.Errorf("the slices have %d items, not %d", n, whole.Checked)
		}
	})
	for _, c := range []struct {
		name string
		o    Options
	}{
		{"a service that rewrites", Options{Quirks: []davserver.Quirk{davserver.Rewrites}}},
		{"a service that renames", Options{Quirks: []davserver.Quirk{davserver.Renames, davserver.NoETagOnPut}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := prove(t, dir, c.o); r.Good != whole.Checked {
				t.Errorf("%+v", r)
			}
		})
	}
	t.Run("a service that takes no to-dos", func(t *testing.T) {
		r := prove(t, dir, Options{Quirks: []davserver.Quirk{davserver.NoTodos}})
		if len(r.Bad) == 0 || r.Good+len(r.Bad) != r.Checked || !strings.Contains(r.Bad[0].Reason, "to-dos") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("what is damaged is named", func(t *testing.T) { damage(t, dir, whole.Checked) })
}

// damage spoils a card, an event, a time zone and a photo, one after the other.
func damage(t *testing.T, dir string, all int) {
	var photo string
	filepath.WalkDir(filepath.Join(dir, "Photos"), func(p string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() && photo == "" {
			photo = p
		}
		return err
	})
	cards, _ := filepath.Glob(filepath.Join(dir, "Contacts", "*.vcf"))
	calendars, _ := filepath.Glob(filepath.Join(dir, "Calendars", "*.ics"))
	if photo == "" || len(cards) == 0 || len(calendars) == 0 {
		t.Fatal("there are no files")
	}
	for _, c := range []struct {
		name, file, old, new string
		bad                  int
	}{
		{"a card", cards[0], "\r\nFN:", "\r\nFM:", 1},
		{"an event", calendars[0], "\r\nSUMMARY:", "\r\nSUMMARI:", 1},
		{"a photo", photo, "\xff\xd8\xff", "\xff\xd8\xfe", 1},
		{"the end of a card file", cards[0], "", "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			was, err := os.ReadFile(c.file)
			if err != nil {
				t.Fatal(err)
			}
			now := bytes.Replace(was, []byte(c.old), []byte(c.new), 1)
			if c.old == "" {
				now = was[:len(was)-10]
			}
			if err := os.Chmod(c.file, 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(c.file, now, 0o644); err != nil {
				t.Fatal(err)
			}
			r := prove(t, dir, Options{})
			if len(r.Bad) != c.bad || r.Good != all-c.bad || r.Bad[0].Name == "" || r.Bad[0].Reason == "" {
				t.Errorf("%+v", r)
			}
			if err := os.WriteFile(c.file, was, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestOddItems: items without a UID, with the same one twice, in vCard 2.1, and
// with other line ends.
func TestOddItems(t *testing.T) {
	s := davserver.New(davserver.Options{Open: true})
	if err := s.MakeAddressBook("/contacts/phone/a/", davserver.Collection{Name: "People"}); err != nil {
		t.Fatal(err)
	}
	if err := s.MakeFolder("/files/phone/DCIM/"); err != nil {
		t.Fatal(err)
	}
	for i, card := range []string{
		"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:No UID\r\nEND:VCARD\r\n",
		"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:same\r\nFN:One\r\nEND:VCARD\r\n",
		"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:same\r\nFN:Two\r\nEND:VCARD\r\n",
		"BEGIN:VCARD\r\nVERSION:2.1\r\nUID:old\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg\r\nEND:VCARD\r\n",
		"BEGIN:VCARD\nVERSION:3.0\nUID:lf\nFN:Line feeds\nEND:VCARD\n",
	} {
		if _, err := s.Put(fmt.Sprintf("/contacts/phone/a/%d.vcf", i), []byte(card)); err != nil {
			t.Fatal(err)
		}
	}
	r := prove(t, exported(t, s), Options{})
	if r.Checked != 5 || r.Good != 5 || r.Exact != 3 {
		t.Errorf("%+v", r)
	}
}

// TestLimitsOfTheService: a service that takes vCard 3.0 alone gets the cards in
// that form, and one that takes small items refuses the others.
func TestLimitsOfTheService(t *testing.T) {
	s := davserver.New(davserver.Options{Open: true})
	const at = "/contacts/phone/a/"
	if err := errors.Join(s.MakeAddressBook(at, davserver.Collection{Name: "People"}), s.MakeFolder("/files/phone/DCIM/")); err != nil {
		t.Fatal(err)
	}
	for name, card := range map[string]string{
		"three": "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:3\r\nFN:Three\r\nEND:VCARD\r\n",
		"four":  "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:4\r\nFN:Four\r\nBDAY:--0501\r\nEND:VCARD\r\n",
		"long":  "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:5\r\nFN:Long\r\nNOTE:" + strings.Repeat("x", 1000) + "\r\nEND:VCARD\r\n",
	} {
		if _, err := s.Put(at+name+".vcf", []byte(card)); err != nil {
			t.Fatal(err)
		}
	}
	dir := exported(t, s)
	if r := prove(t, dir, Options{}); r.Exact != 3 {
		t.Errorf("%+v", r)
	}
	r := prove(t, dir, Options{Limits: map[string]export.Limits{at: {VCard: []string{"3.0"}, MaxSize: 500}}})
	if r.Checked != 3 || r.Good != 2 || r.Exact != 1 || len(r.Bad) != 1 || r.Bad[0].Name != "Long" || !strings.Contains(r.Bad[0].Reason, "500") {
		t.Errorf("%+v", r)
	}
}

func BenchmarkProve(b *testing.B) {
	s := davserver.New(davserver.Options{Open: true})
	for _, err := range []error{
		s.MakeAddressBook("/contacts/phone/a/", davserver.Collection{Name: "People"}), s.MakeCalendar("/calendars/phone/a/", davserver.Collection{Name: "Home"}), s.MakeFolder("/files/phone/DCIM/"),
	} {
		if err != nil {
			b.Fatal(err)
		}
	}
	for i := range 10000 {
		card := fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c%d\r\nFN:Person %d\r\nN:%d;Person;;;\r\nTEL;TYPE=HOME:+49 30 %d\r\nEMAIL:p%d@example.org\r\nEND:VCARD\r\n", i, i, i, i, i)
		event := fmt.Sprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:e%d\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260101T120000Z\r\nSUMMARY:Event %d\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", i, i)
		if _, err := s.Put(fmt.Sprintf("/contacts/phone/a/%d.vcf", i), []byte(card)); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Put(fmt.Sprintf("/calendars/phone/a/%d.ics", i), []byte(event)); err != nil {
			b.Fatal(err)
		}
	}
	dir := exported(b, s)
	for b.Loop() {
		if r := prove(b, dir, Options{}); r.Good != 20000 {
			b.Fatalf("%d of %d: %+v", r.Good, r.Checked, r.Bad[:min(len(r.Bad), 3)])
		}
	}
}
