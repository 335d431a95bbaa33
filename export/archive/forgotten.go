package archive

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Forget deletes for good what p, made by [Archive.PlanForget], says: from the
// history, the open files and everything that was made of them. It is done as a
// whole or not at all: when it is cut off in between, opening the archive goes
// on with it. The error is [ErrChanged] if the archive has changed since.
func (a *Archive) Forget(ctx context.Context, p Forgetting) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l, w, err := a.write()
	if err != nil {
		return err
	}
	w.lock()
	err = a.forget(w, p)
	w.unlock()
	return errors.Join(caused(err), w.close(), l.release())
}

func (a *Archive) forget(w *writer, p Forgetting) error {
	// What is deleted is overwritten, not only given up.
	if err := w.overwriting(); err != nil {
		return err
	}
	if err := w.begin(); err != nil {
		return err
	}
	now, err := a.planForget(context.Background(), w.conn, p.asked)
	if err == nil && (len(now.Items) != len(p.Items) || now.Versions != p.Versions || now.Bytes != p.Bytes || len(now.Photos) != len(p.Photos)) {
		err = ErrChanged
	}
	if err != nil {
		w.rollback()
		return err
	}
	if err := a.deleteRows(w, now); err != nil {
		w.rollback()
		return err
	}
	if err := w.commit(); err != nil {
		return err
	}
	if err := a.publish(w, false); err != nil {
		return err
	}
	return a.finishForgetting(w)
}

// overwriting has SQLite overwrite what is deleted from now on.
func (w *writer) overwriting() error {
	_, err := w.conn.ExecContext(context.Background(), "PRAGMA secure_delete = ON")
	return w.fail(err)
}

// forgetting is the name of the archive's own value that says what is still to
// be deleted; there is none if nothing is. lastNumber is the highest number
// that an export had, if that one was deleted.
const (
	forgetting = "forget"
	lastNumber = "numbered"
)

// nextNumber is the number of the next export: none is given twice.
const nextNumber = "SELECT max((SELECT ifnull(max(number), 0) FROM export), ifnull((SELECT CAST(value AS INTEGER) FROM archive WHERE name = '" + lastNumber + "'), 0)) + 1"

// A remainder is what is to be deleted after the commit.
type remainder struct {
	Files   []string `json:"files"`
	Folders []string `json:"folders"` // with what is in them, if they are empty then
}

