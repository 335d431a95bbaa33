package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/history"
)

// fullEvery is how old the last full listing may be before a sync token is no
// longer enough.
const fullEvery = 7 * 24 * time.Hour

// How an item was named in this export: the column how of temp.seen.
const (
	seenHeld = 1 // by Seen
	seenPut  = 2 // by Put
	seenGone = 3 // by Gone
	seenSame = 4 // by Put, with the bytes that were held
)

// A recorder takes the items of one collection. What it was told is kept in a
// temporary table, so that memory does not grow with the collection.
type recorder struct {
	s      *Session
	n      int64 // of the collection
	c      export.Collection
	token  string
	before int
	fresh  bool // there is no item of the collection yet
	dirty  int  // what collection.dirty says already
	closed bool
}

// Record opens c for writing. Another collection must not be open.
func (s *Session) Record(_ context.Context, c export.Collection) (export.Recorder, error) {
	s.W.Lock()
	defer s.W.Unlock()
	if s.open != nil {
		return nil, errors.New("another collection is still open")
	}
	r := &recorder{s: s, c: c}
	if err := r.begin(); err != nil {
		return nil, err
	}
	s.open = r
	return r, nil
}

func (r *recorder) begin() error {
	w := r.s.W
	var name string
	var listed int64
	known, err := w.Row("SELECT collection, name, token, listed, dirty FROM collection WHERE account = ? AND id = ?",
		[]any{r.s.Account, r.c.ID}, &r.n, &name, &r.token, &listed, &r.dirty)
	if err != nil {
		return err
	}
	if !known {
		if _, err := w.Row("SELECT ifnull(max(collection), 0) + 1 FROM collection", nil, &r.n); err != nil {
			return err
		}
	}
	if known && name != r.c.Name && r.dirty < 2 {
		r.dirty = 2 // the calendar's name stands in its file
	}
	_, err = w.Exec(`INSERT INTO collection (collection, account, id, name, kind, mixed, color, rank, dirty) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, id) DO UPDATE SET name = excluded.name, kind = excluded.kind, mixed = excluded.mixed,
		color = excluded.color, rank = excluded.rank, named = 1, dirty = excluded.dirty`,
		r.n, r.s.Account, r.c.ID, r.c.Name, string(r.c.Kind), r.c.Mixed, r.c.Color, r.c.Order, r.dirty)
	if err != nil {
		return err
	}
	var held bool
	if _, err := w.Row("SELECT EXISTS (SELECT 1 FROM hold WHERE account = ? AND state = 'open')", []any{r.s.Account}, &held); err != nil {
		return err
	}
	age := r.s.A.Now().Unix() - listed
	if held || listed == 0 || age < 0 || age > int64(fullEvery/time.Second) {
		r.token = ""
	}
	if _, err := w.Row("SELECT count(*) FILTER (WHERE present), count(*) = 0 FROM item WHERE collection = ?", []any{r.n}, &r.before, &r.fresh); err != nil {
		return err
	}
	if _, err := w.Raw("CREATE TEMP TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, mark TEXT NOT NULL, how INTEGER NOT NULL, was INTEGER) WITHOUT ROWID"); err != nil {
		return err
	}
	_, err = w.Raw("DELETE FROM temp.seen")
	return err
}

// Token is the sync token of the last finished Pull, "" if there is none, the
// last full listing is older than seven days, or from the future, or the account
// is held: only a full listing can tell that nothing is missing any more.
func (r *recorder) Token() string { return r.token }

// Version is the version in which an item is held, "" if it is to be fetched.
func (r *recorder) Version(id string) (string, error) {
	r.s.W.Lock()
	defer r.s.W.Unlock()
	if r.fresh {
		return "", nil
	}
	var mark string
	_, err := r.s.W.Row("SELECT mark FROM item WHERE collection = ? AND id = ? AND present AND NOT failed", []any{r.n, id}, &mark)
	return mark, err
}

// Retry yields the items that failed last time.
func (r *recorder) Retry(yield func(id string) bool) error {
	after := ""
	for {
		ids, err := r.retryAfter(after)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if !yield(id) {
				return nil
			}
		}
		after = ids[len(ids)-1]
	}
}

// Seen notes that an item is listed and held in this version.
func (r *recorder) Seen(id, version string) error {
	r.s.W.Lock()
	defer r.s.W.Unlock()
	return r.note(id, version, seenHeld, nil)
}

// Gone notes that a delta names an item as removed.
func (r *recorder) Gone(id string) error {
	r.s.W.Lock()
	defer r.s.W.Unlock()
	return r.note(id, "", seenGone, nil)
}

// note remembers that the item was named. was tells whether it was present
// before; nil if it has not been changed since. The first answer stays.
func (r *recorder) note(id, mark string, how int, was any) error {
	if r.closed {
		return history.ErrClosed
	}
	_, err := r.s.W.Raw(`INSERT INTO temp.seen (id, mark, how, was) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET mark = excluded.mark, how = excluded.how, was = ifnull(seen.was, excluded.was)`, id, mark, how, was)
	return err
}

