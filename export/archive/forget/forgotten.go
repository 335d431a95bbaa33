package forget

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/publish"
	"sidekeep/export/archive/record"
	"sidekeep/export/archive/remove"
	"sidekeep/export/archive/resume"
	"sidekeep/export/archive/site"
)

// Forget deletes for good what p, made by Archive.PlanForget, says: from the
// history, the open files and everything that was made of them. It is done as a
// whole or not at all: when it is cut off in between, opening the archive goes
// on with it. The error is [ErrChanged] if the archive has changed since.
func (a Forgetter) Forget(ctx context.Context, p Forgetting) error {
	return resume.Write(ctx, a.s, func(w *history.Batch) error { return forgetPlanned(a.s, w, p) })
}

func forgetPlanned(a *history.Store, w *history.Batch, p Forgetting) error {
	// What is deleted is overwritten, not only given up.
	if err := remove.Overwriting(w); err != nil {
		return err
	}
	if err := w.Begin(); err != nil {
		return err
	}
	now, err := planForget(a, context.Background(), w.Conn, p.asked)
	if err == nil && (len(now.Items) != len(p.Items) || now.Versions != p.Versions || now.Bytes != p.Bytes || len(now.Photos) != len(p.Photos)) {
		err = ErrChanged
	}
	if err != nil {
		w.Rollback()
		return err
	}
	if err := deleteRows(a, w, now); err != nil {
		w.Rollback()
		return err
	}
	if err := w.Commit(); err != nil {
		return err
	}
	if err := publish.Files(a, w, false); err != nil {
		return err
	}
	return remove.FinishForgetting(a, w)
}

// deleteRows deletes the rows, and notes in the same commit what else is to be
// deleted.
func deleteRows(a *history.Store, w *history.Batch, p Forgetting) error {
	var account int64
	var folder string
	if _, err := w.Row("SELECT account, folder FROM account WHERE name = ?", []any{p.Account}, &account, &folder); err != nil {
		return err
	}
	rest := remove.Remainder{Files: p.Photos}
	if err := history.EachString(w, &rest.Files, `SELECT file FROM partial WHERE EXISTS
		(SELECT 1 FROM item WHERE item.collection = partial.collection AND item.id = partial.id AND item IN (SELECT item FROM temp.forgotten))`); err != nil {
		return err
	}
	if !p.Whole {
		if err := scrub(w, account, p.Items); err != nil {
			return err
		}
	}
	if err := execAll(w, forgetItems); err != nil {
		return err
	}
	if p.Whole {
		if err := deleteAccount(w, account, folder, &rest); err != nil {
			return err
		}
	} else if err := dropNames(w, account); err != nil {
		return err
	}
	for _, f := range rest.Files {
		if dir := path.Dir(f); strings.HasPrefix(dir, folder+"/") {
			rest.Folders = append(rest.Folders, dir)
		}
	}
	text, err := json.Marshal(rest)
	if err != nil {
		return err
	}
	for name, value := range map[string]string{history.ForgettingName: string(text), history.Unshrunk: "1", "publish": "1"} {
		if err := history.SetValue(w, name, value); err != nil {
			return err
		}
	}
	return nil
}

const isForgotten = "IN (SELECT item FROM temp.forgotten)"

// forgetItems deletes the items of temp.forgotten, and what only they needed.
var forgetItems = []string{
	"UPDATE collection SET dirty = 2 WHERE collection IN (SELECT collection FROM item WHERE item " + isForgotten + ")",
	"DELETE FROM acknowledged WHERE version IN (SELECT version FROM version WHERE item " + isForgotten + ")",
	"DELETE FROM accepted WHERE item " + isForgotten,
	"DELETE FROM written WHERE item " + isForgotten,
	"DELETE FROM proof WHERE account IN (SELECT account FROM collection JOIN item USING (collection) WHERE item " + isForgotten + ")", // it names items
	"DELETE FROM place WHERE item " + isForgotten,
	"DELETE FROM partial WHERE EXISTS (SELECT 1 FROM item WHERE item.collection = partial.collection AND item.id = partial.id AND item " + isForgotten + ")",
	"DELETE FROM name WHERE owner IN (SELECT 'item/' || item FROM temp.forgotten)",
	"DELETE FROM version WHERE item " + isForgotten,
	"DELETE FROM item WHERE item " + isForgotten,
	history.DropChunks,
	"DELETE FROM blob WHERE blob IN (SELECT blob FROM temp.unneeded)",
	"DELETE FROM archive WHERE name IN (SELECT '" + record.DatedName + "' || lower(hex(hash)) FROM photo WHERE photo IN (SELECT photo FROM temp.unseen)" +
		" AND hash NOT IN (SELECT hash FROM photo WHERE photo NOT IN (SELECT photo FROM temp.unseen)))",
	"DELETE FROM archive WHERE name IN (SELECT '" + site.NoThumb + "' || lower(hex(hash)) FROM photo WHERE photo IN (SELECT photo FROM temp.unseen))",
	"DELETE FROM photo WHERE photo IN (SELECT photo FROM temp.unseen)",
}

