package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"path"
	"slices"
	"testing"
	"time"

	"sidekeep/export"
)

// Collections are made as asked, and listed as they were returned.
func testMake(t *testing.T, f WriterFixture) {
	for _, kind := range f.Kinds {
		if kind == export.Photos {
			continue
		}
		ids := map[string]bool{}
		before, err := f.Writer.Collections(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Freunde & Familie", "Freunde & Familie", "☎", "a/b<c>\"d\"", "..", "CON"} {
			c, err := f.Writer.MakeCollection(t.Context(), export.Collection{Name: name, Kind: kind, Color: "#12ab34"})
			if err != nil {
				t.Fatalf("MakeCollection of %s %q: %v", kind, name, err)
			}
			if c.Kind != kind && !c.Mixed || ids[c.ID] || slices.Contains(before, c) {
				t.Errorf("%s %q: made %+v", kind, name, c)
			}
			ids[c.ID] = true
			all, err := f.Writer.Collections(t.Context())
			if err != nil || !slices.Contains(all, c) {
				t.Errorf("%s %q: %+v is not among %+v (%v)", kind, name, c, all, err)
			}
			if l := f.Writer.Accepts(c); l.ReadOnly || !l.TakesVCard("3.0") {
				t.Errorf("%s %q: accepts %+v", kind, name, l)
			}
		}
		after, err := f.Writer.Collections(t.Context())
		if err != nil || len(after) != len(before)+6 {
			t.Errorf("%s: %d collections became %d (%v)", kind, len(before), len(after), err)
		}
	}
	unknown := export.Collection{ID: "/no/such/collection/", Kind: export.Contacts}
	if l := f.Writer.Accepts(unknown); l.ReadOnly || l.MaxSize != 0 {
		t.Errorf("of an unknown collection it is known that %+v", l)
	}
	if _, err := f.Writer.Put(t.Context(), unknown, Sample(export.Contacts, 1, "x"), export.Ref{}); !errors.Is(err, export.ErrGone) {
		t.Errorf("Put into an unknown collection: %v", err)
	}
}

// Photos keep folders, names and times; two of one name are both there.
func testPhotos(t *testing.T, f WriterFixture) {
	if !slices.Contains(f.Kinds, export.Photos) {
		t.Skip("no photos here")
	}
	w := begin(t, f, export.Photos)
	large := make([]byte, 3<<20+17)
	for i := range large {
		large[i] = byte(rand.Uint32())
	}
	at := time.Date(2019, 7, 14, 9, 30, 5, 0, time.UTC)
	photo := func(folder, name string, body []byte) export.Item {
		return export.Item{Kind: export.Photos, Folder: folder, Name: name, Size: -1, Modified: at,
			Open: func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
				return io.NopCloser(bytes.NewReader(body[from:])), from, nil
			}}
	}
	put := []export.Item{
		photo("2019/07/Ünï ☎ 100%", "IMG 1 (2).JPG", large),
		photo("", "IMG_0001.jpg", []byte("one")),
		photo("", "IMG_0001.jpg", []byte("another of this name")),
		photo("2019", "empty.jpg", nil),
		photo("../../etc", "..\\passwd.jpg", []byte("no way out")),
		photo("/abs/./x", ".hidden.jpg", []byte("not hidden")),
	}
	for n, it := range put {
		w.holds(n+1, w.put(it, export.Ref{}), it)
	}
	paths := map[string]time.Time{}
	for _, got := range w.list().Put {
		paths[path.Join(got.Item.Folder, got.Item.Name)] = got.Item.Modified
	}
	for _, want := range []string{"2019/07/Ünï ☎ 100%/IMG 1 (2).JPG", "IMG_0001.jpg", "IMG_0001 (2).jpg", "2019/empty.jpg"} {
		if f.Path != nil {
			want = f.Path(want)
		}
		got, ok := paths[want]
		if !ok || f.Dates && !got.Equal(at) {
			t.Errorf("%s: %v, %v in %v", want, ok, got, paths)
		}
	}
}
