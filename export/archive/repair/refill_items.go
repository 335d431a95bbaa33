package repair

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/openfiles"
	"sidekeep/export/archive/record"
	"sidekeep/formats/photo"
)

// insert puts an item in that the history does not know.
func (m *mender) insert(n int64, l openfiles.Line) error {
	number, err := m.number()
	if err != nil {
		return err
	}
	var item, version int64
	for table, row := range map[string]*int64{"item": &item, "version": &version} {
		if _, err := m.w.Row("SELECT ifnull(max("+table+"), 0) + 1 FROM "+table, nil, row); err != nil {
			return err
		}
	}
	v, why, err := m.version(l)
	if err != nil {
		return err
	}
	if why != "" {
		m.lost = append(m.lost, history.Bad{Path: l.File, Why: fmt.Sprintf("“%s” could not be put back into the history: %s", lineName(l), why)})
		if !l.Present() {
			return nil
		}
	}
	have := v.Blob != 0 || v.Photo != 0
	if _, err := m.w.Exec("INSERT INTO item (item, collection, id, mark, present, failed, aside, version, since, name, folder, modified) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		item, n, l.Id, textIf(have, l.Mark), l.Present(), !have, have && l.Aside(), intIf(have, version), number, l.Original, l.Folder, l.Modified); err != nil {
		return err
	}
	if _, err := m.w.Exec("INSERT OR IGNORE INTO temp.lined VALUES (?)", item); err != nil {
		return err
	}
	m.mended++
	if have {
		if err := m.insertVersions(item, version, number, l, v); err != nil {
			return err
		}
		if err := m.register(n, item, l); err != nil {
			return err
		}
	}
	if _, err := m.w.Exec("UPDATE collection SET dirty = 2 WHERE collection = ?", n); err != nil {
		return err
	}
	return m.w.Took(int(min(v.Size, history.BatchBytes)))
}

func (m *mender) insertVersions(item, version, number int64, l openfiles.Line, v history.Understood) error {
	if err := m.insertVersion(item, version, number, l, v); err != nil || l.Present() {
		return err
	}
	_, err := m.w.Exec("INSERT INTO version (version, item, export, mark, kind, uid, name, start, all_day) VALUES (?, ?, ?, '', '', '', '', '', 0)", version+1, item, number)
	return err
}

func (m *mender) insertVersion(item, version, number int64, l openfiles.Line, v history.Understood) error {
	_, err := m.w.Exec("INSERT INTO version (version, item, export, mark, kind, blob, photo, aside, uid, name, start, all_day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		version, item, number, l.Mark, string(l.Kind), history.OrNull(v.Blob), history.OrNull(v.Photo), history.TextOrNull(v.Aside), l.Uid, l.Name, v.Start, v.AllDay)
	return err
}

func textIf(yes bool, s string) string {
	if yes {
		return s
	}
	return ""
}

func intIf(yes bool, n int64) any {
	if yes {
		return n
	}
	return nil
}

func lineName(l openfiles.Line) string {
	for _, s := range []string{l.Name, l.Original} {
		if s != "" {
			return s
		}
	}
	return l.Id
}

// version stores the bytes of a line; why tells why there are none.
func (m *mender) version(l openfiles.Line) (v history.Understood, why string, err error) {
	switch {
	case l.File == "":
		return history.Understood{}, "", nil // never read
	case l.Kind == export.Photos:
		v, err = m.photo(l)
		return v, "", err
	}
	raw, exact, err := m.open.Bytes(l)
	if err != nil {
		return history.Understood{}, err.Error(), nil
	}
	if !exact {
		m.converted++
	}
	if !l.Aside() {
		text, gaps := history.OutlineIf(raw)
		v = history.UnderstandOutline(l.Kind, text, gaps)
	} else if v.Aside = l.Reason; v.Aside == "" {
		v.Aside = "it could not be understood"
	}
	v.Size = int64(len(raw))
	v.Blob, err = m.blob(raw)
	return v, "", err
}

func (m *mender) blob(raw []byte) (int64, error) {
	hash := sha256.Sum256(raw)
	var n int64
	known, err := m.w.Row("SELECT blob FROM blob WHERE hash = ?", []any{hash[:]}, &n)
	if err != nil || known {
		return n, err
	}
	if _, err := m.w.Row("SELECT ifnull(max(blob), 0) + 1 FROM blob", nil, &n); err != nil {
		return 0, err
	}
	if _, err := m.w.Exec("INSERT INTO blob (blob, hash, bytes) VALUES (?, ?, '')", n, hash[:]); err != nil {
		return 0, err
	}
	return n, history.ReplaceBody(m.w, n, raw)
}

// photo records the photo of a line. Whether its file is what the line says is
// for verifying to tell.
func (m *mender) photo(l openfiles.Line) (history.Understood, error) {
	v := history.Understood{Kind: export.Photos, Size: l.Length}
	known, err := m.w.Row("SELECT photo FROM photo WHERE account = ? AND hash = ?", []any{m.account, l.Delivered}, &v.Photo)
	if err == nil && !known { // its hash may be what was damaged
		known, err = m.w.Row("SELECT photo FROM photo WHERE path = ? OR key = ?", []any{l.File, disk.FoldName(l.File)}, &v.Photo)
	}
	if err == nil && !known {
		if _, err = m.w.Row("SELECT ifnull(max(photo), 0) + 1 FROM photo", nil, &v.Photo); err == nil {
			_, err = m.w.Exec("INSERT INTO photo (photo, account, hash, size, path, key) VALUES (?, ?, ?, ?, ?, ?)",
				v.Photo, m.account, l.Delivered, l.Length, l.File, disk.FoldName(l.File))
		}
	} else if err == nil {
		err = m.placePhoto(v.Photo, l)
	}
	if err != nil {
		return v, err
	}
	f, err := m.a.Disk.Open(l.File)
	if err != nil {
		return v, nil // when it was taken stays unknown
	}
	modified := history.TimeOf(l.Modified)
	taken := photo.Captured(f, l.Original, modified.UTC(), m.a.Now())
	v.Start = history.StartText(taken.Time, taken.Local)
	return v, errors.Join(record.DatedPhoto(m.w, l.Delivered, taken), f.Close())
}

// placePhoto makes the row of a photo say what a line does.
func (m *mender) placePhoto(n int64, l openfiles.Line) error {
	res, err := m.w.Exec("UPDATE OR IGNORE photo SET account = ?1, hash = ?2, size = ?3, path = ?4, key = ?5 WHERE photo = ?6 AND (account <> ?1 OR hash <> ?2 OR size <> ?3 OR path <> ?4 OR key <> ?5)",
		m.account, l.Delivered, l.Length, l.File, disk.FoldName(l.File), n)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err == nil {
		m.mended += int(n)
	}
	return nil
}
