package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/record"
)

// states are the states of the items, by ID.
func states(t testing.TB, a *archive.Archive) map[string]string {
	t.Helper()
	all := map[string]string{}
	for it, err := range a.Items(t.Context(), archive.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		all[it.ID] = it.State
	}
	return all
}

func itemOf(t testing.TB, a *archive.Archive, id string) archive.Item {
	t.Helper()
	for it, err := range a.Items(t.Context(), archive.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if it.ID == id {
			return it
		}
	}
	t.Fatalf("there is no item %s", id)
	return archive.Item{}
}

func read(t testing.TB, a *archive.Archive, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(a.Dir(), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestChangedGoneAndBack(t *testing.T) {
	a := create(t, archive.Options{})
	s := tinyPhone()
	run(t, a, s)
	run(t, a, later())
	whole(t, a)
	if got := states(t, a); got["/k/work/e0.ics"] != archive.Gone || got["/f/DCIM/IMG_0.JPG"] != archive.Gone || got["/c/people/odd.vcf"] != archive.SetAside || got["/c/people/1.vcf"] != archive.Present {
		t.Errorf("states: %v", got)
	}
	if it := itemOf(t, a, "/k/work/e0.ics"); it.Path != "data/Phone/Vanished/Calendars/Work_ _mixed_.ics" || !strings.Contains(read(t, a, it.Path), "UID:event-0\r\n") {
		t.Errorf("the vanished event: %+v", it)
	}
	if got := read(t, a, "data/Phone/Set aside/odd.vcf"); got != "this is no vCard" {
		t.Errorf("set aside: %q", got)
	}
	if index := read(t, a, "data/Phone/index.csv"); !strings.Contains(index, "no BEGIN:VCARD") {
		t.Errorf("the index does not say why a card is set aside:\n%s", index)
	}
	if still, clip := itemOf(t, a, "/f/DCIM/IMG_9.HEIC"), itemOf(t, a, "/f/DCIM/IMG_9.MOV"); still.Path != "data/Phone/Photos/2024/05/IMG_9.HEIC" || clip.Path != "data/Phone/Photos/2024/05/IMG_9.MOV" {
		t.Errorf("the Live Photo is torn: %s, %s", still.Path, clip.Path)
	}
	if it := itemOf(t, a, "/f/DCIM/IMG_1.JPG"); it.Path != "data/Phone/Photos/2024/05/IMG_1 (2).JPG" {
		t.Errorf("the edited photo: %s", it.Path)
	}
	if _, err := os.Stat(filepath.Join(a.Dir(), "data/Phone/Photos/2024/05/IMG_1.JPG")); err != nil {
		t.Errorf("the photo before it was edited: %v", err)
	}
	l := run(t, a, s)               // everything is as it was
	if l.Kept != 4 || l.Gone != 4 { // the long card is gone, too
		t.Errorf("back: %+v", l.Counts)
	}
	whole(t, a)
	if got := states(t, a); got["/k/work/e0.ics"] != archive.Present || got["/c/people/odd.vcf"] != archive.Gone {
		t.Errorf("states: %v", got)
	}
	if _, err := os.Stat(filepath.Join(a.Dir(), "data/Phone/Vanished/Calendars")); err == nil {
		if files, _ := os.ReadDir(filepath.Join(a.Dir(), "data/Phone/Vanished/Calendars")); len(files) > 0 {
			t.Errorf("Vanished still has %v", files)
		}
	}
}

func TestCollectionNoLongerNamed(t *testing.T) {
	a := create(t, archive.Options{})
	s := tinyPhone()
	run(t, a, s)
	people := s.collections[0]
	s.collections = s.collections[1:]
	if l := run(t, a, s); l.Gone != 3 {
		t.Errorf("gone: %+v", l.Counts)
	}
	whole(t, a)
	if got := strings.Count(read(t, a, "data/Phone/Vanished/Contacts/People.vcf"), "BEGIN:VCARD"); got != 3 {
		t.Errorf("%d vanished cards", got)
	}
	s.collections = append(s.collections, people)
	if l := run(t, a, s); l.Kept != 3 {
		t.Errorf("back: %+v", l.Counts)
	}
	whole(t, a)
}

// TestFailedItems: an item that fails keeps what was held of it, is told as a
// problem, and is tried again though a delta does not name it.
func TestFailedItems(t *testing.T) {
	a := create(t, archive.Options{})
	s := tinyPhone()
	s.delta = true
	people := s.collections[0]
	good := people.items[2]
	people.items[2].Open, people.items[2].Err = nil, fmt.Errorf("%w: 403", export.ErrDenied)
	l := run(t, a, s)
	if l.Failed != 1 || states(t, a)[good.ID] != archive.Failed {
		t.Fatalf("first: %+v, %v", l.Counts, states(t, a))
	}
	whole(t, a)
	exports, err := a.Exports(t.Context(), "Phone", 1)
	if err != nil || len(exports) != 1 || len(exports[0].Problems) != 1 || !errors.Is(exports[0].Problems[0].Err(), export.ErrDenied) {
		t.Fatalf("exports: %+v, %v", exports, err)
	}
	if l = run(t, a, s); l.Failed != 1 || *l.Found != 9 { // named by Retry alone
		t.Errorf("second: %+v found %d", l.Counts, *l.Found)
	}
	people.items[2] = good
	if l = run(t, a, s); l.Kept != 1 || l.Failed != 0 {
		t.Errorf("third: %+v", l.Counts)
	}
	people.items[1].Version, people.items[1].Open = "2", func(context.Context, int64) (io.ReadCloser, int64, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("BEGIN:VCARD"), broken{})), 0, nil
	}
	people.changed = []string{people.items[1].ID}
	if l = run(t, a, s); l.Failed != 1 {
		t.Errorf("fourth: %+v", l.Counts)
	}
	if held, err := bodies(t, a); err != nil || held[people.items[1].ID] != card(1) {
		t.Errorf("what was held of it is lost: %v", err)
	}
	whole(t, a)
}

