package davserver

import (
	"sync"
	"time"
)

// timers are what is to happen by itself. The zero timers are ready.
type timers struct {
	mu      sync.Mutex
	ended   bool
	waiting map[*time.Timer]bool
	running sync.WaitGroup
}

// after calls do in d, on a goroutine of its own, unless end comes first.
func (t *timers) after(d time.Duration, do func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return
	}
	if t.waiting == nil {
		t.waiting = map[*time.Timer]bool{}
	}
	t.running.Add(1)
	var timer *time.Timer
	timer = time.AfterFunc(d, func() {
		defer t.running.Done()
		t.mu.Lock()
		delete(t.waiting, timer)
		t.mu.Unlock()
		do()
	})
	t.waiting[timer] = true
}

// end stops what waits, and waits for what has begun.
func (t *timers) end() {
	t.mu.Lock()
	t.ended = true
	for timer := range t.waiting {
		if timer.Stop() {
			t.running.Done()
		}
	}
	t.waiting = nil
	t.mu.Unlock()
	t.running.Wait()
}

// Close ends what the server would have done by itself: nothing of what it keeps
// changes afterwards but by a request. It may be called again.
func (s *Server) Close() error {
	s.later.end()
	return nil
}
