package flow

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
	"sidekeep/export/settings"
	"sidekeep/export/source"
	"sidekeep/export/source/all"
)

// scripted is a Work that answers as a test says. It is for what the real one
// cannot be brought to at will: exports that hang, accounts that are overdue.
type scripted struct {
	owner  Owner
	export func(ctx context.Context, name string, report func(export.Progress)) (export.Ledger, error)
	find   func(ctx context.Context, c work.Candidate) (*work.Found, error)

	history []export.Ledger // newest first
	changes func(n int64, yield func(archive.Change, error) bool)
	items   map[bool][]archive.Item // of the past, and of the present
	holds   []archive.Hold
	missing []work.Missing
	edited  []string
	none    bool               // there is no archive yet
	offers  []settings.Account // of an archive that is opened
	took    func(names []string) error
	last    archive.Verified

	look    func(paths []string) (work.Dropped, error)
	plan    func(r work.RestoreRequest) (*work.RestorePlan, error)
	restore func(ctx context.Context, p *work.RestorePlan, report func(work.RestoreProgress)) (work.Restored, error)
	back    map[restore.Key]bool
	undo    func(ctx context.Context, n int) (work.Undone, error)
	past    []work.RestoreEntry
	taken   func(paths []string) (work.Imported, error)
	taking  func(ctx context.Context, report func(export.Progress)) (work.Imported, error) // in place of taken
	proof   func(ctx context.Context, name string, report func(done, total int)) (work.Proven, error)

	mu      sync.Mutex
	status  []work.Status
	err     error
	closed  bool
	refuse  error    // of Accept and Hold
	answers []string // to exports
	reads   int      // of the history
}

func (s *scripted) History(_ context.Context, name string, limit int) ([]export.Ledger, error) {
	s.mu.Lock()
	s.reads++
	s.mu.Unlock()
	var list []export.Ledger
	for _, l := range s.history {
		if (name == "" || l.Account == name) && (limit == 0 || len(list) < limit) {
			list = append(list, l)
		}
	}
	return list, s.err
}

func (s *scripted) ChangeCounts(_ context.Context, exports []int64) (map[int64]archive.ChangeCount, error) {
	m := map[int64]archive.ChangeCount{}
	for _, n := range exports {
		m[n] = archive.ChangeCount{Added: int(n)}
	}
	return m, nil
}

func (s *scripted) Changes(_ context.Context, n int64) iter.Seq2[archive.Change, error] {
	return func(yield func(archive.Change, error) bool) {
		if s.changes != nil {
			s.changes(n, yield)
		}
	}
}

func (s *scripted) Items(_ context.Context, q archive.Query) iter.Seq2[archive.Item, error] {
	return func(yield func(archive.Item, error) bool) {
		for _, it := range s.items[q.AsOf.IsZero()] {
			if !yield(it, nil) {
				return
			}
		}
	}
}

func (s *scripted) Missing(context.Context, string, int64, *export.Loss) iter.Seq2[work.Missing, error] {
	return func(yield func(work.Missing, error) bool) {
		for _, m := range s.missing {
			if !yield(m, nil) {
				return
			}
		}
	}
}

func (s *scripted) Holds(context.Context, string) ([]archive.Hold, error) { return s.holds, nil }
func (s *scripted) Verified() (archive.Verified, error)                   { return s.last, nil }

func (s *scripted) Accept(_ context.Context, n int64) (archive.Answer, error) {
	return s.answer("accept", n)
}

func (s *scripted) Hold(_ context.Context, n int64) (archive.Answer, error) {
	return s.answer("hold", n)
}

func (s *scripted) answer(what string, n int64) (archive.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, fmt.Sprint(what, " ", n))
	return archive.Answer{Export: n}, s.refuse
}

func (s *scripted) LookInto(_ context.Context, paths []string) (work.Dropped, error) {
	return s.look(paths)
}

func (s *scripted) Import(ctx context.Context, _ string, paths []string, report func(export.Progress)) (work.Imported, error) {
	if s.taking != nil {
		return s.taking(ctx, report)
	}
	return s.taken(paths)
}

func (s *scripted) PlanRestore(_ context.Context, r work.RestoreRequest, _ func(work.RestoreProgress)) (*work.RestorePlan, error) {
	return s.plan(r)
}

func (s *scripted) Restore(ctx context.Context, p *work.RestorePlan, report func(work.RestoreProgress)) (work.Restored, error) {
	return s.restore(ctx, p, report)
}

func (s *scripted) ReadBack(context.Context, *work.RestorePlan) (map[restore.Key]bool, error) {
	return s.back, nil
}

func (s *scripted) Restores(context.Context) ([]work.RestoreEntry, error) {
	if s.none {
		return nil, export.ErrNoArchive
	}
	return s.past, nil
}

