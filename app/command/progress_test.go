package command

import (
	"testing"
	"time"

	"sidekeep/export"
)

func TestDescribe(t *testing.T) {
	running := export.Progress{
		Account: "home\x1b", Phase: export.Exporting, Done: 4130, Total: 9204, Bytes: 12_000_000, Rate: 213.7,
		Left: 6 * time.Minute,
		Collections: []export.CollectionProgress{
			{Name: "Contacts", State: export.Finished}, {Name: "Work\n", State: export.Running},
		},
	}
	unknown := running
	unknown.Total, unknown.Left, unknown.Rate, unknown.Bytes, unknown.Collections = -1, -1, 0, 0, nil
	for _, c := range []struct {
		p     export.Progress
		since time.Duration
		want  string
	}{
		{export.Progress{Account: "home", Phase: export.Connecting, Total: -1, Left: -1}, 0, "home: connecting"},
		{running, time.Minute, "home\uFFFD: 4,130 of 9,204 items · 44 % · 12 MB · 213 a second · About 6 minutes left · Work "},
		{running, time.Second, "home\uFFFD: 4,130 of 9,204 items · 44 % · 12 MB · 213 a second · Work "},
		{unknown, time.Minute, "home\uFFFD: 4,130 items"},
	} {
		if got := describe(c.p, c.since, false); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

// TestGravest: of several accounts the gravest counts: 1, 4, 3, 0.
func TestGravest(t *testing.T) {
	order := []int{stopped, failed, held, partly, good}
	for i, a := range order {
		for j, b := range order {
			if got := graver(a, b); got != order[min(i, j)] {
				t.Errorf("graver(%d, %d) = %d", a, b, got)
			}
		}
	}
}

func TestCodeOf(t *testing.T) {
	one, none := 1, 0
	for name, c := range map[string]struct {
		l    export.Ledger
		want int
	}{
		"good":         {export.Ledger{Counts: export.Counts{Found: &one, Kept: 1}}, good},
		"nothing":      {export.Ledger{Counts: export.Counts{Found: &none}}, good},
		"broken off":   {export.Ledger{Counts: export.Counts{Kept: 1}}, failed},
		"unbalanced":   {export.Ledger{Counts: export.Counts{Found: &one}}, failed},
		"ended early":  {export.Ledger{Counts: export.Counts{Found: &none}, Stop: export.NewStop(export.ErrUnreachable)}, failed},
		"by the user":  {export.Ledger{Stop: export.NewStop(export.ErrStopped)}, stopped},
		"held":         {export.Ledger{Counts: export.Counts{Found: &one, Unchanged: 1}, Held: true}, held},
		"item failed":  {export.Ledger{Counts: export.Counts{Found: &one, Failed: 1}}, partly},
		"newly aside":  {export.Ledger{Counts: export.Counts{Found: &one, SetAside: 1}, NewAside: 1}, partly},
		"aside before": {export.Ledger{Counts: export.Counts{Found: &one, SetAside: 1}}, good},
	} {
		if got := codeOf(t.Context(), &c.l); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
