package export

import (
	"sync"
	"time"
)

// A Phase is what an export is doing.
type Phase int

// The phases of an export.
const (
	Connecting Phase = iota // signing in, asking for the collections
	Exporting               // listing and fetching, collection by collection
	Publishing              // writing the open files
	Done
)

// Progress is how far an export is. It is a value: nothing in it changes after
// it was reported.
type Progress struct {
	Account     string
	Phase       Phase
	Collections []CollectionProgress
	Done, Total int           // items of all collections; Total -1 until each was listed
	Bytes       int64         // of bodies received
	Rate        float64       // items a second, over the last seconds
	Left        time.Duration // -1 if it cannot be told
}

// A CollectionProgress is how far one collection is.
type CollectionProgress struct {
	Name  string
	Kind  Kind
	State Step
	Done  int
	Total int // -1 until it was listed
}

// A Step is where a collection is in an export.
type Step int

// The steps of a collection.
const (
	Waiting Step = iota
	Running
	Finished
	Broken // stopped or failed before its end
)

// reportEvery bounds how often progress is reported: ten times a second.
const reportEvery = 100 * time.Millisecond

// rateSpan is the time over which the rate is taken.
const rateSpan = 5 * time.Second

// meter keeps the progress of a run and hands out copies of it. Its methods
// may be called from several goroutines; report is called from one at a time.
type meter struct {
	mu      sync.Mutex
	p       Progress
	now     func() time.Time
	report  func(Progress)
	last    time.Time
	samples []sample
	src     Source
}

type sample struct {
	at   time.Time
	done int
}

func newMeter(account string, now func() time.Time, report func(Progress)) *meter {
	if report == nil {
		report = func(Progress) {}
	}
	return &meter{p: Progress{Account: account, Total: -1, Left: -1}, now: now, report: report}
}

// update changes the progress and reports it, at once if force is set and else
// if the last report is long enough ago.
func (m *meter) update(force bool, change func(p *Progress)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.p)
	at := m.now()
	if !force && at.Sub(m.last) < reportEvery {
		return
	}
	m.last = at
	m.sum(at)
	p := m.p
	p.Collections = append([]CollectionProgress(nil), m.p.Collections...)
	m.report(p)
}

// sum derives totals, rate and time left.
func (m *meter) sum(at time.Time) {
	m.p.Done, m.p.Total = 0, 0
	for _, c := range m.p.Collections {
		m.p.Done += c.Done
		if c.Total < 0 || m.p.Total < 0 {
			m.p.Total = -1
		} else {
			m.p.Total += c.Total
		}
	}
	if m.src != nil {
		_, m.p.Bytes = used(m.src)
	}
	m.samples = append(m.samples, sample{at, m.p.Done})
	for len(m.samples) > 2 && at.Sub(m.samples[0].at) > rateSpan {
		m.samples = m.samples[1:]
	}
	first := m.samples[0]
	m.p.Rate, m.p.Left = 0, -1
	if span := at.Sub(first.at).Seconds(); span > 0 {
		m.p.Rate = float64(m.p.Done-first.done) / span
	}
	if m.p.Rate > 0 && m.p.Total >= 0 {
		m.p.Left = time.Duration(float64(m.p.Total-m.p.Done) / m.p.Rate * float64(time.Second))
	}
}
