package remove

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/search"
)

// Overwriting has SQLite overwrite what is deleted from now on.
func Overwriting(w *history.Batch) error {
	_, err := w.Conn.ExecContext(context.Background(), "PRAGMA secure_delete = ON")
	return w.Fail(err)
}

// A Remainder is what is to be deleted after the commit.
type Remainder struct {
	Files   []string `json:"files"`
	Folders []string `json:"folders"` // with what is in them, if they are empty then
}

// FinishForgetting deletes what the commit of a forgetting has left: files, and
// what was made of the items. The open files follow the history already.
func FinishForgetting(a *history.Store, w *history.Batch) error {
	var text string
	left, err := w.Row("SELECT value FROM archive WHERE name = ?", []any{history.ForgettingName}, &text)
	if err != nil || !left {
		return err
	}
	var rest Remainder
	if err := json.Unmarshal([]byte(text), &rest); err != nil {
		return fmt.Errorf("reading what is to be deleted: %w", err)
	}
	if rest, err = removable(w, rest); err != nil {
		return err
	}
	if err := removeFiles(a, rest); err != nil {
		return disk.Caused(err)
	}
	// The names of the files go before the room is given up that they stood in.
	if err := Overwriting(w); err != nil {
		return err
	}
	if _, err := w.Exec("DELETE FROM archive WHERE name = ?", history.EditedName); err != nil {
		return err
	}
	if err := history.SetValue(w, history.ForgettingName, "{}"); err != nil {
		return err
	}
	if err := Shrink(a, w); err != nil {
		return err
	}
	if _, err := w.Exec("DELETE FROM archive WHERE name = ?", history.ForgettingName); err != nil {
		return err
	}
	return w.Commit()
}

// removable is what of a remainder may be deleted: it lies where items are kept,
// and no row needs it. The history may be somebody else's.
func removable(w *history.Batch, rest Remainder) (may Remainder, err error) {
	for _, f := range rest.Files {
		place := strings.HasPrefix(f, disk.PartialDir+"/") || strings.HasPrefix(f, "data/") && strings.Count(f, "/") > 1
		if !place || !fs.ValidPath(f) {
			continue
		}
		var needed bool
		_, err := w.Row("SELECT EXISTS (SELECT 1 FROM photo WHERE path = ?1) OR EXISTS (SELECT 1 FROM file WHERE path = ?1) OR EXISTS (SELECT 1 FROM partial WHERE file = ?1)", []any{f}, &needed)
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

func removeFiles(a *history.Store, rest Remainder) error {
	synced := map[string]bool{}
	for _, f := range rest.Files {
		if err := disk.RemoveIfThere(a.Disk, f); err != nil {
			return err
		}
		synced[path.Dir(f)] = true
	}
	for dir := range synced {
		if there, err := disk.Exists(a.Disk, dir); err != nil || !there {
			continue
		}
		if err := a.Disk.SyncDir(dir); err != nil {
			return err
		}
	}
	for _, dir := range rest.Folders {
		if err := removeEmpty(a, dir); err != nil {
			return err
		}
	}
	if err := search.Drop(a); err != nil {
		return err
	}
	if err := disk.RemoveTree(a.Disk, disk.DamagedDir); err != nil {
		return err
	}
	if err := namelessNote(a); err != nil {
		return err
	}
	return a.Disk.SyncDir(disk.SideDir)
}

// namelessNote takes the names of what was wrong out of the note of the last
// verification. When that was, and how much was wrong, stays; a note that cannot
// be read goes.
func namelessNote(a *history.Store) error {
	f, err := a.Disk.Open(disk.VerifiedFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var text []byte
	if err == nil {
		text, err = io.ReadAll(io.LimitReader(f, 8<<20))
		err = errors.Join(err, f.Close())
	}
	type round struct {
		From     time.Time `json:"from"`
		At       time.Time `json:"at"`
		Of       int       `json:"of"`
		Done     int       `json:"done"`
		Checked  int       `json:"checked"`
		BadCount int       `json:"bad_count"`
	}
	var note struct {
		Whole *round         `json:"whole,omitempty"`
		Of    int            `json:"of,omitempty"`
		Parts map[int]*round `json:"parts,omitempty"`
	}
	if err != nil || json.Unmarshal(text, &note) != nil {
		return disk.RemoveIfThere(a.Disk, disk.VerifiedFile)
	}
	if text, err = json.Marshal(note); err != nil {
		return err
	}
	return history.ReplaceAside(a, disk.VerifiedNew, disk.VerifiedFile, text)
}

// removeEmpty removes the folders below dir that hold nothing, dir itself, and
// those above it that hold nothing else, as far as they are in data/.
func removeEmpty(a *history.Store, dir string) error {
	for gone := true; gone && strings.HasPrefix(dir, "data/"); dir = path.Dir(dir) {
		var err error
		if gone, err = removeHollow(a, dir); err != nil {
			return err
		}
	}
	return nil
}

// removeHollow removes dir if it and the folders below it hold no files.
func removeHollow(a *history.Store, dir string) (gone bool, err error) {
	entries, err := a.Disk.ReadDir(dir)
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
		case disk.Litter(e.Name()):
			gone, err = true, disk.RemoveIfThere(a.Disk, name)
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
	return true, errors.Join(a.Disk.Remove(dir), a.Disk.SyncDir(path.Dir(dir)))
}

// Shrink gives the room that nothing needs any more back to the disk. SQLite
// does it as a whole or not at all. Nothing is in the writer's batch.
func Shrink(a *history.Store, w *history.Batch) error {
	if err := w.Commit(); err != nil {
		return err
	}
	if _, err := w.Conn.ExecContext(context.Background(), "VACUUM"); err != nil {
		return disk.Caused(fmt.Errorf("making history.db smaller: %w", err))
	}
	if _, err := w.Exec("DELETE FROM archive WHERE name = ?", history.Unshrunk); err != nil {
		return err
	}
	return w.Commit()
}

// ShrinkBegun does what a pruning that was cut off left to do, if that can be
// done now. Nothing depends on it.
func ShrinkBegun(a *history.Store, w *history.Batch) error {
	var one int
	left, err := w.Row("SELECT 1 FROM archive WHERE name = ?", []any{history.Unshrunk}, &one)
	if err != nil || !left {
		return err
	}
	_ = errors.Join(search.Drop(a), Shrink(a, w)) // the next one meets it again
	return w.Broken
}

// HistorySize is 0 if it cannot be told.
func HistorySize(a *history.Store) int64 {
	info, err := a.Disk.Lstat(disk.HistoryFile)
	if err != nil {
		return 0
	}
	return info.Size()
}
