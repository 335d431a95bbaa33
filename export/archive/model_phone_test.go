package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"sidekeep/export"
)

// A phone is a service in memory that changes: the source of the model test. It
// lists in full or by what its journal says since a token, and notes everything
// that it tells and hands over.
type phone struct {
	account string
	books   []*book
	journal int // the newest token
	serial  int // of IDs and versions
	delta   bool
	thens   []map[string]map[string]thing // what it held at earlier times

	// What goes wrong in the next export.
	broken string          // ID of the collection whose listing breaks off
	fails  map[string]bool // IDs of items that cannot be read
	kill   func()          // called before the killAt-th event, once
	killAt int

	told []notice // what the last export was told
}

// A book is a collection of a phone.
type book struct {
	export.Collection
	items   map[string]*thing
	changes []journalLine
	oldest  int // tokens before this one are not understood
	away    bool
}

// A thing is an item of a phone.
type thing struct {
	version, name, folder string
	body                  string
}

type journalLine struct {
	token int
	id    string
}

// How an export was told of an item.
const (
	toldSeen   = iota
	toldPut    // its bytes were taken, or were being taken when the archive broke
	toldFailed // it could not be read
	toldGone   // named as removed
	toldAll    // the listing of the collection was complete: the rest is gone
	toldNamed  // the list of collections was complete: the rest is gone
)

// A notice is one thing that an export was told.
type notice struct {
	how            int
	book, id, body string
}

func newPhone(account string, r *rand.Rand) *phone {
	p := &phone{account: account, fails: map[string]bool{}}
	for _, c := range []export.Collection{
		{ID: "/people/", Name: "People", Kind: export.Contacts},
		{ID: "/family/", Name: "people", Kind: export.Contacts},
		{ID: "/work/", Name: "Work", Kind: export.Events, Mixed: true},
		{ID: "/camera/", Name: "Camera", Kind: export.Photos},
	} {
		b := &book{Collection: c, items: map[string]*thing{}}
		p.books = append(p.books, b)
		for range 4 + r.IntN(6) {
			p.add(r, b)
		}
	}
	return p
}

// touch notes that an item changed, came or went.
func (p *phone) touch(b *book, id string) {
	p.journal++
	b.changes = append(b.changes, journalLine{p.journal, id})
}

// add makes a new thing in b.
func (p *phone) add(r *rand.Rand, b *book) {
	p.serial++
	n := p.serial
	t := &thing{version: fmt.Sprint("v", n)}
	id := fmt.Sprintf("%s%d", b.ID, n)
	switch b.Kind {
	case export.Contacts:
		t.body, t.name = p.card(r, n, fmt.Sprintf("%s-card-%d", p.account, n)), fmt.Sprintf("%d.vcf", n)
	case export.Events:
		t.body, t.name = event(n), fmt.Sprintf("%d.ics", n)
		if r.IntN(3) == 0 {
			t.body = todo(n)
		}
		t.body = strings.ReplaceAll(t.body, "UID:", "UID:"+p.account)
	default:
		t.folder = []string{"DCIM", "", "Holidays/2024"}[r.IntN(3)]
		t.name = fmt.Sprintf("IMG_%d.JPG", n%7) // names clash
		t.body = fmt.Sprintf("picture %d", n)
		if r.IntN(6) == 0 {
			t.body = fmt.Sprintf("picture %d", r.IntN(n)+1) // perhaps the same as another
		}
	}
	b.items[id] = t
	p.touch(b, id)
}

func (p *phone) card(r *rand.Rand, n int, uid string) string {
	body := strings.Replace(card(n), fmt.Sprintf("UID:card-%d\r\n", n), "UID:"+uid+"\r\n", 1)
	if r.IntN(5) == 0 {
		body = strings.ReplaceAll(body, "\r\n", "\n") // published with other line ends than delivered
	}
	return body
}

// edit gives a thing another body.
func (p *phone) edit(r *rand.Rand, b *book, id string, body string) {
	p.serial++
	t := *b.items[id]
	t.version, t.body = fmt.Sprint("v", p.serial), body
	b.items[id] = &t
	p.touch(b, id)
}

// some picks up to n IDs of b by chance.
func (b *book) some(r *rand.Rand, n int) []string {
	ids := b.ids()
	r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids[:min(n, len(ids))]
}

