package archive_test

import (
	"fmt"
	"path/filepath"
	"strings"

	"sidekeep/export"
)

// A deed is something that a service can do to one of its books.
type deed struct {
	name string
	do   func(m *model, p *phone, b *book)
}

var deeds = []deed{
	{"nothing in", func(*model, *phone, *book) {}},
	{"add to", func(m *model, p *phone, b *book) {
		for range 1 + m.random.IntN(3) {
			p.add(m.random, b)
		}
	}},
	{"change in", func(m *model, p *phone, b *book) {
		for _, id := range b.some(m.random, 3) {
			p.edit(m.random, b, id, changed(b, b.items[id].body, p.serial))
		}
	}},
	{"new marks in", func(m *model, p *phone, b *book) {
		for _, id := range b.some(m.random, 3) {
			p.edit(m.random, b, id, b.items[id].body)
		}
	}},
	{"delete from", func(m *model, p *phone, b *book) {
		for _, id := range b.some(m.random, 1+m.random.IntN(3)) {
			p.remove(b, id)
		}
	}},
	{"rename in", func(m *model, p *phone, b *book) {
		for _, id := range b.some(m.random, 2) {
			t := *b.items[id]
			t.name, t.folder = "renamed "+t.name, t.folder+"/moved"
			b.items[id] = &t
			if b.Kind == export.Photos { // a file of another name is another item
				b.items[id+"-renamed"] = &t
				p.touch(b, id+"-renamed")
				p.remove(b, id)
			}
		}
		b.Name = []string{"People", "people", "Work", "Private", "CON"}[m.random.IntN(5)]
	}},
	{"move from", func(m *model, p *phone, b *book) {
		to := p.books[m.random.IntN(len(p.books))]
		for _, id := range b.some(m.random, 4) {
			if to == b || to.Kind != b.Kind {
				continue
			}
			t := *b.items[id]
			now := to.ID + "moved" + filepath.Base(id)
			if _, taken := to.items[id]; !taken && m.random.IntN(3) == 0 {
				now = id
			}
			if m.random.IntN(3) == 0 { // a service that rewrites what it is given
				p.serial++
				t.version, t.body = fmt.Sprint("v", p.serial), strings.Replace(t.body, "END:VCARD", "NOTE:rewritten\r\nEND:VCARD", 1)
			}
			to.items[now] = &t
			p.touch(to, now)
			p.remove(b, id)
		}
	}},
	{"reset", func(m *model, p *phone, b *book) {
		for _, b := range p.books {
			p.renumber(b)
			b.oldest, b.changes = p.journal+1, nil
		}
		p.journal++
	}},
	{"new IDs in", func(_ *model, p *phone, b *book) { p.renumber(b) }},
	{"empty", func(_ *model, p *phone, b *book) {
		for _, id := range b.ids() {
			p.remove(b, id)
		}
	}},
	{"empty all but", func(_ *model, p *phone, b *book) {
		for _, other := range p.books {
			for _, id := range other.ids() {
				if other != b {
					p.remove(other, id)
				}
			}
		}
	}},
	{"halve", func(m *model, p *phone, b *book) {
		for _, id := range b.some(m.random, len(b.items)/2) {
			p.remove(b, id)
		}
	}},
	{"blank", func(m *model, p *phone, b *book) {
		for _, id := range b.some(m.random, len(b.items)) {
			if b.Kind == export.Contacts {
				p.edit(m.random, b, id, "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:"+uidOf(b.items[id].body)+"\r\nFN:\r\nN:;;;;\r\nEND:VCARD\r\n")
			}
		}
	}},
	{"garble in", func(m *model, p *phone, b *book) {
		for _, id := range b.some(m.random, 2) {
			if b.Kind != export.Photos {
				p.edit(m.random, b, id, fmt.Sprintf("BEGIN:V\xff %d", p.serial))
			}
		}
	}},
	{"take away or bring back", func(_ *model, p *phone, b *book) { b.away = !b.away }},
	{"another kind of time zone in", func(m *model, p *phone, b *book) {
		if b.Kind == export.Events {
			for _, id := range b.some(m.random, 2) {
				p.edit(m.random, b, id, strings.ReplaceAll(b.items[id].body, "TZOFFSETTO:+0100", "TZOFFSETTO:+0130"))
			}
		}
	}},
	{"as it was before", func(m *model, p *phone, _ *book) {
		if len(p.thens) > 0 {
			p.back(p.thens[m.random.IntN(len(p.thens))])
		}
	}},
}

// changed is another body of the same item.
func changed(b *book, body string, n int) string {
	if b.Kind == export.Photos {
		return fmt.Sprint(body, " edited ", n)
	}
	for _, name := range []string{"\nNOTE:", "\nSUMMARY:"} {
		if strings.Contains(body, name) {
			return strings.Replace(body, name, name+fmt.Sprint("changed ", n, " "), 1)
		}
	}
	return body
}

func uidOf(body string) string {
	_, uid, _ := strings.Cut(body, "UID:")
	uid, _, _ = strings.Cut(uid, "\n")
	return strings.TrimRight(uid, "\r")
}

// service lets p do one deed.
func (m *model) service(p *phone) {
	b := p.books[m.random.IntN(len(p.books))]
	d := deeds[m.random.IntN(len(deeds))]
	switch n := m.random.IntN(12); {
	case n < 6:
		d = deeds[m.random.IntN(5)] // most of the time little happens
	case n < 8:
		d = deeds[len(deeds)-1]
	}
	if m.random.IntN(4) == 0 {
		p.thens = append(p.thens, p.copy())
	}
	m.note("%s %s%s;", d.name, p.account, b.ID)
	d.do(m, p, b)
}