func execAll(w *history.Batch, queries []string, args ...any) error {
	for _, q := range queries {
		if _, err := w.Exec(q, args[:min(len(args), strings.Count(q, "?"))]...); err != nil {
			return err
		}
	}
	return nil
}

// deleteAccount deletes an account whose items are gone.
func deleteAccount(w *history.Batch, account int64, folder string, rest *remove.Remainder) error {
	const ofAccount = "(SELECT collection FROM collection WHERE account = ?)"
	if err := history.EachString(w, &rest.Files, "SELECT path FROM file WHERE account = ? OR collection IN "+ofAccount, account, account); err != nil {
		return err
	}
	var next int64
	if _, err := w.Row(history.NextNumber, nil, &next); err != nil {
		return err
	}
	if err := history.SetValue(w, history.LastNumber, strconv.FormatInt(next-1, 10)); err != nil {
		return err
	}
	rest.Folders = append(rest.Folders, folder)
	if _, err := w.Exec("UPDATE archive SET value = ifnull((SELECT min(number) FROM export WHERE account <> ? AND number >= CAST(value AS INTEGER)), 0) WHERE name = '"+history.WholeFrom+"'", account); err != nil {
		return err
	}
	if err := history.MoveMilestones(w, account); err != nil {
		return err
	}
	return execAll(w, []string{
		"DELETE FROM file WHERE account = ? OR collection IN (SELECT collection FROM collection WHERE account = ?)",
		"DELETE FROM stem WHERE collection IN " + ofAccount,
		"DELETE FROM partial WHERE collection IN " + ofAccount,
		"DELETE FROM name WHERE owner = 'account/' || ?",
		"DELETE FROM archive WHERE name = 'restoring/' || ?",
		"DELETE FROM name WHERE folder IN (SELECT name.folder FROM name JOIN account ON account.account = ? WHERE name.folder = account.folder OR name.folder LIKE replace(replace(account.folder, '_', '!_'), '%', '!%') || '/%' ESCAPE '!')",
		"DELETE FROM problem WHERE export IN (SELECT number FROM export WHERE account = ?)",
		"DELETE FROM hold WHERE account = ?",
		"DELETE FROM alarm WHERE account = ?",
		"DELETE FROM archive WHERE name = 'notice/' || ?",
		"DELETE FROM proof WHERE account = ?",
		"DELETE FROM export WHERE account = ?",
		"DELETE FROM collection WHERE account = ?",
		"DELETE FROM account WHERE account = ?",
	}, account, account)
}

// dropNames takes back the names of albums and photos that are no longer
// there. The names of collections stay.
func dropNames(w *history.Batch, account int64) error {
	return execAll(w, []string{
		`DELETE FROM name WHERE owner LIKE 'album/%' AND NOT EXISTS (SELECT 1 FROM item WHERE owner = 'album/' || item.collection || '/' || item.folder)
			AND folder = (SELECT folder FROM account WHERE account = ?) || '/` + disk.Albums + `'`,
		`DELETE FROM stem WHERE collection IN (SELECT collection FROM collection WHERE account = ?)
			AND NOT EXISTS (SELECT 1 FROM photo WHERE photo.key >= stem.key || '.' AND photo.key < stem.key || '/')
			AND NOT EXISTS (SELECT 1 FROM photo WHERE photo.key = stem.key)`,
	}, account)
}

// strangeFiles lists the files in the folder of an account that no row names.
func strangeFiles(a *history.Store, ctx context.Context, conn *sql.Conn, dir string) (list []string, err error) {
	entries, err := a.Disk.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name := dir + "/" + e.Name()
		if e.IsDir() {
			more, err := strangeFiles(a, ctx, conn, name)
			if err != nil {
				return nil, err
			}
			list = append(list, more...)
			continue
		}
		var known bool
		err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM file WHERE path = ?) OR EXISTS (SELECT 1 FROM photo WHERE path = ?)", name, name).Scan(&known)
		if err != nil {
			return nil, err
		}
		if !known && !disk.Litter(e.Name()) {
			list = append(list, name)
		}
	}
	return list, nil
}
