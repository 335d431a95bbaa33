package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// byHand stands in the name of a file that keeps what somebody wrote into the
// archive. Damage of the disk looks the same and is kept in the same way.
const byHand = " (edited by hand)"

// editedName is the archive's own value that lists the files that keep what
// somebody wrote, as far as an export has told of them (JSON).
const editedName = "edited"

// Edited are the files below .sidekeep/damaged that keep what somebody wrote
// into open files, which are as they were again: relative to the archive,
// slash-separated and sorted. They stay until the owner removes them, or
// anything is forgotten.
func (a *Archive) Edited() ([]string, error) {
	list, err := a.byHandIn(damagedDir)
	slices.Sort(list)
	return list, caused(err)
}

func (a *Archive) byHandIn(dir string) (list []string, err error) {
	entries, err := a.disk.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		name := dir + "/" + e.Name()
		switch {
		case strings.Contains(e.Name(), byHand):
			list = append(list, name)
		case e.IsDir():
			below, err := a.byHandIn(name)
			if err != nil {
				return nil, err
			}
			list = append(list, below...)
		}
	}
	return list, err
}

// newByHand are those of [Archive.Edited] of which no export has told, and has
// them told; the caller commits. A stop between the keeping of a file and the end
// of its export leaves it to the next one.
func (s *session) newByHand() ([]string, error) {
	now, err := s.a.Edited()
	if err != nil {
		return nil, err
	}
	var text string
	known, err := s.w.row("SELECT value FROM archive WHERE name = ?", []any{editedName}, &text)
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
		_, err = s.w.exec("DELETE FROM archive WHERE name = ?", editedName)
		return nil, err
	}
	list, err := json.Marshal(now)
	if err == nil {
		err = s.w.set(editedName, string(list))
	}
	fresh := slices.DeleteFunc(now, func(name string) bool {
		_, old := slices.BinarySearch(told, name)
		return old
	})
	return fresh, err
}

// keepByHand moves what somebody has written into a file of the archive to where
// that is kept.
func (a *Archive) keepByHand(file string) error { return a.keepAside(file, byHand) }

// keepAside moves what is at a path to where damaged files are kept, under the
// same path with a mark in its name, or one like it.
func (a *Archive) keepAside(file, mark string) error {
	stem, ext := splitExt(path.Base(file))
	ext = mark + ext
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

// keepEdited keeps what stands at a path that is about to be replaced or removed
// if it is neither what was published there nor what a publication that was cut
// off has left: somebody has changed it. After a cut nothing tells which pages
// were published, and they are kept only below data/.
func (p *publication) keepEdited(name string, was []byte, now ...[]byte) error {
	if (was == nil || p.force) && !strings.HasPrefix(name, "data/") {
		return nil
	}
	edited, err := p.isEdited(name, append(now, was))
	if err != nil || !edited {
		return err
	}
	p.edited = append(p.edited, name)
	return p.a.keepByHand(name)
}

// isEdited reports whether there is something at a path that has none of these
// hashes. What changes while it is read is read again, for a while.
func (p *publication) isEdited(name string, hashes [][]byte) (bool, error) {
	for range 10 {
		before, err := p.a.disk.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil || !before.Mode().IsRegular() {
			return true, err
		}
		sum, _, err := hashFile(context.Background(), p.a.disk, name, nil)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		after, err := p.a.disk.Lstat(name)
		if err == nil && after.ModTime().Equal(before.ModTime()) && after.Size() == before.Size() {
			return !slices.ContainsFunc(hashes, func(h []byte) bool { return bytes.Equal(h, sum[:]) }), nil
		}
	}
	return true, nil
}
