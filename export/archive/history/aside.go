package history

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"

	"sidekeep/export/archive/disk"
)

// byHand stands in the name of a file that keeps what somebody wrote into the
// archive. Damage of the disk looks the same and is kept in the same way.
const byHand = " (edited by hand)"

// EditedName is the archive's own value that lists the files that keep what
// somebody wrote, as far as an export has told of them (JSON).
const EditedName = "edited"

func byHandIn(a *Store, dir string) (list []string, err error) {
	entries, err := a.Disk.ReadDir(dir)
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

// KeepByHand moves what somebody has written into a file of the archive to where
// that is kept.
func KeepByHand(a *Store, file string) error { return KeepAside(a, file, byHand) }

// KeepAside moves what is at a path to where damaged files are kept, under the
// same path with a mark in its name, or one like it.
func KeepAside(a *Store, file, mark string) error {
	stem, ext := disk.SplitExt(path.Base(file))
	ext = mark + ext
	dir := path.Dir(disk.DamagedDir + "/" + file)
	if err := disk.MakeFolders(a.Disk, dir); err != nil {
		return disk.Caused(err)
	}
	n, err := disk.FirstFree(func(n int) (bool, error) {
		there, err := disk.Exists(a.Disk, dir+"/"+disk.Numbered(stem, ext, n, disk.MaxNameUnits))
		return !there, err
	})
	if err != nil {
		return disk.Caused(err)
	}
	to := dir + "/" + disk.Numbered(stem, ext, n, disk.MaxNameUnits)
	return disk.Caused(errors.Join(a.Disk.Rename(file, to), a.Disk.SyncDir(dir), a.Disk.SyncDir(path.Dir(file))))
}

// ReplaceAside writes a small file aside, syncs it and gives it its name. After
// a power cut it may be the one before.
func ReplaceAside(a *Store, temp, name string, text []byte) error {
	if err := disk.MakeFolders(a.Disk, disk.SideDir); err != nil {
		return err
	}
	if err := disk.RemoveIfThere(a.Disk, temp); err != nil { // also if it is a link
		return err
	}
	f, err := a.Disk.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, disk.RemoveIfThere(a.Disk, temp))
	}
	return a.Disk.Rename(temp, name)
}
