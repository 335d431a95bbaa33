package export_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sidekeep/export"
	"sidekeep/export/archive"
)

// A desk is an archive, a phone and a clock.
type desk struct {
	t     *testing.T
	a     *archive.Archive
	phone *phone
	at    time.Time
}

func newDesk(t *testing.T, sizes map[string]int) *desk {
	d := &desk{t: t, phone: newPhone(sizes), at: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)}
	a, err := archive.Create(t.TempDir(), archive.Options{Now: func() time.Time { return d.at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	d.a = a
	return d
}

// run exports once, an hour after the last time.
func (d *desk) run(ctx context.Context, change func(p *export.Plan)) (export.Ledger, error) {
	d.t.Helper()
	d.at = d.at.Add(time.Hour)
	plan := export.Plan{Account: "phone", Now: func() time.Time { return d.at }}
	if change != nil {
		change(&plan)
	}
	return export.Run(ctx, d.phone, d.a, plan, nil)
}

func (d *desk) good() export.Ledger {
	d.t.Helper()
	l, err := d.run(d.t.Context(), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	if !l.Balanced() {
		d.t.Fatalf("does not balance: %+v", l.Counts)
	}
	return l
}

func sum(found, kept, unchanged, gone, aside, failed int) export.Counts {
	c := export.Counts{Found: &found, Kept: kept, Unchanged: unchanged, Gone: gone, SetAside: aside, Failed: failed}
	if found < 0 {
		c.Found = nil
	}
	return c
}

func (d *desk) want(l export.Ledger, listing string, want export.Counts) {
	d.t.Helper()
	if diff := cmp.Diff(want, l.Counts); diff != "" {
		d.t.Errorf("sum (-want +got):\n%s", diff)
	}
	if l.Listing != listing {
		d.t.Errorf("listing %q, want %q", l.Listing, listing)
	}
}

func TestRun(t *testing.T) {
	d := newDesk(t, map[string]int{"family": 30, "work": 12})
	d.want(d.good(), "full", sum(42, 42, 0, 0, 0, 0))
	d.want(d.good(), "delta", sum(42, 0, 42, 0, 0, 0))

	d.phone.set("family", "new", "Newcomer")
	d.phone.set("family", "id0003", "Married Name")
	d.phone.remove("work", "id0001")
	l := d.good()
	d.want(l, "delta", sum(42, 2, 40, 1, 0, 0))
	if l.Number != 3 {
		t.Errorf("number %d, want 3", l.Number)
	}
}

func TestRunListsInFullAfterAWeek(t *testing.T) {
	d := newDesk(t, map[string]int{"family": 5})
	d.good()
	d.at = d.at.Add(6 * 24 * time.Hour)
	d.want(d.good(), "delta", sum(5, 0, 5, 0, 0, 0))
	d.at = d.at.Add(24 * time.Hour)
	d.want(d.good(), "full", sum(5, 0, 5, 0, 0, 0))
	d.want(d.good(), "delta", sum(5, 0, 5, 0, 0, 0))
	l, err := d.run(t.Context(), func(p *export.Plan) { p.Full = true })
	if err != nil {
		t.Fatal(err)
	}
	d.want(l, "full", sum(5, 0, 5, 0, 0, 0))
}

func TestRunGoesOnAfterABadItem(t *testing.T) {
	d := newDesk(t, map[string]int{"family": 10})
	d.phone.fail["id0004"] = fmt.Errorf("reading: %w", export.ErrDamaged)
	l := d.good()
	d.want(l, "full", sum(10, 9, 0, 0, 0, 1))
	if len(l.Problems) != 1 || !errors.Is(l.Problems[0].Err(), export.ErrDamaged) {
		t.Errorf("problems %+v", l.Problems)
	}
	if l.Good() {
		t.Error("an export with a failed item calls itself good")
	}
	// The delta does not name it, and still it is tried again.
	delete(d.phone.fail, "id0004")
	d.want(d.good(), "delta", sum(10, 1, 9, 0, 0, 0))
}

func TestRunSetsAside(t *testing.T) {
	d := newDesk(t, map[string]int{"family": 3})
	d.phone.put("family", "odd", "this is no card\r\n")
	l := d.good()
	d.want(l, "full", sum(4, 3, 0, 0, 1, 0))
	if l.NewAside != 1 || l.Good() {
		t.Errorf("newly set aside %d, good %v", l.NewAside, l.Good())
	}
	l = d.good()
	d.want(l, "delta", sum(4, 0, 3, 0, 1, 0))
	if l.NewAside != 0 {
		t.Errorf("set aside again: %d", l.NewAside)
	}
	l, err := d.run(t.Context(), func(p *export.Plan) { p.Full = true })
	if err != nil {
		t.Fatal(err)
	}
	d.want(l, "full", sum(4, 0, 3, 0, 1, 0))
}

func TestRunKeepsWhatCameBeforeTheConnectionBroke(t *testing.T) {
	d := newDesk(t, map[string]int{"family": 100, "work": 5})
	d.phone.after, d.phone.down = 90, export.ErrUnreachable
	l, err := d.run(t.Context(), nil)
	if !errors.Is(err, export.ErrUnreachable) || !errors.Is(l.Stop, export.ErrUnreachable) {
		t.Fatalf("err %v, stop %v", err, l.Stop)
	}
	d.want(l, "delta", sum(-1, 90, 0, 0, 0, 10))
	if got := l.Collections[0].Counts; !got.Balanced() {
		t.Errorf("the listed collection does not balance: %+v", got)
	}
	d.phone.down = nil
	d.want(d.good(), "delta", sum(105, 15, 90, 0, 0, 0))
}

func TestRunTakesNoBrokenListingForALoss(t *testing.T) {
	d := newDesk(t, map[string]int{"family": 20, "work": 5})
	d.good()
	d.phone.spoil = func(c export.Collection, to export.Sink) (bool, error) {
		if c.Name != "family" {
			return false, nil
		}
		return true, fmt.Errorf("listing: %w", export.ErrDamaged)
	}
	l, err := d.run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	d.want(l, "delta", sum(-1, 0, 5, 0, 0, 0))
	if l.Good() || len(l.Problems) != 1 {
		t.Errorf("good %v, problems %+v", l.Good(), l.Problems)
	}
	d.phone.spoil = nil
	d.want(d.good(), "delta", sum(25, 0, 25, 0, 0, 0))
}

// The listing is the measure: a source that loses an item on the way, or hands
// one over twice, must not balance.
func TestRunDoesNotBalanceWhatTheSourceDrops(t *testing.T) {
	for name, listed := range map[string]int{"dropped": 4, "doubled": 2} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, map[string]int{"family": 3})
			d.phone.spoil = func(c export.Collection, to export.Sink) (bool, error) {
				return false, nil
			}
			d.phone.books["family"] = map[string]string{"a": card("a", "A"), "b": card("b", "B"), "c": card("c", "C")}
			src := &liar{d.phone, listed}
			l, err := export.Run(t.Context(), src, d.a, export.Plan{Account: "phone"}, nil)
			if !errors.Is(err, export.ErrUnbalanced) || l.Balanced() {
				t.Errorf("err %v, sum %+v", err, l.Counts)
			}
		})
	}
}

