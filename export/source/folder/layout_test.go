package folder

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
)

func card(name string) string {
	return "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + name + "\r\nFN:" + name + "\r\nN:" + name + ";;;;\r\nEND:VCARD\r\n"
}

func dated(component, uid string) string {
	return "BEGIN:" + component + "\r\nUID:" + uid + "\r\nDTSTAMP:20261001T080000Z\r\nDTSTART:20261001T080000Z\r\nSUMMARY:" + uid + "\r\nEND:" + component + "\r\n"
}

func calendar(components ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n" + strings.Join(components, "") + "END:VCALENDAR\r\n"
}

// lay writes files into a new folder.
func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "stick")
	for name, body := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func archiveOf(t *testing.T) *archive.Archive {
	t.Helper()
	a, err := archive.Create(filepath.Join(t.TempDir(), "archive"), archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// exported exports a folder, and makes sure that its sum balances.
func exported(t *testing.T, dir string, into *archive.Archive) export.Ledger {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	l, err := export.Run(t.Context(), s, into, export.Plan{Account: "stick"}, nil)
	if err != nil || !l.Balanced() {
		t.Fatalf("%v: %+v", err, l)
	}
	return l
}

// shape lists the collections of an export that hold anything: "name kind n".
func shape(l export.Ledger) []string {
	var out []string
	for _, c := range l.Collections {
		if *c.Found > 0 {
			out = append(out, fmt.Sprintf("%s %s %d", c.Name, c.Kind, *c.Found))
		}
	}
	slices.Sort(out)
	return out
}

func skipped(l export.Ledger) []string {
	var out []string
	for _, x := range l.Skipped {
		out = append(out, fmt.Sprintf("%s %d %s", x.Name, x.Count, x.Why))
	}
	slices.Sort(out)
	return out
}

const (
	jpeg    = "\xff\xd8\xff\xe0 a picture"
	none    = "it holds no contacts, calendars, to-dos or photos"
	archLay = "it tells of the Sidekeep archive that lies here, and holds nothing of its own"
)

// Whatever layout a folder has, all that is in it is taken, or it is said what is
// not and why.
func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
		other []string
	}{
		{"one file of many", map[string]string{"phone.vcf": card("a") + card("b") + card("c")}, []string{"phone contacts 3"}, nil},
		{"loose files at the top, as khard has them", map[string]string{"a.vcf": card("a"), "b.vcf": card("b")}, []string{"stick contacts 2"}, nil},
		{"vdirsyncer", map[string]string{
			"people/a.vcf": card("a"), "people/b.vcf": card("b"), "people/displayname": "Friends", "people/color": "#ff0000",
			"cal/x.ics": calendar(dated("VEVENT", "x")), "cal/y.ics": calendar(dated("VTODO", "y")), "cal/color": "#112233ff",
		}, []string{"Friends contacts 2", "cal events 2"}, nil},
		{"radicale", map[string]string{
			"root/anna/c1/a.vcf": card("a"), "root/anna/c1/.Radicale.props": `{"D:displayname": "Club", "tag": "VADDRESSBOOK"}`,
		}, []string{"Club contacts 1"}, nil},
		{"to-dos alone", map[string]string{"list/x.ics": calendar(dated("VTODO", "x"), dated("VTODO", "y"))}, []string{"x todos 2"}, nil},
		{"vCalendar 1.0", map[string]string{"old.vcs": "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\nDTSTART:20091001T080000\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"},
			[]string{"stick events 1"}, nil},
		{"cards and dates in one file", map[string]string{"all.txt": card("a") + calendar(dated("VEVENT", "x"))}, []string{"all contacts 1", "all events 1"}, nil},
		{"by its content, whatever the name", map[string]string{"contacts": card("a"), "x.vcf": calendar(dated("VEVENT", "x"))}, []string{"stick contacts 1", "stick events 1"}, nil},
		{"saved", map[string]string{
			"home/Contacts/Friends.vcf": card("a") + card("b"), "home/Calendars/Work.ics": calendar(dated("VEVENT", "x"), dated("VEVENT", "y")),
			"home/Photos/2009/10/p.jpg": jpeg, "home/Photos/2009/10/p.jpg.xmp": "<x/>", "home/Albums/DCIM.txt": "../Photos/2009/10/p.jpg\n",
		}, []string{"Friends contacts 2", "Work events 2", "stick photos 1"}, []string{"home/Albums/DCIM.txt 2 " + none}},
		{"an account in an archive", map[string]string{
			"Contacts/Friends.vcf": card("a") + card("b"), "Vanished/Contacts/Friends.vcf": card("old"), "index.csv": "collection,id\n",
			"Set aside/Contacts/torn.vcf": "BEGIN:VCARD\r\nFN:torn",
		}, []string{"Contacts contacts 1", "Friends contacts 2"}, []string{"Vanished 1 it is what the account of this Sidekeep archive no longer had", "index.csv 1 " + archLay}},
		{"a whole archive", map[string]string{
			"bagit.txt": "x", "manifest-sha256.txt": "x", "README.html": "x", "readme/p.jpg": jpeg, "data/home/Contacts/Friends.vcf": card("a") + card("b"),
		}, []string{"Friends contacts 2"}, []string{"README.html 4 " + archLay}},
		{"what is not taken", map[string]string{
			"notes.txt": "hello", "more.doc": "hello", "table.csv": "a,b\n1,2\n", "empty.vcf": "", "none.ics": calendar(), "x.zip": "PK\x03\x04", ".hidden/a.vcf": card("a"),
			".DS_Store": "x", "lost+found/a.vcf": card("a"), ".Trash-1000/files/a.vcf": card("a"),
		}, nil, []string{
			".hidden 1 it is hidden", "empty.vcf 1 it is empty", "more.doc 2 " + none, "none.ics 1 it is a calendar with nothing in it",
			"table.csv 1 it is a table: import it by itself", "x.zip 1 it is a zip archive: import it by itself",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, into := lay(t, c.files), archiveOf(t)
			l := exported(t, dir, into)
			if got := shape(l); !slices.Equal(got, c.want) {
				t.Errorf("collections\n%v, want\n%v", got, c.want)
			}
			if got := skipped(l); !slices.Equal(got, c.other) {
				t.Errorf("skipped\n%q, want\n%q", got, c.other)
			}
			if again := exported(t, dir, into); again.Kept != 0 || again.Gone != 0 || *again.Found != *l.Found {
				t.Errorf("again: %+v", again)
			}
		})
	}
}

