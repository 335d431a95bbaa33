package archive_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sidekeep/export"
	"sidekeep/export/archive"
)

// A clockwork is a clock that a test moves.
type clockwork struct{ at time.Time }

func (c *clockwork) now() time.Time {
	c.at = c.at.Add(time.Second)
	return c.at
}

// said is what is known of items: their state, name and bytes by ID.
func said(t testing.TB, a *archive.Archive, q archive.Query) map[string]string {
	t.Helper()
	all := map[string]string{}
	for c, err := range a.Contents(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.Open()
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		b, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		if int64(len(b)) != c.Size {
			t.Errorf("%s: %d bytes, not %d", c.ID, len(b), c.Size)
		}
		all[c.ID] = c.State + ", " + c.Name + ", " + string(b)
	}
	for it, err := range a.Items(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(all[it.ID], it.State+", "+it.Name+", ") {
			t.Errorf("Items: %+v, Contents: %q", it, all[it.ID])
		}
	}
	return all
}

// a life is what a source shows of one item of every kind, export by export.
var life = []struct {
	name  string
	items map[string]string // bodies by ID; what is missing is not at the source
	names map[string]string
}{
	{"added", map[string]string{"/c/a": card(1), "/k/e": event(1), "/k/t": todo(1), "/f/p.jpg": "picture 1"}, nil},
	{"changed", map[string]string{"/c/a": card(2), "/k/e": event(2), "/k/t": todo(2), "/f/p.jpg": "picture 2"}, nil},
	{"others", map[string]string{"/c/a": card(2), "/c/b": card(3), "/k/e": event(2), "/k/t": todo(2), "/f/p.jpg": "picture 2", "/f/q.jpg": "picture 1"}, nil},
	{"gone", map[string]string{"/c/b": card(3), "/f/q.jpg": "picture 1"}, nil},
	{"set aside", map[string]string{"/c/b": "no card at all", "/k/e": "no event either", "/f/q.jpg": "picture 1"}, nil},
	{"back", map[string]string{"/c/a": card(2), "/c/b": card(3), "/k/e": event(1), "/k/t": todo(1), "/f/p.jpg": "picture 2"}, nil},
	{"all gone", map[string]string{}, nil},
	{"back again", map[string]string{"/c/a": card(2), "/k/e": event(3), "/f/p.jpg": "picture 1"}, nil},
}

func source(step int) *shelf {
	people := &shelved{Collection: export.Collection{ID: "/c/", Name: "People", Kind: export.Contacts}}
	work := &shelved{Collection: export.Collection{ID: "/k/", Name: "Work", Kind: export.Events, Mixed: true}}
	camera := &shelved{Collection: export.Collection{ID: "/f/", Name: "Camera", Kind: export.Photos}}
	for id, body := range life[step].items {
		mark := fmt.Sprint(len(body), body)
		switch id[1] {
		case 'c':
			people.items = append(people.items, text(id, mark, "", body))
		case 'k':
			work.items = append(work.items, text(id, mark, "", body))
		default:
			camera.items = append(camera.items, picture(id, mark, "DCIM", []byte(body), aDay))
		}
	}
	return &shelf{collections: []*shelved{people, work, camera}}
}

// title is what the archive calls an item with these bytes.
func title(id, body string) string {
	var n int
	switch {
	case strings.HasPrefix(body, "BEGIN:VCARD"):
		fmt.Sscanf(body[strings.Index(body, "UID:card-"):], "UID:card-%d", &n)
		return fmt.Sprintf("Person %d", n)
	case strings.Contains(body, "UID:event-"):
		fmt.Sscanf(body[strings.Index(body, "UID:event-"):], "UID:event-%d", &n)
		return fmt.Sprintf("Event %d", n)
	case strings.Contains(body, "UID:todo-"):
		fmt.Sscanf(body[strings.Index(body, "UID:todo-"):], "UID:todo-%d", &n)
		return fmt.Sprintf("To do %d", n)
	case strings.HasPrefix(id, "/f/"):
		return id[len("/f/"):]
	}
	return ""
}

