package flow

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/formats/fields"
)

// past is a work with so many exports of two accounts in turn.
func past(exports int) *scripted {
	s := &scripted{status: []work.Status{account("Anna"), account("Ben")}}
	for n := exports; n > 0; n-- {
		l := *ledger(9, 9, 0, nil)
		l.Number, l.Account = int64(n), []string{"Anna", "Ben"}[n%2]
		s.history = append(s.history, l)
	}
	return s
}

func change(what, name string, kind export.Kind) archive.Change {
	return archive.Change{What: what, Item: archive.Item{Name: name, Kind: kind}}
}

func TestHistory(t *testing.T) {
	s := past(3000)
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Go(History)
	v := until(t, f, "the exports", func(v View) bool { return v.History.Open != nil })
	h := v.History
	if len(h.Exports) != exportsPage || h.Chosen != 0 || h.Exports[0].Number != 3000 || h.Exports[0].Added != 3000 || len(h.Accounts) != 3 {
		t.Errorf("history: %d exports, chosen %d, first %+v, accounts %v", len(h.Exports), h.Chosen, h.Exports[0], h.Accounts)
	}
	f.OpenExport(2990)
	for n := exportsPage; n < 3000; n = min(n*2, 3000) {
		until(t, f, "the next page", func(v View) bool { return len(v.History.Exports) >= n })
		f.OlderExports()
		f.OlderExports() // one is under way
	}
	h = until(t, f, "all exports", func(v View) bool { return len(v.History.Exports) == 3000 }).History
	if h.Exports[2999].Number != 1 || h.Chosen != 10 || h.Open.Number != 2990 {
		t.Errorf("chosen %d, open %+v", h.Chosen, h.Open)
	}
	f.OlderExports() // there are none
	s.mu.Lock()
	if s.reads != 6 { // 100, 200, ... 3,200
		t.Errorf("the history was read %d times", s.reads)
	}
	s.mu.Unlock()
	f.ListExports("Ben")
	h = until(t, f, "one account", func(v View) bool { return v.History.Account == "Ben" && v.History.Open != nil }).History
	for _, e := range h.Exports {
		if e.Account != "Ben" {
			t.Fatalf("%+v is of another account", e)
		}
	}
	// An export that ends is on top, and what is open stays open.
	f.OpenExport(2995)
	s.export = nil
	l := s.history[0]
	l.Number, l.Account = 3001, "Ben"
	s.history = append([]export.Ledger{l}, s.history...)
	f.reloadHistory()
	h = until(t, f, "the new export", func(v View) bool { return v.History.Exports[0].Number == 3001 }).History
	if h.Open == nil || h.Open.Number != 2995 || h.Exports[h.Chosen].Number != 2995 {
		t.Errorf("open is %+v", h.Open)
	}
}

func TestNoHistory(t *testing.T) {
	f, _ := start(t, past(0))
	until(t, f, "home", home)
	f.Go(History)
	v := until(t, f, "no exports", func(v View) bool { return v.Page == History && !v.History.Reading && v.History.Title != "" })
	if v.History.Title != words.NoExports || v.History.Open != nil {
		t.Errorf("history = %+v", v.History)
	}
	f.ListExports("Anna")
	until(t, f, "no exports of Anna", func(v View) bool { return v.History.Title == words.NoExportsOf("Anna") })
}

func TestStatesOfExports(t *testing.T) {
	s := past(9)
	loss := &export.Loss{Reasons: []export.Reason{gone(export.Contacts, "", 412, 3)}}
	at := func(n int64) *export.Ledger { return &s.history[9-n] }
	for _, n := range []int64{1, 3, 5, 7} { // of Ben
		at(n).Held, at(n).Loss = true, loss
	}
	s.holds = []archive.Hold{
		{Account: "Ben", Export: 7, State: archive.HoldOpen, Loss: loss}, {Account: "Anna", Export: 6, State: archive.HoldEnded, Loss: loss},
		{Account: "Ben", Export: 3, State: archive.HoldAccepted, Loss: loss}, {Account: "Ben", Export: 1, State: archive.HoldEnded, Loss: loss},
	}
	at(2).Stop = export.NewStop(export.ErrUnreachable)
	at(4).Stop = export.NewStop(export.ErrStopped)
	at(6).NewAside = 2
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Go(History)
	h := until(t, f, "the exports", func(v View) bool { return v.History.Open != nil }).History
	for n, want := range map[int64]ExportState{
		1: ExportOver, 2: ExportFailed, 3: ExportAccepted, 4: ExportStopped, 5: ExportAccepted, 6: ExportAside, 7: ExportHeld, 8: ExportGood,
	} {
		if got := h.Exports[9-n].State; got != want {
			t.Errorf("export %d: state %v, want %v", n, got, want)
		}
	}
	for n, want := range map[int64]string{
		1: words.ListedAgain, 2: words.For(export.ErrUnreachable).Title, 3: words.YouAccepted, 6: words.SetAsideNote(2), 7: words.ReplacedNothing, 8: words.NothingChanged,
	} {
		f.OpenExport(n)
		v := until(t, f, "the export", func(v View) bool { return v.History.Open.Number == n && !v.History.Open.Reading })
		if !strings.Contains(v.History.Open.Told, want) {
			t.Errorf("export %d tells %q, want %q", n, v.History.Open.Told, want)
		}
	}
	f.OpenExport(3)
	until(t, f, "the answered one", func(v View) bool { return v.History.Open.Number == 3 })
	f.Do("Ben", ActTakeBack)
	until(t, f, "what was taken back", func(View) bool { s.mu.Lock(); defer s.mu.Unlock(); return len(s.answers) == 1 })
	if s.answers[0] != "hold 3" {
		t.Errorf("answers = %v", s.answers)
	}
}

