package archive

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

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
	return keepByHand(p.a, name)
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

// diskClock is when the lock was taken, by the clock that dates the files. The
// lock is held.
func diskClock(a *Store) (time.Time, error) {
	info, err := a.disk.Lstat(lockFile)
	if err != nil {
		return time.Time{}, caused(err)
	}
	return info.ModTime(), nil
}

// publishedDate is what a file that the archive writes gets as the time of its
// change: one before the lock was taken, so that whoever changes the file
// afterwards makes it newer than the look of this export. FAT counts in steps of
// two seconds.
func publishedDate(a *Store) (time.Time, error) {
	t, err := diskClock(a)
	return t.Add(-2 * time.Second), err
}

// recordFiles enters in the table file what will be in place when the last
// commit is done, and drops from staged what is in place already.
func (p *publication) recordFiles() error {
	p.was = map[string][]byte{}
	for _, name := range p.removed {
		var was []byte
		if _, err := p.w.row("SELECT hash FROM file WHERE path = ?", []any{name}, &was); err != nil {
			return err
		}
		p.was[name] = was
		if _, err := p.w.exec("DELETE FROM file WHERE path = ?", name); err != nil {
			return err
		}
	}
	list := p.staged
	p.staged = p.staged[:0:0]
	for _, s := range list {
		if err := p.recordFile(s); err != nil {
			return err
		}
	}
	return nil
}

func (p *publication) recordFile(s staged) error {
	same, err := p.inPlace(s)
	if err != nil {
		return err
	}
	if same && p.force {
		_, err = p.w.exec("UPDATE file SET account = ?, collection = ?, size = ? WHERE path = ?", orNull(s.account), orNull(s.n), s.size, s.path)
	}
	if err != nil {
		return err
	}
	if same {
		return p.a.disk.Remove(s.temp)
	}
	if _, err := p.w.row("SELECT hash FROM file WHERE path = ?", []any{s.path}, &s.was); err != nil {
		return err
	}
	p.staged = append(p.staged, s)
	_, err = p.w.exec(`INSERT INTO file (path, account, collection, size, hash) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (path) DO UPDATE SET account = excluded.account, collection = excluded.collection, size = excluded.size, hash = excluded.hash`,
		s.path, orNull(s.account), orNull(s.n), s.size, s.hash[:])
	return err
}

// inPlace reports whether a file holds already what was staged for it.
func (p *publication) inPlace(s staged) (bool, error) {
	var was []byte
	known, err := p.w.row("SELECT hash FROM file WHERE path = ?", []any{s.path}, &was)
	if err != nil || !known || string(was) != string(s.hash[:]) {
		return false, err
	}
	info, err := p.a.disk.Lstat(s.path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != s.size {
		return false, nil // whatever is there is replaced
	}
	if !p.force {
		return true, nil
	}
	now, _, err := hashFile(context.Background(), p.a.disk, s.path, nil)
	return now == s.hash, err
}

// move gives every staged file its name: first the vanished, so that nothing
// leaves one open file before it is in the other; then what is no longer needed
// goes; then the manifests.
func (p *publication) move() error {
	d := p.a.disk
	slices.SortStableFunc(p.staged, func(a, b staged) int { return moveRank(a.path) - moveRank(b.path) })
	folders := map[string]bool{}
	tags := false
	for _, s := range p.staged {
		if moveRank(s.path) == lastRank && !tags {
			tags = true
			if err := p.remove(folders); err != nil {
				return err
			}
		}
		dir := path.Dir(s.path)
		if !folders[dir] {
			if err := makeFolders(d, dir); err != nil {
				return err
			}
		}
		if err := p.keepEdited(s.path, s.was, s.hash[:]); err != nil {
			return err
		}
		if err := d.Rename(s.temp, s.path); err != nil {
			return err
		}
		folders[dir] = true
	}
	return p.remove(folders)
}

// remove syncs the folders that changed, and then removes what the history no
// longer has in files of these names.
func (p *publication) remove(folders map[string]bool) error {
	if err := p.sync(folders); err != nil {
		return err
	}
	for _, name := range p.removed {
		if err := p.keepEdited(name, p.was[name]); err != nil {
			return err
		}
		if err := removeIfThere(p.a.disk, name); err != nil {
			return err
		}
		folders[path.Dir(name)] = true
	}
	p.removed = nil
	return p.sync(folders)
}

func (p *publication) sync(folders map[string]bool) error {
	if p.together.many(len(folders)) {
		clear(folders)
		return p.together.disk.SyncAll()
	}
	for dir := range folders {
		if there, err := exists(p.a.disk, dir); err != nil {
			return err
		} else if !there {
			continue // its last file was removed before
		}
		if err := p.a.disk.SyncDir(dir); err != nil {
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
	case strings.Contains(name, "/"+vanished):
		return 0
	}
	return 1
}
