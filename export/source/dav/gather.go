package dav

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
)

// Gather reads several items with one multiget a hundred, and with GET what that
// does not bring. See [export.Gatherer].
func (s *Source) Gather(ctx context.Context, c export.Collection, ids []string, each func(export.Item) error) error {
	w, err := s.writing(ctx, c.ID)
	if err != nil {
		return err
	}
	for len(ids) > 0 {
		n := min(batchItems, len(ids))
		if err := w.gather(ctx, c, ids[:n], each); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

func (w *writing) gather(ctx context.Context, c export.Collection, ids []string, each func(export.Item) error) error {
	left := map[string]bool{}
	for _, id := range ids {
		left[id] = true
	}
	if !w.c.photos && len(ids) > 1 {
		if err := w.several(ctx, left, each); err != nil {
			return err
		}
	}
	for id := range left {
		it, err := w.s.Fetch(ctx, c, id)
		if err != nil {
			if ctx.Err() != nil || statusOf(err) == 0 && final(ctx, err) {
				return err
			}
			it = export.Item{ID: id, Err: err}
		}
		if err := each(it); err != nil {
			return err
		}
	}
	return nil
}

// several asks for what left names in one request and takes out of it what came.
// What it does not bring, or not for sure, stays in left, and so does all if the
// server does not know the report.
func (w *writing) several(ctx context.Context, left map[string]bool, each func(export.Item) error) error {
	var hrefs []string
	for id := range left {
		if w.named(id) == nil {
			hrefs = append(hrefs, w.pathOf(id))
		}
	}
	p := &pull{s: w.s, c: w.c, prefix: w.prefix}
	var ended error
	take := func(_ *url.URL, m *multistatus.Response) error {
		id := w.id(string(m.Href))
		if !left[id] {
			return nil
		}
		var it export.Item
		switch {
		case m.Status == http.StatusNotFound, m.Status == http.StatusGone:
			it = export.Item{ID: id, Err: fmt.Errorf("%w: %w", export.ErrGone, &statusError{Code: m.Status, Host: mark(hostPort(w.c.url))})}
		case len(m.Data) == 0, m.DataLong, suspicious(m.Data):
			return nil
		default:
			data := withCRLF.apply(nil, m.Data)
			it = p.item(&record{id: id, size: int64(len(data)), etag: string(m.ETag), modified: unixTime(string(m.Modified))}).OfBytes(data)
		}
		delete(left, id)
		ended = each(it)
		return ended
	}
	_, err := w.s.report(ctx, request{method: "REPORT", url: w.c.url, depth: "1", body: askData(nil, w.c.book, hrefs)}, take)
	switch {
	case ended != nil:
		return ended
	case ctx.Err() != nil:
		return stopped(ctx)
	}
	_ = err // what did not come is asked for by itself, and tells why
	return nil
}

// List names what a collection holds, with one request. See [export.Lister].
func (s *Source) List(ctx context.Context, c export.Collection, each func(export.Ref) error) error {
	col, err := s.find(ctx, c.ID)
	if err != nil {
		return err
	}
	p := &pull{s: s, c: col, have: nothingHeld{}, prefix: col.path(), names: namer{prefix: col.path()}, spool: newSpool()}
	defer p.spool.Close()
	if err = p.list(ctx); err == nil {
		err = p.spool.settle()
	}
	if err != nil {
		if ctx.Err() != nil && !errors.Is(err, export.ErrStopped) {
			err = stopped(ctx)
		}
		return fmt.Errorf("listing %q: %w", col.Name, err)
	}
	return p.spool.each(func(r *record) error {
		if r.flags&flagGone != 0 {
			return nil
		}
		return each(export.Ref{ID: r.id, Version: r.version()})
	})
}

// nothingHeld is what an archive that holds nothing answers.
type nothingHeld struct{}

func (nothingHeld) Token() string                         { return "" }
func (nothingHeld) Version(string) (string, error)        { return "", nil }
func (nothingHeld) Partial(string) (string, int64, error) { return "", 0, nil }
func (nothingHeld) Retry(func(id string) bool) error      { return nil }
