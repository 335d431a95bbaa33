package command

import (
	"encoding/json"
	"strings"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
)

// A restoreReporter shows how far a restore, an undo or a proof is.
type restoreReporter struct {
	s           *session
	width       int
	live        bool
	began, last time.Time
	phase       work.RestorePhase
	shown       bool
}

func (s *session) restoreProgress() *restoreReporter {
	r := &restoreReporter{s: s, began: time.Now()}
	if !s.quiet && s.progress != "json" {
		r.width, r.live = isTerminal(s.stderr.out)
	}
	return r
}

func (r *restoreReporter) update(p work.RestoreProgress) {
	every := plainEvery
	if r.live {
		every = liveEvery
	}
	now := time.Now()
	begins := p.Phase != r.phase
	if begins {
		r.phase, r.began = p.Phase, now
	}
	if r.s.quiet && r.s.progress != "json" || !begins && now.Sub(r.last) < every && r.s.progress != "json" {
		return
	}
	r.last = now
	switch {
	case r.s.progress == "json":
		r.json(p)
	case r.live:
		text := []rune(describeRestore(p, now.Sub(r.began)))
		r.shown = true
		r.s.stderr.raw(clearLine + string(text[:min(len(text), r.width-1)]))
	default:
		r.s.stderr.printf("%s\n", describeRestore(p, now.Sub(r.began)))
	}
}

// proving reports a proof.
func (r *restoreReporter) proving(account string) func(done, total int) {
	return func(done, total int) {
		p := work.RestoreProgress{Account: account, Phase: proving, Done: done, Total: total, Left: -1}
		if spent := time.Since(r.began).Seconds(); spent > 0 && done > 0 {
			p.Rate = float64(done) / spent
			p.Left = time.Duration(float64(total-done) / p.Rate * float64(time.Second))
		}
		r.update(p)
	}
}

func (r *restoreReporter) end() {
	if r.shown {
		r.s.stderr.raw(clearLine)
	}
	r.shown = false
}

func (r *restoreReporter) json(p work.RestoreProgress) {
	j := struct {
		Account string   `json:"account"`
		Phase   string   `json:"phase"`
		Done    int      `json:"done"`
		Total   *int     `json:"total"`
		Rate    float64  `json:"rate"`
		Left    *float64 `json:"left"`
	}{Account: p.Account, Phase: string(p.Phase), Done: p.Done, Total: total(p.Total), Rate: p.Rate}
	if p.Left >= 0 {
		left := p.Left.Seconds()
		j.Left = &left
	}
	if b, err := json.Marshal(j); err == nil { // only a rate that is no number fails
		r.s.stderr.raw(string(b) + "\n")
	}
}

// describeRestore says how far it is, in one line.
func describeRestore(p work.RestoreProgress, since time.Duration) string {
	parts := []string{clean(p.Account) + ": " + phaseWords[p.Phase]}
	if p.Done > 0 || p.Total > 0 {
		parts = append(parts, words.Progress(p.Done, p.Total))
	}
	if p.Total > 0 {
		parts = append(parts, words.Number(100*p.Done/p.Total)+" %")
	}
	if p.Rate >= 1 {
		parts = append(parts, words.Number(int(p.Rate))+" a second")
	}
	if p.Left >= 0 && since > leftAfter {
		parts = append(parts, words.Left(p.Left))
	}
	return strings.Join(parts, " · ")
}
