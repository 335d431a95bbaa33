package prove

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"sidekeep/assets"
	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/source/dav"
	"sidekeep/export/sourcetest"
)

// TestRadicaleBelievesIt proves part of the demo phone in a service that no one
// here wrote, which keeps the lines of an item in an order of its own.
func TestRadicaleBelievesIt(t *testing.T) {
	t.Parallel()
	real := sourcetest.Radicale(t)
	s, err := davserver.Phone(assets.DemoPhone(), davserver.Options{Open: true})
	if err != nil {
		t.Fatal(err)
	}
	folder := os.DirFS(exported(t, s))
	x, err := openIndex(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer x.f.Close()
	var items []*item
	for {
		it, err := x.next()
		if err != nil {
			t.Fatal(err)
		}
		if it == nil {
			break
		}
		items = append(items, it)
	}
	n := map[string]int{}
	items = slices.DeleteFunc(items, func(it *item) bool { n[it.key()]++; return it.kind == export.Photos || n[it.key()] > 10 })
	host := real.URL[len("http://") : len(real.URL)-1]
	src, err := openDAV(t.Context(), Service{Address: real.URL, Host: host, User: real.User, Password: real.Password})
	if err != nil {
		t.Fatal(err)
	}
	p := &proof{o: &Options{}, files: newFiles(folder)}
	defer p.files.close()
	p.scratch = scratch{source: src.(*dav.Source), collections: map[string]export.Collection{}}
	for _, it := range items {
		if _, made := p.scratch.collections[it.key()]; made {
			continue
		}
		c := export.Collection{Name: fmt.Sprint("c", len(p.scratch.collections)), Kind: it.kind}
		if it.kind != export.Contacts {
			c.Kind, c.Mixed = export.Events, true
		}
		if p.scratch.collections[it.key()], err = src.MakeCollection(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.restore(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	if err := p.readBack(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		p.judge(it)
	}
	if r := p.result; r.Good != r.Checked || r.Checked < 30 {
		t.Errorf("%+v", r)
	}
}
