package restore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/source"
	"sidekeep/export/source/dav"
)

// TestRefusals restores nine items to a service that has lost them and refuses
// some: those are named with the cause and the others are there, once.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		quirk   davserver.Quirk
		tune    davserver.Tune
		refused int
		cause   error
		stops   error // instead of an end
	}{
		{quirk: davserver.ReadOnly, refused: 9, cause: export.ErrReadOnly},
		{quirk: davserver.NoTodos, refused: 3, cause: export.ErrUnsupported},
		{quirk: davserver.SizeLimit, tune: davserver.Tune{MaxItem: 170}, refused: 3, cause: export.ErrOversize},
		{quirk: davserver.Forbidden, tune: davserver.Tune{Times: 2, On: []davserver.Step{davserver.Change}}, refused: 2},
		{quirk: davserver.AlwaysChanged, refused: 9, cause: nil},
		{quirk: davserver.UIDInTrash, refused: 6, cause: export.ErrConflict},
		{quirk: davserver.StorageFull, stops: export.ErrQuota},
		{quirk: davserver.OnlyVCard3},
		{quirk: davserver.Renames},
		{quirk: davserver.RenamesTold},
		{quirk: davserver.NoETagOnPut},
		{quirk: davserver.Rewrites},
		{quirk: davserver.NoConditions},
		{quirk: davserver.LostBefore, tune: davserver.Tune{Times: 2, On: []davserver.Step{davserver.Change}}},
		{quirk: davserver.LostAfter, tune: davserver.Tune{Times: 2, On: []davserver.Step{davserver.Change}}},
		{quirk: davserver.TooMany, tune: davserver.Tune{Times: 2, On: []davserver.Step{davserver.Change}, RetryAfter: time.Second}},
		{quirk: davserver.Unavailable, tune: davserver.Tune{Times: 2, On: []davserver.Step{davserver.Change}}},
		{quirk: davserver.MissingETags},
		{quirk: davserver.WeakETags},
	} {
		t.Run(string(c.quirk), func(t *testing.T) {
			t.Parallel()
			s := filled(t, 3)
			archive := taken(t, open(t, s), "Anna")
			for i := range 3 {
				remove(t, s, fmt.Sprintf("%sc%d.vcf", book, i), fmt.Sprintf("%se%d.ics", cal, i), fmt.Sprintf("%st%d.ics", tasks, i))
			}
			s.SetQuirks(c.tune, c.quirk)
			src, j := open(t, s), journal(t)
			p := plan(t, src, archive.all(), Options{Account: "Anna"})
			r, err := Apply(t.Context(), src, p, j, ApplyOptions{})
			if !errors.Is(err, c.stops) {
				t.Fatalf("it ended with %v, not %v", err, c.stops)
			}
			if c.stops != nil {
				return
			}
			if r.Created+r.Same+len(r.Refused) != 9 || len(r.Refused) != c.refused {
				t.Errorf("%d created, %d refused: %+v", r.Created, len(r.Refused), r.Refused)
			}
			for _, p := range r.Refused {
				if export.Cause(p.Err) == nil || c.cause != nil && !errors.Is(p.Err, c.cause) || p.Name == "" {
					t.Errorf("%q was refused because of %v", p.Name, p.Err)
				}
			}
			n := 0
			for _, at := range []string{book, cal, tasks} {
				items, err := s.Items(at)
				if err != nil {
					t.Fatal(err)
				}
				n += len(items)
			}
			if n != 9-c.refused {
				t.Errorf("there are %d items", n)
			}
			if n := plan(t, src, archive.all(), Options{Account: "Anna"}).Counts(); n.Same != 9-c.refused {
				t.Errorf("a second plan says %+v", n)
			}
			u, err := Undo(t.Context(), src, j, UndoOptions{})
			if err != nil || u.Removed+len(u.Left) != r.Created {
				t.Errorf("undo: %+v %v", u, err)
			}
			if c.refused == 0 && len(u.Left) > 0 {
				t.Errorf("an undo leaves %+v", u.Left)
			}
		})
	}
}

// TestTrashIsPassedByANewUID: the choice that a refusal because of the trash
// bin offers.
func TestTrashIsPassedByANewUID(t *testing.T) {
	s := filled(t, 3)
	archive := taken(t, open(t, s), "Anna")
	remove(t, s, cal+"e0.ics", cal+"e1.ics")
	s.SetQuirks(davserver.Tune{}, davserver.UIDInTrash)
	src, j := open(t, s), journal(t)
	r := apply(t, src, plan(t, src, archive.all(), Options{Account: "Anna"}), j, ApplyOptions{NewUID: true})
	if r.Created != 2 {
		t.Fatalf("%+v", r)
	}
	if n := plan(t, src, archive.all(), Options{Account: "Anna"}).Counts(); n.Same != 9 {
		t.Errorf("a second plan says %+v", n)
	}
	if u, err := Undo(t.Context(), src, j, UndoOptions{}); err != nil || u.Removed != 2 {
		t.Errorf("%+v %v", u, err)
	}
}

