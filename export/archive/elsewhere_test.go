package archive_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/openfiles"
	"sidekeep/export/archive/search"
)

// places is what a service lists: bodies by the path of their items, the first
// letter of which names the collection.
type places map[string]string

func (p places) shelf() *shelf {
	s := &shelf{}
	for _, c := range []export.Collection{
		{ID: "a", Name: "First", Kind: export.Contacts}, {ID: "b", Name: "Second", Kind: export.Contacts}, {ID: "c", Name: "Third", Kind: export.Contacts},
		{ID: "k", Name: "Home", Kind: export.Events, Mixed: true}, {ID: "l", Name: "Work", Kind: export.Events, Mixed: true}, {ID: "p", Name: "Camera", Kind: export.Photos},
	} {
		shelf := &shelved{Collection: c}
		for _, id := range slices.Sorted(maps.Keys(p)) {
			if id[:1] != c.ID {
				continue
			}
			body := p[id]
			if c.Kind == export.Photos {
				folder, _ := filepath.Split(strings.TrimPrefix(id, "p/"))
				shelf.items = append(shelf.items, picture(id, fmt.Sprint(len(body), body), filepath.Clean(folder), []byte(body), aDay))
			} else {
				shelf.items = append(shelf.items, text(id, fmt.Sprint(len(body), body), "", body))
			}
		}
		s.collections = append(s.collections, shelf)
	}
	return s
}

// with is p with changes, "" for what goes.
func (p places) with(changes places) places {
	p = maps.Clone(p)
	for id, body := range changes {
		if p[id] = body; body == "" {
			delete(p, id)
		}
	}
	return p
}

func married(n int) string {
	return strings.NewReplacer("FN:Person", "FN:Mrs Other", "NOTE:", "NOTE:x").Replace(card(n))
}

func rewritten(n int) string {
	return strings.NewReplacer(fmt.Sprintf("FN:Person %d", n), fmt.Sprintf("FN:%d\\, PERSON", n), "END:VCARD", "PRODID:other\r\nEND:VCARD").Replace(card(n))
}

