package record

import (
	"path"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

// putBack moves a fetched photo to the place at which the same bytes were
// before, if they are no longer there. What stands in its place is kept aside.
// The history is released while the disk works.
func (r *recorder) putBack(d *download, at string) error {
	a := r.s.A
	there, whole, err := hasSize(a, at, d.size)
	if whole && r.s.edited[at] {
		whole, err = hasHash(a, at, d.sum.Sum(nil))
	}
	if err != nil || whole {
		return err
	}
	r.s.W.Unlock()
	defer r.s.W.Lock()
	if there {
		if err := history.KeepByHand(a, at); err != nil {
			return err
		}
	}
	if err := disk.MakeFolders(a.Disk, path.Dir(at)); err != nil {
		return disk.Caused(err)
	}
	if d.later {
		if err := disk.SyncFile(a.Disk, d.file); err != nil {
			return disk.Caused(err)
		}
		d.later = false
	}
	disk.SetTime(a.Disk, d.file, r.s.date)
	return disk.Caused(disk.MoveNew(a.Disk, d.file, at))
}

// tellLost notes in the ledger what was put back and what could not be.
func (s *Session) tellLost(l *export.Ledger) error {
	for _, f := range s.Lost {
		back := f.photo == 0
		if !back {
			var size int64
			var hash []byte
			known, err := s.W.Row("SELECT size, hash FROM photo WHERE photo = ?", []any{f.photo}, &size, &hash)
			if err != nil {
				return err
			}
			if !known {
				continue
			}
			if _, back, err = hasSize(s.A, f.path, size); back && s.edited[f.path] {
				back, err = hasHash(s.A, f.path, hash)
			}
			if err != nil {
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
