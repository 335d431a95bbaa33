package dav

import (
	"fmt"
	"time"
)

// How slowly a body may arrive. Only the wait for the network counts, not what
// is done with the bytes in between. A body of n bytes is so bounded by paceGrace
// and n / paceRate, whatever the server states.
const (
	paceWindow = time.Minute
	paceLeast  = 64 // bytes a second in each window: a line that is alive gives more
	paceGrace  = 10 * time.Minute
	paceRate   = 1 << 10 // bytes a second on average, once the grace is over
)

// A pace is how fast one body arrives.
type pace struct {
	waited, window time.Duration
	bytes, recent  int64 // in all, and in this window
}

// add counts n bytes that were waited for. The error wraps [errSlow].
func (p *pace) add(wait time.Duration, n int) error {
	p.waited += wait
	p.window += wait
	p.bytes += int64(n)
	p.recent += int64(n)
	if over := p.waited - paceGrace; over > 0 && float64(p.bytes) < over.Seconds()*paceRate {
		return fmt.Errorf("%w: %d bytes in %s", errSlow, p.bytes, p.waited.Round(time.Second))
	}
	if p.window < paceWindow {
		return nil
	}
	if float64(p.recent) < p.window.Seconds()*paceLeast {
		return fmt.Errorf("%w: %d bytes in %s", errSlow, p.recent, p.window.Round(time.Second))
	}
	p.window, p.recent = 0, 0
	return nil
}
