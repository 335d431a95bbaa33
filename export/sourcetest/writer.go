package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sidekeep/export"
)

// A WriterFixture is a writer with what a test has to know of it. Its
// collections may hold items.
type WriterFixture struct {
	Writer export.Writer
	// Bytes reads an item in another way than the writer does; an error if it
	// is not there.
	Bytes func(c export.Collection, id string) ([]byte, error)
	// Kinds are those that can be written. A collection is made for each, but
	// for photos, of which the writer has one.
	Kinds []export.Kind
	// Same reports whether the source took what was given; nil for bytes.Equal.
	// Some servers rewrite what they take.
	Same func(given, kept []byte) bool
	// Meddle replaces an item behind the writer's back.
	Meddle func(c export.Collection, id string, body []byte) error
	// Places tells that the source keeps new items where they are wished for.
	Places bool
	// Dates tells that photos keep their time, to the second.
	Dates bool
	// Path is the path at which a photo is listed for the one that it had; nil
	// if it is the same.
	Path func(path string) string
}

// Writer holds a writer to the promises of export.Writer. open is called for
// every part, so that none depends on another; the writer is closed.
func Writer(t *testing.T, open func(t *testing.T) WriterFixture) {
	for _, part := range []struct {
		name   string
		run    func(t *testing.T, w *written)
		photos bool // also for photos
	}{
		{"put", testPut, true},
		{"put twice", testPutTwice, true},
		{"put for another", testPutForAnother, false},
		{"wishes", testWishes, true},
		{"replace", testReplace, true},
		{"changed meanwhile", testMeddled, true},
		{"delete", testDelete, true},
		{"fetch", testFetch, true},
		{"unreadable", testUnreadable, true},
		{"at once", testAtOnce, true},
		{"cancelled before", testPutCancelled, true},
	} {
		t.Run(part.name, func(t *testing.T) {
			f := open(t)
			defer closeWriter(t, f)
			for _, kind := range f.Kinds {
				if kind != export.Photos || part.photos {
					part.run(t, begin(t, f, kind))
				}
			}
		})
	}
	for _, part := range []struct {
		name string
		run  func(t *testing.T, f WriterFixture)
	}{{"collections", testMake}, {"photos", testPhotos}} {
		t.Run(part.name, func(t *testing.T) {
			f := open(t)
			defer closeWriter(t, f)
			part.run(t, f)
		})
	}
}

func closeWriter(t *testing.T, f WriterFixture) {
	if err := f.Writer.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// A written is a collection of one kind that is written to, and compared with
// what should be there.
type written struct {
	WriterFixture
	t    *testing.T
	c    export.Collection
	kind export.Kind
	had  int // items that it had before
}

func begin(t *testing.T, f WriterFixture, kind export.Kind) *written {
	t.Helper()
	if f.Same == nil {
		f.Same = bytes.Equal
	}
	c, err := f.Writer.MakeCollection(t.Context(), export.Collection{Name: "Sidekeep & " + string(kind) + " é", Kind: kind})
	if err != nil {
		t.Fatalf("MakeCollection of %s: %v", kind, err)
	}
	w := &written{WriterFixture: f, t: t, c: c, kind: kind}
	w.had = len(w.list().Put)
	return w
}

// item is the nth item of the kind, in one of several states.
func (w *written) item(n int, state string) export.Item { return Sample(w.kind, n, state) }

// Sample makes an item that sources take: the nth of a kind in a state that
// its name tells.
func Sample(kind export.Kind, n int, state string) export.Item {
	uid := fmt.Sprintf("sidekeep-%s-%d", kind, n)
	var body string
	switch kind {
	case export.Contacts:
		body = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + uid + "\r\nFN:" + state + " Ünï\r\nN:Ünï;" + state + ";;;\r\nEND:VCARD\r\n"
	case export.Photos:
		body = "\xff\xd8\xff" + state + strings.Repeat(uid, 40)
	default:
		comp := "VEVENT"
		if kind == export.Todos {
			comp = "VTODO"
		}
		body = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:" + comp + "\r\nUID:" + uid + "\r\nDTSTAMP:20260101T000000Z\r\n" +
			"DTSTART:20260102T100000Z\r\nSUMMARY:" + state + "\r\nEND:" + comp + "\r\nEND:VCALENDAR\r\n"
	}
	it := itemOf(kind, body)
	if kind == export.Photos {
		it.Name, it.Folder = fmt.Sprintf("IMG_%04d.JPG", n), "2024/Strand & Meer"
		it.Modified = time.Date(2024, 5, 1+n%20, 12, 0, 0, 0, time.UTC)
	}
	return it
}

func itemOf(kind export.Kind, body string) export.Item {
	return export.Item{Kind: kind, Size: int64(len(body)), Open: func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
		return io.NopCloser(strings.NewReader(body[from:])), from, nil
	}}
}

