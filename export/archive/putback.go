package archive

import (
	"database/sql"
	"errors"
	"io/fs"
	"path"
	"strings"

	"sidekeep/export"
)

// A lostFile is an open file that is missing, or no longer has its size.
type lostFile struct {
	path       string
	collection int64 // 0 for an index, the files of the bag and photos
	photo      int64 // 0 for other files
	changed    bool  // something is there
}

// look finds the open files of the archive, and the photos of the account, that
// somebody has deleted or changed, as far as their size tells. The files are
// written again by the publication of this export; the photos are asked of the
// source again.
func (s *session) look() error {
	lost, err := s.lostFiles("SELECT path, ifnull(collection, 0), 0, size FROM file")
	if err != nil {
		return err
	}
	for _, f := range lost {
		if err := s.soilFile(f); err != nil {
			return err
		}
	}
	photos, err := s.lostFiles("SELECT path, 0, photo, size FROM photo WHERE account = ?", s.account)
	if err != nil {
		return err
	}
	s.lost = append(lost, photos...)
	if len(photos) == 0 {
		return nil
	}
	if _, err := s.w.exec("CREATE TEMP TABLE IF NOT EXISTS missing (photo INTEGER PRIMARY KEY)"); err != nil {
		return err
	}
	for _, f := range photos {
		if _, err := s.w.exec("INSERT INTO temp.missing VALUES (?)", f.photo); err != nil {
			return err
		}
	}
	_, err = s.w.exec(`UPDATE item SET mark = '', failed = 1 WHERE present AND version IN
		(SELECT version FROM version WHERE photo IN (SELECT photo FROM temp.missing)) AND collection IN (SELECT collection FROM collection WHERE account = ?)`, s.account)
	return err
}

// lostFiles compares the rows that query answers with the disk.
func (s *session) lostFiles(query string, args ...any) (lost []lostFile, err error) {
	folder := folderLook{d: s.a.disk}
	err = s.w.each(query+" ORDER BY path", args, func(rows *sql.Rows) error {
		var f lostFile
		var size int64
		if err := rows.Scan(&f.path, &f.collection, &f.photo, &size); err != nil || folder.has(f.path, size) {
			return err
		}
		there, whole, err := s.a.hasSize(f.path, size)
		if err == nil && !whole {
			f.changed = there
			lost = append(lost, f)
		}
		return err
	})
	return lost, err
}

// A folderLook looks at files one folder after the other, which takes a fifth
// of the time of looking for each by its path.
type folderLook struct {
	d     Disk
	dir   string
	files map[string]fs.DirEntry
}

// has reports whether it has seen a file of this size at name. Where it has not
// there may be one all the same: some systems list names in another form.
func (f *folderLook) has(name string, size int64) bool {
	if dir := path.Dir(name); dir != f.dir {
		f.dir, f.files = dir, map[string]fs.DirEntry{}
		entries, _ := f.d.ReadDir(dir) // what cannot be listed is looked for by its path
		for _, e := range entries {
			f.files[e.Name()] = e
		}
	}
	e := f.files[path.Base(name)]
	if e == nil || !e.Type().IsRegular() {
		return false
	}
	info, err := e.Info()
	return err == nil && info.Mode().IsRegular() && info.Size() == size
}

// hasSize tells whether anything is at path, and whether it is a file of this
// size.
func (a *Archive) hasSize(path string, size int64) (there, whole bool, err error) {
	info, err := a.disk.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	if err != nil {
		return false, false, caused(err)
	}
	return true, info.Mode().IsRegular() && info.Size() == size, nil
}

// soilFile has the publication write a file again. What stands in the place of
// a file with items is kept aside: somebody may have wanted it.
func (s *session) soilFile(f lostFile) error {
	if f.changed && strings.HasPrefix(f.path, "data/") {
		if err := s.a.keepDamaged(f.path); err != nil {
			return err
		}
	}
	query, arg := "DELETE FROM file WHERE path = ?", any(f.path)
	if f.collection != 0 {
		query, arg = "UPDATE collection SET dirty = 2 WHERE collection = ?", f.collection
	}
	if _, err := s.w.exec(query, arg); err != nil {
		return err
	}
	return s.w.set("publish", "1")
}

// keepDamaged moves what is at a path to where damaged files are kept, under
// the same path or one like it.
func (a *Archive) keepDamaged(file string) error {
	stem, ext := splitExt(path.Base(file))
	dir := path.Dir(damagedDir + "/" + file)
	if err := makeFolders(a.disk, dir); err != nil {
		return caused(err)
	}
	n, err := firstFree(func(n int) (bool, error) {
		there, err := exists(a.disk, dir+"/"+numbered(stem, ext, n, maxNameUnits))
		return !there, err
	})
	if err != nil {
		return caused(err)
	}
	to := dir + "/" + numbered(stem, ext, n, maxNameUnits)
	return caused(errors.Join(a.disk.Rename(file, to), a.disk.SyncDir(dir), a.disk.SyncDir(path.Dir(file))))
}

// putBack moves a fetched photo to the place at which the same bytes were
// before, if they are no longer there. What stands in its place is kept aside.
// The history is released while the disk works.
func (r *recorder) putBack(d *download, at string) error {
	a := r.s.a
	there, whole, err := a.hasSize(at, d.size)
	if err != nil || whole {
		return err
	}
	r.s.w.unlock()
	defer r.s.w.lock()
	if there {
		if err := a.keepDamaged(at); err != nil {
			return err
		}
	}
	if err := makeFolders(a.disk, path.Dir(at)); err != nil {
		return caused(err)
	}
	return caused(moveNew(a.disk, d.file, at))
}

// tellLost notes in the ledger what was put back and what could not be.
func (s *session) tellLost(l *export.Ledger) error {
	for _, f := range s.lost {
		back := f.photo == 0
		if !back {
			var size int64
			known, err := s.w.row("SELECT size FROM photo WHERE photo = ?", []any{f.photo}, &size)
			if err != nil {
				return err
			}
			if !known {
				continue
			}
			if _, back, err = s.a.hasSize(f.path, size); err != nil {
				return err
			}
		}
		list, more := &l.Missing, &l.MissingMore
		if back {
			list, more = &l.PutBack, &l.PutBackMore
		}
		if len(*list) < export.MaxProblems {
			*list = append(*list, f.path)
		} else {
			*more++
		}
	}
	return nil
}
