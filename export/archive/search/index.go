package search

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

// SearchFile is the full-text index of the history. It can be made again from
// it at any time.
const SearchFile = disk.SideDir + "/search.db"

// Drop removes the index, with all that was ever put into it. The next
// search makes it again.
func Drop(a *history.Store) error {
	return errors.Join(disk.RemoveIfThere(a.Disk, SearchFile+"-journal"), disk.RemoveIfThere(a.Disk, SearchFile))
}

// searchSchema: words has a row for every version with bytes, under its number,
// of which only the index is kept. state tells which version of an item is
// shown, and whether the source has it.
const searchSchema = `
PRAGMA application_id=0x53646b66; PRAGMA user_version=1;
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts4(name, body, content="", matchinfo=fts3, order=desc, tokenize=unicode61 "remove_diacritics=2");
CREATE TABLE state (version INTEGER PRIMARY KEY, item INTEGER NOT NULL UNIQUE, present INTEGER NOT NULL);
CREATE TABLE apart (item INTEGER PRIMARY KEY);
`

// errStale says that an index is not of this history, or damaged.
var errStale = errors.New("the search index is of another archive, or damaged")

// A searchIndex is an open index. It is closed by its user.
type searchIndex struct {
	a    *history.Store
	Db   *sql.DB
	temp string // folder of an index that cannot lie in the archive; "" if it does
}

// Open opens the index, up to date with the history. What is damaged or
// of another archive is made again. If the archive cannot be written, the index
// is made elsewhere and forgotten when it is closed.
func Open(a *history.Store, ctx context.Context, report func(done, total int)) (*searchIndex, error) {
	x, err := openSearchIn(a, ctx, report)
	if errors.Is(err, errStale) && Drop(a) == nil {
		x, err = openSearchIn(a, ctx, report)
	}
	if err == nil || ctx.Err() != nil || !elsewhere(err) {
		return x, err
	}
	dir, tempErr := os.MkdirTemp("", "sidekeep-search")
	if tempErr != nil {
		return nil, errors.Join(err, tempErr)
	}
	x, err = openSearchAt(a, ctx, filepath.Join(dir, "search.db"), report)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	x.temp = dir
	return x, nil
}

// elsewhere tells whether an index can be made elsewhere though it cannot be
// where it belongs.
func elsewhere(err error) bool {
	err = disk.Caused(err)
	return errors.Is(err, errStale) || errors.Is(err, export.ErrNotWritable) || errors.Is(err, export.ErrFull)
}

func openSearchIn(a *history.Store, ctx context.Context, report func(done, total int)) (*searchIndex, error) {
	info, err := a.Disk.Lstat(SearchFile)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return nil, errStale
	case errors.Is(err, fs.ErrNotExist):
		if err := disk.MakeFolders(a.Disk, disk.SideDir); err != nil {
			return nil, err
		}
		if err := history.Reserve(a, SearchFile); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	}
	return openSearchAt(a, ctx, a.Path(SearchFile), report)
}

func openSearchAt(a *history.Store, ctx context.Context, file string, report func(done, total int)) (*searchIndex, error) {
	if err := history.CheckHeader(file); err != nil {
		return nil, staleIf(ctx, err)
	}
	db, err := sql.Open("sqlite3", history.FileURI(file, fmt.Sprintf("mode=rwc&_mutex=no&_busy_timeout=%d&_sync=NORMAL&_cache_size=-16000", history.BusyMillis)))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	x := &searchIndex{a: a, Db: db}
	err = x.begin(ctx)
	if err == nil {
		err = x.follow(ctx, report)
	}
	if err != nil {
		return nil, errors.Join(staleIf(ctx, err), db.Close())
	}
	return x, nil
}

// staleIf says of an error that means damage that the index is to be made again.
func staleIf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	if c, ok := disk.SQLiteCause(err); ok && (c == nil || errors.Is(c, export.ErrDamaged)) || errors.Is(err, export.ErrDamaged) {
		return fmt.Errorf("%w: %w", errStale, err)
	}
	return err
}

func (x *searchIndex) Close() error {
	err := x.Db.Close()
	if x.temp != "" {
		err = errors.Join(err, os.RemoveAll(x.temp))
	}
	return err
}

