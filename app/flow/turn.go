package flow

import "context"

// turn waits until nothing else of this window writes to the archive, which
// takes one writer at a time. Proofs that nobody asked for make way. The caller
// calls done when it has written; the error is that of ctx.
func (f *Flow) turn(ctx context.Context) (done func(), err error) {
	f.mu.Lock()
	for _, p := range f.proofs {
		if p.due {
			p.stop()
		}
	}
	f.mu.Unlock()
	done = func() { <-f.gate }
	select {
	case f.gate <- struct{}{}:
		return done, nil
	default:
	}
	select {
	case f.gate <- struct{}{}:
		return done, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
