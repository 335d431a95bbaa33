package repair

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/verify"
)

// paths gives photos that are not where the history says the place at which the
// manifest lists their bytes.
func (m *mending) paths(listed map[string][]byte) error {
	type row struct {
		n         int64
		path, key string
		hash      []byte
		lost, odd bool
	}
	var list []row
	places := map[string]bool{}
	err := m.w.Each("SELECT photo, path, key, hash FROM photo", nil, func(rows *sql.Rows) error {
		var r row
		err := rows.Scan(&r.n, &r.path, &r.key, &r.hash)
		r.lost, r.odd = listed[r.path] == nil, r.key != disk.FoldName(r.path)
		places[r.path] = true
		if r.lost || r.odd {
			list = append(list, r)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range list {
		for name, hash := range listed {
			if r.lost && !places[name] && bytes.Equal(hash, r.hash) && strings.HasPrefix(name, "data/") {
				r.path, r.odd, places[name] = name, true, true
				break
			}
		}
		if !r.odd {
			continue
		}
		m.mended++
		if _, err := m.w.Exec("UPDATE OR IGNORE photo SET path = ?, key = ? WHERE photo = ?", r.path, disk.FoldName(r.path), r.n); err != nil {
			return err
		}
	}
	return nil
}

// photo puts an identical file in the place of a photo, or has the next export
// fetch it.
func (m *mending) photo(name string, n int64, hash []byte, all []history.Bad) error {
	var places []string
	if err := history.EachString(m.w, &places, "SELECT path FROM photo WHERE hash = ? AND photo <> ? ORDER BY photo", hash, n); err != nil {
		return err
	}
	for _, b := range all {
		if b.Why == verify.NoManifestLists {
			places = append(places, b.Path)
		}
	}
	for _, from := range places {
		if ok, err := m.copyPhoto(from, name, hash); err != nil || ok {
			return err
		}
	}
	res, err := m.w.Exec("UPDATE item SET mark = '', failed = 1 WHERE present AND version IN (SELECT version FROM version WHERE photo = ?)", n)
	if err != nil {
		return err
	}
	again, err := res.RowsAffected()
	m.notes[name] = "no other copy of it is here"
	if again > 0 {
		m.notes[name] += "; the next export fetches it again"
	}
	return err
}

// copyPhoto copies a file that has this hash to the place of a photo.
func (m *mending) copyPhoto(from, to string, hash []byte) (bool, error) {
	in, err := m.a.Disk.Open(from)
	if err != nil {
		return false, nil // then not this one
	}
	defer in.Close()
	const temp = disk.PublishDir + "/photo"
	for _, dir := range []string{disk.PublishDir, path.Dir(to)} {
		if err := disk.MakeFolders(m.a.Disk, dir); err != nil {
			return false, err
		}
	}
	out, err := m.a.Disk.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return false, err
	}
	sum := sha256.New()
	_, copyErr := io.Copy(io.MultiWriter(out, sum), in)
	err = out.Sync()
	if err := errors.Join(err, out.Close()); err != nil {
		return false, err
	}
	if copyErr != nil || !bytes.Equal(sum.Sum(nil), hash) {
		return false, m.a.Disk.Remove(temp)
	}
	return true, disk.MoveNew(m.a.Disk, temp, to)
}
