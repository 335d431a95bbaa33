package stage

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

// keepEdited keeps what stands at a path that is about to be replaced or removed
// if it is neither what was published there nor what a publication that was cut
// off has left: somebody has changed it. After a cut nothing tells which pages
// were published, and they are kept only below data/.
func (p *Staging) keepEdited(name string, was []byte, now ...[]byte) error {
	if (was == nil || p.Force) && !strings.HasPrefix(name, "data/") {
		return nil
	}
	edited, err := p.isEdited(name, append(now, was))
	if err != nil || !edited {
		return err
	}
	p.Edited = append(p.Edited, name)
	return history.KeepByHand(p.A, name)
}

// isEdited reports whether there is something at a path that has none of these
// hashes. What changes while it is read is read again, for a while.
func (p *Staging) isEdited(name string, hashes [][]byte) (bool, error) {
	for range 10 {
		before, err := p.A.Disk.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil || !before.Mode().IsRegular() {
			return true, err
		}
		sum, _, err := disk.HashFile(context.Background(), p.A.Disk, name, nil)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		after, err := p.A.Disk.Lstat(name)
		if err == nil && after.ModTime().Equal(before.ModTime()) && after.Size() == before.Size() {
			return !slices.ContainsFunc(hashes, func(h []byte) bool { return bytes.Equal(h, sum[:]) }), nil
		}
	}
	return true, nil
}

// DiskClock is when the lock was taken, by the clock that dates the files. The
// lock is held.
func DiskClock(a *history.Store) (time.Time, error) {
	info, err := a.Disk.Lstat(disk.LockFile)
	if err != nil {
		return time.Time{}, disk.Caused(err)
	}
	return info.ModTime(), nil
}

// PublishedDate is what a file that the archive writes gets as the time of its
// change: one before the lock was taken, so that whoever changes the file
// afterwards makes it newer than the look of this export. FAT counts in steps of
// two seconds.
func PublishedDate(a *history.Store) (time.Time, error) {
	t, err := DiskClock(a)
	return t.Add(-2 * time.Second), err
}

// RecordFiles enters in the table file what will be in place when the last
// commit is done, and drops from staged what is in place already.
func (p *Staging) RecordFiles() error {
	p.was = map[string][]byte{}
	for _, name := range p.Removed {
		var was []byte
		if _, err := p.W.Row("SELECT hash FROM file WHERE path = ?", []any{name}, &was); err != nil {
			return err
		}
		p.was[name] = was
		if _, err := p.W.Exec("DELETE FROM file WHERE path = ?", name); err != nil {
			return err
		}
	}
	list := p.Staged
	p.Staged = p.Staged[:0:0]
	for _, s := range list {
		if err := p.RecordFile(s); err != nil {
			return err
		}
	}
	return nil
}

func (p *Staging) RecordFile(s staged) error {
	same, err := p.inPlace(s)
	if err != nil {
		return err
	}
	if same && p.Force {
		_, err = p.W.Exec("UPDATE file SET account = ?, collection = ?, size = ? WHERE path = ?", history.OrNull(s.account), history.OrNull(s.n), s.size, s.Path)
	}
	if err != nil {
		return err
	}
	if same {
		return p.A.Disk.Remove(s.temp)
	}
	if _, err := p.W.Row("SELECT hash FROM file WHERE path = ?", []any{s.Path}, &s.was); err != nil {
		return err
	}
	p.Staged = append(p.Staged, s)
	_, err = p.W.Exec(`INSERT INTO file (path, account, collection, size, hash) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (path) DO UPDATE SET account = excluded.account, collection = excluded.collection, size = excluded.size, hash = excluded.hash`,
		s.Path, history.OrNull(s.account), history.OrNull(s.n), s.size, s.hash[:])
	return err
}

// inPlace reports whether a file holds already what was staged for it.
func (p *Staging) inPlace(s staged) (bool, error) {
	var was []byte
	known, err := p.W.Row("SELECT hash FROM file WHERE path = ?", []any{s.Path}, &was)
	if err != nil || !known || string(was) != string(s.hash[:]) {
		return false, err
	}
	info, err := p.A.Disk.Lstat(s.Path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != s.size {
		return false, nil // whatever is there is replaced
	}
	if !p.Force {
		return true, nil
	}
	now, _, err := disk.HashFile(context.Background(), p.A.Disk, s.Path, nil)
	return now == s.hash, err
}

// Move gives every staged file its name: first the vanished, so that nothing
// leaves one open file before it is in the other; then what is no longer needed
// goes; then the manifests.
func (p *Staging) Move() error {
	d := p.A.Disk
	slices.SortStableFunc(p.Staged, func(a, b staged) int { return moveRank(a.Path) - moveRank(b.Path) })
	folders := map[string]bool{}
	tags := false
	for _, s := range p.Staged {
		if moveRank(s.Path) == lastRank && !tags {
			tags = true
			if err := p.remove(folders); err != nil {
				return err
			}
		}
		dir := path.Dir(s.Path)
		if !folders[dir] {
			if err := disk.MakeFolders(d, dir); err != nil {
				return err
			}
		}
		if err := p.keepEdited(s.Path, s.was, s.hash[:]); err != nil {
			return err
		}
		if err := d.Rename(s.temp, s.Path); err != nil {
			return err
		}
		folders[dir] = true
	}
	return p.remove(folders)
}

// remove syncs the folders that changed, and then removes what the history no
// longer has in files of these names.
func (p *Staging) remove(folders map[string]bool) error {
	if err := p.sync(folders); err != nil {
		return err
	}
	for _, name := range p.Removed {
		if err := p.keepEdited(name, p.was[name]); err != nil {
			return err
		}
		if err := disk.RemoveIfThere(p.A.Disk, name); err != nil {
			return err
		}
		folders[path.Dir(name)] = true
	}
	p.Removed = nil
	return p.sync(folders)
}

func (p *Staging) sync(folders map[string]bool) error {
	if p.Together.Many(len(folders)) {
		clear(folders)
		return p.Together.Disk.SyncAll()
	}
	for dir := range folders {
		if there, err := disk.Exists(p.A.Disk, dir); err != nil {
			return err
		} else if !there {
			continue // its last file was removed before
		}
		if err := p.A.Disk.SyncDir(dir); err != nil {
			return err
		}
	}
	clear(folders)
	return nil
}

const lastRank = 2

func moveRank(name string) int {
	switch {
	case !strings.HasPrefix(name, "data/"):
		return lastRank
	case strings.Contains(name, "/"+disk.Vanished):
		return 0
	}
	return 1
}