func bodyOf(it export.Item) []byte {
	r, _, err := it.Open(context.Background(), 0)
	if err != nil {
		return nil
	}
	body, _ := io.ReadAll(r)
	return body
}

// list pulls everything.
func (w *written) list() *Pulled {
	w.t.Helper()
	p, err := NewStore().Pull(w.t.Context(), w.t, w.Writer, w.c)
	if err != nil || len(p.Failed) > 0 {
		w.t.Fatalf("%s: Pull: %v, %v", w.kind, err, p.Failed)
	}
	return p
}

// put expects it to be taken.
func (w *written) put(it export.Item, at export.Ref) export.Ref {
	w.t.Helper()
	ref, err := w.Writer.Put(w.t.Context(), w.c, it, at)
	if err != nil {
		w.t.Fatalf("%s: Put at %+v: %v", w.kind, at, err)
	}
	if ref.ID == "" {
		w.t.Fatalf("%s: Put tells no ID", w.kind)
	}
	return ref
}

// holds expects the collection to have n items more than at first, and ref to
// be among them with these bytes and in this version.
func (w *written) holds(n int, ref export.Ref, it export.Item) {
	w.t.Helper()
	p := w.list()
	if len(p.Put) != w.had+n {
		w.t.Fatalf("%s: there are %d items, want %d", w.kind, len(p.Put), w.had+n)
	}
	if ref.ID == "" {
		return
	}
	got, ok := p.Put[ref.ID]
	want := bodyOf(it)
	if !ok || got.Version != ref.Version || !w.Same(want, got.Body) {
		w.t.Fatalf("%s: %+v is listed as %v %q:\n%q\nwant\n%q", w.kind, ref, ok, got.Version, got.Body, want)
	}
	if kept, err := w.Bytes(w.c, ref.ID); err != nil || !bytes.Equal(kept, got.Body) {
		w.t.Fatalf("%s: read otherwise: %v\n%q", w.kind, err, kept)
	}
}

// wants expects err to be of a cause and no other.
func (w *written) wants(err, cause error, doing string) {
	w.t.Helper()
	if !errors.Is(err, cause) || export.Cause(err) != cause {
		w.t.Fatalf("%s: %s: got %v, want %v", w.kind, doing, err, cause)
	}
}

func testPut(t *testing.T, w *written) {
	for n := range 3 {
		it := w.item(n, "new")
		w.holds(n+1, w.put(it, export.Ref{}), it)
	}
}

// Who puts the same item again meets it.
func testPutTwice(t *testing.T, w *written) {
	it := w.item(1, "new")
	ref := w.put(it, export.Ref{})
	_, err := w.Writer.Put(t.Context(), w.c, it, export.Ref{})
	w.wants(err, export.ErrExists, "the same again")
	var exists *export.ExistsError
	if !errors.As(err, &exists) || !exists.Same || exists.Ref != ref {
		t.Fatalf("%s: the same again: %+v, want %+v", w.kind, exists, ref)
	}
	w.holds(1, ref, it)
}

// What has the UID of another item does not take its place and is no double.
func testPutForAnother(t *testing.T, w *written) {
	it := w.item(1, "new")
	ref := w.put(it, export.Ref{})
	_, err := w.Writer.Put(t.Context(), w.c, w.item(1, "other"), export.Ref{})
	w.wants(err, export.ErrExists, "another of this UID")
	var exists *export.ExistsError
	if !errors.As(err, &exists) || exists.Same || exists.Ref.ID != ref.ID {
		t.Fatalf("%s: another of this UID: %+v", w.kind, exists)
	}
	w.holds(1, ref, it)
}

