package repair

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

// An oldHistory is what is known of a damaged history.db.
type oldHistory struct {
	id        string // "" if nothing can be read of it
	published bool   // the open files had followed it
}

// readable looks whether something can be read of history.db as it is.
func readable(a *history.Store, ctx context.Context) (oldHistory, error) {
	info, err := a.Disk.Lstat(disk.HistoryFile)
	if errors.Is(err, fs.ErrNotExist) {
		return oldHistory{}, nil
	}
	if err != nil {
		return oldHistory{}, disk.Caused(err)
	}
	if !info.Mode().IsRegular() {
		return oldHistory{}, nil
	}
	db, id, err := history.OpenHistory(ctx, a.Path(disk.HistoryFile))
	if errors.Is(err, export.ErrNewer) || errors.Is(err, export.ErrBusy) {
		return oldHistory{}, err
	}
	if errors.Is(err, export.ErrDamaged) {
		db, id, err = history.OpenFrozen(ctx, a.Path(disk.HistoryFile))
	}
	if err != nil {
		return oldHistory{}, nil
	}
	old := oldHistory{id: id}
	var publish string
	var dirty int
	err = db.QueryRowContext(ctx, "SELECT value FROM archive WHERE name = 'publish'").Scan(&publish)
	if err == nil {
		err = db.QueryRowContext(ctx, "SELECT count(*) FROM collection WHERE dirty").Scan(&dirty)
	}
	// Accounts and collections are few: without all of them the rest means nothing.
	for _, q := range []string{"SELECT count(name || folder) FROM account", "SELECT count(id || name || kind) FROM collection"} {
		var n int
		if err := db.QueryRowContext(ctx, q).Scan(&n); err != nil || n == 0 {
			old.id = ""
		}
	}
	old.published = err == nil && publish == "0" && dirty == 0
	return old, db.Close()
}

// derived are the tables that publishing fills, or that mean nothing without
// the files that they belong to.
var derived = []string{"archive", "place", "file", "partial"}

// salvage copies into the new history every row of the old one that can be
// read.
func salvage(a *history.Store, ctx context.Context, w *history.Batch, old *oldHistory) error {
	name := filepath.ToSlash(a.Path(disk.HistoryFile))
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	u := url.URL{Scheme: "file", Path: name, RawQuery: "mode=ro&immutable=1"}
	if _, err := w.Conn.ExecContext(ctx, "ATTACH ? AS old", u.String()); err != nil {
		*old = oldHistory{}
		return nil
	}
	real, err := history.RealTables(ctx, w.Conn, "old")
	if err != nil {
		real = nil
	}
	var tables []string
	if err := history.EachString(w, &tables, "SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY rowid"); err != nil {
		return err
	}
	for _, table := range tables {
		if slices.Contains(derived, table) || !real[table] {
			continue
		}
		if err := salvageTable(ctx, w.Conn, table); err != nil {
			return fmt.Errorf("copying the table %s: %w", table, err)
		}
	}
	if real["archive"] {
		_, err = w.Conn.ExecContext(ctx, "INSERT OR IGNORE INTO main.archive SELECT * FROM old.archive WHERE name NOT IN ('id', 'created', 'publish')")
	}
	if err == nil && real["archive"] {
		_, err = w.Conn.ExecContext(ctx, "UPDATE main.archive SET value = (SELECT value FROM old.archive WHERE name = 'created') WHERE name = 'created'")
	}
	_ = err // they are not needed
	if _, err = w.Conn.ExecContext(ctx, "DETACH old"); err != nil {
		return err
	}
	_, err = w.Exec("UPDATE account SET folder = 'data/Account ' || account WHERE " + history.BadFolder)
	return err
}

// maxUnreadable bounds the time that a badly damaged table can take.
const maxUnreadable = 20000

// salvageTable copies the rows of a table that can be read.
func salvageTable(ctx context.Context, conn *sql.Conn, table string) error {
	to, from, err := commonColumns(ctx, conn, table)
	if err != nil || len(to) == 0 {
		return ctx.Err() // of a format that did not have it
	}
	insert := fmt.Sprintf("INSERT OR IGNORE INTO main.%s (%s) SELECT %s FROM old.%s NOT INDEXED", table, strings.Join(to, ", "), strings.Join(from, ", "), table)
	if _, err := conn.ExecContext(ctx, insert); err == nil {
		return nil
	}
	unreadable := 0
	var part func(from, to int64) error
	part = func(from, to int64) error {
		_, err := conn.ExecContext(ctx, insert+" WHERE rowid BETWEEN ? AND ?", from, to)
		if err == nil {
			return nil
		}
		if cause := export.Cause(disk.Caused(err)); ctx.Err() != nil || cause == export.ErrFull || cause == export.ErrNotWritable {
			return err
		}
		if unreadable++; from == to || unreadable > maxUnreadable {
			return nil
		}
		mid := from + (to-from)/2
		if err := part(from, mid); err != nil {
			return err
		}
		return part(mid+1, to)
	}
	return part(0, 1<<40) // rows are numbered from one on
}

