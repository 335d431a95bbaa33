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
	line        live
	began, last time.Time
	phase       work.RestorePhase
}

func (s *session) restoreProgress() *restoreReporter {
	return &restoreReporter{s: s, line: s.live(), began: time.Now()}
}

func (r *restoreReporter) update(p work.RestoreProgress) {
	every := plainEvery
	if r.line.on {
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
	case r.line.on:
		total := int64(p.Total)
		r.line.show(describeRestore(p, now.Sub(r.began), r.line.hasBar(total)), int64(p.Done), total)
	default:
		r.s.stderr.printf("%s\n", describeRestore(p, now.Sub(r.began), false))
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

func (r *restoreReporter) end() { r.line.end() }

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

// describeRestore says how far it is, in one line; see describe.
func describeRestore(p work.RestoreProgress, since time.Duration, bar bool) string {
	parts := []string{clean(p.Account) + ": " + phaseWords[p.Phase]}
	if p.Done > 0 || p.Total > 0 {
		parts = append(parts, words.Progress(p.Done, p.Total))
	}
	if p.Total > 0 && !bar {
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
