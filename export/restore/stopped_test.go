package restore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/source/dav"
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

// stopping is a target that stops the restore at the n-th thing that is asked of
// it.
type stopping struct {
	*dav.Source
	left *atomic.Int64
	stop func()
	cut  bool // the network goes away instead
}

func (s stopping) due() error {
	if s.left.Add(-1) > 0 {
		return nil
	}
	if s.cut {
		return export.ErrUnreachable
	}
	s.stop()
	return nil
}

func (s stopping) Put(ctx context.Context, c export.Collection, it export.Item, at export.Ref) (export.Ref, error) {
	if err := s.due(); err != nil {
		return export.Ref{}, err
	}
	return s.Source.Put(ctx, c, it, at)
}

func (s stopping) Gather(ctx context.Context, c export.Collection, ids []string, each func(export.Item) error) error {
	if err := s.due(); err != nil {
		return err
	}
	return s.Source.Gather(ctx, c, ids, each)
}

// TestStoppedCount: whenever a restore is stopped, everything that is at the target
// by then is counted, as written or as not known.
func TestStoppedCount(t *testing.T) {
	for _, cut := range []bool{false, true} {
		for _, n := range []int64{1, 7, 50, 51, 52, 53, 60, 103, 104, 119, 122} {
			s := empty(t, davserver.Options{})
			src := open(t, s)
			items := &shelf{}
			for i := range 120 {
				items.add(Item{Account: "Old", Collection: export.Collection{ID: "b", Name: "Contacts", Kind: export.Contacts}, ID: fmt.Sprint(i), Name: fmt.Sprint(i), Kind: export.Contacts}, vcf(i))
			}
			p := plan(t, src, items.all(), Options{Account: "New"})
			j, err := openJournal(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			left := &atomic.Int64{}
			left.Store(n)
			r, err := Apply(ctx, stopping{src, left, cancel, cut}, p, j, ApplyOptions{Wait: time.Millisecond})
			cancel()
			if err := j.Close(); err != nil {
				t.Error(err)
			}
			there, ierr := s.Items(book)
			if ierr != nil {
				t.Fatal(ierr)
			}
			if err == nil && n <= 120 {
				t.Errorf("cut %v at %d: it came to its end", cut, n)
			}
			if r.Created > len(there) || r.Created+r.Unsure < len(there) || !cut && r.Unsure > 4 {
				t.Errorf("cut %v at %d: %d are there; %d written, of %d it is not known (%v)", cut, n, len(there), r.Created, r.Unsure, err)
			}
		}
	}
}