// deleteRows deletes the rows, and notes in the same commit what else is to be
// deleted.
func (a *Archive) deleteRows(w *writer, p Forgetting) error {
	var account int64
	var folder string
	if _, err := w.row("SELECT account, folder FROM account WHERE name = ?", []any{p.Account}, &account, &folder); err != nil {
		return err
	}
	rest := remainder{Files: p.Photos}
	if err := eachString(w, &rest.Files, `SELECT file FROM partial WHERE EXISTS
		(SELECT 1 FROM item WHERE item.collection = partial.collection AND item.id = partial.id AND item IN (SELECT item FROM temp.forgotten))`); err != nil {
		return err
	}
	if !p.Whole {
		if err := w.scrub(account, p.Items); err != nil {
			return err
		}
	}
	if err := execAll(w, forgetItems); err != nil {
		return err
	}
	if p.Whole {
		if err := w.deleteAccount(account, folder, &rest); err != nil {
			return err
		}
	} else if err := w.dropNames(account); err != nil {
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
	for name, value := range map[string]string{forgetting: string(text), unshrunk: "1", "publish": "1"} {
		if err := w.set(name, value); err != nil {
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
	dropChunks,
	"DELETE FROM blob WHERE blob IN (SELECT blob FROM temp.unneeded)",
	"DELETE FROM archive WHERE name IN (SELECT '" + datedName + "' || lower(hex(hash)) FROM photo WHERE photo IN (SELECT photo FROM temp.unseen)" +
		" AND hash NOT IN (SELECT hash FROM photo WHERE photo NOT IN (SELECT photo FROM temp.unseen)))",
	"DELETE FROM archive WHERE name IN (SELECT '" + noThumb + "' || lower(hex(hash)) FROM photo WHERE photo IN (SELECT photo FROM temp.unseen))",
	"DELETE FROM photo WHERE photo IN (SELECT photo FROM temp.unseen)",
}

func execAll(w *writer, queries []string, args ...any) error {
	for _, q := range queries {
		if _, err := w.exec(q, args[:min(len(args), strings.Count(q, "?"))]...); err != nil {
			return err
		}
	}
	return nil
}

// deleteAccount deletes an account whose items are gone.
func (w *writer) deleteAccount(account int64, folder string, rest *remainder) error {
	const ofAccount = "(SELECT collection FROM collection WHERE account = ?)"
	if err := eachString(w, &rest.Files, "SELECT path FROM file WHERE account = ? OR collection IN "+ofAccount, account, account); err != nil {
		return err
	}
	var next int64
	if _, err := w.row(nextNumber, nil, &next); err != nil {
		return err
	}
	if err := w.set(lastNumber, strconv.FormatInt(next-1, 10)); err != nil {
		return err
	}
	rest.Folders = append(rest.Folders, folder)
	if _, err := w.exec("UPDATE archive SET value = ifnull((SELECT min(number) FROM export WHERE account <> ? AND number >= CAST(value AS INTEGER)), 0) WHERE name = '"+wholeFrom+"'", account); err != nil {
		return err
	}
	if err := w.moveMilestones(account); err != nil {
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
func (w *writer) dropNames(account int64) error {
	return execAll(w, []string{
		`DELETE FROM name WHERE owner LIKE 'album/%' AND NOT EXISTS (SELECT 1 FROM item WHERE owner = 'album/' || item.collection || '/' || item.folder)
			AND folder = (SELECT folder FROM account WHERE account = ?) || '/` + albums + `'`,
		`DELETE FROM stem WHERE collection IN (SELECT collection FROM collection WHERE account = ?)
			AND NOT EXISTS (SELECT 1 FROM photo WHERE photo.key >= stem.key || '.' AND photo.key < stem.key || '/')
			AND NOT EXISTS (SELECT 1 FROM photo WHERE photo.key = stem.key)`,
	}, account)
}

// finishForgetting deletes what the commit of a forgetting has left: files, and
// what was made of the items. The open files follow the history already.
func (a *Archive) finishForgetting(w *writer) error {
	var text string
	left, err := w.row("SELECT value FROM archive WHERE name = ?", []any{forgetting}, &text)
	if err != nil || !left {
		return err
	}
	var rest remainder
	if err := json.Unmarshal([]byte(text), &rest); err != nil {
		return fmt.Errorf("reading what is to be deleted: %w", err)
	}
	if rest, err = w.removable(rest); err != nil {
		return err
	}
	if err := a.removeFiles(rest); err != nil {
		return caused(err)
	}
	// The names of the files go before the room is given up that they stood in.
	if err := w.overwriting(); err != nil {
		return err
	}
	if _, err := w.exec("DELETE FROM archive WHERE name = ?", editedName); err != nil {
		return err
	}
	if err := w.set(forgetting, "{}"); err != nil {
		return err
	}
	if err := a.shrink(w); err != nil {
		return err
	}
	if _, err := w.exec("DELETE FROM archive WHERE name = ?", forgetting); err != nil {
		return err
	}
	return w.commit()
}

// removable is what of a remainder may be deleted: it lies where items are kept,
// and no row needs it. The history may be somebody else's.
func (w *writer) removable(rest remainder) (may remainder, err error) {
	for _, f := range rest.Files {
		place := strings.HasPrefix(f, partialDir+"/") || strings.HasPrefix(f, "data/") && strings.Count(f, "/") > 1
		if !place || !fs.ValidPath(f) {
			continue
		}
		var needed bool
		_, err := w.row("SELECT EXISTS (SELECT 1 FROM photo WHERE path = ?1) OR EXISTS (SELECT 1 FROM file WHERE path = ?1) OR EXISTS (SELECT 1 FROM partial WHERE file = ?1)", []any{f}, &needed)
		if err != nil {
			return may, err
		}
		if !needed {
			may.Files = append(may.Files, f)
		}
	}
	for _, dir := range rest.Folders {
		if strings.HasPrefix(dir, "data/") && fs.ValidPath(dir) {
			may.Folders = append(may.Folders, dir)
		}
	}
	return may, nil
}

func (a *Archive) removeFiles(rest remainder) error {
	synced := map[string]bool{}
	for _, f := range rest.Files {
		if err := removeIfThere(a.disk, f); err != nil {
			return err
		}
		synced[path.Dir(f)] = true
	}
	for dir := range synced {
		if there, err := exists(a.disk, dir); err != nil || !there {
			continue
		}
		if err := a.disk.SyncDir(dir); err != nil {
			return err
		}
	}
	for _, dir := range rest.Folders {
		if err := a.removeEmpty(dir); err != nil {
			return err
		}
	}
	if err := a.dropSearch(); err != nil {
		return err
	}
	if err := removeTree(a.disk, damagedDir); err != nil {
		return err
	}
	if err := removeIfThere(a.disk, verifiedFile); err != nil { // it may name what was wrong
		return err
	}
	return a.disk.SyncDir(sideDir)
}

// damagedDir has what was damaged, or changed by hand, before it was put back.
const damagedDir = sideDir + "/damaged"

// removeEmpty removes the folders below dir that hold nothing, dir itself, and
// those above it that hold nothing else, as far as they are in data/.
func (a *Archive) removeEmpty(dir string) error {
	for gone := true; gone && strings.HasPrefix(dir, "data/"); dir = path.Dir(dir) {
		var err error
		if gone, err = a.removeHollow(dir); err != nil {
			return err
		}
	}
	return nil
}

// removeHollow removes dir if it and the folders below it hold no files.
func (a *Archive) removeHollow(dir string) (gone bool, err error) {
	entries, err := a.disk.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	left := 0
	for _, e := range entries {
		name, gone := dir+"/"+e.Name(), false
		switch {
		case e.IsDir():
			gone, err = a.removeHollow(name)
		case litter(e.Name()):
			gone, err = true, removeIfThere(a.disk, name)
		}
		if err != nil {
			return false, err
		}
		if !gone {
			left++
		}
	}
	if left > 0 {
		return false, nil
	}
	return true, errors.Join(a.disk.Remove(dir), a.disk.SyncDir(path.Dir(dir)))
}

// removeTree removes dir and everything in it.
func removeTree(d Disk, dir string) error {
	entries, err := d.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := dir + "/" + e.Name()
		if e.IsDir() {
			err = removeTree(d, name)
		} else {
			err = d.Remove(name)
		}
		if err != nil {
			return err
		}
	}
	return d.Remove(dir)
}

// strangeFiles lists the files in the folder of an account that no row names.
func (a *Archive) strangeFiles(ctx context.Context, conn *sql.Conn, dir string) (list []string, err error) {
	entries, err := a.disk.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name := dir + "/" + e.Name()
		if e.IsDir() {
			more, err := a.strangeFiles(ctx, conn, name)
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
		if !known && !litter(e.Name()) {
			list = append(list, name)
		}
	}
	return list, nil
}
