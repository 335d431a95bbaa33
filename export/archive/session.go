package archive

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"time"

	"sidekeep/export"
)

// A session is one export being written. It holds the lock.
type session struct {
	a       *Store
	l       *lock
	w       *writer
	number  int64
	account int64
	folder  string // of the account, data/<name>
	last    struct{ item, version, blob, photo int64 }

	who    string // for whom the source answers
	adding bool   // it was listed in full and yet names only some: it only ever adds

	open   *recorder       // the one that is open, nil if none is
	lost   []lostFile      // open files that were missing or changed when the export began
	edited map[string]bool // the photos among them that have the right size
	date   time.Time       // what new photos get as the time of their change
	large  sync.Mutex      // one large body is in memory at a time
	photos sync.Mutex      // one photo gets its name at a time

	// Of the photos of the batch, guarded by the writer:
	waiting []waiting
	waits   map[string]bool // by name: where the waiting ones are, and where they go
	made    map[string]bool // folders of photos that are there
	behind  map[string]bool // of those, what was moved into them is not synced

	together *together
}

// Begin opens the next export of account, which is made if the archive does not
// know it. It does not wait: the error is [export.ErrBusy] if anybody writes.
// The context is not used after Begin returns.
func (a Exporter) Begin(ctx context.Context, account string, at time.Time) (export.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l, w, err := write(a.s)
	if err != nil {
		return nil, err
	}
	s := &session{a: a.s, l: l, w: w, together: newTogether(a.s.disk), waits: map[string]bool{}, made: map[string]bool{}, behind: map[string]bool{}}
	w.settle = s.settle
	w.lock()
	err = s.begin(ctx, account, at)
	w.unlock()
	if err != nil {
		return nil, errors.Join(err, s.end())
	}
	return s, nil
}

// Obstacle is why nothing can be written to the archive as it stands on the disk: an
// [export.LinkError] if a link is in the place of one of its folders or files, and
// [export.ErrHistory] if history.db was damaged. Nil if an export could begin.
func (a Exporter) Obstacle() error {
	if err := unlinked(a.s); err != nil {
		return err
	}
	l, err := lockFor(a.s.dir, a.s.now())
	if err != nil {
		return nil // somebody writes and has looked, or nobody can
	}
	return errors.Join(sound(a.s), l.release())
}

func (s *session) begin(ctx context.Context, account string, at time.Time) error {
	var err error
	s.account, s.folder, err = accountOf(s.w, account)
	if err != nil {
		return err
	}
	for table, last := range map[string]*int64{"item": &s.last.item, "version": &s.last.version, "blob": &s.last.blob, "photo": &s.last.photo} {
		if _, err := s.w.row("SELECT ifnull(max("+table+"), 0) FROM "+table, nil, last); err != nil {
			return err
		}
	}
	if _, err := s.w.row(nextNumber, nil, &s.number); err != nil {
		return err
	}
	if _, err := s.w.exec("INSERT INTO export (number, account, started) VALUES (?, ?, ?)", s.number, s.account, stamp(at)); err != nil {
		return err
	}
	if err := errors.Join(noteReader(s.w), s.look(ctx)); err != nil {
		return err
	}
	return s.w.commit()
}

// Number is the number of the export.
func (s *session) Number() int64 { return s.number }

// Holds reports whether present items of the collection with this ID are held.
func (s *session) Holds(_ context.Context, id string) (held bool, err error) {
	s.w.lock()
	defer s.w.unlock()
	_, err = s.w.row("SELECT EXISTS (SELECT 1 FROM item JOIN collection USING (collection) WHERE account = ? AND collection.id = ? AND present)",
		[]any{s.account, id}, &held)
	return held, err
}

