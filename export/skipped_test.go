package export

import (
	"context"
	"testing"
	"time"
)

// A source that could not look into everything is not asked what is gone, and
// its export does not count as good; what is merely of another kind changes
// neither.
func TestSkipped(t *testing.T) {
	for _, c := range []struct {
		skipped []Skipped
		asked   bool
		good    bool
	}{
		{nil, true, true},
		{[]Skipped{{Name: "notes.txt", Count: 3, Why: "it is a text"}}, true, true},
		{[]Skipped{{Name: "notes.txt", Count: 3, Why: "it is a text"}, {Name: "private", Count: 1, Why: "it may not be read", Unread: true}}, false, false},
	} {
		into := &absences{}
		l, err := Run(t.Context(), skipping{c.skipped}, into, Plan{Account: "a"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if into.asked != c.asked || l.Good() != c.good || len(l.Skipped) != len(c.skipped) {
			t.Errorf("with %v: asked what is gone %v, good %v, ledger %v", c.skipped, into.asked, l.Good(), l.Skipped)
		}
	}
}

type skipping struct{ skipped []Skipped }

func (s skipping) Collections(context.Context) ([]Collection, error) { return nil, nil }
func (s skipping) Pull(context.Context, Collection, Have, Sink) (Listing, error) {
	return Listing{Full: true}, nil
}
func (s skipping) Close() error       { return nil }
func (s skipping) Skipped() []Skipped { return s.skipped }

// absences is an archive that only notes whether it is asked what is gone.
type absences struct{ asked bool }

func (a *absences) Begin(context.Context, string, time.Time) (Session, error) { return a, nil }
func (a *absences) Number() int64                                             { return 1 }
func (a *absences) Identify(context.Context, string) error                    { return nil }
func (a *absences) Record(context.Context, Collection) (Recorder, error)      { return nil, nil }
func (a *absences) Holds(context.Context, string) (bool, error)               { return false, nil }
func (a *absences) Absent(context.Context, []Collection, []Kind) (int, error) {
	a.asked = true
	return 0, nil
}
func (a *absences) Finish(context.Context, *Ledger) error { return nil }
