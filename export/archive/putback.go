package archive

import (
	"path"

	"sidekeep/export"
)

// putBack moves a fetched photo to the place at which the same bytes were
// before, if they are no longer there. What stands in its place is kept aside.
// The history is released while the disk works.
func (r *recorder) putBack(d *download, at string) error {
	a := r.s.a
	there, whole, err := hasSize(a, at, d.size)
	if whole && r.s.edited[at] {
		whole, err = hasHash(a, at, d.sum.Sum(nil))
	}
	if err != nil || whole {
		return err
	}
	r.s.w.unlock()
	defer r.s.w.lock()
	if there {
		if err := keepByHand(a, at); err != nil {
			return err
		}
	}
	if err := makeFolders(a.disk, path.Dir(at)); err != nil {
		return caused(err)
	}
	if d.later {
		if err := syncFile(a, d.file); err != nil {
			return caused(err)
		}
		d.later = false
	}
	setTime(a.disk, d.file, r.s.date)
	return caused(moveNew(a.disk, d.file, at))
}

// tellLost notes in the ledger what was put back and what could not be.
func (s *session) tellLost(l *export.Ledger) error {
	for _, f := range s.lost {
		back := f.photo == 0
		if !back {
			var size int64
			var hash []byte
			known, err := s.w.row("SELECT size, hash FROM photo WHERE photo = ?", []any{f.photo}, &size, &hash)
			if err != nil {
				return err
			}
			if !known {
				continue
			}
			if _, back, err = hasSize(s.a, f.path, size); back && s.edited[f.path] {
				back, err = hasHash(s.a, f.path, hash)
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