func testWishes(t *testing.T, w *written) {
	ext := map[export.Kind]string{export.Contacts: ".vcf", export.Photos: ".jpg"}[w.kind]
	if ext == "" {
		ext = ".ics"
	}
	n := 0
	for _, wish := range []string{"wished-1" + ext, "with%20space" + ext, "../../../escape" + ext, "/escape" + ext, "..", "a/../../b" + ext, "x%2F..%2Fy" + ext, "?" + ext, "trailing/"} {
		n++
		it := w.item(n, "new")
		ref := w.put(it, export.Ref{ID: wish})
		if n <= 2 && w.Places && ref.ID != wish {
			t.Errorf("%s: wished for %q, got %q", w.kind, wish, ref.ID)
		}
		if n == 2 || strings.Contains(wish, "..") {
			w.holds(n, ref, it)
		}
	}
	// A wish for the place of another item replaces nothing.
	it := w.item(100, "new")
	w.holds(n+1, w.put(it, export.Ref{ID: w.any()}), it)
}

// any is the ID of an item that is there.
func (w *written) any() string {
	var ids []string
	for id := range w.list().Put {
		ids = append(ids, id)
	}
	return slices.Min(ids)
}

func testReplace(t *testing.T, w *written) {
	first := w.put(w.item(1, "first"), export.Ref{})
	other := w.item(2, "other")
	kept := w.put(other, export.Ref{})
	second := w.put(w.item(1, "the second"), first)
	if second.Version == first.Version && second.Version != "" {
		t.Errorf("%s: replaced, the version is still %q", w.kind, first.Version)
	}
	w.holds(2, second, w.item(1, "the second"))
	_, err := w.Writer.Put(t.Context(), w.c, w.item(1, "and the third"), first)
	w.wants(err, export.ErrChanged, "replacing an old version")
	w.holds(2, second, w.item(1, "the second"))
	third := w.put(w.item(1, "and the third"), export.Ref{ID: second.ID, Version: "*"})
	w.holds(2, third, w.item(1, "and the third"))
	w.holds(2, kept, other)
	for _, version := range []string{"*", "made-up"} {
		_, err = w.Writer.Put(t.Context(), w.c, w.item(3, "nowhere"), export.Ref{ID: strings.Replace(first.ID, ".", "-none.", 1), Version: version})
		w.wants(err, export.ErrGone, "replacing what is not there")
	}
	w.holds(2, third, w.item(1, "and the third"))
}

// Whoever changed an item in between keeps the change.
func testMeddled(t *testing.T, w *written) {
	if w.Meddle == nil {
		t.Skip("this source cannot be changed otherwise")
	}
	ref := w.put(w.item(1, "ours"), export.Ref{})
	theirs := w.item(1, "theirs and longer")
	if err := w.Meddle(w.c, ref.ID, bodyOf(theirs)); err != nil {
		t.Fatal(err)
	}
	_, err := w.Writer.Put(t.Context(), w.c, w.item(1, "ours again"), ref)
	w.wants(err, export.ErrChanged, "replacing what was changed")
	w.wants(w.Writer.Delete(t.Context(), w.c, ref), export.ErrChanged, "deleting what was changed")
	w.holds(1, export.Ref{}, theirs)
	if kept, err := w.Bytes(w.c, ref.ID); err != nil || !w.Same(bodyOf(theirs), kept) {
		t.Fatalf("%s: theirs is now %q, %v", w.kind, kept, err)
	}
}

func testDelete(t *testing.T, w *written) {
	it := w.item(2, "stays")
	stays := w.put(it, export.Ref{})
	old := w.put(w.item(1, "first"), export.Ref{})
	ref := w.put(w.item(1, "the second"), old)
	w.wants(w.Writer.Delete(t.Context(), w.c, old), export.ErrChanged, "deleting an old version")
	if err := w.Writer.Delete(t.Context(), w.c, export.Ref{ID: ref.ID}); err == nil {
		t.Fatalf("%s: deleted without a version", w.kind)
	}
	for _, id := range []string{"", ".", "..", "/", "../", w.c.ID, "none/../"} {
		w.wants(w.Writer.Delete(t.Context(), w.c, export.Ref{ID: id, Version: "*"}), export.ErrGone, fmt.Sprintf("deleting %q", id))
	}
	w.holds(2, ref, w.item(1, "the second"))
	if err := w.Writer.Delete(t.Context(), w.c, ref); err != nil {
		t.Fatalf("%s: Delete: %v", w.kind, err)
	}
	w.holds(1, stays, it)
	w.wants(w.Writer.Delete(t.Context(), w.c, ref), export.ErrGone, "deleting again")
	again := w.put(w.item(1, "first"), export.Ref{})
	w.holds(2, again, w.item(1, "first"))
	if err := w.Writer.Delete(t.Context(), w.c, export.Ref{ID: again.ID, Version: "*"}); err != nil {
		t.Fatalf("%s: Delete of any version: %v", w.kind, err)
	}
	w.holds(1, stays, it)
}