func (b *book) ids() []string {
	var ids []string
	for id := range b.items {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (p *phone) remove(b *book, id string) {
	delete(b.items, id)
	p.touch(b, id)
}

// renumber gives everything in b another ID, as servers do that were set up
// anew.
func (p *phone) renumber(b *book) {
	for _, id := range b.ids() {
		p.serial++
		now := fmt.Sprintf("%s%d", b.ID, p.serial)
		b.items[now] = b.items[id]
		p.remove(b, id)
		p.touch(b, now)
	}
}

// tell notes what the export is told, and kills it if its time has come.
func (p *phone) tell(how int, book, id, body string) {
	if p.killAt--; p.killAt == 0 && p.kill != nil {
		p.kill()
	}
	p.told = append(p.told, notice{how, book, id, body})
}

func (p *phone) Close() error { return nil }

func (p *phone) Collections(context.Context) ([]export.Collection, error) {
	var list []export.Collection
	for _, b := range p.books {
		if !b.away {
			list = append(list, b.Collection)
		}
	}
	p.told = nil
	return list, nil
}

func (p *phone) book(id string) *book {
	for _, b := range p.books {
		if b.ID == id {
			return b
		}
	}
	return nil
}

func (p *phone) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	b := p.book(c.ID)
	named, gone, full, err := p.listing(b, have)
	if err != nil {
		return export.Listing{}, err
	}
	if err := to.Listed(len(named), full); err != nil {
		return export.Listing{}, err
	}
	end := len(named)
	if p.broken == b.ID {
		end /= 2
	}
	for _, id := range named[:end] {
		if err := p.hand(ctx, b, id, have, to); err != nil {
			return export.Listing{}, err
		}
	}
	if p.broken == b.ID {
		return export.Listing{}, fmt.Errorf("%w: the listing broke off", export.ErrDenied)
	}
	for _, id := range gone {
		p.tell(toldGone, b.ID, id, "")
		if err := to.Gone(id); err != nil {
			return export.Listing{}, err
		}
	}
	if full {
		p.tell(toldAll, b.ID, "", "")
	}
	return export.Listing{Token: fmt.Sprint(p.journal), Full: full}, nil
}

// listing is what the phone names of a book: everything, or what has changed
// since the token.
func (p *phone) listing(b *book, have export.Have) (named, gone []string, full bool, err error) {
	var since int
	if _, err := fmt.Sscan(have.Token(), &since); err != nil || !p.delta || since < b.oldest {
		return b.ids(), nil, true, nil
	}
	ids := map[string]bool{}
	if err := have.Retry(func(id string) bool { ids[id] = true; return true }); err != nil {
		return nil, nil, false, err
	}
	for _, l := range b.changes {
		if l.token > since {
			ids[l.id] = true
		}
	}
	for id := range ids {
		if b.items[id] != nil {
			named = append(named, id)
		} else {
			gone = append(gone, id)
		}
	}
	slices.Sort(named)
	slices.Sort(gone)
	return named, gone, false, nil
}

func (p *phone) hand(ctx context.Context, b *book, id string, have export.Have, to export.Sink) error {
	t := b.items[id]
	v, err := have.Version(id)
	if err != nil {
		return err
	}
	if v != "" && v == t.version {
		p.tell(toldSeen, b.ID, id, "")
		return to.Seen(id, v)
	}
	it := export.Item{ID: id, Version: t.version, Name: t.name, Folder: t.folder, Size: int64(len(t.body)), Open: opens([]byte(t.body))}
	if b.Kind == export.Photos {
		it.Kind, it.Modified = export.Photos, aDay.AddDate(0, len(t.body)%3, 0)
	}
	how := toldPut
	if p.fails[id] {
		how = toldFailed
		it.Open = func(context.Context, int64) (io.ReadCloser, int64, error) {
			return io.NopCloser(io.MultiReader(bytes.NewReader([]byte(t.body[:len(t.body)/2])), broken{})), 0, nil
		}
	}
	p.tell(how, b.ID, id, t.body)
	return to.Put(ctx, it)
}

// back gives p the items of an earlier time again.
func (p *phone) back(then map[string]map[string]thing) {
	for _, b := range p.books {
		for _, id := range b.ids() {
			if _, ok := then[b.ID][id]; !ok {
				p.remove(b, id)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(then[b.ID])) {
			t := then[b.ID][id]
			if now := b.items[id]; now == nil || now.body != t.body {
				p.serial++
				t.version = fmt.Sprint("v", p.serial)
				b.items[id] = &t
				p.touch(b, id)
			}
		}
	}
}

// copy is what p holds now.
func (p *phone) copy() map[string]map[string]thing {
	all := map[string]map[string]thing{}
	for _, b := range p.books {
		all[b.ID] = map[string]thing{}
		for id, t := range b.items {
			all[b.ID][id] = *t
		}
	}
	return all
}
