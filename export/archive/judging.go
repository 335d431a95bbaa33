package archive

import (
	"context"
	"fmt"
	"sidekeep/export"
)

// judge ends a session's export: is it held?
func (s *session) judge(l *export.Ledger) error {
	j := &judge{w: s.w, disk: s.a.disk, now: s.a.now(), account: s.account, number: s.number, adding: s.adding, who: s.who, listed: map[int64]bool{}}
	j.complete = l.Stop == nil && l.Found != nil && l.Listing == "full"
	for _, c := range l.Collections {
		if c.Found == nil {
			continue
		}
		var n int64
		if _, err := s.w.row("SELECT collection FROM collection WHERE account = ? AND id = ?", []any{s.account, c.ID}, &n); err != nil {
			return err
		}
		j.listed[n] = true
	}
	found, err := j.run()
	if err != nil {
		return fmt.Errorf("looking for a loss: %w", err)
	}
	l.Held, l.Loss, l.Notice = found != nil, found, j.notice
	return forgetWho(s.w, s.number)
}

// Identify remembers for whom the source says that it answers, also for the
// case that the program ends before the export does.
func (s *session) Identify(_ context.Context, who string) error {
	s.w.lock()
	defer s.w.unlock()
	s.who = who
	if who == "" {
		return nil
	}
	return set(s.w, whoName(s.number), who)
}
