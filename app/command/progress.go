package command

import (
	"encoding/json"
	"strings"
	"time"

	"sidekeep/app/words"
	"sidekeep/export"
)

// A reporter shows how far an export is. update is called from one goroutine
// at a time; end takes away what should not stay.
type reporter interface {
	update(p export.Progress)
	end()
}

const (
	liveEvery  = 250 * time.Millisecond // four times a second can be read
	plainEvery = 10 * time.Second
	leftAfter  = 10 * time.Second // before that, the time left is a guess
)

// reporter chooses how progress is shown: as JSON lines if that is wanted, as
// one live line on a terminal, as a line now and then elsewhere.
func (s *session) reporter() reporter {
	if s.progress == "json" {
		return &jsonLines{s: s}
	}
	if s.quiet {
		return silent{}
	}
	if l := s.live(); l.on {
		return &liveLine{live: l, began: time.Now()}
	}
	return &plainLines{s: s, began: time.Now(), last: time.Now()}
}

type silent struct{}

func (silent) update(export.Progress) {}
func (silent) end()                   {}

// liveLine keeps one line of a terminal up to date.
type liveLine struct {
	live
	began, last time.Time
	phase       export.Phase
}

func (l *liveLine) update(p export.Progress) {
	now := time.Now()
	if p.Phase == l.phase && now.Sub(l.last) < liveEvery {
		return
	}
	l.last, l.phase = now, p.Phase
	total := int64(-1)
	if p.Phase == export.Exporting {
		total = int64(p.Total)
	}
	l.show(describe(p, now.Sub(l.began), l.hasBar(total)), int64(p.Done), total)
}

// plainLines writes a line when something begins and at intervals.
type plainLines struct {
	s           *session
	began, last time.Time
	phase       export.Phase
	begun       bool
}

func (l *plainLines) update(p export.Progress) {
	now := time.Now()
	if l.begun && p.Phase == l.phase && now.Sub(l.last) < plainEvery {
		return
	}
	if p.Phase == export.Done || l.begun && p.Phase == export.Exporting && p.Done == 0 {
		return
	}
	l.begun, l.phase, l.last = true, p.Phase, now
	l.s.stderr.printf("%s\n", describe(p, now.Sub(l.began), false))
}

func (l *plainLines) end() {}

// describe says how far an export is, in one line; bar tells that a bar beside it
// says the per cent.
func describe(p export.Progress, since time.Duration, bar bool) string {
	name := clean(p.Account) + ": "
	switch p.Phase {
	case export.Connecting:
		return name + "connecting"
	case export.Publishing:
		return name + "writing the open files"
	case export.Done:
		return name + "done"
	}
	parts := []string{words.Progress(p.Done, p.Total) + " " + words.Noun("", max(p.Done, p.Total))}
	if p.Total > 0 && !bar {
		parts = append(parts, words.Number(100*p.Done/p.Total)+" %")
	}
	if p.Bytes > 0 {
		parts = append(parts, words.Size(p.Bytes))
	}
	if p.Rate >= 1 {
		parts = append(parts, words.Number(int(p.Rate))+" a second")
	}
	if p.Left >= 0 && since > leftAfter {
		parts = append(parts, words.Left(p.Left))
	}
	for _, c := range p.Collections {
		if c.State == export.Running {
			parts = append(parts, clean(c.Name))
			break
		}
	}
	return name + strings.Join(parts, " · ")
}

// jsonLines writes each progress as a line of JSON.
type jsonLines struct{ s *session }

type progressJSON struct {
	Account     string           `json:"account"`
	Phase       string           `json:"phase"`
	Done        int              `json:"done"`
	Total       *int             `json:"total"` // null until every collection was listed
	Bytes       int64            `json:"bytes"`
	Rate        float64          `json:"rate"` // items a second
	Left        *float64         `json:"left"` // seconds; null if it cannot be told
	Collections []collectionJSON `json:"collections"`
}

type collectionJSON struct {
	Name  string      `json:"name"`
	Kind  export.Kind `json:"kind"`
	State string      `json:"state"`
	Done  int         `json:"done"`
	Total *int        `json:"total"` // null until it was listed
}

func (l *jsonLines) update(p export.Progress) {
	phases := map[export.Phase]string{
		export.Connecting: "connecting", export.Exporting: "exporting", export.Publishing: "publishing", export.Done: "done",
	}
	steps := map[export.Step]string{
		export.Waiting: "waiting", export.Running: "running", export.Finished: "finished", export.Broken: "broken",
	}
	j := progressJSON{
		Account: p.Account, Phase: phases[p.Phase], Done: p.Done, Total: total(p.Total), Bytes: p.Bytes, Rate: p.Rate,
		Collections: []collectionJSON{},
	}
	if p.Left >= 0 {
		left := p.Left.Seconds()
		j.Left = &left
	}
	for _, c := range p.Collections {
		j.Collections = append(j.Collections, collectionJSON{c.Name, c.Kind, steps[c.State], c.Done, total(c.Total)})
	}
	b, err := json.Marshal(j)
	if err != nil {
		return // numbers and strings cannot fail, except a rate that is no number: no line then
	}
	l.s.stderr.raw(string(b) + "\n")
}

func (l *jsonLines) end() {}

func total(n int) *int {
	if n < 0 {
		return nil
	}
	return &n
}