const meeting = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:m\r\nDTSTAMP:20240101T000000Z\r\nDTSTART:20240601T090000Z\r\nRRULE:FREQ=DAILY;COUNT=5\r\nSUMMARY:Meeting\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:m\r\nRECURRENCE-ID:20240602T090000Z\r\nDTSTAMP:20240101T000000Z\r\nDTSTART:20240602T110000Z\r\nSUMMARY:Meeting\\, later\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// TestVanishedIsWhatIsNowhere goes through the lives of items in several
// collections, and looks after each export, and at the end back at each, for
// what has vanished.
func TestVanishedIsWhatIsNowhere(t *testing.T) {
	type step struct {
		change   places
		vanished []string
	}
	stranger := strings.Replace(card(1), "UID:card-1", "UID:other", 1)
	stranger = strings.Replace(stranger, "NOTE:", "NOTE:another one of this name ", 1)
	inherits := strings.NewReplacer("FN:Person 1", "FN:Somebody Else", "N:1;Person", "N:Else;Somebody").Replace(card(1))
	bare := strings.Replace(card(1), "UID:card-1\r\n", "", 1)
	for name, steps := range map[string][]step{
		"moved, and gone there": {
			{places{"a/1": "", "b/1": card(1)}, nil}, {places{"b/1": ""}, []string{"b/1"}}},
		"over two exports": {
			{places{"a/1": ""}, []string{"a/1"}}, {places{"b/1": card(1)}, nil}, {nil, nil}, {places{"b/1": ""}, []string{"b/1"}}},
		"copied first": {
			{places{"b/1": card(1)}, nil}, {places{"a/1": ""}, nil}, {places{"b/1": ""}, []string{"b/1"}}},
		"copied, and the copy goes first": {
			{places{"b/1": card(1)}, nil}, {places{"b/1": ""}, []string{"b/1"}}, {places{"a/1": ""}, []string{"a/1", "b/1"}}},
		"in two books from the beginning": {
			{places{"b/50": card(50), "c/50": card(50)}, nil}, {places{"b/50": ""}, []string{"b/50"}}, {places{"a/50": card(50)}, nil}, {places{"c/50": ""}, nil}},
		"both at once": {
			{places{"b/1": card(1)}, nil}, {places{"a/1": "", "b/1": ""}, []string{"a/1", "b/1"}}},
		"moved back": {
			{places{"a/1": "", "b/1": card(1)}, nil}, {places{"a/1": card(1), "b/1": ""}, nil}, {places{"a/1": ""}, []string{"a/1"}}},
		"a chain": {
			{places{"a/1": "", "b/1": card(1)}, nil}, {places{"b/1": "", "c/1": card(1)}, nil}, {places{"c/1": ""}, []string{"c/1"}},
			{places{"a/new": card(1)}, nil}, {places{"a/new": ""}, []string{"a/new"}}},
		"rewritten by the move": {
			{places{"a/1": "", "b/x": rewritten(1)}, nil}, {places{"b/x": ""}, []string{"b/x"}}},
		"another name later": {
			{places{"a/1": "", "b/1": card(1)}, nil}, {places{"b/1": married(1)}, nil}, {places{"b/1": ""}, []string{"b/1"}}},
		"another name before": {
			{places{"b/1": card(1)}, nil}, {places{"b/1": married(1)}, nil}, {places{"a/1": ""}, []string{"a/1"}}},
		"without a UID": {
			{places{"a/1": bare}, nil}, {places{"a/1": "", "b/1": bare}, nil}, {places{"b/1": ""}, []string{"b/1"}}},
		"another person of this name": {
			{places{"a/1": "", "b/1": stranger}, []string{"a/1"}}},
		"another person under this UID": {
			{places{"a/1": "", "b/1": inherits}, []string{"a/1"}}},
		"another ID in the same book": {
			{places{"a/1": "", "a/x": card(1)}, nil}, {places{"a/x": ""}, []string{"a/x"}}},
		"a series": {
			{places{"k/m": meeting}, nil}, {places{"k/m": "", "l/m": meeting}, nil}, {places{"l/m": ""}, []string{"l/m"}}},
		"a to-do": {
			{places{"k/t": todo(1)}, nil}, {places{"k/t": "", "l/t": strings.Replace(todo(1), "SUMMARY", "PRIORITY:1\r\nSUMMARY", 1)}, nil}},
		"an event that becomes a to-do": {
			{places{"k/t": strings.Replace(event(7), "event-7", "e", 1)}, nil},
			{places{"k/t": "", "l/t": strings.NewReplacer("todo-1", "e", "To do 1", "Event 7").Replace(todo(1))}, []string{"k/t"}}},
		"a photo": {
			{places{"p/One/1.jpg": "picture"}, nil}, {places{"p/One/1.jpg": "", "p/Two/1.jpg": "picture"}, nil}, {places{"p/Two/1.jpg": ""}, []string{"p/Two/1.jpg"}},
			{places{"p/One/1.jpg": "picture"}, nil}},
		"not understood": {
			{places{"a/bad": "BEGIN:VCARD\r\nno card\r\n"}, nil}, {places{"a/bad": "", "b/bad": "BEGIN:VCARD\r\nno card\r\n"}, nil}, {places{"b/bad": ""}, []string{"b/bad"}}},
	} {
		t.Run(name, func(t *testing.T) {
			at := clock{aDay}
			a, err := archive.Create(filepath.Join(fastDir(t), "archive"), archive.Options{Now: at.Now})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { a.Close() })
			now := places{"a/spam": card(90), "b/stays": card(91), "k/stays": event(92), "p/DCIM/x.jpg": "another"}
			for i := range 30 {
				now[fmt.Sprint("a/", i)] = card(i)
			}
			now["a/1"] = card(1)
			run(t, a, now.shelf())
			check := func(when string, q archive.Query, want []string) {
				t.Helper()
				if got := slices.Sorted(maps.Keys(said(t, a, q))); !slices.Equal(got, want) {
					t.Errorf("%s: %v has vanished, want %v", when, got, want)
				}
			}
			numbers := make([]int64, len(steps))
			for i, s := range steps {
				at.now = at.now.Add(time.Hour)
				now = now.with(s.change)
				l := run(t, a, now.shelf())
				if l.Held {
					t.Fatalf("step %d is held: %+v", i, l.Loss)
				}
				numbers[i] = l.Number
				when := fmt.Sprint("step ", i)
				check(when, archive.Query{Vanished: true}, s.vanished)
				goneTold(t, a, when, s.vanished)
				all := said(t, a, archive.Query{})
				if len(all) != len(now)+len(s.vanished) {
					t.Errorf("%s: %d items, want %d and %d", when, len(all), len(now), len(s.vanished))
				}
				whole(t, a)
			}
			look := func(when string) {
				for i, s := range steps {
					check(fmt.Sprint(when, ", back at step ", i), archive.Query{AsOf: archive.Moment{Export: numbers[i]}, Vanished: true}, s.vanished)
				}
			}
			look("later")
			last := steps[len(steps)-1].vanished
			at.now = at.now.AddDate(3, 0, 0)
			run(t, a, now.shelf())
			p, err := a.PlanPrune(t.Context(), at.now.AddDate(-1, 0, 0))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := a.Prune(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			check("after pruning", archive.Query{Vanished: true}, last)
			newest := run(t, a, now.shelf())
			check("after pruning, as recorded", archive.Query{AsOf: archive.Moment{Export: newest.Number}, Vanished: true}, last)
			now["a/spam"] += " "
			run(t, a, now.with(places{"a/spam": married(90)}).shelf())
			check("after pruning and an export", archive.Query{Vanished: true}, last)
			whole(t, a)
			if err := os.Remove(filepath.Join(a.Dir(), disk.HistoryFile)); err != nil {
				t.Fatal(err)
			}
			dir := a.Dir()
			a.Close()
			repairNow(t, dir)
			if a, err = archive.Open(dir, archive.Options{Now: at.Now}); err != nil {
				t.Fatal(err)
			}
			check("made anew", archive.Query{Vanished: true}, last)
			goneTold(t, a, "made anew", last)
			whole(t, a)
		})
	}
}