// begin makes a new index, or makes sure that the one that is there is of this
// history.
func (x *searchIndex) begin(ctx context.Context) error {
	var app, format int
	if _, err := x.Db.ExecContext(ctx, history.Distrust); err != nil { // of its one connection
		return err
	}
	err := errors.Join(x.Db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app), x.Db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&format))
	if err != nil {
		return err
	}
	if app == 0 && format == 0 {
		return x.within(ctx, func(tx *sql.Tx) error {
			if err := tx.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app); err != nil || app != 0 {
				return err // somebody else was faster
			}
			if err := CheckIndex(ctx, tx, false); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, searchSchema); err != nil {
				return err
			}
			return x.note(ctx, tx, map[string]string{"archive": x.a.ID, "last": "0", "mark": "", "apart": ""})
		})
	}
	if err := CheckIndex(ctx, x.Db, true); err != nil {
		return err
	}
	var id string
	if err := x.Db.QueryRowContext(ctx, "SELECT value FROM about WHERE name = 'archive'").Scan(&id); err != nil {
		return err
	}
	last, mark, err := x.last(ctx, x.Db)
	if err != nil {
		return err
	}
	now, err := x.markOf(ctx, last)
	if err != nil {
		return err
	}
	if id != x.a.ID || format != 1 || mark != now {
		return errStale
	}
	return nil
}

// CheckIndex returns errStale unless q has the tables that are made for an index;
// none yet if it is not made.
func CheckIndex(ctx context.Context, q history.Querier, made bool) error {
	got, err := history.SchemaOf(ctx, q)
	if err != nil {
		return err
	}
	var want []string
	if made {
		fresh, err := sql.Open("sqlite3", ":memory:")
		if err != nil {
			return err
		}
		fresh.SetMaxOpenConns(1)
		if _, err = fresh.ExecContext(ctx, searchSchema); err == nil {
			want, err = history.SchemaOf(ctx, fresh)
		}
		if err := errors.Join(err, fresh.Close()); err != nil {
			return err
		}
	}
	if !slices.Equal(got, want) {
		return errStale
	}
	return nil
}

// within runs do in one transaction that nobody else writes beside.
func (x *searchIndex) within(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := x.Db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, "PRAGMA user_version=1"); err == nil { // takes the lock
		err = do(tx)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (x *searchIndex) note(ctx context.Context, tx *sql.Tx, values map[string]string) error {
	for name, value := range values {
		if _, err := tx.ExecContext(ctx, "INSERT INTO about (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value); err != nil {
			return err
		}
	}
	return nil
}

// last is the newest version that is indexed, with what marks it.
func (x *searchIndex) last(ctx context.Context, q history.RowQuerier) (last int64, mark string, err error) {
	err = q.QueryRowContext(ctx, "SELECT (SELECT value FROM about WHERE name = 'last'), (SELECT value FROM about WHERE name = 'mark')").Scan(&last, &mark)
	return last, mark, err
}

// markOf is what a version of the history is known by, so that an index is not
// taken for one of a history that was made anew.
func (x *searchIndex) markOf(ctx context.Context, version int64) (string, error) {
	if version == 0 {
		return "", nil
	}
	var item, number int64
	var hash []byte
	var name string
	err := x.a.DB.QueryRowContext(ctx, `SELECT version.item, version.export, ifnull(blob.hash, photo.hash), version.name FROM version
		LEFT JOIN blob USING (blob) LEFT JOIN photo ON photo.photo = version.photo WHERE version = ?`, version).Scan(&item, &number, &hash, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return "removed", nil
	}
	return fmt.Sprint(item, number, hex.EncodeToString(hash), name), err
}

// patience is how long an index is brought up to date before that is told.
const patience = time.Second

// indexCommit is how many versions are indexed in one commit.
const indexCommit = 10000

// follow brings the index up to date.
func (x *searchIndex) follow(ctx context.Context, report func(done, total int)) error {
	var top int64
	if err := x.a.DB.QueryRowContext(ctx, "SELECT ifnull(max(version), 0) FROM version").Scan(&top); err != nil {
		return err
	}
	first, _, err := x.last(ctx, x.Db)
	if err != nil {
		return err
	}
	began := time.Now()
	for last := first; last < top; {
		err := x.within(ctx, func(tx *sql.Tx) error {
			if last, _, err = x.last(ctx, tx); err != nil || last >= top {
				return err
			}
			from := last
			for last < top && last-from < indexCommit {
				if last, err = x.take(ctx, tx, last, top); err != nil {
					return err
				}
				if report != nil && time.Since(began) > patience {
					report(int(last-first), int(top-first))
				}
			}
			if err := x.restate(ctx, tx, "SELECT DISTINCT item FROM version WHERE version > "+fmt.Sprint(from)+" AND version <= "+fmt.Sprint(last)); err != nil {
				return err
			}
			mark, err := x.markOf(ctx, last)
			if err != nil {
				return err
			}
			return x.note(ctx, tx, map[string]string{"last": fmt.Sprint(last), "mark": mark})
		})
		if err != nil {
			return err
		}
	}
	return x.followHeld(ctx)
}

// followHeld brings what is shown of held accounts up to date.
func (x *searchIndex) followHeld(ctx context.Context) error {
	var now, was string
	err := x.a.DB.QueryRowContext(ctx, "SELECT count(*) || ' ' || ifnull(sum(item), 0) || ' ' || ifnull(sum(version), 0) || ' ' || ifnull(sum(present), 0) || ' ' || ifnull(max(hold), 0) FROM accepted WHERE open").Scan(&now)
	if err == nil {
		err = x.Db.QueryRowContext(ctx, "SELECT value FROM about WHERE name = 'apart'").Scan(&was)
	}
	if err != nil || now == was {
		return err
	}
	return x.within(ctx, func(tx *sql.Tx) error {
		var apart []int64
		err := history.Each(ctx, tx, "SELECT item FROM apart", nil, func(rows *sql.Rows) error {
			var n int64
			err := rows.Scan(&n)
			apart = append(apart, n)
			return err
		})
		if err != nil {
			return err
		}
		for len(apart) > 0 {
			n := min(len(apart), 500)
			if err := x.restate(ctx, tx, "SELECT item FROM item WHERE item IN ("+history.JoinNumbers(apart[:n])+")"); err != nil {
				return err
			}
			apart = apart[n:]
		}
		if err := x.restate(ctx, tx, "SELECT item FROM accepted WHERE open"); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM apart"); err != nil {
			return err
		}
		err = history.Each(ctx, x.a.DB, "SELECT item FROM accepted WHERE open", nil, func(rows *sql.Rows) error {
			var n int64
			if err := rows.Scan(&n); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "INSERT INTO apart (item) VALUES (?)", n)
			return err
		})
		if err != nil {
			return err
		}
		return x.note(ctx, tx, map[string]string{"apart": now})
	})
}

