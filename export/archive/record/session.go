package record

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/publish"
	"sidekeep/export/archive/resume"
)

// A Session is one export being written. It holds the lock.
type Session struct {
	A       *history.Store
	l       *disk.Lock
	W       *history.Batch
	number  int64
	Account int64
	Folder  string // of the account, data/<name>
	last    struct{ item, version, blob, photo int64 }

	who    string // for whom the source answers
	adding bool   // it was listed in full and yet names only some: it only ever adds

	open   *recorder       // the one that is open, nil if none is
	Lost   []lostFile      // open files that were missing or changed when the export began
	edited map[string]bool // the photos among them that have the right size
	date   time.Time       // what new photos get as the time of their change
	large  sync.Mutex      // one large body is in memory at a time
	photos sync.Mutex      // one photo gets its name at a time

	// Of the photos of the batch, guarded by the writer:
	waiting []waiting
	waits   map[string]bool // by name: where the waiting ones are, and where they go
	made    map[string]bool // folders of photos that are there
	behind  map[string]bool // of those, what was moved into them is not synced

	together *disk.Together
}

// Begin opens the next export of account, which is made if the archive does not
// know it. It does not wait: the error is [export.ErrBusy] if anybody writes.
// The context is not used after Begin returns.
func (a Exporter) Begin(ctx context.Context, account string, at time.Time) (export.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l, w, err := resume.Begin(a.s)
	if err != nil {
		return nil, err
	}
	s := &Session{A: a.s, l: l, W: w, together: disk.NewTogether(a.s.Disk), waits: map[string]bool{}, made: map[string]bool{}, behind: map[string]bool{}}
	w.Settle = s.settle
	w.Lock()
	err = s.begin(ctx, account, at)
	w.Unlock()
	if err != nil {
		return nil, errors.Join(err, s.end())
	}
	return s, nil
}

// Obstacle is why nothing can be written to the archive as it stands on the disk: an
// [export.LinkError] if a link is in the place of one of its folders or files, and
// [export.ErrHistory] if history.db was damaged. Nil if an export could begin.
func (a Exporter) Obstacle() error {
	if err := history.Unlinked(a.s); err != nil {
		return err
	}
	l, err := disk.TakeLock(a.s.Dir, a.s.Now())
	if err != nil {
		return nil // somebody writes and has looked, or nobody can
	}
	return errors.Join(history.CheckSums(a.s), l.Release())
}

func (s *Session) begin(ctx context.Context, account string, at time.Time) error {
	var err error
	s.Account, s.Folder, err = history.AccountOf(s.W, account)
	if err != nil {
		return err
	}
	for table, last := range map[string]*int64{"item": &s.last.item, "version": &s.last.version, "blob": &s.last.blob, "photo": &s.last.photo} {
		if _, err := s.W.Row("SELECT ifnull(max("+table+"), 0) FROM "+table, nil, last); err != nil {
			return err
		}
	}
	if _, err := s.W.Row(history.NextNumber, nil, &s.number); err != nil {
		return err
	}
	if _, err := s.W.Exec("INSERT INTO export (number, account, started) VALUES (?, ?, ?)", s.number, s.Account, history.Stamp(at)); err != nil {
		return err
	}
	if err := errors.Join(history.NoteEdition(s.W), s.Look(ctx)); err != nil {
		return err
	}
	return s.W.Commit()
}

// Number is the number of the export.
func (s *Session) Number() int64 { return s.number }

// Holds reports whether present items of the collection with this ID are held.
func (s *Session) Holds(_ context.Context, id string) (held bool, err error) {
	s.W.Lock()
	defer s.W.Unlock()
	_, err = s.W.Row("SELECT EXISTS (SELECT 1 FROM item JOIN collection USING (collection) WHERE account = ? AND collection.id = ? AND present)",
		[]any{s.Account, id}, &held)
	return held, err
}

