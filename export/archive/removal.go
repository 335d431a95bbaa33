package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// overwriting has SQLite overwrite what is deleted from now on.
func overwriting(w *writer) error {
	_, err := w.conn.ExecContext(context.Background(), "PRAGMA secure_delete = ON")
	return w.fail(err)
}

// A remainder is what is to be deleted after the commit.
type remainder struct {
	Files   []string `json:"files"`
	Folders []string `json:"folders"` // with what is in them, if they are empty then
}

// finishForgetting deletes what the commit of a forgetting has left: files, and
// what was made of the items. The open files follow the history already.
func finishForgetting(a *Store, w *writer) error {
	var text string
	left, err := w.row("SELECT value FROM archive WHERE name = ?", []any{forgetting}, &text)
	if err != nil || !left {
		return err
	}
	var rest remainder
	if err := json.Unmarshal([]byte(text), &rest); err != nil {
		return fmt.Errorf("reading what is to be deleted: %w", err)
	}
	if rest, err = removable(w, rest); err != nil {
		return err
	}
	if err := removeFiles(a, rest); err != nil {
		return caused(err)
	}
	// The names of the files go before the room is given up that they stood in.
	if err := overwriting(w); err != nil {
		return err
	}
	if _, err := w.exec("DELETE FROM archive WHERE name = ?", editedName); err != nil {
		return err
	}
	if err := set(w, forgetting, "{}"); err != nil {
		return err
	}
	if err := shrink(a, w); err != nil {
		return err
	}
	if _, err := w.exec("DELETE FROM archive WHERE name = ?", forgetting); err != nil {
		return err
	}
	return w.commit()
}

// removable is what of a remainder may be deleted: it lies where items are kept,
// and no row needs it. The history may be somebody else's.
func removable(w *writer, rest remainder) (may remainder, err error) {
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

func removeFiles(a *Store, rest remainder) error {
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
		if err := removeEmpty(a, dir); err != nil {
			return err
		}
	}
	if err := dropSearch(a); err != nil {
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

// removeEmpty removes the folders below dir that hold nothing, dir itself, and
// those above it that hold nothing else, as far as they are in data/.
func removeEmpty(a *Store, dir string) error {
	for gone := true; gone && strings.HasPrefix(dir, "data/"); dir = path.Dir(dir) {
		var err error
		if gone, err = removeHollow(a, dir); err != nil {
			return err
		}
	}
	return nil
}

// removeHollow removes dir if it and the folders below it hold no files.
func removeHollow(a *Store, dir string) (gone bool, err error) {
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
			gone, err = removeHollow(a, name)
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

// shrink gives the room that nothing needs any more back to the disk. SQLite
// does it as a whole or not at all. Nothing is in the writer's batch.
func shrink(a *Store, w *writer) error {
	if err := w.commit(); err != nil {
		return err
	}
	if _, err := w.conn.ExecContext(context.Background(), "VACUUM"); err != nil {
		return caused(fmt.Errorf("making history.db smaller: %w", err))
	}
	if _, err := w.exec("DELETE FROM archive WHERE name = ?", unshrunk); err != nil {
		return err
	}
	return w.commit()
}

// shrinkBegun does what a pruning that was cut off left to do, if that can be
// done now. Nothing depends on it.
func shrinkBegun(a *Store, w *writer) error {
	var one int
	left, err := w.row("SELECT 1 FROM archive WHERE name = ?", []any{unshrunk}, &one)
	if err != nil || !left {
		return err
	}
	_ = errors.Join(dropSearch(a), shrink(a, w)) // the next one meets it again
	return w.broken
}

// historySize is 0 if it cannot be told.
func historySize(a *Store) int64 {
	info, err := a.disk.Lstat(historyFile)
	if err != nil {
		return 0
	}
	return info.Size()
}