// A liar lists another number of items than it hands over.
type liar struct {
	*phone
	n int
}

func (s *liar) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	return s.phone.Pull(ctx, c, have, lyingSink{to, s.n})
}

type lyingSink struct {
	export.Sink
	n int
}

func (s lyingSink) Listed(_ int, full bool) error { return s.Sink.Listed(s.n, full) }

func TestRunStops(t *testing.T) {
	d := newDesk(t, map[string]int{"family": 50, "work": 5})
	ctx, cancel := context.WithCancel(t.Context())
	plan := export.Plan{Account: "phone"}
	n := 0
	src := &tripwire{d.phone, func() {
		if n++; n == 20 {
			cancel()
		}
	}}
	l, err := export.Run(ctx, src, d.a, plan, nil)
	if !errors.Is(err, export.ErrStopped) || !errors.Is(l.Stop, export.ErrStopped) {
		t.Fatalf("err %v, stop %v", err, l.Stop)
	}
	if l.Kept == 0 || l.Kept > 20 || l.Kept+l.Failed != 50 {
		t.Errorf("sum %+v", l.Counts)
	}
	d.want(d.good(), "delta", sum(55, 55-l.Kept, l.Kept, 0, 0, 0))
}

// A tripwire calls before each Put.
type tripwire struct {
	*phone
	before func()
}