// Absent records the collections that the source no longer names.
func (s *Session) Absent(_ context.Context, named []export.Collection, kinds []export.Kind) (gone int, err error) {
	s.W.Lock()
	defer s.W.Unlock()
	have := map[string]bool{}
	for _, c := range named {
		have[c.ID] = true
	}
	var absent []int64
	err = s.W.Each("SELECT collection, id, kind, mixed FROM collection WHERE account = ? AND named", []any{s.Account}, func(rows *sql.Rows) error {
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
		if _, err := s.W.Exec("UPDATE collection SET named = 0, token = '', listed = 0 WHERE collection = ?", c); err != nil {
			return 0, err
		}
	}
	return gone, s.W.Commit()
}

// vanish records the present items of a collection that meet the condition as
// gone.
func (s *Session) vanish(collection int64, condition string) (int, error) {
	if condition != "" {
		condition = " AND " + condition
	}
	where := " FROM item WHERE item.collection = ? AND item.present" + condition
	_, err := s.W.Exec(`INSERT INTO version (item, export, mark, kind, uid, name, start, all_day)
		SELECT item, ?, '', '', '', '', '', 0`+where+` ORDER BY item.id`, s.number, collection)
	if err != nil {
		return 0, err
	}
	res, err := s.W.Exec(`UPDATE item SET present = 0, failed = 0, since = ? WHERE item IN (SELECT item`+where+`)`, s.number, collection)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return 0, s.W.Fail(err)
	}
	if _, err := s.W.Row("SELECT max(version) FROM version", nil, &s.last.version); err != nil {
		return 0, err
	}
	_, err = s.W.Exec("UPDATE collection SET dirty = 2 WHERE collection = ?", collection)
	return int(n), err
}

// Finish records the sum and publishes the open files, also of an export that
// was stopped. It gives the lock back whatever happens. The context is not
// used.
func (s *Session) Finish(_ context.Context, l *export.Ledger) error {
	s.W.Lock()
	err := s.finish(l)
	s.W.Unlock()
	return errors.Join(disk.Caused(err), s.end())
}

func (s *Session) finish(l *export.Ledger) error {
	if s.open != nil {
		return errors.New("a collection is still open")
	}
	if s.W.Broken != nil {
		// Photos that were moved may have lost their rows. Those that wait have none.
		s.waiting = nil
		clear(s.waits)
		if err := errors.Join(s.W.Renew(), resume.Adopt(s.A, s.W)); err != nil {
			return err
		}
	}
	if err := s.settle(); err != nil { // before what is aside is swept
		return err
	}
	if err := s.tellLost(l); err != nil {
		return err
	}
	if err := history.TellMoved(s.W, s.number, l); err != nil {
		return err
	}
	if err := s.judge(l); err != nil {
		return err
	}
	if err := history.Ledger(s.W, s.number, l, s.A.Now()); err != nil {
		return err
	}
	if err := resume.Sweep(s.A, s.W); err != nil {
		return err
	}
	dirty, err := publish.Behind(s.W)
	if err != nil {
		return err
	}
	if dirty {
		if err := history.SetValue(s.W, "publish", "1"); err != nil {
			return err
		}
	}
	if err := s.W.Commit(); err != nil {
		return err
	}
	if !dirty {
		return s.tellPublished(l, nil, nil)
	}
	notShown, edited, err := publish.FilesTelling(s.A, s.W, false)
	if err == nil {
		return s.tellPublished(l, notShown, edited)
	}
	if l.Good() {
		// What was delivered is safe, but not yet in the open files.
		if renewed := s.W.Renew(); renewed == nil {
			_, ungood := s.W.Exec("UPDATE export SET good = 0 WHERE number = ?", s.number)
			err = errors.Join(err, ungood, s.W.Commit())
		}
	}
	return err
}

// tellPublished adds to the ledger of a finished export which pages, or items on
// them, could not be made, which open files somebody had changed, and where that
// is kept.
func (s *Session) tellPublished(l *export.Ledger, notShown []export.Problem, edited []string) error {
	kept, err := s.newByHand()
	if err != nil {
		return err
	}
	if len(notShown) == 0 && len(edited) == 0 && len(kept) == 0 {
		return s.W.Commit()
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
	text, err := history.StoredText(l)
	if err == nil {
		_, err = s.W.Exec("UPDATE export SET good = ?, ledger = ? WHERE number = ?", l.Good(), text, s.number)
	}
	if err != nil {
		return err
	}
	return s.W.Commit()
}

func (s *Session) end() error {
	return errors.Join(s.W.Close(), s.l.Release())
}

// A Exporter opens exports.
type Exporter struct{ s *history.Store }

// NewExporter is the Exporter of a store.
func NewExporter(s *history.Store) Exporter { return Exporter{s} }
