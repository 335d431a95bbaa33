package archive

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
)

// byHand stands in the name of a file that keeps what somebody wrote into the
// archive. Damage of the disk looks the same and is kept in the same way.
const byHand = " (edited by hand)"

// editedName is the archive's own value that lists the files that keep what
// somebody wrote, as far as an export has told of them (JSON).
const editedName = "edited"

func byHandIn(a *Store, dir string) (list []string, err error) {
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
			below, err := byHandIn(a, name)
			if err != nil {
				return nil, err
			}
			list = append(list, below...)
		}
	}
	return list, err
}

// keepByHand moves what somebody has written into a file of the archive to where
// that is kept.
func keepByHand(a *Store, file string) error { return keepAside(a, file, byHand) }

// keepAside moves what is at a path to where damaged files are kept, under the
// same path with a mark in its name, or one like it.
func keepAside(a *Store, file, mark string) error {
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

// replaceAside writes a small file aside, syncs it and gives it its name. After
// a power cut it may be the one before.
func replaceAside(a *Store, temp, name string, text []byte) error {
	if err := makeFolders(a.disk, sideDir); err != nil {
		return err
	}
	if err := removeIfThere(a.disk, temp); err != nil { // also if it is a link
		return err
	}
	f, err := a.disk.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, removeIfThere(a.disk, temp))
	}
	return a.disk.Rename(temp, name)
}