// commonColumns are the columns that a table has in both histories: those that
// stand at the same place if there are as many, because a name may be damaged,
// and else those of the same name.
func commonColumns(ctx context.Context, conn *sql.Conn, table string) (to, from []string, err error) {
	const columns = "SELECT m.name, o.name FROM pragma_table_info(?1, 'main') m JOIN pragma_table_info(?1, 'old') o ON $on ORDER BY m.cid"
	on := "m.cid = o.cid"
	var same bool
	if err := conn.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM pragma_table_info(?1, 'main')) = (SELECT count(*) FROM pragma_table_info(?1, 'old'))", table).Scan(&same); err != nil {
		return nil, nil, err
	}
	if !same {
		on = "m.name = o.name"
	}
	err = history.Each(ctx, conn, strings.Replace(columns, "$on", on, 1), []any{table}, func(rows *sql.Rows) error {
		var m, o string
		err := rows.Scan(&m, &o)
		to, from = append(to, quoted(m)), append(from, quoted(o))
		return err
	})
	return to, from, err
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// badBodies are the bodies that do not have their hash. The outlines of long ones
// are set right.
func badBodies(w *history.Batch) (map[int64]bool, error) {
	bad := map[int64]bool{}
	var after int64
	for {
		if w.Broken != nil {
			return nil, w.Broken
		}
		n, err := history.EachBody(context.Background(), w.Conn, "blob > ?", []any{after}, func(b history.Stored) error {
			after = b.Blob.Int64
			outline, _, why, err := b.Check(context.Background(), w.Conn, nil)
			switch {
			case err != nil || why == "":
				return err
			case outline == nil:
				bad[after] = true
				return nil
			}
			_, err = w.Exec("UPDATE blob SET bytes = ? WHERE blob = ?", outline, after)
			return err
		})
		if err != nil {
			return nil, w.Fail(err)
		}
		if n == 0 {
			return bad, nil
		}
	}
}

// dropLost takes out rows that mean nothing, or something wrong, without others
// that were lost: a version without its bytes would say that the item was gone.
// It tells how many versions these were.
func dropLost(w *history.Batch) (versions int, err error) {
	ledger, err := json.Marshal(export.Ledger{Rebuilt: true, Collections: []export.CollectionLedger{}})
	if err != nil {
		return 0, err
	}
	for _, q := range []string{ // NULL is not in an empty table, and would be taken for lost
		"DELETE FROM item WHERE collection NOT IN (SELECT collection FROM collection)",
		"DELETE FROM version WHERE item NOT IN (SELECT item FROM item) OR blob IS NOT NULL AND blob NOT IN (SELECT blob FROM blob) OR photo IS NOT NULL AND photo NOT IN (SELECT photo FROM photo)",
		"DELETE FROM chunk WHERE blob NOT IN (SELECT blob FROM blob)",
		"DELETE FROM acknowledged WHERE version NOT IN (SELECT version FROM version)",
		"DELETE FROM hold WHERE account NOT IN (SELECT account FROM account)",
		"DELETE FROM accepted WHERE item NOT IN (SELECT item FROM item) OR hold NOT IN (SELECT hold FROM hold) OR version IS NOT NULL AND version NOT IN (SELECT version FROM version)",
		"DELETE FROM alarm WHERE account NOT IN (SELECT account FROM account)",
		"DELETE FROM written WHERE item NOT IN (SELECT item FROM item)",
		"DELETE FROM proof WHERE account NOT IN (SELECT account FROM account) OR export NOT IN (SELECT number FROM export)",
		"DELETE FROM stem WHERE collection NOT IN (SELECT collection FROM collection)",
		"DELETE FROM partial WHERE collection NOT IN (SELECT collection FROM collection)",
		"DELETE FROM place WHERE item NOT IN (SELECT item FROM item)",
		"UPDATE file SET collection = NULL WHERE collection NOT IN (SELECT collection FROM collection)",
		"UPDATE file SET account = NULL WHERE account NOT IN (SELECT account FROM account)",
		"UPDATE item SET mark = '', failed = present, aside = 0, version = NULL WHERE version IS NOT NULL AND version NOT IN (SELECT version FROM version)",
		`INSERT INTO export (number, account, started, ended, good, ledger)
			SELECT n, account, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 0,
				json_set('` + string(ledger) + `', '$.number', n, '$.account', account.name)
			FROM (SELECT n, min(account) AS account FROM (SELECT version.export AS n, account FROM version JOIN item USING (item) JOIN collection USING (collection)
				UNION ALL SELECT since, account FROM item JOIN collection USING (collection) UNION ALL SELECT hold.export, account FROM hold) GROUP BY n)
			JOIN account USING (account) WHERE n NOT IN (SELECT number FROM export)`,
		"DELETE FROM problem WHERE export NOT IN (SELECT number FROM export)",
	} {
		res, err := w.Exec(q)
		if err != nil {
			return versions, err
		}
		if n, err := res.RowsAffected(); err == nil && strings.HasPrefix(q, "DELETE FROM version") {
			versions += int(n)
		}
	}
	return versions, nil
}

// dropSums puts a sum that tells nothing in the place of each that cannot be
// read.
func (r *Repaired) dropSums(w *history.Batch) error {
	bad, err := history.BadSums(context.Background(), w.Conn)
	if err != nil {
		return err
	}
	for _, n := range bad {
		l := export.Ledger{Number: n, Collections: []export.CollectionLedger{}, Rebuilt: true}
		var started, ended string
		if _, err := w.Row("SELECT account.name, started, ifnull(ended, started) FROM export JOIN account USING (account) WHERE number = ?", []any{n}, &l.Account, &started, &ended); err != nil {
			return err
		}
		l.Started = history.TimeOf(started)
		if err := history.Ledger(w, n, &l, history.TimeOf(ended)); err != nil {
			return err
		}
		r.Lost = append(r.Lost, history.Bad{Path: disk.HistoryFile, Why: fmt.Sprintf("the sum of export %d cannot be read", n)})
	}
	return nil
}

// drop drops what was lost, and tells of it.
func (r *Repaired) drop(w *history.Batch) error {
	n, err := dropLost(w)
	if err == nil {
		err = r.dropSums(w)
	}
	if n > 0 {
		r.Lost = append(r.Lost, history.Bad{Path: disk.HistoryFile, Why: fmt.Sprintf("%d earlier states of items cannot be read", n)})
	}
	return err
}
