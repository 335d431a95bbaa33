package flow

import (
	"fmt"
	"testing"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/settings"
)

// TestOffers opens an archive that brings accounts along: none is taken over
// without a yes for it, each tells where its password would go, and one that
// could not be taken over can be chosen again.
func TestOffers(t *testing.T) {
	var asked []string
	var refuse error
	s := &scripted{status: []work.Status{account("Anna")}}
	s.offers = []settings.Account{
		{Name: "Victim", Type: settings.DAV, Address: "https://dav.example.org/", User: "victim"},
		{Name: "Elsewhere", Type: settings.Folder, Address: "/home/somebody/cards"},
	}
	s.took = func(names []string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		asked = append(asked, fmt.Sprint(names))
		return refuse
	}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Go(Archive)
	f.MoveTo("/other")
	v := until(t, f, "the offers", func(v View) bool { return v.Page == Archive && len(v.Archive.Offered) == 2 })
	a := v.Archive
	if a.CanTake || a.Offered[0].On || a.Offered[1].On || len(asked) != 0 {
		t.Errorf("something is chosen before anybody chose: %+v", a)
	}
	for i, o := range s.offers {
		if a.OfferLines[i] != words.Offer(o) || a.OfferLines[i] == "" {
			t.Errorf("line %d = %q", i, a.OfferLines[i])
		}
	}
	f.ToggleOffer("Victim")
	f.ToggleOffer("Victim")
	f.ToggleOffer("Elsewhere")
	f.ToggleOffer("Nobody")
	if a := f.View().Archive; !a.CanTake || a.Offered[0].On || !a.Offered[1].On {
		t.Errorf("chosen: %+v", a.Offered)
	}
	s.mu.Lock()
	refuse = export.ErrBusy
	s.mu.Unlock()
	f.TakeOffers()
	v = until(t, f, "the refusal", func(v View) bool { return v.Archive.Problem != nil })
	if v.Archive.Problem.Title != words.For(export.ErrBusy).Title || len(v.Archive.Offered) != 2 || !v.Archive.CanTake {
		t.Errorf("after a refusal: %+v", v.Archive)
	}
	s.mu.Lock()
	refuse = nil
	s.mu.Unlock()
	f.TakeOffers()
	until(t, f, "the end of the offers", func(v View) bool { return len(v.Archive.Offered) == 0 && v.Archive.Problem == nil })
	until(t, f, "the second asking", func(View) bool { s.mu.Lock(); defer s.mu.Unlock(); return len(asked) == 2 })
	if fmt.Sprint(asked) != "[[Elsewhere] [Elsewhere]]" {
		t.Errorf("taken over: %v", asked)
	}

	// Left as they are, nothing is asked for.
	f.MoveTo("/other")
	until(t, f, "the offers", func(v View) bool { return len(v.Archive.Offered) == 2 })
	f.TakeOffers()
	if len(f.View().Archive.Offered) != 0 || len(asked) != 2 {
		t.Errorf("left: %+v, asked %v", f.View().Archive.Offered, asked)
	}
}