// A link leads nowhere, in or out or round in circles.
func TestNotFollowed(t *testing.T) {
	dir := lay(t, map[string]string{"book/a.vcf": card("a"), "book/sub/b.vcf": card("b")})
	outside := lay(t, map[string]string{"secret.vcf": card("secret")})
	for from, to := range map[string]string{"book/sub/round": "..", "out": outside, "book/link.vcf": "a.vcf", "nowhere": "gone"} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Skip("no links here")
		}
	}
	l := exported(t, dir, archiveOf(t))
	if got := shape(l); !slices.Equal(got, []string{"book contacts 1", "sub contacts 1"}) {
		t.Errorf("collections %v", got)
	}
	if got := skipped(l); !slices.Equal(got, []string{"book/link.vcf 4 it is a link to another place"}) {
		t.Errorf("skipped %q", got)
	}
	if !l.Good() {
		t.Errorf("not good: %+v", l)
	}
}

// What may not be read is named, and neither it nor what was known of it counts
// as gone.
func TestUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Log("as root everything may be read: a disk that fails stands in")
	}
	dir := lay(t, map[string]string{
		"a.vcf": card("a"), "b.vcf": card("b"), "phone.vcf": card("c") + card("d"), "private/e.vcf": card("e"), "private/deep/p.jpg": jpeg, "q.jpg": jpeg + "2",
	})
	into := archiveOf(t)
	if l := exported(t, dir, into); *l.Found != 7 {
		t.Fatalf("found %d", *l.Found)
	}
	lock := func(mode os.FileMode) {
		for _, name := range []string{"b.vcf", "phone.vcf", "private"} {
			at := filepath.Join(dir, name)
			m := mode
			if name == "private" && mode != 0 {
				m = 0o755
			}
			if err := os.Chmod(at, m); err != nil {
				t.Fatal(err)
			}
		}
	}
	lock(0)
	t.Cleanup(func() { lock(0o644) })
	if _, err := os.ReadFile(filepath.Join(dir, "b.vcf")); err == nil {
		t.Skip("this user may read everything: run it as another one")
	}
	l := exported(t, dir, into)
	if l.Gone != 0 || l.Good() || !l.Unread() {
		t.Errorf("ledger %+v", l)
	}
	if got := skipped(l); !slices.Equal(got, []string{"b.vcf 3 it cannot be read: you may not read it"}) {
		t.Errorf("skipped %q", got)
	}
	lock(0o644)
	if l := exported(t, dir, into); l.Gone != 0 || l.Kept != 0 || *l.Found != 7 || !l.Good() {
		t.Errorf("afterwards %+v", l)
	}
}