// createFast is create in a folder that need not survive a power cut.
func createFast(t testing.TB, o archive.Options) *archive.Archive {
	t.Helper()
	a, err := archive.Create(filepath.Join(fastDir(t), "archive"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// lived exports every step of life, an hour apart, and tells what is to be
// known after each: by number of the export.
func lived(t testing.TB) (a *archive.Archive, want map[int64]map[string]string, ended map[int64]time.Time) {
	clock := &clockwork{at: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	a = createFast(t, archive.Options{Now: clock.now})
	if err := a.SetThresholds(t.Context(), "Phone", export.Thresholds{Items: 1000, Percent: 100}); err != nil {
		t.Fatal(err)
	}
	want, ended = map[int64]map[string]string{}, map[int64]time.Time{}
	known := map[string]string{} // the last bytes of all that ever was
	for step := range life {
		l := run(t, a, source(step))
		maps.Copy(known, life[step].items)
		state := map[string]string{}
		for id, body := range known {
			_, there := life[step].items[id]
			s, name := archive.Gone, title(id, body)
			aside := name == ""
			switch {
			case aside && there:
				s = archive.SetAside
			case aside:
				s = archive.SetAside + ", " + archive.Gone
			case there:
				s = archive.Present
			case slices.Contains(slices.Collect(maps.Values(life[step].items)), body):
				continue // it is elsewhere
			}
			state[id] = s + ", " + name + ", " + body
		}
		want[l.Number] = state
		_, at, err := a.At(t.Context(), archive.Moment{Export: l.Number})
		if err != nil {
			t.Fatal(err)
		}
		ended[l.Number] = at
		clock.at = clock.at.Add(time.Hour)
	}
	return a, want, ended
}

// TestAsOf: what was known after an export is known for good, whatever came
// after it, by its number and by every time up to the end of the next.
func TestAsOf(t *testing.T) {
	a, want, ended := lived(t)
	for n, state := range want {
		next, ok := ended[n+1]
		if !ok {
			next = ended[n].AddDate(1, 0, 0)
		}
		for name, m := range map[string]archive.Moment{
			"number":            {Export: n},
			"its end":           {Time: ended[n]},
			"later":             {Time: ended[n].Add(time.Minute)},
			"just before next":  {Time: next.Add(-time.Nanosecond)},
			"in another zone":   {Time: ended[n].In(time.FixedZone("", 9*3600))},
			"number, whenever ": {Export: n, Time: ended[1]},
		} {
			got := said(t, a, archive.Query{AsOf: m})
			if d := cmp.Diff(state, got); d != "" {
				t.Errorf("%s after export %d (%s): %s", name, n, life[n-1].name, d)
			}
			if name != "number" {
				continue
			}
			for _, k := range export.Kinds() {
				for id, s := range said(t, a, archive.Query{AsOf: m, Kind: k, Account: "Phone", Present: true}) {
					if got[id] != s || strings.Contains(s, archive.Gone+",") {
						t.Errorf("present %s: %s", k, s)
					}
					delete(got, id)
				}
				for id, s := range said(t, a, archive.Query{AsOf: m, Kind: k, Vanished: true}) {
					if got[id] != s || !strings.Contains(s, archive.Gone+",") {
						t.Errorf("vanished %s: %s", k, s)
					}
					delete(got, id)
				}
			}
			if len(got) > 0 {
				t.Errorf("of no kind, neither present nor vanished: %v", got)
			}
		}
	}
	if d := cmp.Diff(want[int64(len(life))], said(t, a, archive.Query{})); d != "" {
		t.Errorf("the present: %s", d)
	}
}

// TestAsOfNothing: a moment of which nothing is known is told, and no answer
// given for it.
func TestAsOfNothing(t *testing.T) {
	a, _, ended := lived(t)
	for name, m := range map[string]archive.Moment{"before": {Time: ended[1].Add(-time.Nanosecond)}, "long before": {Time: time.Unix(0, 0)}} {
		var early *archive.TooEarlyError
		for _, err := range a.Items(t.Context(), archive.Query{AsOf: m}) {
			if !errors.As(err, &early) || early.Number != 1 || !early.First.Equal(ended[1]) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if early == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, n := range []int64{int64(len(life)) + 1, -1, 99999} {
		_, _, err := a.At(t.Context(), archive.Moment{Export: n})
		if none := (*archive.NoExportError)(nil); !errors.As(err, &none) || none.Newest != int64(len(life)) {
			t.Errorf("export %d: %v", n, err)
		}
	}
	_, err := export.Run(t.Context(), source(0), a, export.Plan{Account: "Tablet", Now: archive.StoreOf(a).Now}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range a.Items(t.Context(), archive.Query{AsOf: archive.Moment{Export: 2}, Account: "Tablet"}) {
		if early := (*archive.TooEarlyError)(nil); !errors.As(err, &early) || early.Account != "Tablet" || early.Number != int64(len(life))+1 {
			t.Errorf("before the account's first: %v", err)
		}
	}
	empty := create(t, archive.Options{})
	if _, _, err := empty.At(t.Context(), archive.Moment{Time: time.Now()}); !errors.As(err, new(*archive.TooEarlyError)) {
		t.Errorf("no export at all: %v", err)
	}
}

// TestVersions: an item's versions tell when it came, changed, went and
// returned.
func TestVersions(t *testing.T) {
	a, _, _ := lived(t)
	for id, want := range map[string]string{
		"/c/a":     "1 present, 2 present, 4 gone, 6 present, 7 gone, 8 present shown",
		"/c/b":     "3 present, 5 set aside, 6 present, 7 gone",
		"/f/p.jpg": "1 present, 2 present, 4 gone, 6 present, 7 gone, 8 present shown",
	} {
		collection := id[:3]
		list, err := a.Versions(t.Context(), "Phone", collection, id)
		if err != nil {
			t.Fatal(err)
		}
		var parts []string
		for _, v := range list {
			part := fmt.Sprint(v.Export, " ", v.State)
			if v.Shown {
				part += " shown"
			}
			parts = append(parts, part)
			if v.State == archive.Gone {
				continue
			}
			var b []byte
			r, err := a.Version(t.Context(), v.Number)
			if err == nil {
				b, err = io.ReadAll(r)
				r.Close()
			}
			if body := life[v.Export-1].items[id]; err != nil || string(b) != body {
				t.Errorf("%s in export %d: %q, not %q, %v", id, v.Export, b, body, err)
			}
		}
		if got := strings.Join(parts, ", "); got != want {
			t.Errorf("%s: %s", id, got)
		}
	}
}

// TestChanges: what an export changed adds up to the difference of what was
// known before and after it, whatever it was.
func TestChanges(t *testing.T) {
	a, want, _ := lived(t)
	var numbers []int64
	for n := range want {
		numbers = append(numbers, n)
	}
	counts, err := a.ChangeCounts(t.Context(), numbers)
	if err != nil {
		t.Fatal(err)
	}
	for n, after := range want {
		before := want[n-1]
		got := map[string]string{}
		var count archive.ChangeCount
		for c, err := range a.Changes(t.Context(), n) {
			if err != nil {
				t.Fatal(err)
			}
			got[c.ID] = c.What
			switch c.What {
			case archive.Added, archive.Returned:
				count.Added++
			case archive.Changed:
				count.Changed++
				if len(c.Differences) == 0 {
					t.Errorf("export %d: %s changed in nothing", n, c.ID)
				}
			case archive.Gone:
				count.Gone++
			}
			if (c.What == archive.Changed) == (c.Differences == nil) {
				t.Errorf("export %d: %s %s: %v", n, c.ID, c.What, c.Differences)
			}
			if !strings.Contains(after[c.ID], ", "+c.Name+", ") {
				t.Errorf("export %d: %s is called %q", n, c.ID, c.Name)
			}
		}
		expected := map[string]string{}
		for id, s := range after {
			was, had := before[id]
			gone, wasGone := strings.Contains(s[:20], archive.Gone+","), strings.Contains((was + strings.Repeat(" ", 20))[:20], archive.Gone+",")
			switch {
			case !had:
				expected[id] = archive.Added
			case wasGone && !gone:
				expected[id] = archive.Returned
			case gone && !wasGone:
				expected[id] = archive.Gone
			case s != was:
				expected[id] = archive.Changed
			}
		}
		if d := cmp.Diff(expected, got); d != "" {
			t.Errorf("export %d (%s): %s", n, life[n-1].name, d)
		}
		if counts[n] != count {
			t.Errorf("export %d: counted %+v, yielded %+v", n, counts[n], count)
		}
	}
	for _, err := range a.Changes(t.Context(), 99) {
		if !errors.As(err, new(*archive.NoExportError)) {
			t.Errorf("no export: %v", err)
		}
	}
}

// TestChangedFields: of a changed item the fields are told that differ.
func TestChangedFields(t *testing.T) {
	a, _, _ := lived(t)
	got := map[string]string{}
	for c, err := range a.Changes(t.Context(), 2) {
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range c.Differences {
			if !d.Quiet {
				got[c.ID] += d.Field + ": " + d.Old + " -> " + d.New + "\n"
			}
		}
	}
	for id, want := range map[string]string{
		"/c/a": "Name: Person 1 -> Person 2\nLast name: 1 -> 2\nPhone (mobile): +49 30 0000001 -> +49 30 0000002\nE-mail: p1@example.org -> p2@example.org\nNote: n -> nn\n",
		"/k/e": "Name: Event 1 -> Event 2\nStarts: 2 February 2024, 09:00 (Europe/Berlin) -> 3 March 2024, 09:00 (Europe/Berlin)\nEnds: 2 February 2024, 10:00 (Europe/Berlin) -> 3 March 2024, 10:00 (Europe/Berlin)\n",
		"/k/t": "Name: To do 1 -> To do 2\n",
	} {
		if got[id] != want {
			t.Errorf("%s:\n%s", id, got[id])
		}
	}
	if !strings.Contains(got["/f/p.jpg"], "Picture: 9 bytes") {
		t.Errorf("the photo:\n%s", got["/f/p.jpg"])
	}
}
