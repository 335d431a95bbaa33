package archive_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/search"
)

// people is a source of cards alone, by ID.
func people(cards map[string]string) *shelf {
	c := &shelved{Collection: export.Collection{ID: "/c/", Name: "People", Kind: export.Contacts}}
	for id, body := range cards {
		c.items = append(c.items, text(id, body, "", body))
	}
	return &shelf{collections: []*shelved{c}}
}

func person(name, more string) string {
	return "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:" + name + "\r\n" + more + "END:VCARD\r\n"
}

// hits is what a search finds: where, what it is called now, and the exports
// whose versions say it.
func hits(t testing.TB, a *archive.Archive, s archive.Search) string {
	t.Helper()
	r, err := a.Search(t.Context(), s)
	if err != nil {
		t.Fatalf("%q: %v", s.Words, err)
	}
	var parts []string
	for _, h := range r.Hits {
		part := h.In + " " + h.Name
		for _, f := range h.Found {
			part += fmt.Sprint(" ", f.Export)
		}
		parts = append(parts, part)
	}
	if r.More {
		parts = append(parts, "more")
	}
	return strings.Join(parts, ", ")
}

func TestSearchFinds(t *testing.T) {
	a := createFast(t, archive.Options{})
	run(t, a, people(map[string]string{
		"anna":  person("Anna Müller", "TEL;TYPE=CELL:+49 (170) 123-4567\r\nEMAIL:anna.m@example.org\r\nNOTE:plays the oboe\r\n"),
		"carl":  person("Carl Gustaf Ångström", "TEL:030/12 34 567\r\nADR:;;Storgatan 3;Uppsala;;753 31;Sweden\r\n"),
		"tanak": person("田中太郎", "NOTE:Straße Łódź Ærø\r\n"),
	}))
	run(t, a, people(map[string]string{
		"anna":  person("Anna Berg", "TEL;TYPE=CELL:+49 171 7654321\r\nEMAIL:anna.m@example.org\r\n"),
		"tanak": person("田中太郎", "NOTE:Straße Łódź Ærø\r\n"),
		"oboe":  person("Orchestra", "NOTE:oboe and Anna\r\n"),
	}))
	for typed, want := range map[string]string{
		"anna":               "present Anna Berg 1, present Orchestra 2",
		"ANNA   berg":        "present Anna Berg 2",
		"müller":             "older Anna Berg 1",
		"MULLER":             "older Anna Berg 1",
		"Mu\u0308ller":       "older Anna Berg 1",
		"oboe":               "present Orchestra 2, older Anna Berg 1",
		"obo":                "present Orchestra 2, older Anna Berg 1",
		"boe":                "",
		"angstrom":           "vanished Carl Gustaf Ångström 1",
		"uppsala storg":      "vanished Carl Gustaf Ångström 1",
		"anna.m@example.org": "present Anna Berg 1",
		"m@example":          "present Anna Berg 1",
		"anna@example":       "",
		"+491701234567":      "older Anna Berg 1",
		"0170 1234567":       "older Anna Berg 1",
		"0170/12 34 56 7":    "older Anna Berg 1",
		"0049 170 1234567":   "older Anna Berg 1",
		"anna 0170 1234567":  "older Anna Berg 1",
		"1234567 anna":       "older Anna Berg 1",
		"01701234":           "older Anna Berg 1",
		"0301234567":         "vanished Carl Gustaf Ångström 1",
		"+46 30 1234567":     "vanished Carl Gustaf Ångström 1",
		"7654321":            "present Anna Berg 2",
		"0301234568":         "",
		"753 31":             "vanished Carl Gustaf Ångström 1",
		"strasse":            "present 田中太郎 1",
		"strase":             "",
		"lodz aero":          "present 田中太郎 1",
		"lodz aerø":          "present 田中太郎 1",
		"太郎":                 "present 田中太郎 1",
		"郎太":                 "",
		"nobody":             "",
		// What a query language would trip over.
		`"`: "-", "*": "-", "-": "-", "(": "-", "": "-", "  \t": "-", "\x00": "-", "\u0301": "-", "😀": "-", "\xff\xfe": "-",
		`"anna`: "present Anna Berg 1, present Orchestra 2", "anna*": "present Anna Berg 1, present Orchestra 2", "-anna": "present Anna Berg 1, present Orchestra 2",
		"(anna": "present Anna Berg 1, present Orchestra 2", `anna" OR "`: "present Anna Berg 1, present Orchestra 2", "NEAR": "", "anna NEAR/2 berg": "", "anna AND oboe": "present Orchestra 2",
		"name:anna": "", "NOT": "", "anna NOT berg": "", "'; DROP TABLE words; --": "", "\ue000491": "", "anna\x00berg": "present Anna Berg 2",
	} {
		if want == "-" {
			if _, err := a.Search(t.Context(), archive.Search{Words: typed}); !errors.Is(err, archive.ErrNoWords) {
				t.Errorf("%q: %v", typed, err)
			}
			continue
		}
		if got := hits(t, a, archive.Search{Words: typed}); got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
}

// TestSearchLong: a query of any length is answered, from its first words.
func TestSearchLong(t *testing.T) {
	a := createFast(t, archive.Options{})
	run(t, a, people(map[string]string{"a": person("Anna", "NOTE:"+strings.Repeat("x", 100)+"\r\n")}))
	for name, typed := range map[string]string{
		"one word":  strings.Repeat("x", 1<<20),
		"words":     strings.Repeat("anna ", 1<<18),
		"quotes":    "anna " + strings.Repeat(`"`, 1<<20),
		"digits":    strings.Repeat("1234 ", 1<<18),
		"dots":      strings.Repeat("a.", 1<<19),
		"spaces":    strings.Repeat(" ", 1<<20) + "anna",
		"cut runes": strings.Repeat("ä", 1<<19),
	} {
		start := time.Now()
		r, err := a.Search(t.Context(), archive.Search{Words: typed})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(r.Hits); (n == 1) != (name == "one word" || name == "words" || name == "quotes" || name == "spaces") {
			t.Errorf("%s: %d hits", name, n)
		}
		if r.Cut != (name == "words" || name == "digits") {
			t.Errorf("%s: cut %v", name, r.Cut)
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s: %v", name, d)
		}
	}
}

// TestSearchFollows: what came, changed and went since the last search is found
// by the next, for every kind.
func TestSearchFollows(t *testing.T) {
	clock := &clockwork{at: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	a := createFast(t, archive.Options{Now: clock.now})
	if err := a.SetThresholds(t.Context(), "Phone", export.Thresholds{Items: 1000, Percent: 100}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 present:present p.jpg:present Event 1:present To do 1:present",
		"2 older:older p.jpg:present Event 1:older To do 1:older",
		"3 older:older p.jpg:present Event 1:older To do 1:older",
		"4 older:older p.jpg:vanished Event 1:older To do 1:older",
		"5 older:older p.jpg:vanished Event 1:older To do 1:older",
		"6 older:older p.jpg:present Event 1:present To do 1:present",
		"7 older:older p.jpg:vanished Event 1:vanished To do 1:vanished",
		"8 older:older p.jpg:present Event 1:older To do 1:vanished",
	}
	for step := range life {
		run(t, a, source(step))
		got := fmt.Sprint(step + 1)
		for i, words := range []string{"person 1 p1", "p.jpg", "event february", "To-do 1"} {
			in := "none"
			r, err := a.Search(t.Context(), archive.Search{Words: words, Kind: []export.Kind{export.Contacts, export.Photos, export.Events, export.Todos}[i]})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Hits) > 0 {
				in = r.Hits[0].In
			}
			if i == 0 {
				got += " " + in + ":" + in
			} else {
				got += " " + []string{"", "p.jpg:", "Event 1:", "To do 1:"}[i] + in
			}
		}
		if got != want[step] {
			t.Errorf("got %s\nwant %s", got, want[step])
		}
	}
	r, err := a.Search(t.Context(), archive.Search{Words: "february", Kind: export.Events})
	if err != nil || len(r.Hits) != 1 || len(r.Hits[0].Found) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if f := r.Hits[0].Found; f[0].Export != 6 || f[1].Export != 1 || f[0].Until.IsZero() || !f[1].Until.After(f[1].From) || !f[0].From.After(f[1].Until) {
		t.Errorf("%+v", f)
	}
}

// TestSearchLimit: what is present comes first, whatever is cut off, and the
// names before the rest.
func TestSearchLimit(t *testing.T) {
	a := createFast(t, archive.Options{})
	if err := a.SetThresholds(t.Context(), "Phone", export.Thresholds{Items: 1000, Percent: 100}); err != nil {
		t.Fatal(err)
	}
	old := map[string]string{"z": person("Anna Z", "")}
	for i := range 200 {
		old[fmt.Sprint(i)] = person(fmt.Sprintf("Anna %d", i), "")
	}
	run(t, a, people(old))
	run(t, a, people(map[string]string{"z": old["z"], "y": person("Aaron", "NOTE:Anna\r\n"), "1": person("No longer", "")}))
	if got := hits(t, a, archive.Search{Words: "anna", Limit: 2}); got != "present Anna Z 1, present Aaron 2, more" {
		t.Error(got)
	}
	if got := hits(t, a, archive.Search{Words: "anna", Limit: 1}); got != "present Anna Z 1, more" {
		t.Error(got)
	}
	if got := hits(t, a, archive.Search{Words: "anna", Limit: 202}); strings.Contains(got, "more") || !strings.HasSuffix(got, "older No longer 1") || strings.Count(got, "vanished") != 199 {
		t.Error(got)
	}
	if got := hits(t, a, archive.Search{Words: "anna", Account: "Tablet"}); got != "" {
		t.Error(got)
	}
	if got := hits(t, a, archive.Search{Words: "anna", Kind: export.Events}); got != "" {
		t.Error(got)
	}
}

// TestSearchIndex: an index that is damaged, of another archive or of a history
// that was made anew is made again; one that cannot be written is made
// elsewhere.
func TestSearchIndex(t *testing.T) {
	const want = "present Anna 1"
	for name, do := range map[string]func(file string) error{
		"none":      os.Remove,
		"empty":     func(file string) error { return os.WriteFile(file, nil, 0o666) },
		"no index":  func(file string) error { return os.WriteFile(file, []byte(strings.Repeat("no database ", 100)), 0o666) },
		"cut short": func(file string) error { return os.Truncate(file, 4096) },
		"pages": func(file string) error {
			info, err := os.Stat(file)
			if err == nil {
				err = os.WriteFile(file, append(must(os.ReadFile(file))[:1024], []byte(strings.Repeat("\xa5", int(info.Size())-1024))...), 0o666)
			}
			return err
		},
		"other archive": func(file string) error {
			return changeSearch(file, "UPDATE about SET value = 'x' WHERE name = 'archive'")
		},
		"other history": func(file string) error { return changeSearch(file, "UPDATE about SET value = 'x' WHERE name = 'mark'") },
		"ahead": func(file string) error {
			return changeSearch(file, "UPDATE about SET value = '99' WHERE name = 'last'")
		},
		"a newer form": func(file string) error { return changeSearch(file, "PRAGMA user_version = 2") },
		"no table":     func(file string) error { return changeSearch(file, "DROP TABLE words") },
		"a folder": func(file string) error {
			return errors.Join(os.Remove(file), os.MkdirAll(filepath.Join(file, "full"), 0o777))
		},
		"a link": func(file string) error {
			return errors.Join(os.Rename(file, file+"2"), os.Symlink(file+"2", file))
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := createFast(t, archive.Options{})
			run(t, a, people(map[string]string{"a": person("Anna", "")}))
			if got := hits(t, a, archive.Search{Words: "anna"}); got != want {
				t.Fatal(got)
			}
			file := archive.StoreOf(a).Path(search.SearchFile)
			if _, err := os.Stat(file); err != nil {
				t.Fatal(err)
			}
			if err := do(file); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if got := hits(t, a, archive.Search{Words: "anna"}); got != want {
					t.Error(got)
				}
			}
			whole(t, a)
		})
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "sidekeep-search*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestSearchStopped: an index that was not finished is gone on with.
func TestSearchStopped(t *testing.T) {
	a := createFast(t, archive.Options{})
	cards := map[string]string{}
	for i := range 1200 {
		cards[fmt.Sprintf("%05d", i)] = person(fmt.Sprintf("Anna %d", i), "")
	}
	run(t, a, people(cards))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Search(ctx, archive.Search{Words: "anna"}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	if got := hits(t, a, archive.Search{Words: "anna 1199"}); got != "present Anna 1199 1" {
		t.Error(got)
	}
}

func changeSearch(file, query string) error {
	db, err := sql.Open("sqlite3", file)
	if err != nil {
		return err
	}
	_, err = db.Exec(query)
	return errors.Join(err, db.Close())
}
