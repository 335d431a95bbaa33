package flow

import (
	"strings"
	"testing"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
)

// TestFirstExportFails: where nothing was kept yet, no copy is as it was.
func TestFirstExportFails(t *testing.T) {
	for _, cause := range []error{export.ErrSignIn, export.ErrUnreachable} {
		s := account("home")
		s.State, s.Last = work.Failed, &export.Ledger{Account: "home", Stop: export.NewStop(cause)}
		f, _ := start(t, &scripted{status: []work.Status{s}})
		v := until(t, f, "the card", home)
		if c := card(v, "home"); !strings.HasPrefix(c.Sentence, words.NeverExported) || v.Home.Line != words.NothingKeptYet {
			t.Errorf("%v: %q, over it %q", cause, c.Sentence, v.Home.Line)
		}
		s.Gone = 1
		f, _ = start(t, &scripted{status: []work.Status{s}})
		v = until(t, f, "the card", home)
		if c := card(v, "home"); strings.Contains(c.Sentence, words.NeverExported) || v.Home.Line != words.NothingLost {
			t.Errorf("%v, with a copy: %q, over it %q", cause, c.Sentence, v.Home.Line)
		}
	}
}
