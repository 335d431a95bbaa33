package record

import (
	"errors"
	"io/fs"
	"path"

	"sidekeep/export/archive/disk"
)

// A waiting photo was fetched and has its row in the batch. Its file is still
// aside.
type waiting struct {
	d     *download
	photo int64
	to    string
}

// maxUnsynced is how many bytes wait to be synced before they are.
const maxUnsynced = 16 << 20

// wait has the file of a photo placed before the batch is committed.
func (s *Session) wait(p waiting) error {
	s.waiting = append(s.waiting, p)
	s.waits[p.to], s.waits[p.d.file] = true, true
	if s.together.Bytes.Load() < maxUnsynced {
		return nil
	}
	return s.W.Fail(s.settle())
}

// settle makes durable what the batch speaks of: it syncs the photos that wait,
// moves them to their places, and syncs the folders of these. The history is held.
func (s *Session) settle() error {
	if err := s.together.Sync(); err != nil {
		return err
	}
	list := s.waiting
	s.waiting = nil
	clear(s.waits)
	for _, p := range list {
		if err := s.place(p); err != nil {
			return err
		}
	}
	for dir := range s.behind {
		if err := s.A.Disk.SyncDir(dir); err != nil {
			return err
		}
		delete(s.behind, dir)
	}
	return nil
}

// place moves the file of a photo to where it stays. What the history does not
// know and has the name keeps it.
func (s *Session) place(p waiting) error {
	for {
		dir := path.Dir(p.to)
		if !s.made[dir] {
			if err := disk.MakeFolders(s.A.Disk, dir); err != nil {
				return err
			}
			s.made[dir] = true
		}
		disk.SetTime(s.A.Disk, p.d.file, s.date)
		s.behind[dir] = true
		err := disk.PlaceNew(s.A.Disk, p.d.file, p.to)
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		if _, err := s.W.Exec("INSERT INTO name (folder, key, owner, name) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			dir, disk.FoldName(path.Base(p.to)), "found/"+path.Base(p.to), path.Base(p.to)); err != nil {
			return err
		}
		if p.to, err = p.d.r.photoPath(p.d.it, p.d.taken.Time); err != nil {
			return err
		}
		if _, err := s.W.Exec("UPDATE photo SET path = ?, key = ? WHERE photo = ?", p.to, disk.FoldName(p.to), p.photo); err != nil {
			return err
		}
	}
}
