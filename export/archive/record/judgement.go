package record

import (
	"context"
	"fmt"

	"sidekeep/export"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/judge"
)

// judge ends a session's export: is it held?
func (s *Session) judge(l *export.Ledger) error {
	j := &judge.Judge{W: s.W, Disk: s.A.Disk, Now: s.A.Now(), Account: s.Account, Number: s.number, Adding: s.adding, Who: s.who, Listed: map[int64]bool{}}
	j.Complete = l.Stop == nil && l.Found != nil && l.Listing == "full"
	for _, c := range l.Collections {
		if c.Found == nil {
			continue
		}
		var n int64
		if _, err := s.W.Row("SELECT collection FROM collection WHERE account = ? AND id = ?", []any{s.Account, c.ID}, &n); err != nil {
			return err
		}
		j.Listed[n] = true
	}
	found, err := j.Run()
	if err != nil {
		return fmt.Errorf("looking for a loss: %w", err)
	}
	l.Held, l.Loss, l.Notice = found != nil, found, j.Notice
	return judge.ForgetWho(s.W, s.number)
}

// Identify remembers for whom the source says that it answers, also for the
// case that the program ends before the export does.
func (s *Session) Identify(_ context.Context, who string) error {
	s.W.Lock()
	defer s.W.Unlock()
	s.who = who
	if who == "" {
		return nil
	}
	return history.SetValue(s.W, judge.WhoName(s.number), who)
}
