package archive

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/pages"
)

// A session is one export being written. It holds the lock.
type session struct {
	a       *Archive
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
func (a *Archive) Begin(ctx context.Context, account string, at time.Time) (export.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l, w, err := a.write()
	if err != nil {
		return nil, err
	}
	s := &session{a: a, l: l, w: w, together: newTogether(a.disk), waits: map[string]bool{}, made: map[string]bool{}, behind: map[string]bool{}}
	w.settle = s.settle
	w.lock()
	err = s.begin(ctx, account, at)
	w.unlock()
	if err != nil {
		return nil, errors.Join(err, s.end())
	}
	return s, nil
}

// fresh has the disk look again where the folders are.
func (a *Archive) fresh() {
	if f, ok := a.disk.(interface{ Fresh() }); ok {
		f.Fresh()
	}
}

// Obstacle is why nothing can be written to the archive as it stands on the disk: an
// [export.LinkError] if a link is in the place of one of its folders or files, and
// [export.ErrHistory] if history.db was damaged. Nil if an export could begin.
func (a *Archive) Obstacle() error {
	if err := a.unlinked(); err != nil {
		return err
	}
	l, err := lockFor(a.dir, a.now())
	if err != nil {
		return nil // somebody writes and has looked, or nobody can
	}
	return errors.Join(a.sound(), l.release())
}

func (a *Archive) unlinked() error {
	a.fresh()
	return a.noLinks()
}

// write opens the archive for writing, with everything finished that was begun
// before. The caller closes the writer and releases the lock.
func (a *Archive) write() (*lock, *writer, error) {
	if err := errors.Join(a.unlinked(), makeFolders(a.disk, sideDir)); err != nil {
		return nil, nil, caused(err)
	}
	l, err := lockSoon(a.dir, a.now)
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(a.tighten(context.Background()), a.upgrade(context.Background())); err != nil {
		return nil, nil, errors.Join(caused(err), l.release())
	}
	if err := a.sound(); err != nil {
		return nil, nil, errors.Join(err, l.release())
	}
	w, err := newWriter(context.Background(), a.db)
	if err != nil {
		return nil, nil, errors.Join(err, l.release())
	}
	if err := a.repair(w); err != nil {
		return nil, nil, errors.Join(caused(err), w.close(), l.release())
	}
	l.last = a.noteSums
	return l, w, nil
}

func (s *session) begin(ctx context.Context, account string, at time.Time) error {
	var err error
	s.account, s.folder, err = s.w.account(account)
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
	if err := errors.Join(s.w.noteReader(), s.look(ctx)); err != nil {
		return err
	}
	return s.w.commit()
}

// account finds or makes the account of this name, and its folder.
func (w *writer) account(name string) (id int64, folder string, err error) {
	ok, err := w.row("SELECT account, folder FROM account WHERE name = ?", []any{name}, &id, &folder)
	if ok || err != nil {
		return id, folder, err
	}
	if _, err := w.row("SELECT ifnull(max(account), 0) + 1 FROM account", nil, &id); err != nil {
		return 0, "", err
	}
	folder, err = w.give("data", "account/"+strconv.FormatInt(id, 10), name, "", "Account", maxAccountUnits, nil)
	if err != nil {
		return 0, "", err
	}
	folder = "data/" + folder
	_, err = w.exec("INSERT INTO account (account, name, folder) VALUES (?, ?, ?)", id, name, folder)
	return id, folder, err
}

// give returns the name that owner has in folder, or gives it one like want:
// clean, with ext as its ending, and taken by nobody else. taken says of a name
// whether something unknown has it; nil asks nothing.
func (w *writer) give(folder, owner, want, ext, plain string, units int, taken func(name string) (bool, error)) (string, error) {
	var name string
	ok, err := w.row("SELECT name FROM name WHERE folder = ? AND owner = ?", []any{folder, owner}, &name)
	if ok || err != nil {
		return name, err
	}
	stem := cleanName(want, units-unitsOf(ext))
	if stem == "" {
		stem = plain
	}
	if reservedName(stem + ext) {
		stem = "_" + stem
	}
	n, err := firstFree(func(n int) (bool, error) {
		name := numbered(stem, ext, n, units)
		var one int
		used, err := w.row("SELECT 1 FROM name WHERE folder = ? AND key = ?", []any{folder, foldName(name)}, &one)
		if err == nil && !used && taken != nil {
			used, err = taken(name)
		}
		return !used, err
	})
	if err != nil {
		return "", err
	}
	name = numbered(stem, ext, n, units)
	_, err = w.exec("INSERT INTO name (folder, key, owner, name) VALUES (?, ?, ?, ?)", folder, foldName(name), owner, name)
	return name, err
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
		if err := errors.Join(s.w.renew(), s.a.adopt(s.w)); err != nil {
			return err
		}
	}
	if err := s.settle(); err != nil { // before what is aside is swept
		return err
	}
	if err := s.tellLost(l); err != nil {
		return err
	}
	if err := s.w.tellMoved(s.number, l); err != nil {
		return err
	}
	if err := s.judge(l); err != nil {
		return err
	}
	if err := s.w.ledger(s.number, l, s.a.now()); err != nil {
		return err
	}
	if err := s.a.sweep(s.w); err != nil {
		return err
	}
	dirty, err := s.w.dirty()
	if err != nil {
		return err
	}
	if dirty {
		if err := s.w.set("publish", "1"); err != nil {
			return err
		}
	}
	if err := s.w.commit(); err != nil {
		return err
	}
	if !dirty {
		return s.tellPublished(l, nil, nil)
	}
	notShown, edited, err := s.a.publishTelling(s.w, false)
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

// ledger ends the export: its sum and, as far as no item told them already, its
// problems.
func (w *writer) ledger(number int64, l *export.Ledger, ended time.Time) error {
	text, err := storedText(l)
	if err != nil {
		return err
	}
	for _, p := range l.Problems {
		if p.Item != "" {
			continue // recorded when it was put
		}
		if err := w.problem(number, p); err != nil {
			return err
		}
	}
	_, err = w.exec("UPDATE export SET ended = ?, good = ?, ledger = ? WHERE number = ?", stamp(ended), l.Good(), text, number)
	return err
}

// A storedLedger is the ledger column of an export: the ledger without its
// problems, with the IDs of its collections.
type storedLedger struct {
	export.Ledger
	IDs []string `json:"ids"`
}

func storedText(l *export.Ledger) (string, error) {
	stored := storedLedger{Ledger: *l}
	stored.Problems = nil
	for _, c := range l.Collections {
		stored.IDs = append(stored.IDs, c.ID)
	}
	text, err := json.Marshal(stored)
	if err != nil {
		return "", fmt.Errorf("writing the ledger: %w", err)
	}
	return string(text), nil
}

func (w *writer) problem(number int64, p export.Problem) error {
	_, err := w.exec("INSERT INTO problem (export, collection, item, cause, detail, aside) VALUES (?, ?, ?, ?, ?, ?)",
		number, p.Collection, p.Item, p.Cause, p.Detail, p.Aside)
	return err
}

// set stores one of the archive's own values.
func (w *writer) set(name, value string) error {
	_, err := w.exec("INSERT INTO archive (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}

// dirty reports whether any open file has to follow the history.
func (w *writer) dirty() (bool, error) {
	var n int
	_, err := w.row("SELECT EXISTS (SELECT 1 FROM account WHERE "+unindexed+") OR EXISTS (SELECT 1 FROM archive WHERE name IN ('publish', '"+waitingName+"', '"+flawedName+"') AND value = '1')"+
		" OR NOT EXISTS (SELECT 1 FROM archive WHERE name = '"+editionName+"' AND value = ?)", []any{pages.Edition()}, &n)
	return n != 0, err
}

func (s *session) end() error {
	return errors.Join(s.w.close(), s.l.release())
}

// stamp is how times are stored: RFC 3339 in UTC.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