type broken struct{}

func (broken) Read([]byte) (int, error) {
	return 0, fmt.Errorf("%w: connection reset", export.ErrThrottled)
}

func TestDelta(t *testing.T) {
	now := aDay
	a := create(t, archive.Options{Now: func() time.Time { return now }})
	s := tinyPhone()
	s.delta = true
	run(t, a, s)
	people := s.collections[0]
	people.removed = []string{people.items[0].ID}
	people.items = append(people.items[1:], text("/c/people/new.vcf", "1", "new.vcf", card(50)))
	people.changed = []string{"/c/people/new.vcf"}
	l := run(t, a, s)
	if l.Listing != "delta" || l.Kept != 1 || l.Gone != 1 || *l.Found != 9 || l.Unchanged != 8 {
		t.Errorf("delta: %+v found %d", l, *l.Found)
	}
	people.removed, people.changed = nil, nil
	for _, c := range []struct {
		later time.Duration
		want  string
	}{{6 * 24 * time.Hour, "delta"}, {8 * 24 * time.Hour, "full"}, {-9 * 24 * time.Hour, "full"}} {
		now = now.Add(c.later)
		if l := run(t, a, s); l.Listing != c.want {
			t.Errorf("after %v more: %s, want %s", c.later, l.Listing, c.want)
		}
	}
}

func TestListingThatBreaksOff(t *testing.T) {
	a := create(t, archive.Options{})
	s := tinyPhone()
	run(t, a, s)
	people := s.collections[0]
	for i := range people.items {
		people.items[i] = text(people.items[i].ID, "2", "", card(60+i))
	}
	people.items = people.items[:2]
	s.broken = people.ID
	l, err := export.Run(t.Context(), s, a, export.Plan{Account: "Phone", Full: true}, nil)
	if err != nil || l.Found != nil || l.Gone != 0 {
		t.Errorf("%+v, %v", l.Counts, err)
	}
	held, err := bodies(t, a)
	if err != nil || held["/c/people/0.vcf"] != card(60) || held["/c/people/2.vcf"] != card(2) {
		t.Errorf("what came before it broke off: %v", err)
	}
	whole(t, a)
}

func TestNewMarkForTheSameBytes(t *testing.T) {
	a := create(t, archive.Options{})
	s := tinyPhone()
	s.collections[0].items = append(s.collections[0].items, text("/c/people/odd.vcf", "1", "odd.vcf", "no vCard"))
	if l := run(t, a, s); l.SetAside != 1 || l.NewAside != 1 {
		t.Errorf("first: %+v", l)
	}
	for i := range s.collections[0].items {
		s.collections[0].items[i].Version = "other"
	}
	l := run(t, a, s)
	if l.Kept != 0 || l.Unchanged != 9 || l.SetAside != 1 || l.NewAside != 0 {
		t.Errorf("second: %+v, newly set aside %d", l.Counts, l.NewAside)
	}
	if it := itemOf(t, a, "/c/people/1.vcf"); it.Version != "other" {
		t.Errorf("the mark is %q", it.Version)
	}
	whole(t, a)
}

