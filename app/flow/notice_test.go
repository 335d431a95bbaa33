package flow

import (
	"strings"
	"testing"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
)

// TestNoticeCard: what has changed much is told on a card that stays as it is
// otherwise, with two answers and a way to look at it.
func TestNoticeCard(t *testing.T) {
	s := account("Anna")
	s.State, s.SetUp = work.Safe, true
	l := *ledger(50, 0, 0, nil)
	l.Number, l.Account = 12, "Anna"
	l.Notice = &export.Loss{Reasons: []export.Reason{{
		Rule: export.RuleHollow, Kind: export.Contacts, Had: 50, Has: 50, Lost: 7, What: export.LostNumbers,
		Examples: []export.Example{{Name: "Anna Berg", Before: "030 123456"}},
	}}}
	s.Last, s.Noticed = &l, &l
	f, _ := start(t, &scripted{status: []work.Status{s}})
	v := until(t, f, "home", home)
	c := v.Home.Cards[0]
	if c.State != Safe || c.Headline != words.MuchHasChanged || v.Home.Tone != Good || v.Side.Waiting != 0 {
		t.Errorf("card = %+v, home = %+v", c, v.Home)
	}
	for _, part := range []string{"7 of 50 people have lost their phone numbers.", "Anna Berg: 030 123456 -> nothing.", words.FilesFollowed} {
		if !strings.Contains(c.Sentence, part) {
			t.Errorf("the card does not say %q: %q", part, c.Sentence)
		}
	}
	acts := map[Act]bool{}
	for _, a := range c.Actions {
		acts[a.Act] = true
	}
	if !acts[ActLooksRight] || !acts[ActUndoThere] || !acts[ActLook] {
		t.Errorf("actions: %+v", c.Actions)
	}
}
