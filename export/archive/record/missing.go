package record

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/stage"
)

// A lostFile is an open file that is missing, or that somebody has changed.
type lostFile struct {
	path       string
	collection int64 // 0 for an index, the files of the bag and photos
	photo      int64 // 0 for other files
	changed    bool  // something is there
	sized      bool  // and has the right size
}

// How much of the files that nothing tells to be changed an export reads again,
// one after the other; how large such a file may be at most; and what the opening
// of one counts, in bytes.
const (
	rereadBytes = 4 << 20
	rereadMost  = 16 << 20
	rereadOpen  = 32 << 10
)

// lookedName and changedName are, with the number of an account (0 for all that
// is no photo) and of a photo behind them, the archive's own values that tell how
// far the looking is, and that a photo was found changed and not put back.
const (
	lookedName  = "looked/"
	changedName = "changed/"
)

// A lookNote tells what the next look need not read.
type lookNote struct {
	Mark time.Time `json:"mark"` // by the disk's clock: when the last look began
	At   int       `json:"at"`   // how many files, in the order of their paths, this round has read
}

// Look finds the open files of the archive, and the photos of the account, that
// somebody has deleted or changed. A file is read again if its size is right and
// it was changed since the last look, by its time; some others are, too. The
// files are written again by the publication of this export; the photos are
// asked of the source again.
func (s *Session) Look(ctx context.Context) error {
	var err error
	if s.date, err = stage.PublishedDate(s.A); err != nil {
		return err
	}
	l := looking{s: s, ctx: ctx, suspect: map[int64]bool{}}
	lost, err := l.files(0, "SELECT path, ifnull(collection, 0), 0, size FROM file")
	if err != nil {
		return err
	}
	for _, f := range lost {
		if err := s.soilFile(f); err != nil {
			return err
		}
	}
	if err := l.suspects(); err != nil {
		return err
	}
	photos, err := l.files(s.Account, "SELECT path, 0, photo, size FROM photo WHERE account = ?", s.Account)
	if err != nil {
		return err
	}
	s.Lost = append(lost, photos...)
	for n := range l.suspect {
		if _, err := s.W.Exec("DELETE FROM archive WHERE name = ?", changedName+strconv.FormatInt(n, 10)); err != nil {
			return err
		}
	}
	if len(photos) == 0 {
		return nil
	}
	return s.askAgain(photos)
}

// askAgain has the source asked for photos.
func (s *Session) askAgain(photos []lostFile) error {
	if _, err := s.W.Exec("CREATE TEMP TABLE IF NOT EXISTS missing (photo INTEGER PRIMARY KEY)"); err != nil {
		return err
	}
	s.edited = map[string]bool{}
	for _, f := range photos {
		if _, err := s.W.Exec("INSERT INTO temp.missing VALUES (?)", f.photo); err != nil {
			return err
		}
		if f.sized {
			s.edited[f.path] = true
			if err := history.SetValue(s.W, changedName+strconv.FormatInt(f.photo, 10), "1"); err != nil {
				return err
			}
		}
	}
	_, err := s.W.Exec(`UPDATE item SET mark = '', failed = 1 WHERE present AND version IN
		(SELECT version FROM version WHERE photo IN (SELECT photo FROM temp.missing)) AND collection IN (SELECT collection FROM collection WHERE account = ?)`, s.Account)
	return err
}

// A looking compares recorded files with the disk.
type looking struct {
	s       *Session
	ctx     context.Context
	suspect map[int64]bool // photos that are read again whatever their time says
}

// suspects finds the photos that were found changed before.
func (l *looking) suspects() error {
	var names []string
	err := history.EachString(l.s.W, &names, "SELECT name FROM archive WHERE name > ? AND name < ?", changedName, changedName+"a")
	for _, name := range names {
		if n, err := strconv.ParseInt(strings.TrimPrefix(name, changedName), 10, 64); err == nil {
			l.suspect[n] = true
		}
	}
	return err
}