// Put takes an item. The error means that the archive takes nothing more.
func (r *recorder) Put(ctx context.Context, it export.Item) (export.Outcome, error) {
	switch {
	case it.Err != nil:
		return r.fail(it, it.Err)
	case it.Open == nil:
		return r.fail(it, fmt.Errorf("%w: the source has nothing to read", export.ErrGone))
	case it.Kind == export.Photos || it.Kind == "" && r.c.Kind == export.Photos:
		return r.putPhoto(ctx, it)
	}
	return r.putText(ctx, it)
}

// Close commits what was taken. With l it moves the sync token and records what
// is gone, in the same commit.
func (r *recorder) Close(_ context.Context, l *export.Listing) (export.Tally, error) {
	w := r.s.W
	w.Lock()
	defer w.Unlock()
	if r.closed {
		return export.Tally{}, history.ErrClosed
	}
	r.closed = true
	r.s.open = nil
	t, err := r.tally(l)
	if err == nil && l != nil {
		err = r.conclude(l)
	}
	if err == nil {
		err = w.Commit()
	}
	if err != nil {
		t.Lost = w.Kept
	}
	return t, err
}

// tally compares what was named with what was held, and with l records what is
// gone.
func (r *recorder) tally(l *export.Listing) (export.Tally, error) {
	t := export.Tally{Before: r.before}
	count := func(into *int, query string, args ...any) error {
		_, err := r.s.W.Row(query, args, into)
		return err
	}
	const wasPresent = `ifnull(seen.was, (SELECT present FROM item WHERE item.collection = ? AND item.id = seen.id))`
	var unknown int
	err := count(&unknown, `SELECT count(*) FROM temp.seen WHERE how = 1 AND NOT EXISTS
		(SELECT 1 FROM item WHERE item.collection = ? AND item.id = seen.id AND present AND NOT failed AND item.mark = seen.mark)`, r.n)
	if err == nil && unknown > 0 {
		err = fmt.Errorf("%w: %d items were named as held that are not", export.ErrUnbalanced, unknown)
	}
	if err == nil {
		err = count(&t.Known, "SELECT count(*) FROM temp.seen WHERE how <> 3 AND "+wasPresent, r.n)
	}
	if err == nil && l != nil {
		gone := "EXISTS (SELECT 1 FROM temp.seen WHERE seen.id = item.id AND how = 3)"
		if l.Full {
			gone = "NOT EXISTS (SELECT 1 FROM temp.seen WHERE seen.id = item.id AND how <> 3)"
		}
		t.Gone, err = r.s.vanish(r.n, gone)
	}
	const notPut = " AND NOT EXISTS (SELECT 1 FROM temp.seen WHERE seen.id = item.id AND how = 2)"
	if err == nil {
		err = count(&t.Aside, "SELECT count(*) FROM item WHERE collection = ? AND (failed OR aside) AND aside AND present"+notPut, r.n)
	}
	if err == nil {
		err = count(&t.Failed, "SELECT count(*) FROM item WHERE collection = ? AND (failed OR aside) AND failed AND present AND version IS NULL"+notPut, r.n)
	}
	if err == nil && r.c.Mixed && r.dirty > 0 { // an export that brings nothing costs nothing
		t.Items = map[export.Kind]int{}
		err = r.s.W.Each("SELECT version.kind, count(*) FROM item JOIN version ON version.version = item.version WHERE item.collection = ? AND present GROUP BY 1", []any{r.n}, func(rows *sql.Rows) error {
			var kind string
			var n int
			err := rows.Scan(&kind, &n)
			t.Items[export.Kind(kind)] += n
			return err
		})
	}
	return t, err
}

// conclude moves the sync token.
func (r *recorder) conclude(l *export.Listing) error {
	w := r.s.W
	if !l.Full {
		r.s.adding = r.s.adding || r.token == ""
		_, err := w.Exec("UPDATE collection SET token = ? WHERE collection = ?", l.Token, r.n)
		return err
	}
	_, err := w.Exec("UPDATE collection SET token = ?, listed = ? WHERE collection = ?", l.Token, r.s.A.Now().Unix(), r.n)
	if err == nil {
		_, err = w.Exec("DELETE FROM partial WHERE collection = ? AND NOT EXISTS (SELECT 1 FROM item WHERE item.collection = partial.collection AND item.id = partial.id AND present)", r.n)
	}
	return err
}

// soil marks the open files of the collection as behind the history: 1 for its
// lines in the index alone, 2 for its files too.
func (r *recorder) soil(how int) error {
	if r.dirty >= how {
		return nil
	}
	r.dirty = how
	_, err := r.s.W.Exec("UPDATE collection SET dirty = ? WHERE collection = ?", how, r.n)
	return err
}