func (s *tripwire) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	return s.phone.Pull(ctx, c, have, tripSink{to, s.before})
}

type tripSink struct {
	export.Sink
	before func()
}

func (s tripSink) Put(ctx context.Context, it export.Item) error {
	s.before()
	return s.Sink.Put(ctx, it)
}

func TestRunWithNewMarksAndTheSameBytes(t *testing.T) {
	d := newDesk(t, map[string]int{"family": 8})
	d.good()
	l, err := export.Run(t.Context(), &restamped{d.phone}, d.a, export.Plan{Account: "phone", Full: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	d.want(l, "full", sum(8, 0, 8, 0, 0, 0))
}

// A restamped source has given every item a new version.
type restamped struct{ *phone }

func (s *restamped) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	return s.phone.Pull(ctx, c, noVersions{have}, restampSink{to})
}

type noVersions struct{ export.Have }

func (noVersions) Version(string) (string, error) { return "", nil }

type restampSink struct{ export.Sink }

func (s restampSink) Put(ctx context.Context, it export.Item) error {
	it.Version = "new-" + it.Version
	return s.Sink.Put(ctx, it)
}

func TestRunRecordsACollectionThatIsNoLongerNamed(t *testing.T) {
	d := newDesk(t, map[string]int{"family": 7, "work": 5})
	d.good()
	// Left out by choice: nothing is gone.
	l, err := d.run(t.Context(), func(p *export.Plan) { p.Skip = []string{"/work"} })
	if err != nil {
		t.Fatal(err)
	}
	d.want(l, "delta", sum(7, 0, 7, 0, 0, 0))
	d.phone.names = []string{"family"}
	d.want(d.good(), "delta", sum(7, 0, 7, 5, 0, 0))
}

func TestRunOneWriterAtATime(t *testing.T) {
	d := newDesk(t, map[string]int{"family": 2})
	s, err := d.a.Begin(t.Context(), "other", d.at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.run(t.Context(), nil); !errors.Is(err, export.ErrBusy) {
		t.Errorf("err %v", err)
	}
	if d.phone.pulls != 0 {
		t.Error("the source was read although the archive was busy")
	}
	if err := s.Finish(t.Context(), &export.Ledger{Account: "other"}); err != nil {
		t.Fatal(err)
	}
	d.good()
}

func TestRunReportsProgress(t *testing.T) {
	d := newDesk(t, map[string]int{"family": 2000, "work": 5})
	var last export.Progress
	reports := 0
	started := time.Now()
	_, err := export.Run(t.Context(), d.phone, d.a, export.Plan{Account: "phone"}, func(p export.Progress) {
		if p.Done < last.Done || p.Phase < last.Phase {
			t.Errorf("went back from %+v to %+v", last, p)
		}
		last = p
		reports++
	})
	if err != nil {
		t.Fatal(err)
	}
	if last.Phase != export.Done || last.Done != 2005 || last.Total != 2005 {
		t.Errorf("last %+v", last)
	}
	for _, c := range last.Collections {
		if c.State != export.Finished || c.Done != c.Total {
			t.Errorf("collection %+v", c)
		}
	}
	if most := 20 + int(time.Since(started)/(100*time.Millisecond)); reports > most {
		t.Errorf("%d reports, at most %d expected", reports, most)
	}
}

func TestLedgerAsJSON(t *testing.T) {
	d := newDesk(t, map[string]int{"family": 3})
	d.phone.down = export.ErrExpired
	l, _ := d.run(t.Context(), nil)
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var back export.Ledger
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(back.Stop, export.ErrExpired) || !errors.Is(back.Problems[0].Err(), export.ErrExpired) {
		t.Errorf("causes lost in %s", b)
	}
	stored, err := d.a.Exports(t.Context(), "phone", 1)
	if err != nil || len(stored) != 1 {
		t.Fatal(stored, err)
	}
	if !errors.Is(stored[0].Stop, export.ErrExpired) || stored[0].Failed != l.Failed {
		t.Errorf("stored as %+v", stored[0])
	}
}