// files compares the rows that query answers with the disk, and notes how far it
// is.
func (l *looking) files(account int64, query string, args ...any) (lost []lostFile, err error) {
	s, name := l.s, lookedName+strconv.FormatInt(account, 10)
	var text string
	var note lookNote
	if _, err := s.W.Row("SELECT value FROM archive WHERE name = ?", []any{name}, &text); err != nil {
		return nil, err
	}
	if json.Unmarshal([]byte(text), &note) != nil {
		note = lookNote{}
	}
	mark, err := stage.DiskClock(s.A)
	if err != nil {
		return nil, err
	}
	folder := folderLook{d: s.A.Disk}
	var read []lostFile
	n, at, budget := 0, note.At, int64(rereadBytes)
	err = s.W.Each(query+" ORDER BY path", args, func(rows *sql.Rows) error {
		var f lostFile
		var size int64
		if err := rows.Scan(&f.path, &f.collection, &f.photo, &size); err != nil {
			return err
		}
		n++
		info, err := folder.look(f.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			lost = append(lost, f)
			return nil
		case err != nil:
			return disk.Caused(err)
		}
		f.changed, f.sized = true, info.Mode().IsRegular() && info.Size() == size
		if !f.sized {
			lost = append(lost, f)
			return nil
		}
		due := l.suspect[f.photo] || !note.Mark.IsZero() && !info.ModTime().Before(note.Mark)
		if n > note.At && budget > 0 {
			at = n
			if !due && size <= rereadMost {
				budget -= size + rereadOpen
				due = true
			}
		}
		if due {
			read = append(read, f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, f := range read {
		if err := l.ctx.Err(); err != nil {
			return nil, err
		}
		if right, err := l.right(f); err != nil {
			return nil, err
		} else if !right {
			lost = append(lost, f)
		}
	}
	if at >= n {
		at = 0
	}
	next, err := json.Marshal(lookNote{mark, at})
	if err != nil {
		return nil, err
	}
	return lost, history.SetValue(s.W, name, string(next))
}

// right reports whether a file has its recorded hash.
func (l *looking) right(f lostFile) (bool, error) {
	query := "SELECT hash FROM file WHERE path = ?"
	if f.photo != 0 {
		query = "SELECT hash FROM photo WHERE path = ?"
	}
	var hash []byte
	if _, err := l.s.W.Row(query, []any{f.path}, &hash); err != nil {
		return false, err
	}
	return hasHash(l.s.A, f.path, hash)
}

// hasHash reports whether the file at path has this hash. One that cannot be
// read has not.
func hasHash(a *history.Store, path string, hash []byte) (bool, error) {
	sum, _, err := disk.HashFile(context.Background(), a.Disk, path, nil)
	if err != nil {
		return false, nil
	}
	return bytes.Equal(sum[:], hash), nil
}

// A folderLook looks at files one folder after the other, which takes a fifth
// of the time of looking for each by its path.
type folderLook struct {
	d     disk.Disk
	dir   string
	files map[string]fs.DirEntry
}

// look looks at the file of this name.
func (f *folderLook) look(name string) (fs.FileInfo, error) {
	if dir := path.Dir(name); dir != f.dir {
		f.dir, f.files = dir, map[string]fs.DirEntry{}
		entries, _ := f.d.ReadDir(dir) // what cannot be listed is looked for by its path
		for _, e := range entries {
			f.files[e.Name()] = e
		}
	}
	if e := f.files[path.Base(name)]; e != nil && e.Type().IsRegular() {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			return info, nil
		}
	}
	return f.d.Lstat(name) // some systems list names in another form
}

// hasSize tells whether anything is at path, and whether it is a file of this
// size.
func hasSize(a *history.Store, path string, size int64) (there, whole bool, err error) {
	info, err := a.Disk.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	if err != nil {
		return false, false, disk.Caused(err)
	}
	return true, info.Mode().IsRegular() && info.Size() == size, nil
}

// soilFile has the publication write a file again. What stands in its place is
// kept aside: somebody may have wanted it.
func (s *Session) soilFile(f lostFile) error {
	if f.changed {
		if err := history.KeepByHand(s.A, f.path); err != nil {
			return err
		}
	}
	query, arg := "DELETE FROM file WHERE path = ?", any(f.path)
	if f.collection != 0 {
		query, arg = "UPDATE collection SET dirty = 2 WHERE collection = ?", f.collection
	}
	if _, err := s.W.Exec(query, arg); err != nil {
		return err
	}
	return history.SetValue(s.W, "publish", "1")
}

// newByHand are those of Archive.Edited of which no export has told, and has
// them told; the caller commits. A stop between the keeping of a file and the end
// of its export leaves it to the next one.
func (s *Session) newByHand() ([]string, error) {
	now, err := history.NewReader(s.A).Edited()
	if err != nil {
		return nil, err
	}
	var text string
	known, err := s.W.Row("SELECT value FROM archive WHERE name = ?", []any{history.EditedName}, &text)
	if err != nil || !known && len(now) == 0 {
		return nil, err
	}
	var told []string
	if known && json.Unmarshal([]byte(text), &told) != nil {
		told = nil // told again
	}
	if slices.Equal(told, now) {
		return nil, nil
	}
	if len(now) == 0 {
		_, err = s.W.Exec("DELETE FROM archive WHERE name = ?", history.EditedName)
		return nil, err
	}
	list, err := json.Marshal(now)
	if err == nil {
		err = history.SetValue(s.W, history.EditedName, string(list))
	}
	fresh := slices.DeleteFunc(now, func(name string) bool {
		_, old := slices.BinarySearch(told, name)
		return old
	})
	return fresh, err
}