// TestSizes: a body that is not as long as the source says is no item.
func TestSizes(t *testing.T) {
	a := create(t, archive.Options{})
	body := []byte(card(1))
	pic := bytes.Repeat([]byte("p"), 1000)
	long := text("long", "1", "long.vcf", card(1))
	long.Size = int64(len(body)) - 1
	short := text("short", "1", "short.vcf", card(1))
	short.Size++
	unknown := text("unknown", "1", "unknown.vcf", card(1))
	unknown.Size = -1
	longPic := picture("p/long.jpg", "1", "", pic, aDay)
	longPic.Size--
	shortPic := picture("p/short.jpg", "1", "", pic, aDay)
	shortPic.Size++
	huge := text("huge", "1", "huge.vcf", "")
	huge.Size = history.MaxText + 1
	endless := text("endless", "1", "endless.vcf", "")
	endless.Size, endless.Open = -1, func(context.Context, int64) (io.ReadCloser, int64, error) {
		return io.NopCloser(zeros{}), 0, nil
	}
	s := &shelf{collections: []*shelved{
		{Collection: export.Collection{ID: "c", Name: "C", Kind: export.Contacts}, items: []export.Item{long, short, unknown, huge, endless}},
		{Collection: export.Collection{ID: "p", Name: "P", Kind: export.Photos}, items: []export.Item{longPic, shortPic}},
	}}
	l := run(t, a, s)
	if l.Kept != 1 || l.Failed != 6 {
		t.Errorf("%+v", l.Counts)
	}
	causes := map[string]string{}
	for _, p := range l.Problems {
		causes[p.Item] = p.Cause
	}
	for name, want := range map[string]error{"long.vcf": export.ErrDamaged, "short.vcf": export.ErrDamaged, "long.jpg": export.ErrDamaged, "short.jpg": export.ErrDamaged,
		"huge.vcf": export.ErrTooLarge, "endless.vcf": export.ErrTooLarge} {
		if causes[name] != want.Error() {
			t.Errorf("%s: %q", name, causes[name])
		}
	}
	whole(t, a)
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// TestLargeText takes a card that does not fit into the memory set aside for
// one.
func TestLargeText(t *testing.T) {
	a := create(t, archive.Options{})
	body := "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Large\r\nN:Large;;;;\r\nNOTE:" + strings.Repeat("x", 3*record.MaxMemory) + "\r\nEND:VCARD\r\n"
	s := &shelf{collections: []*shelved{{Collection: export.Collection{ID: "c", Name: "C", Kind: export.Contacts}, items: []export.Item{text("l", "1", "l.vcf", body)}}}}
	run(t, a, s)
	if held, err := bodies(t, a); err != nil || held["l"] != body {
		t.Errorf("it is not as delivered: %v", err)
	}
	whole(t, a)
	if left, err := os.ReadDir(filepath.Join(a.Dir(), filepath.FromSlash(disk.SpoolDir))); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestEmptyAccount: an account without collections is an export like others.
func TestEmptyAccount(t *testing.T) {
	a := create(t, archive.Options{})
	if l := run(t, a, &shelf{}); *l.Found != 0 {
		t.Errorf("%+v", l.Counts)
	}
	whole(t, a)
	if out, err := exec.Command("sh", "-c", "cd '"+a.Dir()+"' && sha256sum -c --strict "+disk.ManifestFile).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// TestManyAtOnce puts from several goroutines, the same photo among them.
func TestManyAtOnce(t *testing.T) {
	a := create(t, archive.Options{})
	s, err := a.Begin(t.Context(), "Phone", aDay)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []export.Kind{export.Contacts, export.Photos} {
		r, err := s.Record(t.Context(), export.Collection{ID: string(kind), Name: string(kind), Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for lane := range 4 {
			group.Go(func() {
				for i := range 50 {
					id := fmt.Sprintf("%d-%d", lane, i)
					it := text(id, "1", id+".vcf", card(i))
					if kind == export.Photos {
						it = picture(id+".jpg", "1", "", []byte(fmt.Sprint("photo ", i)), aDay)
					}
					if out, err := r.Put(t.Context(), it); err != nil || out.State != export.Kept {
						t.Errorf("%s: %+v, %v", id, out, err)
					}
					if v, err := r.Version(it.ID); err != nil || v != "1" {
						t.Errorf("%s: version %q, %v", id, v, err)
					}
				}
			})
		}
		group.Wait()
		if tally, err := r.Close(t.Context(), &export.Listing{Full: true}); err != nil || tally.Before != 0 || tally.Known != 0 || tally.Gone != 0 {
			t.Errorf("%+v, %v", tally, err)
		}
	}
	if err := s.Finish(t.Context(), &export.Ledger{Account: "Phone"}); err != nil {
		t.Fatal(err)
	}
	if n := photoFiles(t, a.Dir()); n != 50 {
		t.Errorf("%d photo files", n)
	}
	whole(t, a)
}

// TestSeenMustBeHeld: a source that names as held what is not held is not
// believed.
func TestSeenMustBeHeld(t *testing.T) {
	a := create(t, archive.Options{})
	s, err := a.Begin(t.Context(), "Phone", aDay)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Record(t.Context(), export.Collection{ID: "c", Name: "C", Kind: export.Contacts})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(t.Context(), export.Collection{ID: "d", Kind: export.Contacts}); err == nil {
		t.Error("two collections are open")
	}
	if err := r.Seen("nobody", "1"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Close(t.Context(), &export.Listing{Token: "t", Full: true}); !errors.Is(err, export.ErrUnbalanced) {
		t.Errorf("%v", err)
	}
	if err := s.Finish(t.Context(), &export.Ledger{Account: "Phone"}); err != nil {
		t.Fatal(err)
	}
	whole(t, a)
}
