package archive_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
)

// bulkPhone lists people by number; what says what stands on the card of one.
func bulkPhone(n int, version string, what func(i int) string) *shelf {
	people := &shelved{Collection: export.Collection{ID: "/c/people/", Name: "People", Kind: export.Contacts}}
	for i := range n {
		people.items = append(people.items, text(fmt.Sprintf("/c/people/%d.vcf", i), version, "", what(i)))
	}
	return &shelf{collections: []*shelved{people}}
}

func note(i int, text string) string {
	return strings.Replace(card(i), "NOTE:", "NOTE:"+text+" ", 1)
}

// TestPruneKeepsWhatWasBeforeABulkChange: two years after a change of everything
// the state before it is still there as a whole, whether or not the account was
// held then.
func TestPruneKeepsWhatWasBeforeABulkChange(t *testing.T) {
	const people = 40
	for _, c := range []struct {
		name string
		days []func(i int) string // what each day's export lists
		kept []int64
	}{
		{"one day", []func(int) string{
			func(i int) string { return note(i, "true") },
			func(i int) string { return note(i, "false") },
			func(i int) string { return note(i, "falser") },
		}, []int64{1, 2}},
		{"a fifth", []func(int) string{
			func(i int) string { return note(i, "true") },
			func(i int) string { return note(i, map[bool]string{true: "true", false: "false"}[i >= people/5]) },
			func(i int) string { return note(i, map[bool]string{true: "true", false: "false"}[i >= people/5]) },
		}, []int64{1}},
		{"little by little", []func(int) string{
			func(i int) string { return note(i, "true") },
			func(i int) string { return note(i, map[bool]string{true: "true", false: "false"}[i >= 3]) },
			func(i int) string { return note(i, map[bool]string{true: "true", false: "false"}[i >= 6]) },
			func(i int) string { return note(i, map[bool]string{true: "true", false: "false"}[i >= 9]) },
		}, []int64{1}},
		{"too little", []func(int) string{
			func(i int) string { return note(i, "true") },
			func(i int) string { return note(i, map[bool]string{true: "true", false: "false"}[i >= 3]) },
			func(i int) string { return note(i, map[bool]string{true: "true", false: "false"}[i >= 6]) },
		}, nil},
		{"written in another way", []func(int) string{
			func(i int) string { return note(i, "true") },
			func(i int) string {
				return strings.Replace(note(i, "true"), "END:VCARD", "REV:20260101T000000Z\r\nPRODID:-//x//y//EN\r\nEND:VCARD", 1)
			},
			func(i int) string {
				return strings.Replace(note(i, "true"), "END:VCARD", "PRODID:-//x//z//EN\r\nEND:VCARD", 1)
			},
		}, nil},
		{"not understood", []func(int) string{
			func(i int) string { return note(i, "true") },
			func(i int) string { return fmt.Sprint("no card ", i) },
			func(i int) string { return fmt.Sprint("no card any more ", i) },
		}, []int64{1, 2}},
		{"one that changes all the time", slices.Repeat([]func(int) string{
			func(i int) string { return note(i, map[bool]string{true: "x", false: "true"}[i == 0]) },
			func(i int) string { return note(i, map[bool]string{true: "y", false: "true"}[i == 0]) },
		}, 10), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := &clock{aDay}
			a, err := archive.Create(filepath.Join(fastDir(t), "archive"), archive.Options{Now: at.Now})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			var days []*shelf
			for n, what := range c.days {
				s := bulkPhone(people, fmt.Sprint(n), what)
				run(t, a, s)
				days = append(days, s)
				at.now = at.now.AddDate(0, 0, 1)
			}
			at.now = at.now.AddDate(2, 0, 0)
			run(t, a, days[len(days)-1])
			for range 2 { // what was kept once stays kept
				p, err := a.PlanPrune(t.Context(), at.now)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(p.Kept, c.kept) {
					t.Errorf("kept as of %v, want %v", p.Kept, c.kept)
				}
				if _, err := a.Prune(t.Context(), p); err != nil {
					t.Fatal(err)
				}
			}
			for i, s := range days[:len(days)-1] {
				n := int64(i + 1)
				got, err := asOfBodies(t, a, n)
				var pruned *archive.PrunedError
				if errors.As(err, &pruned) && !slices.Contains(c.kept, n) {
					if !slices.Equal(pruned.Kept, c.kept) {
						t.Errorf("export %d: kept as of %v", n, pruned.Kept)
					}
					continue
				}
				if err != nil {
					t.Errorf("export %d: %v", n, err)
				}
				for id, body := range offered(s) {
					if got[id] != body {
						t.Errorf("export %d: %s is not as it was", n, id)
					}
				}
			}
			whole(t, a)
		})
	}
}

// TestForgetMovesMilestones: an account that is forgotten takes the numbers of
// its exports with it, and not what others had then.
func TestForgetMovesMilestones(t *testing.T) {
	at := &clock{aDay}
	a, err := archive.Create(filepath.Join(fastDir(t), "archive"), archive.Options{Now: at.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	runAs := func(account string, s *shelf) {
		t.Helper()
		if l, err := export.Run(t.Context(), s, a, export.Plan{Account: account, Now: archive.StoreOf(a).Now}, nil); err != nil || !l.Balanced() {
			t.Fatalf("%+v, %v", l, err)
		}
		at.now = at.now.Add(time.Hour)
	}
	first := bulkPhone(40, "1", func(i int) string { return note(i, "true") })
	runAs("Phone", first)
	runAs("Other", bulkPhone(3, "1", func(i int) string { return note(i, "other") }))
	runAs("Phone", bulkPhone(40, "2", func(i int) string { return note(i, "false") }))
	runAs("Phone", bulkPhone(40, "3", func(i int) string { return note(i, "falser") }))
	p, err := a.PlanPrune(t.Context(), at.now)
	if err == nil {
		_, err = a.Prune(t.Context(), p)
	}
	if err != nil || !slices.Equal(p.Kept, []int64{2, 3}) {
		t.Fatalf("kept as of %v, %v", p.Kept, err)
	}
	f, err := a.PlanForget(t.Context(), archive.Forget{Account: "Other"})
	if err == nil {
		err = a.Forget(t.Context(), f)
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := asOfBodies(t, a, 1)
	if err != nil {
		t.Fatal(err)
	}
	for id, body := range offered(first) {
		if got[id] != body {
			t.Errorf("%s is not as it was", id)
		}
	}
}