// goneTold compares the sums, the files, the index and the search with what has
// vanished.
func goneTold(t *testing.T, a *archive.Archive, when string, want []string) {
	t.Helper()
	accounts, err := a.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := accounts[0].Gone; got != len(want) {
		t.Errorf("%s: status counts %d gone, want %d", when, got, len(want))
	}
	var gone []string
	if _, err := openfiles.EachLine(archive.StoreOf(a), accounts[0].Folder, func(l openfiles.Line) error {
		switch {
		case strings.HasSuffix(l.State, archive.Gone):
			gone = append(gone, l.Id)
			if l.File == "" {
				t.Errorf("%s: the index has no file of %s", when, l.Id)
			}
		case strings.HasSuffix(l.State, archive.Moved) && l.File != "":
			t.Errorf("%s: %s was moved and stands in %s", when, l.Id, l.File)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if slices.Sort(gone); !slices.Equal(gone, want) {
		t.Errorf("%s: the index has %v gone, want %v", when, gone, want)
	}
	n := 0
	root := filepath.Join(a.Dir(), accounts[0].Folder, "Vanished")
	_ = filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		text := string(raw)
		n += strings.Count(text, "BEGIN:VCARD") + strings.Count(text, "SUMMARY:Meeting\r\n") + strings.Count(text, "SUMMARY:Event") + strings.Count(text, "SUMMARY:To do") + strings.Count(text, "Photos/")
		return nil
	})
	understood := slices.DeleteFunc(slices.Clone(want), func(id string) bool { return strings.HasSuffix(id, "bad") })
	if n != len(understood) {
		t.Errorf("%s: Vanished has %d items, want %v", when, n, understood)
	}
	hits, err := a.Search(t.Context(), archive.Search{Words: "person 1", Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hits.Hits {
		if vanished := slices.Contains(want, h.ID); (h.In == search.InVanished) != vanished {
			t.Errorf("%s: the search finds %s as %s", when, h.ID, h.In)
		}
	}
}

// TestOneGroupIsEmptied: one item that changes may have lost what many have, and
// it is told of how many.
func TestOneGroupIsEmptied(t *testing.T) {
	group := func(members int) string {
		text := "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:group\r\nFN:Friends\r\nN:Friends;;;;\r\nX-ADDRESSBOOKSERVER-KIND:group\r\n"
		for i := range members {
			text += fmt.Sprintf("X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:card-%d\r\n", i)
		}
		return text + "END:VCARD\r\n"
	}
	now := places{"a/group": group(20)}
	for i := range 30 {
		now[fmt.Sprint("a/", i)] = card(i)
	}
	a := create(t, archive.Options{})
	run(t, a, now.shelf())
	l := run(t, a, now.with(places{"a/group": group(0)}).shelf())
	if !l.Held || l.Loss.Reasons[0].Had != 31 || l.Loss.Reasons[0].Lost != 1 || l.Loss.Reasons[0].What != export.LostMembers {
		t.Fatalf("held %v: %+v", l.Held, l.Loss)
	}
	if e := l.Loss.Reasons[0].Examples; len(e) != 1 || e[0].Before != "20 members" || e[0].Now != "" {
		t.Errorf("%+v", e)
	}
	if l := run(t, a, now.shelf()); l.Held {
		t.Errorf("held though all is back: %+v", l.Loss)
	}
	whole(t, a)
}