func testFetch(t *testing.T, w *written) {
	it := w.item(1, "new")
	ref := w.put(it, export.Ref{})
	got, err := export.Fetch(t.Context(), w.Writer, w.c, ref.ID)
	if err != nil {
		t.Fatalf("%s: Fetch: %v", w.kind, err)
	}
	if body := bodyOf(got); got.ID != ref.ID || got.Version != ref.Version || !w.Same(bodyOf(it), body) || got.Size != int64(len(body)) {
		t.Fatalf("%s: Fetch: %+v\n%q", w.kind, got, body)
	}
	if _, err := export.Fetch(t.Context(), w.Writer, w.c, strings.Replace(ref.ID, ".", "-none.", 1)); !errors.Is(err, export.ErrGone) {
		t.Fatalf("%s: Fetch of nothing: %v", w.kind, err)
	}
}

// Bytes that cannot be read leave nothing behind, and everything as it was.
func testUnreadable(t *testing.T, w *written) {
	it := w.item(1, "new")
	ref := w.put(it, export.Ref{})
	broken := errors.New("the disk is gone")
	whole := bodyOf(w.item(2, strings.Repeat("long ", 300)))
	bad := w.item(2, "bad")
	bad.Size = int64(len(whole))
	bad.Open = func(context.Context, int64) (io.ReadCloser, int64, error) {
		return io.NopCloser(io.MultiReader(bytes.NewReader(whole[:len(whole)/2]), failing{broken})), 0, nil
	}
	for _, at := range []export.Ref{{}, ref} {
		if at.ID != "" && w.kind == export.Photos {
			continue // a stream that replaces: the source decides when it takes it
		}
		if _, err := w.Writer.Put(t.Context(), w.c, bad, at); !errors.Is(err, broken) {
			t.Fatalf("%s: Put of what cannot be read: %v", w.kind, err)
		}
		w.holds(1, ref, it)
	}
	if _, err := w.Writer.Put(t.Context(), w.c, export.Item{Kind: w.kind, Name: "x.jpg", Err: fmt.Errorf("%w: so it is", export.ErrDamaged)}, export.Ref{}); !errors.Is(err, export.ErrDamaged) {
		t.Fatalf("%s: Put of an item that failed: %v", w.kind, err)
	}
	w.holds(1, ref, it)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Several at once: all are there, and of one item that several put, one.
func testAtOnce(t *testing.T, w *written) {
	const items, writers = 8, 3
	var wg sync.WaitGroup
	var mu sync.Mutex
	refs := map[int]export.Ref{}
	for n := range items {
		for range writers {
			wg.Go(func() {
				ref, err := w.Writer.Put(t.Context(), w.c, w.item(n, "new"), export.Ref{})
				mu.Lock()
				defer mu.Unlock()
				if _, again := refs[n]; err == nil && again {
					t.Errorf("%s: item %d was put twice", w.kind, n)
				}
				if err == nil {
					refs[n] = ref
				} else if !errors.Is(err, export.ErrExists) && !errors.Is(err, export.ErrConflict) {
					t.Errorf("%s: item %d: %v", w.kind, n, err)
				}
			})
		}
	}
	wg.Wait()
	if len(refs) != items {
		t.Fatalf("%s: %d of %d items were put", w.kind, len(refs), items)
	}
	for _, n := range []int{0, items - 1} {
		w.holds(items, refs[n], w.item(n, "new"))
	}
}

func testPutCancelled(t *testing.T, w *written) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.Writer.Put(ctx, w.c, w.item(1, "new"), export.Ref{})
	w.wants(err, export.ErrStopped, "Put")
	w.holds(0, export.Ref{}, export.Item{})
}
