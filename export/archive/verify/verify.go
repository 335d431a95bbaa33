package verify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/resume"
)

// Verify reads every byte of the archive again: every file against the
// manifests, in both directions; the history against itself and each of its
// bodies against its hash; and the open files against what the history says
// that they hold. It changes nothing but the note of when the archive was
// verified last, which Archive.Verified reads, and takes no lock. report,
// which may be nil, is called from one goroutine, and no longer after Verify
// has returned, with the bytes read and to be read.
//
// The error is [export.ErrBusy] if an export is writing, because files and
// history differ then for a while. What is wrong with the archive is no error.
func (a Verifier) Verify(ctx context.Context, report func(done, total int64)) (history.Check, error) {
	return (Verifier{a.s}).VerifySlice(ctx, Slice{1, 1}, report)
}

// VerifySlice verifies one part of the archive as Archive.Verify does the
// whole of it. The parts of one number together are the whole.
func (a Verifier) VerifySlice(ctx context.Context, s Slice, report func(done, total int64)) (history.Check, error) {
	c, err := Whole(a.s, ctx, s, false, report)
	if err == nil {
		NoteVerified(a.s, s, c)
	}
	return c, err
}

// Whole is VerifySlice without the note. With locked set, the caller holds the
// lock, and nothing is begun.
func Whole(a *history.Store, ctx context.Context, s Slice, locked bool, report func(done, total int64)) (_ history.Check, err error) {
	if s.Of < 1 || s.Part < 1 || s.Part > s.Of {
		return history.Check{}, fmt.Errorf("there is no part %d of %d", s.Part, s.Of)
	}
	history.LookAgain(a)
	v := &verification{a: a, ctx: ctx, slice: s, locked: locked, bad: map[string]string{}, badFiles: map[string]string{}}
	for _, conn := range []**sql.Conn{&v.conn, &v.second} {
		if *conn, err = a.DB.Conn(ctx); err != nil {
			return history.Check{}, disk.Caused(errors.Join(err, v.close()))
		}
	}
	before, err := v.state()
	if err == nil {
		err = v.reporting(report, v.run)
	}
	var after string
	if err == nil {
		after, err = v.state()
	}
	if err := errors.Join(err, v.close()); err != nil {
		return history.Check{}, disk.Caused(fmt.Errorf("verifying: %w", err))
	}
	c := v.check()
	if c.Edited, err = history.NewReader(a).Edited(); err != nil {
		return history.Check{}, fmt.Errorf("verifying: %w", err)
	}
	if len(c.Bad) > 0 && after != before {
		return history.Check{}, fmt.Errorf("verifying: %w", export.ErrBusy)
	}
	return c, nil
}

// A verification is one run of verify. The history is read on two connections,
// each by one goroutine, while others hash files.
type verification struct {
	a            *history.Store
	ctx          context.Context
	slice        Slice
	locked       bool
	conn, second *sql.Conn
	meter

	mu       sync.Mutex
	checked  int
	bad      map[string]string // by path: the first reason of each
	badFiles map[string]string // those that are not what the manifest says: the better reason
}

func (v *verification) close() error {
	var err error
	for _, conn := range []*sql.Conn{v.conn, v.second} {
		if conn != nil {
			err = errors.Join(err, conn.Close())
		}
	}
	return err
}

// state tells two exports apart, and is an error while one is running.
func (v *verification) state() (string, error) {
	var begun bool
	var exports, version int64
	if err := v.conn.QueryRowContext(v.ctx, resume.BegunQuery).Scan(&begun); err != nil {
		return "", v.unreadable(err)
	}
	if err := v.conn.QueryRowContext(v.ctx, "SELECT count(*) FROM export").Scan(&exports); err != nil {
		return "", v.unreadable(err)
	}
	if err := v.conn.QueryRowContext(v.ctx, "PRAGMA data_version").Scan(&version); err != nil {
		return "", v.unreadable(err)
	}
	if begun && !v.locked {
		l, err := disk.TakeLock(v.a.Dir, v.a.Now())
		if errors.Is(err, export.ErrBusy) {
			return "", err
		}
		if err == nil {
			if err := l.Release(); err != nil {
				return "", err
			}
		}
		v.blame(disk.HistoryFile, "an export was cut off, and the open files do not follow it yet")
	}
	return fmt.Sprint(begun, exports, version), nil
}