func (s *scripted) PlanUndo(_ context.Context, n int) (work.UndoPlan, error) {
	for _, e := range s.past {
		if e.Number == n {
			p := &restore.UndoPlan{}
			for range e.Created {
				p.Lines = append(p.Lines, restore.UndoLine{State: restore.ToRemove})
			}
			for range e.Changed {
				p.Lines = append(p.Lines, restore.UndoLine{State: restore.ToPutBack})
			}
			return work.UndoPlan{RestoreEntry: e, UndoPlan: p}, nil
		}
	}
	return work.UndoPlan{}, export.ErrGone
}

func (s *scripted) PlanGoOn(_ context.Context, account string, n int, _ func(work.RestoreProgress)) (*work.RestorePlan, error) {
	p, err := s.plan(work.RestoreRequest{To: account})
	if err == nil {
		p.GoesOn = &work.RestoreEntry{Number: n, Account: account}
	}
	return p, err
}

func (s *scripted) DropRestore(_ context.Context, account string, n int) (work.RestoreEntry, error) {
	for i := range s.past {
		if s.past[i].Number == n {
			s.past[i].State = work.RestoreDropped
			return s.past[i], nil
		}
	}
	return work.RestoreEntry{}, export.ErrGone
}

func (s *scripted) UndoPlanned(ctx context.Context, p work.UndoPlan, _ func(work.RestoreProgress)) (work.Undone, error) {
	return s.undo(ctx, p.Number)
}

func (s *scripted) Undo(ctx context.Context, n int, _ func(work.RestoreProgress)) (work.Undone, error) {
	return s.undo(ctx, n)
}

func (s *scripted) Prove(ctx context.Context, name string, report func(done, total int)) (work.Proven, error) {
	return s.proof(ctx, name, report)
}

func (s *scripted) ProveDue(context.Context, string, func(done, total int)) (*work.Proven, error) {
	return nil, nil
}

func (s *scripted) CheckName(string) error { return nil }

func (s *scripted) Find(ctx context.Context, c work.Candidate) (*work.Found, error) {
	return s.find(ctx, c)
}

func (s *scripted) SamePlace(work.Candidate, *work.Found) (same, nested []string) { return nil, nil }

func (s *scripted) Add(context.Context, string, work.Candidate, *work.Found, []string) error {
	return nil
}

func (s *scripted) AddDemo(context.Context) (string, error) { return "Demo phone", nil }

func (s *scripted) SignIn(ctx context.Context, _, password, _ string) (*work.Found, error) {
	return s.find(ctx, work.Candidate{Values: source.Values{source.Password: password}})
}

func (s *scripted) Remove(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, x := range s.status {
		if x.Name == name {
			s.status = append(s.status[:i:i], s.status[i+1:]...)
		}
	}
	return nil
}

func (s *scripted) Status(context.Context) ([]work.Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]work.Status(nil), s.status...), s.err
}

func (s *scripted) Export(ctx context.Context, name string, report func(export.Progress)) (export.Ledger, error) {
	return s.export(ctx, name, report)
}

func (s *scripted) Mark() string { return "" }

func (s *scripted) Edited() ([]string, error) { return s.edited, nil }

func (s *scripted) ArchiveDir() string        { return "/archive" }
func (s *scripted) HasArchive() (bool, error) { return !s.none, nil }

func (s *scripted) OpenArchive(_ context.Context, dir string) (*work.Opened, error) {
	return &work.Opened{Dir: dir, Offered: s.offers}, nil
}

func (s *scripted) TakeAccounts(_ context.Context, names []string) ([]settings.Account, error) {
	if s.took != nil {
		return nil, s.took(names)
	}
	return nil, nil
}

func (s *scripted) Verify(context.Context, func(done, total int64)) (archive.Check, error) {
	return archive.Check{}, nil
}

func (s *scripted) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// start makes a flow on s, shown and counted by the returned functions.
func start(t *testing.T, s *scripted) (f *Flow, changes func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	f = New(Options{
		Open:    func(o Owner) (Work, error) { s.owner = o; return s, nil },
		Changed: func() { mu.Lock(); n++; mu.Unlock() },
		Free:    func(string) (int64, error) { return 212e9, nil },
		Types:   all.Types(),
	})
	f.Start()
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, func() int { mu.Lock(); defer mu.Unlock(); return n }
}

// until waits for the view to be so and returns it.
func until(t *testing.T, f *Flow, what string, so func(View) bool) View {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if v := f.View(); so(v) {
			return v
		}
	}
	t.Fatalf("%s never came: %+v", what, f.View())
	return View{}
}

func home(v View) bool { return v.Page == Home && (v.Home.Empty || len(v.Home.Cards) > 0) }

func account(name string) work.Status {
	return work.Status{Name: name, SetUp: true, State: work.Never, Account: settings.Account{Name: name, Type: settings.DAV, Service: "iCloud"}}
}

func card(v View, name string) Card {
	for _, c := range v.Home.Cards {
		if c.Account == name {
			return c
		}
	}
	return Card{}
}

func acts(c Card) map[Act]Action {
	m := map[Act]Action{}
	for _, a := range append(append([]Action{}, c.More...), c.Actions...) {
		m[a.Act] = a
	}
	return m
}
