package words

import (
	"strings"
	"testing"

	"sidekeep/export"
)

// What a hold says is true of what was lost: each sort by its name, and of a
// mixture how many have lost each.
func TestLostSorts(t *testing.T) {
	reason := func(kind export.Kind, lost int, sorts ...export.Sort) export.Reason {
		return export.Reason{Rule: export.RuleHollow, Kind: kind, Had: 20, Has: 20, Lost: lost, What: sorts[0].What, Replaced: sorts[0].Replaced, Sorts: sorts}
	}
	for _, x := range []struct {
		r    export.Reason
		want string
	}{
		{reason(export.Contacts, 12, export.Sort{What: export.LostMails, Lost: 12}), "12 of 20 people have lost their mail addresses."},
		{reason(export.Contacts, 12, export.Sort{What: export.LostNames, Lost: 12, Replaced: 12}), "12 of 20 people have other names."},
		{reason(export.Events, 12, export.Sort{What: export.LostNames, Lost: 12, Replaced: 12}), "12 of 20 events have other titles."},
		{reason(export.Contacts, 12, export.Sort{What: export.LostMails, Lost: 12}, export.Sort{What: export.LostNotes, Lost: 12, Replaced: 12}),
			"12 of 20 people have lost their mail addresses and have other notes."},
		{reason(export.Contacts, 12, export.Sort{What: export.LostMails, Lost: 9}, export.Sort{What: export.LostNotes, Lost: 1}),
			"12 of 20 people have lost content: 9 have lost their mail addresses and 1 has lost its note."},
		{reason(export.Todos, 7, export.Sort{What: export.LostDates, Lost: 7}), "7 of 20 to-dos are not due when they were."},
		{export.Reason{Rule: export.RuleHollow, Kind: export.Contacts, Had: 20, Lost: 12, What: export.LostNumbers}, "12 of 20 people have lost their phone numbers."},
	} {
		if got := Loss(x.r); got != x.want {
			t.Errorf("got  %q\nwant %q", got, x.want)
		}
	}
	for sort, s := range lostSorts {
		for _, text := range [...]string{s.gone[0], s.gone[1], s.others[0], s.others[1]} {
			if text == "" || strings.HasSuffix(text, ".") {
				t.Errorf("%s: %q", sort, text)
			}
		}
	}
	if got := Example(export.Example{Name: "Anna Berg", Before: "Anna Berg", Now: "Unknown"}); got != "Anna Berg -> Unknown" {
		t.Error(got)
	}
}