// TestChangedMeanwhile changes items between the plan and the writing: what
// someone wrote in between is not lost.
func TestChangedMeanwhile(t *testing.T) {
	s := filled(t, 5)
	src := open(t, s)
	archive := taken(t, src, "Anna")
	mix(t, s)
	for _, c := range []struct {
		choice Choice
		left   bool // what someone wrote is there still
	}{{Both, true}, {Merge, true}, {Archive, false}} {
		t.Run(string(c.choice), func(t *testing.T) {
			j := journal(t)
			put(t, s, cal+"e2.ics", bytes.Replace(ics(2), []byte("SUMMARY:Event 2"), []byte("LOCATION:Here"), 1))
			old := taken(t, src, "Anna") // so that what is replaced is not read again before it is written
			p := plan(t, src, archive.all(), Options{Account: "Anna", Default: c.choice})
			put(t, s, book+"c1.vcf", bytes.Replace(vcf(1), []byte("EMAIL"), []byte("NICKNAME:late\r\nURL"), 1))
			put(t, s, book+"c0.vcf", bytes.Replace(vcf(0), []byte("EMAIL"), []byte("NICKNAME:late\r\nURL"), 1))
			remove(t, s, cal+"e2.ics")
			before := meanings(t, src)
			apply(t, src, p, j, ApplyOptions{Old: old})
			b, err := s.Body(book + "c1.vcf")
			if err != nil || strings.Contains(string(b), "late") != c.left {
				t.Errorf("%v\n%s", err, b)
			}
			if p := plan(t, src, archive.all(), Options{Account: "Anna", Default: c.choice}); !p.Empty() {
				t.Errorf("a second restore plans %+v", p.Counts())
			}
			if u, err := Undo(t.Context(), src, j, UndoOptions{Old: old}); err != nil || len(u.Left) > 0 {
				t.Errorf("%+v %v", u, err)
			}
			if d := difference(before, meanings(t, src)); d != "" {
				t.Errorf("the target is not as it was:\n%s", d)
			}
			remove(t, s, book+"c0.vcf")
			put(t, s, book+"c1.vcf", bytes.Replace(vcf(1), []byte("EMAIL"), []byte("NOTE:own\r\nURL"), 1))
		})
	}
}

// TestPhotos restores photos into folders, beside others of the same name, and
// in their place.
func TestPhotos(t *testing.T) {
	s := davserver.New(davserver.Options{Open: true})
	photo := func(i, n int) []byte { return bytes.Repeat([]byte{byte(i), 0xff, 0xd8}, 1000+n) }
	for i := range 4 {
		if err := s.MakeFolder("/files/phone/DCIM/2026/"); err != nil {
			t.Fatal(err)
		}
		put(t, s, fmt.Sprintf("/files/phone/DCIM/2026/%d.jpg", i), photo(i, 0))
	}
	h := httptest.NewServer(s)
	defer h.Close()
	src, err := dav.Open(t.Context(), dav.Config{Address: h.URL + "/", Photos: h.URL + s.PhotosPath(), User: "phone", Trust: source.Trust{Plain: []string{strings.TrimPrefix(h.URL, "http://")}},
		Secret: func(context.Context) (string, error) { return "", nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	archive := taken(t, src, "Anna")
	for i := range archive.items {
		archive.items[i].UID = ""
	}
	at := "/files/phone/DCIM/2026/"
	for _, c := range []struct {
		choice Choice
		want   string
	}{
		{Both, "{Created:2 Replaced:0 Merged:0 Same:2 Left:0 Refused:[] Clashes:0 Unsure:0}"},
		{Archive, "{Created:1 Replaced:1 Merged:0 Same:2 Left:0 Refused:[] Clashes:0 Unsure:0}"},
	} {
		t.Run(string(c.choice), func(t *testing.T) {
			remove(t, s, at+"0.jpg")
			put(t, s, at+"1.jpg", photo(1, 7))
			j, o := journal(t), Options{Account: "Anna", Default: c.choice}
			if got := fmt.Sprintf("%+v", apply(t, src, plan(t, src, archive.all(), o), j, ApplyOptions{})); got != c.want {
				t.Errorf("done was %s", got)
			}
			name := at + "1.jpg"
			if c.choice == Both {
				name = at + "1 (2).jpg"
			}
			if b, err := s.Body(name); err != nil || !bytes.Equal(b, photo(1, 0)) {
				t.Errorf("%s: %v", name, err)
			}
			if p := plan(t, src, archive.all(), o); !p.Empty() {
				t.Errorf("a second restore plans %+v", p.Counts())
			}
			if u, err := Undo(t.Context(), src, j, UndoOptions{}); err != nil || len(u.Left) > 0 || u.Removed+u.PutBack != 2 {
				t.Errorf("%+v %v", u, err)
			}
			if b, err := s.Body(at + "1.jpg"); err != nil || !bytes.Equal(b, photo(1, 7)) {
				t.Errorf("1.jpg is not as it was: %v", err)
			}
			if items, _ := s.Items(at); len(items) != 3 {
				t.Errorf("there are %d photos", len(items))
			}
			put(t, s, at+"0.jpg", photo(0, 0))
		})
	}
}
