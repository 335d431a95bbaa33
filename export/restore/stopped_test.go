package restore

import (
	"context"
	"errors"
	"io"
	"testing"

	"sidekeep/export"
)

// failing is a target of which one item after another cannot be opened, once a few
// were.
type failing struct {
	export.Writer
	good int
	fail func() error
}

func (f *failing) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	return f.Writer.Pull(ctx, c, have, &failingSink{to, f})
}

type failingSink struct {
	export.Sink
	f *failing
}

func (s *failingSink) Put(ctx context.Context, it export.Item) error {
	if s.f.good--; s.f.good < 0 {
		it.Open = func(context.Context, int64) (io.ReadCloser, int64, error) { return nil, 0, s.f.fail() }
	}
	return s.Sink.Put(ctx, it)
}

// TestNoPlanOfHalf: when comparing is stopped, or the target goes away meanwhile,
// there is no plan, and no item is called refused because of it.
func TestNoPlanOfHalf(t *testing.T) {
	src := open(t, filled(t, 5))
	archive := taken(t, src, "Anna")
	for _, cause := range []error{export.ErrStopped, export.ErrUnreachable, export.ErrAway, export.ErrThrottled, export.ErrFault} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		fail := func() error {
			if errors.Is(cause, export.ErrStopped) {
				cancel()
				return context.Canceled
			}
			return cause
		}
		p, err := Make(ctx, &failing{src, 4, fail}, archive.all(), Options{Account: "Anna"})
		if p != nil || !errors.Is(err, cause) && ctx.Err() == nil {
			t.Errorf("%v: a plan %+v, %v", cause, p, err)
		}
	}
	p, err := Make(t.Context(), &failing{src, 4, func() error { return export.ErrDamaged }}, archive.all(), Options{Account: "Anna"})
	if err != nil || p.Counts().Refused == 0 {
		t.Errorf("of damaged items it is said: %+v, %v", p, err)
	}
}
