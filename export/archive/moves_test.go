package archive_test

import (
	"fmt"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
)

// Forty of a hundred contacts move to another book, under their IDs or new
// ones, with their bytes or rewritten, and whichever book is listed first: they
// are moved, and neither gone nor new.
func TestMovedToAnotherBook(t *testing.T) {
	for _, back := range []bool{false, true} {
		for _, how := range []string{"as they are", "new IDs", "rewritten", "new book"} {
			t.Run(fmt.Sprint(how, back), func(t *testing.T) {
				at := clock{aDay}
				p := &phone{account: "Phone", fails: map[string]bool{}}
				from := &book{Collection: export.Collection{ID: "/a/", Name: "Old", Kind: export.Contacts}, items: map[string]*thing{}}
				to := &book{Collection: export.Collection{ID: "/b/", Name: "New", Kind: export.Contacts}, items: map[string]*thing{}, away: how == "new book"}
				p.books = []*book{from, to}
				if back {
					p.books = []*book{to, from}
				}
				for i := range 100 {
					from.items[fmt.Sprint(i, ".vcf")] = &thing{version: "1", name: fmt.Sprint(i, ".vcf"), body: card(i)}
				}
				a, err := archive.Create(t.TempDir(), archive.Options{Now: at.Now})
				if err != nil {
					t.Fatal(err)
				}
				defer a.Close()
				run := func() export.Ledger {
					l, err := export.Run(t.Context(), p, a, export.Plan{Account: "Phone", Now: at.Now}, nil)
					if err != nil {
						t.Fatal(err)
					}
					return l
				}
				run()
				to.away = false
				for i := range 40 {
					id := fmt.Sprint(i, ".vcf")
					thing := *from.items[id]
					if how == "rewritten" {
						thing.body = strings.Replace(thing.body, "END:VCARD", "PRODID:other\r\nEND:VCARD", 1)
					}
					delete(from.items, id)
					if how == "new IDs" {
						id = "other-" + id
					}
					to.items[id] = &thing
				}
				l := run()
				if l.Moved != 40 || l.Gone != 0 || l.Kept != 40 || l.Held || !l.Good() {
					t.Errorf("the sum is %+v, held %v", l.Counts, l.Held)
				}
				for _, c := range l.Collections {
					if want := map[string]int{"/a/": 40}[c.ID]; c.Moved != want || c.Gone != 0 {
						t.Errorf("%s: %+v", c.Name, c.Counts)
					}
				}
				n := 0
				for c, err := range a.Changes(t.Context(), l.Number) {
					if err != nil {
						t.Fatal(err)
					}
					if n++; c.What != archive.Moved || c.Collection != "/b/" || c.From == nil || c.From.Name != "Old" || c.From.To != "New" {
						t.Fatalf("%s %s: from %+v", c.What, c.ID, c.From)
					}
					if (len(c.Differences) > 0) != (how == "rewritten") {
						t.Errorf("%s differs in %+v", c.ID, c.Differences)
					}
				}
				if n != 40 {
					t.Errorf("%d changes", n)
				}
				if l := run(); l.Moved != 0 || l.Gone != 0 || l.Kept != 0 {
					t.Errorf("the next one: %+v", l.Counts)
				}
				delete(to.items, map[bool]string{false: "7.vcf", true: "other-7.vcf"}[how == "new IDs"])
				if l := run(); l.Moved != 0 || l.Gone != 1 {
					t.Errorf("one is gone: %+v", l.Counts)
				}
			})
		}
	}
}