// run takes every step. The files are hashed, and the open files derived from
// the history again, while the history itself is checked.
func (v *verification) run() error {
	if err := v.unreadable(v.measure()); err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make([]error, 3)
	for i, steps := range [][]func() error{
		{v.files},
		{v.manifest, v.tagManifest, v.strangers, v.history, v.bodies},
		{v.collections, v.derived},
	} {
		wg.Go(func() {
			for _, step := range steps {
				if err := v.unreadable(step()); err != nil {
					errs[i] = err
					return
				}
			}
		})
	}
	wg.Wait()
	v.count() // history.db as a whole
	return errors.Join(errs...)
}

// unreadable blames the history for an error that says that it is damaged, and
// returns every other.
func (v *verification) unreadable(err error) error {
	if errors.Is(disk.Caused(err), export.ErrDamaged) || disk.Senseless(err) {
		v.blame(disk.HistoryFile, err.Error())
		return nil
	}
	return err
}

// blame notes what is wrong; the first reason stays.
func (v *verification) blame(path, why string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, ok := v.bad[path]; !ok {
		v.bad[path] = why
	}
}

// blameFile notes that a file is not what its manifest says.
func (v *verification) blameFile(path, why string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.badFiles[path] = why
}

// count counts one thing that was checked.
func (v *verification) count() {
	v.mu.Lock()
	v.checked++
	v.mu.Unlock()
}

func (v *verification) check() history.Check {
	for path, why := range v.badFiles {
		v.bad[path] = why
	}
	c := history.Check{Checked: v.checked, Bad: []history.Bad{}}
	for path, why := range v.bad {
		c.Bad = append(c.Bad, history.Bad{Path: path, Why: why})
	}
	slices.SortFunc(c.Bad, func(a, b history.Bad) int { return strings.Compare(a.Path, b.Path) })
	c.Good = max(0, c.Checked-len(c.Bad))
	return c
}

// measure adds up what there is to read.
func (v *verification) measure() error {
	var bodies, files int64
	err := v.conn.QueryRowContext(v.ctx, "SELECT ifnull(sum("+history.BodySize+"), 0) FROM blob").Scan(&bodies)
	if err == nil {
		err = v.conn.QueryRowContext(v.ctx, "SELECT (SELECT ifnull(sum(size), 0) FROM file) + (SELECT ifnull(sum(size), 0) FROM photo)").Scan(&files)
	}
	v.total.Store((bodies + files) / int64(v.slice.Of))
	return err
}

// history has SQLite check the whole database, with the first part.
func (v *verification) history() error {
	if v.slice.Part != 1 {
		return nil
	}
	if why, err := history.HistoryChanged(v.a, v.ctx, v.conn, v.locked); err != nil {
		return err
	} else if why != "" {
		v.blame(disk.HistoryFile, why)
	}
	err := history.Each(v.ctx, v.conn, "PRAGMA integrity_check", nil, func(rows *sql.Rows) error {
		var s string
		if err := rows.Scan(&s); err != nil {
			return err
		}
		if s != "ok" {
			v.blame(disk.HistoryFile, s)
		}
		return nil
	})
	if err != nil {
		return err
	}
	bad, err := history.BadSums(v.ctx, v.conn)
	if err != nil {
		return err
	}
	for _, n := range bad {
		v.blame(disk.HistoryFile, fmt.Sprintf("the sum of export %d cannot be read", n))
	}
	return history.Each(v.ctx, v.conn, "PRAGMA foreign_key_check", nil, func(rows *sql.Rows) error {
		var table, parent string
		var row, id sql.NullInt64
		if err := rows.Scan(&table, &row, &parent, &id); err != nil {
			return err
		}
		v.blame(disk.HistoryFile, fmt.Sprintf("row %d of %s refers to a row of %s that is not there", row.Int64, table, parent))
		return nil
	})
}

// bodies compares every stored body with its hash.
func (v *verification) bodies() error {
	var after int64
	for {
		n, err := history.EachBody(v.ctx, v.conn, "blob > ? AND blob % ? = ?", []any{after, v.slice.Of, v.slice.Part - 1}, func(b history.Stored) error {
			_, _, why, err := b.Check(v.ctx, v.conn, v.read)
			if why != "" {
				v.blame(fmt.Sprintf("%s, body %d", disk.HistoryFile, b.Blob.Int64), why)
			}
			v.count()
			after = b.Blob.Int64
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// A Verifier reads an archive back.
type Verifier struct{ s *history.Store }

// NewVerifier is the Verifier of a store.
func NewVerifier(s *history.Store) Verifier { return Verifier{s} }
