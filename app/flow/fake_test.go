package flow

import (
	"context"
	"sync"
	"testing"
	"time"

	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/settings"
)

// scripted is a Work that answers as a test says. It is for what the real one
// cannot be brought to at will: exports that hang, accounts that are overdue.
type scripted struct {
	owner  Owner
	export func(ctx context.Context, name string, report func(export.Progress)) (export.Ledger, error)
	find   func(ctx context.Context, c work.Candidate) (*work.Found, error)

	mu     sync.Mutex
	status []work.Status
	err    error
	closed bool
}

func (s *scripted) CheckName(string) error { return nil }

func (s *scripted) Find(ctx context.Context, c work.Candidate) (*work.Found, error) {
	return s.find(ctx, c)
}

func (s *scripted) Add(context.Context, string, work.Candidate, *work.Found, []string) error {
	return nil
}

func (s *scripted) AddDemo(context.Context) (string, error) { return "Demo phone", nil }

func (s *scripted) SignIn(ctx context.Context, _, password, _ string) (*work.Found, error) {
	return s.find(ctx, work.Candidate{Password: password})
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

func (s *scripted) ArchiveDir() string        { return "/archive" }
func (s *scripted) HasArchive() (bool, error) { return true, nil }

func (s *scripted) OpenArchive(_ context.Context, dir string) (*work.Opened, error) {
	return &work.Opened{Dir: dir}, nil
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
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
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