func TestChanges(t *testing.T) {
	s := past(2)
	s.changes = func(n int64, yield func(archive.Change, error) bool) {
		if n == 1 {
			yield(archive.Change{}, &archive.PrunedError{From: 2})
			return
		}
		farid := change(archive.Changed, "Farid", export.Contacts)
		farid.Differences = []fields.Difference{{Field: "Phone (mobile)", Old: "1", New: "2"}, {Field: "Saved", Old: "a", New: "b", Quiet: true}}
		quiet := change(archive.Changed, "Amir", export.Contacts)
		quiet.Differences = farid.Differences[1:]
		for _, c := range []archive.Change{
			change(archive.Added, "zoe", export.Contacts), change(archive.Gone, "Bo", export.Contacts), change(archive.Added, "Anna", export.Contacts), farid,
			change(archive.Returned, "Choir", export.Events), quiet, change(archive.Changed, "Same", export.Todos), change(archive.Added, "", export.Contacts),
		} {
			if !yield(c, nil) {
				return
			}
		}
	}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Go(History)
	o := until(t, f, "the changes", func(v View) bool { return v.History.Open != nil && !v.History.Open.Reading }).History.Open
	var got []string
	for _, c := range o.Changes {
		got = append(got, []string{"+", "~", "-"}[c.Sign]+c.Name)
	}
	if want := "[~Amir ~Farid ~Same -Bo +" + words.NoName + " +Anna +zoe +Choir]"; fmt.Sprint(got) != want {
		t.Errorf("changes = %v, want %v", got, want)
	}
	for i, want := range []struct {
		says   string
		fields int
	}{{words.ItemQuiet, 1}, {"", 1}, {words.ItemSame, 0}, {words.ItemGone, 0}, {words.ItemAdded, 0}, {words.ItemAdded, 0}, {words.ItemAdded, 0}, {words.ItemReturned, 0}} {
		f.OpenChange(i)
		o := f.View().History.Open
		if o.Chosen != i || o.Item.Told != want.says || len(o.Item.Fields) != want.fields || o.Item.Title != o.Changes[i].Name {
			t.Errorf("change %d: chosen %d, %+v", i, o.Chosen, o.Item)
		}
	}
	f.OpenChange(8)
	f.OpenChange(-1)
	if o := f.View().History.Open; o.Chosen != 7 {
		t.Errorf("a row that is not there was chosen: %d", o.Chosen)
	}
	f.OpenExport(1)
	v := until(t, f, "what is not known any more", func(v View) bool { return v.History.Open.Problem != nil })
	if v.History.Open.Problem.Title != words.Pruned().Title || v.History.Open.Item != nil || len(v.History.Open.Changes) != 0 {
		t.Errorf("open = %+v", v.History.Open)
	}
}

// TestAnotherExportEndsTheReading opens an export while another is being read.
func TestAnotherExportEndsTheReading(t *testing.T) {
	s := past(2)
	ended := make(chan int, 1)
	s.changes = func(n int64, yield func(archive.Change, error) bool) {
		if n == 1 {
			return
		}
		for i := 0; yield(change(archive.Added, "x", export.Contacts), nil); i++ {
			time.Sleep(time.Millisecond)
		}
		ended <- 1
	}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Go(History)
	until(t, f, "the first ones", func(v View) bool {
		return v.History.Open != nil && v.History.Open.Reading && len(v.History.Open.Changes) > 0
	})
	f.OpenExport(1)
	<-ended
	if o := f.View().History.Open; o.Number != 1 || len(o.Changes) != 0 {
		t.Errorf("open = %+v", o)
	}
}

// BenchmarkHistoryView tells what drawing the history costs with 3,000 exports
// and an export of 10,000 changes open: it has to stay far below a frame.
func BenchmarkHistoryView(b *testing.B) {
	f := New(Options{Changed: func() {}})
	h := &f.history
	for n := 3000; n > 0; n-- {
		h.ledgers = append(h.ledgers, export.Ledger{Number: int64(n), Account: "Anna"})
	}
	h.exports = h.rows()
	h.open = opened{number: 1500, chosen: 9000, sign: Plus}
	for i := range 10000 {
		h.open.found[Plus] = append(h.open.found[Plus], change(archive.Added, fmt.Sprint(i), export.Contacts))
	}
	h.open.sort()
	h.open.chosen = 9000
	f.page = History
	b.ResetTimer()
	for b.Loop() {
		if v := f.View(); v.History.Open.Item == nil {
			b.Fatal("nothing is open")
		}
	}
}