// restate notes which versions of these items are shown.
func (x *searchIndex) restate(ctx context.Context, tx *sql.Tx, items string) error {
	drop, err := tx.PrepareContext(ctx, "DELETE FROM state WHERE item = ?")
	if err != nil {
		return err
	}
	defer func() { _ = drop.Close() }() // it ends with the transaction
	set, err := tx.PrepareContext(ctx, "INSERT INTO state (version, item, present) VALUES (?, ?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = set.Close() }()
	return history.Each(ctx, x.a.DB, "SELECT item, version, present FROM shown WHERE item IN ("+items+")", nil, func(rows *sql.Rows) error {
		var item int64
		var version sql.NullInt64
		var present bool
		if err := rows.Scan(&item, &version, &present); err != nil {
			return err
		}
		if _, err := drop.ExecContext(ctx, item); err != nil || !version.Valid {
			return err
		}
		_, err := set.ExecContext(ctx, version, item, present)
		return err
	})
}

// take indexes a page of versions after last and returns the last one of it.
func (x *searchIndex) take(ctx context.Context, tx *sql.Tx, last, top int64) (int64, error) {
	insert, err := tx.PrepareContext(ctx, "INSERT INTO words (docid, name, body) VALUES (?, ?, ?)")
	if err != nil {
		return 0, err
	}
	defer func() { _ = insert.Close() }() // it ends with the transaction
	n, size := 0, 0
	err = history.Each(ctx, x.a.DB, `SELECT version.version, version.kind, version.name, ifnull(version.aside, ''), item.name, item.folder, collection.name, blob.bytes,
		version.photo IS NOT NULL FROM version JOIN item USING (item) JOIN collection USING (collection) LEFT JOIN blob USING (blob)
		WHERE version.version > ? AND version.version <= ? ORDER BY version.version LIMIT 500`, []any{last, top}, func(rows *sql.Rows) error {
		var t indexed
		var photo bool
		var raw sql.RawBytes
		if err := rows.Scan(&t.number, &t.kind, &t.name, &t.aside, &t.file, &t.folder, &t.collection, &raw, &photo); err != nil {
			return err
		}
		n, last = n+1, t.number
		if raw == nil && !photo {
			return nil // gone
		}
		if _, err := insert.ExecContext(ctx, t.number, expand(t.name), t.findable(raw)); err != nil {
			return err
		}
		if size += len(raw); size >= history.PageBytes {
			return history.ErrPage
		}
		return nil
	})
	if errors.Is(err, history.ErrPage) {
		err = nil
	} else if n < 500 && err == nil {
		last = top
	}
	return last, err
}
