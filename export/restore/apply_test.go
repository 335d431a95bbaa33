package restore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"sidekeep/assets"
	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/source"
	"sidekeep/export/source/dav"
	"sidekeep/export/source/folder"
	"sidekeep/export/within"
)

// openJournal opens the journal in a folder of any place.
func openJournal(dir string) (*FileJournal, error) {
	folder, err := within.Open(dir)
	if err != nil {
		return nil, err
	}
	return OpenJournal(folder)
}

func journal(t testing.TB) *FileJournal {
	t.Helper()
	j, err := openJournal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func apply(t testing.TB, w export.Writer, p *Plan, j Journal, o ApplyOptions) Result {
	t.Helper()
	r, err := Apply(t.Context(), w, p, j, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Refused {
		t.Logf("refused: %s: %v", p.Name, p.Err)
	}
	return r
}

// meanings is what a source says, by meaning: the same twice stands there twice.
func meanings(t testing.TB, src export.Source) []string {
	t.Helper()
	var all []string
	for _, it := range taken(t, src, "").items {
		raw, err := readAll(it.Open(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		r := read(it.Kind, raw)
		if it.Kind == export.Photos {
			r.meaning = [16]byte(r.bytes[:16])
		}
		all = append(all, fmt.Sprintf("%s %s %x %s", it.Collection.Name, r.uid, r.meaning, photoPlace(it.Folder, it.File)[:0]))
	}
	slices.Sort(all)
	return all
}

func difference(a, b []string) string {
	var out []string
	n := map[string]int{}
	for _, s := range a {
		n[s]++
	}
	for _, s := range b {
		n[s]--
	}
	for _, s := range slices.Sorted(maps.Keys(n)) {
		if n[s] != 0 {
			out = append(out, fmt.Sprintf("%+d %s", n[s], s))
		}
	}
	return strings.Join(out, "\n")
}

// mix makes a target that lacks some items, has others in another state, and
// has some of its own.
func mix(t testing.TB, s *davserver.Server) {
	remove(t, s, book+"c0.vcf", cal+"e0.ics", tasks+"t0.ics")
	put(t, s, book+"c1.vcf", bytes.Replace(vcf(1), []byte("EMAIL"), []byte("NOTE:own\r\nX-FOO:1\r\nADR:;;a;b;;;\r\nURL"), 1))
	put(t, s, cal+"e1.ics", bytes.Replace(ics(1), []byte("SUMMARY:Event 1"), []byte("SUMMARY:Changed\r\nLOCATION:Here"), 1))
	put(t, s, tasks+"t1.ics", bytes.Replace(todo(1), []byte("END:VTODO"), []byte("STATUS:COMPLETED\r\nEND:VTODO"), 1))
	put(t, s, book+"own.vcf", vcf(900))
}

// TestRestoreTwiceAndUndo restores with each choice: everything of the archive
// is there then, a second restore plans nothing, and an undo leaves the target
// as it was.
func TestRestoreTwiceAndUndo(t *testing.T) {
	for _, c := range []struct {
		choice Choice
		want   Result
	}{
		{Both, Result{Created: 6, Same: 9}},
		{Merge, Result{Created: 3, Merged: 1, Same: 11}},
		{Archive, Result{Created: 3, Replaced: 3, Same: 9}},
		{Device, Result{Created: 3, Left: 3, Same: 9}},
	} {
		t.Run(string(c.choice), func(t *testing.T) {
			s := filled(t, 5)
			src := open(t, s)
			archive := taken(t, src, "Anna")
			mix(t, s)
			before, old := meanings(t, src), taken(t, src, "Anna")
			o := Options{Account: "Anna", Default: c.choice}
			j := journal(t)
			got := apply(t, src, plan(t, src, archive.all(), o), j, ApplyOptions{Old: old})
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("done was %+v, not %+v", got, c.want)
			}
			if c.choice == Archive {
				for _, it := range archive.items {
					raw, _ := readAll(it.Open(t.Context()))
					if b, err := s.Body(it.Collection.ID + it.ID); err != nil || !bytes.Equal(b, raw) {
						t.Errorf("%s is not as archived: %v", it.ID, err)
					}
				}
			}
			if p := plan(t, src, archive.all(), o); !p.Empty() {
				t.Errorf("a second restore plans %+v", p.Counts())
			}
			u, err := Undo(t.Context(), src, j, UndoOptions{Old: old})
			if err != nil || len(u.Left) > 0 || u.Removed != got.Created || u.PutBack != got.Merged+got.Replaced {
				t.Errorf("undo: %+v %v", u, err)
			}
			if d := difference(before, meanings(t, src)); d != "" {
				t.Errorf("the target is not as it was:\n%s", d)
			}
			again, err := Undo(t.Context(), src, j, UndoOptions{Old: old})
			if err != nil || again.Removed != u.Removed || again.PutBack != u.PutBack {
				t.Errorf("an undo of an undo: %+v %v", again, err)
			}
		})
	}
}

// TestUndoLeavesWhatSomeoneChanged also has no export to take old bytes from.
func TestUndoLeavesWhatSomeoneChanged(t *testing.T) {
	s := filled(t, 5)
	src := open(t, s)
	archive := taken(t, src, "Anna")
	mix(t, s)
	j := journal(t)
	apply(t, src, plan(t, src, archive.all(), Options{Account: "Anna", Default: Archive}), j, ApplyOptions{})
	put(t, s, book+"c0.vcf", bytes.Replace(vcf(0), []byte("END:"), []byte("NOTE:new\r\nEND:"), 1))
	put(t, s, cal+"e1.ics", bytes.Replace(ics(1), []byte("SUMMARY:Event 1"), []byte("SUMMARY:Once more"), 1))
	put(t, s, tasks+"t1.ics", bytes.Replace(todo(1), []byte("DTSTAMP:2026"), []byte("DTSTAMP:2027"), 1)) // a server's own doing
	remove(t, s, tasks+"t0.ics")
	u, err := Undo(t.Context(), src, j, UndoOptions{})
	if err != nil || u.Removed != 2 || u.PutBack != 2 || len(u.Left) != 2 {
		t.Fatalf("%+v %v", u, err)
	}
	for _, p := range u.Left {
		if !errors.Is(p.Err, export.ErrChanged) {
			t.Errorf("%s stays because of %v", p.Name, p.Err)
		}
	}
	if b, _ := s.Body(tasks + "t1.ics"); !bytes.Contains(b, []byte("COMPLETED")) {
		t.Errorf("the to-do was not put back: %s", b)
	}
}

func TestMoveMakesCollections(t *testing.T) {
	archive := taken(t, open(t, filled(t, 5)), "Old")
	s := davserver.New(davserver.Options{Open: true})
	src := open(t, s)
	j := journal(t)
	o := Options{Account: "New"}
	if r := apply(t, src, plan(t, src, archive.all(), o), j, ApplyOptions{}); r.Created != 15 {
		t.Errorf("%+v", r)
	}
	if p := plan(t, src, archive.all(), o); !p.Empty() {
		t.Errorf("a second restore plans %+v", p.Counts())
	}
	u, err := Undo(t.Context(), src, j, UndoOptions{})
	if err != nil || u.Removed != 15 || len(u.Collections) != 3 {
		t.Errorf("%+v %v", u, err)
	}
}

// TestMoveToAFolder puts a phone with its photos into a plain folder.
func TestMoveToAFolder(t *testing.T) {
	s, err := davserver.Phone(assets.DemoPhone(), davserver.Options{Open: true})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s)
	defer h.Close()
	phone, err := dav.Open(t.Context(), dav.Config{Address: h.URL + "/", Photos: h.URL + s.PhotosPath(), User: "phone", Trust: source.Trust{Plain: []string{strings.TrimPrefix(h.URL, "http://")}},
		Secret: func(context.Context) (string, error) { return "", nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	archive := taken(t, phone, "Phone")
	dir, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	j := journal(t)
	r := apply(t, dir, plan(t, dir, archive.all(), Options{Account: "Folder"}), j, ApplyOptions{})
	if r.Created != len(archive.items) {
		t.Errorf("%d of %d: %+v", r.Created, len(archive.items), r)
	}
	if p := plan(t, dir, archive.all(), Options{Account: "Folder"}); !p.Empty() {
		t.Errorf("a second restore plans %+v", p.Counts())
	}
	if u, err := Undo(t.Context(), dir, j, UndoOptions{}); err != nil || u.Removed != len(archive.items) {
		t.Errorf("%+v %v", u, err)
	}
}

// A stopper is a Writer that stops working: at its n-th write, before or after
// it took effect.
type stopper struct {
	export.Writer
	at    int
	after bool
	n     *int
}

var errPower = fmt.Errorf("the power is gone: %w", export.ErrUnreachable)

func (s *stopper) stop(do func() error) error {
	*s.n++
	if *s.n > s.at || *s.n == s.at && !s.after {
		return errPower
	}
	err := do()
	if *s.n == s.at {
		return errPower
	}
	return err
}

func (s *stopper) Put(ctx context.Context, c export.Collection, it export.Item, at export.Ref) (ref export.Ref, err error) {
	err = s.stop(func() error { ref, err = s.Writer.Put(ctx, c, it, at); return err })
	return ref, err
}

func (s *stopper) Delete(ctx context.Context, c export.Collection, at export.Ref) error {
	return s.stop(func() error { return s.Writer.Delete(ctx, c, at) })
}

func (s *stopper) MakeCollection(ctx context.Context, c export.Collection) (out export.Collection, err error) {
	err = s.stop(func() error { out, err = s.Writer.MakeCollection(ctx, c); return err })
	return out, err
}

// TestStopAtEveryStep stops a restore, and then its undo, before and after each
// write, reopens the journal with what a killed process leaves of it, and goes
// on: there are no doubles, nothing is lost, and the undo knows all.
func TestStopAtEveryStep(t *testing.T) {
	for _, choice := range []Choice{Both, Merge, Archive} {
		for _, after := range []bool{false, true} {
			for at := 1; ; at++ {
				if done := stopAt(t, choice, at, after); done || t.Failed() {
					break
				}
			}
		}
	}
}

func stopAt(t *testing.T, choice Choice, at int, after bool) (done bool) {
	s := filled(t, 3)
	if err := s.MakeAddressBook("/contacts/phone/Work/", davserver.Collection{Name: "Work"}); err != nil {
		t.Fatal(err)
	}
	put(t, s, "/contacts/phone/Work/w.vcf", vcf(77))
	src := open(t, s)
	archive := taken(t, src, "Anna")
	mix(t, s)
	remove(t, s, "/contacts/phone/Work")
	before, old := meanings(t, src), taken(t, src, "Anna")
	dir := t.TempDir()
	o := Options{Account: "Anna", Default: choice}
	where := fmt.Sprintf("%s, stopped at write %d, after=%v", choice, at, after)
	run := func(step func(w export.Writer, j Journal) error) bool {
		w := &stopper{Writer: src, at: at, after: after, n: new(int)}
		for try := 0; ; try++ {
			j, err := openJournal(dir)
			if err != nil {
				t.Fatal(err)
			}
			err = step(w, j)
			j.Close()
			if err == nil {
				return try == 0
			}
			if !errors.Is(err, export.ErrUnreachable) || try > 0 {
				t.Fatalf("%s: %v", where, err)
			}
			w.at = 1 << 30 // the power is back
		}
	}
	whole := run(func(w export.Writer, j Journal) error {
		if err := Settle(t.Context(), w, j); err != nil {
			return err
		}
		p, err := Make(t.Context(), w, archive.all(), o)
		if err == nil {
			_, err = Apply(t.Context(), w, p, j, ApplyOptions{Old: old, Workers: 1})
		}
		return err
	})
	if p := plan(t, src, archive.all(), o); !p.Empty() {
		t.Errorf("%s: a further restore plans %+v", where, p.Counts())
	}
	want := map[Choice]int{Both: len(before) + 7, Merge: len(before) + 4, Archive: len(before) + 4}[choice]
	if n := len(meanings(t, src)); n != want {
		t.Errorf("%s: there are %d items, not %d", where, n, want)
	}
	undone := run(func(w export.Writer, j Journal) error {
		u, err := Undo(t.Context(), w, j, UndoOptions{Old: old, Workers: 1})
		if err == nil && len(u.Left) > 0 {
			t.Errorf("%s: left is %+v", where, u.Left)
		}
		return err
	})
	if d := difference(before, meanings(t, src)); d != "" {
		t.Errorf("%s: undone, the target is not as it was:\n%s", where, d)
	}
	return whole && undone
}