// Absent records the collections that the source no longer names.
func (s *session) Absent(_ context.Context, named []export.Collection, kinds []export.Kind) (gone int, err error) {
	s.w.lock()
	defer s.w.unlock()
	have := map[string]bool{}
	for _, c := range named {
		have[c.ID] = true
	}
	var absent []int64
	err = s.w.each("SELECT collection, id, kind, mixed FROM collection WHERE account = ? AND named", []any{s.account}, func(rows *sql.Rows) error {
		var n int64
		var id, kind string
		var mixed bool
		if err := rows.Scan(&n, &id, &kind, &mixed); err != nil {
			return err
		}
		asked := len(kinds) == 0 || slices.Contains(kinds, export.Kind(kind)) || mixed && slices.Contains(kinds, export.Todos)
		if asked && !have[id] {
			absent = append(absent, n)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, c := range absent {
		n, err := s.vanish(c, "")
		if err != nil {
			return 0, err
		}
		gone += n
		if _, err := s.w.exec("UPDATE collection SET named = 0, token = '', listed = 0 WHERE collection = ?", c); err != nil {
			return 0, err
		}
	}
	return gone, s.w.commit()
}

// vanish records the present items of a collection that meet the condition as
// gone.
func (s *session) vanish(collection int64, condition string) (int, error) {
	if condition != "" {
		condition = " AND " + condition
	}
	where := " FROM item WHERE item.collection = ? AND item.present" + condition
	_, err := s.w.exec(`INSERT INTO version (item, export, mark, kind, uid, name, start, all_day)
		SELECT item, ?, '', '', '', '', '', 0`+where+` ORDER BY item.id`, s.number, collection)
	if err != nil {
		return 0, err
	}
	res, err := s.w.exec(`UPDATE item SET present = 0, failed = 0, since = ? WHERE item IN (SELECT item`+where+`)`, s.number, collection)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return 0, s.w.fail(err)
	}
	if _, err := s.w.row("SELECT max(version) FROM version", nil, &s.last.version); err != nil {
		return 0, err
	}
	_, err = s.w.exec("UPDATE collection SET dirty = 2 WHERE collection = ?", collection)
	return int(n), err
}

// Finish records the sum and publishes the open files, also of an export that
// was stopped. It gives the lock back whatever happens. The context is not
// used.
func (s *session) Finish(_ context.Context, l *export.Ledger) error {
	s.w.lock()
	err := s.finish(l)
	s.w.unlock()
	return errors.Join(caused(err), s.end())
}

func (s *session) finish(l *export.Ledger) error {
	if s.open != nil {
		return errors.New("a collection is still open")
	}
	if s.w.broken != nil {
		// Photos that were moved may have lost their rows. Those that wait have none.
		s.waiting = nil
		clear(s.waits)
		if err := errors.Join(s.w.renew(), adopt(s.a, s.w)); err != nil {
			return err
		}
	}
	if err := s.settle(); err != nil { // before what is aside is swept
		return err
	}
	if err := s.tellLost(l); err != nil {
		return err
	}
	if err := tellMoved(s.w, s.number, l); err != nil {
		return err
	}
	if err := s.judge(l); err != nil {
		return err
	}
	if err := ledger(s.w, s.number, l, s.a.now()); err != nil {
		return err
	}
	if err := sweep(s.a, s.w); err != nil {
		return err
	}
	dirty, err := dirty(s.w)
	if err != nil {
		return err
	}
	if dirty {
		if err := set(s.w, "publish", "1"); err != nil {
			return err
		}
	}
	if err := s.w.commit(); err != nil {
		return err
	}
	if !dirty {
		return s.tellPublished(l, nil, nil)
	}
	notShown, edited, err := publishTelling(s.a, s.w, false)
	if err == nil {
		return s.tellPublished(l, notShown, edited)
	}
	if l.Good() {
		// What was delivered is safe, but not yet in the open files.
		if renewed := s.w.renew(); renewed == nil {
			_, ungood := s.w.exec("UPDATE export SET good = 0 WHERE number = ?", s.number)
			err = errors.Join(err, ungood, s.w.commit())
		}
	}
	return err
}

// tellPublished adds to the ledger of a finished export which pages, or items on
// them, could not be made, which open files somebody had changed, and where that
// is kept.
func (s *session) tellPublished(l *export.Ledger, notShown []export.Problem, edited []string) error {
	kept, err := s.newByHand()
	if err != nil {
		return err
	}
	if len(notShown) == 0 && len(edited) == 0 && len(kept) == 0 {
		return s.w.commit()
	}
	l.Edited = kept[:min(len(kept), export.MaxProblems)]
	l.EditedMore = len(kept) - len(l.Edited)
	l.NotShown = notShown[:min(len(notShown), export.MaxProblems)]
	for _, path := range edited {
		if len(l.PutBack) < export.MaxProblems {
			l.PutBack = append(l.PutBack, path)
		} else {
			l.PutBackMore++
		}
	}
	text, err := storedText(l)
	if err == nil {
		_, err = s.w.exec("UPDATE export SET good = ?, ledger = ? WHERE number = ?", l.Good(), text, s.number)
	}
	if err != nil {
		return err
	}
	return s.w.commit()
}

func (s *session) end() error {
	return errors.Join(s.w.close(), s.l.release())
}

// A Exporter opens exports.
type Exporter struct{ s *Store }

// newExporter is the Exporter of a store.
func newExporter(s *Store) Exporter { return Exporter{s} }