// A folder that is taken away is not there, and never one that was emptied.
func TestAway(t *testing.T) {
	dir := lay(t, map[string]string{"a.vcf": card("a")})
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := os.Rename(dir, dir+" elsewhere"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Collections(t.Context()); export.Cause(err) != export.ErrAway {
		t.Errorf("renamed: %v", err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Collections(t.Context()); export.Cause(err) != export.ErrAway {
		t.Errorf("another in its place: %v", err)
	}
	now, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer now.Close()
	if empty, err := now.IsEmpty(); err != nil || !empty {
		t.Errorf("empty: %v, %v", empty, err)
	}
}

// An item that changes between the listing and the reading has failed, and is
// read as it is then the next time.
func TestChangedMeanwhile(t *testing.T) {
	dir := lay(t, map[string]string{"book/a.vcf": card("a"), "book/b.vcf": card("b"), "many.vcf": card("c") + card("d") + card("e")})
	into := archiveOf(t)
	s := open(t, dir)
	write := func(name, body string) {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, []byte(body), 0o644); err != nil {
			t.Error(err)
		}
		later := time.Now().Add(time.Minute)
		if err := os.Chtimes(at, later, later); err != nil {
			t.Error(err)
		}
	}
	meddling := &meddler{Source: s, do: func() {
		write("book/b.vcf", card("b")+card("new"))
		write("many.vcf", card("c")+card("x")+card("e"))
	}}
	l, err := export.Run(t.Context(), meddling, into, export.Plan{Account: "stick"}, nil)
	if err != nil || !l.Balanced() || l.Failed == 0 || l.Gone != 0 {
		t.Fatalf("%v %+v", err, l)
	}
	if l := exported(t, dir, into); l.Failed != 0 || *l.Found != 6 {
		t.Errorf("afterwards %v %+v", shape(l), l)
	}
}

// A meddler changes files when the first item is handed over.
type meddler struct {
	*Source
	do   func()
	done bool
}

func (m *meddler) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	return m.Source.Pull(ctx, c, have, &meddled{to, m})
}

type meddled struct {
	export.Sink
	m *meddler
}

func (s *meddled) Put(ctx context.Context, it export.Item) error {
	err := s.Sink.Put(ctx, it)
	if !s.m.done {
		s.m.done = true
		s.m.do()
	}
	return err
}

// Into a file of many nothing is written, and what is there stays as it is.
func TestSealed(t *testing.T) {
	body := card("a") + card("b")
	dir := lay(t, map[string]string{"phone.vcf": body})
	s := open(t, dir)
	cs, err := s.Collections(t.Context())
	if err != nil || len(cs) != 2 || !s.Accepts(cs[0]).ReadOnly || s.Accepts(cs[1]).ReadOnly {
		t.Fatalf("%v %v", cs, err)
	}
	it, err := s.Fetch(t.Context(), cs[0], "a")
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []export.Ref{{}, {ID: "a", Version: it.Version}} {
		if _, err := s.Put(t.Context(), cs[0], it, at); export.Cause(err) != export.ErrSealed {
			t.Errorf("Put at %v: %v", at, err)
		}
	}
	if err := s.Delete(t.Context(), cs[0], export.Ref{ID: "a", Version: it.Version}); export.Cause(err) != export.ErrSealed {
		t.Errorf("Delete: %v", err)
	}
	if now, err := os.ReadFile(filepath.Join(dir, "phone.vcf")); err != nil || string(now) != body {
		t.Errorf("now it is %q, %v", now, err)
	}
	made, err := s.MakeCollection(t.Context(), export.Collection{Name: "phone", Kind: export.Contacts})
	if err != nil {
		t.Fatal(err)
	}
	ref, err := s.Put(t.Context(), made, it, export.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Fetch(t.Context(), made, ref.ID); err != nil || again.Version != ref.Version {
		t.Errorf("read back: %+v, %v", again, err)
	}
}
