package restore

import (
	"sync"
	"time"
)

// reportEvery bounds how often progress is reported: ten times a second.
const reportEvery = 100 * time.Millisecond

// A meter counts what is done and reports it.
type meter struct {
	mu     sync.Mutex
	p      Progress
	report func(Progress)
	now    func() time.Time
	begun  time.Time
	last   time.Time
}

func newMeter(total int, report func(Progress), now func() time.Time) *meter {
	m := &meter{p: Progress{Total: total, Left: -1}, report: report, now: now}
	m.begun = now()
	return m
}

func (m *meter) add(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.p.Done += n
	m.tell(false)
}

func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tell(true)
}

func (m *meter) tell(always bool) {
	at := m.now()
	if m.report == nil || !always && at.Sub(m.last) < reportEvery {
		return
	}
	m.last = at
	if s := at.Sub(m.begun).Seconds(); s > 0 && m.p.Done > 0 {
		m.p.Rate = float64(m.p.Done) / s
		m.p.Left = time.Duration(float64(m.p.Total-m.p.Done) / m.p.Rate * float64(time.Second))
	}
	m.report(m.p)
}
