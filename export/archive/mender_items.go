package archive

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"sidekeep/export"
	"sidekeep/formats/photo"
)

// insert puts an item in that the history does not know.
func (m *mender) insert(n int64, l line) error {
	number, err := m.number()
	if err != nil {
		return err
	}
	var item, version int64
	for table, row := range map[string]*int64{"item": &item, "version": &version} {
		if _, err := m.w.row("SELECT ifnull(max("+table+"), 0) + 1 FROM "+table, nil, row); err != nil {
			return err
		}
	}
	v, why, err := m.version(l)
	if err != nil {
		return err
	}
	if why != "" {
		m.lost = append(m.lost, Bad{Path: l.file, Why: fmt.Sprintf("“%s” could not be put back into the history: %s", lineName(l), why)})
		if !l.present() {
			return nil
		}
	}
	have := v.blob != 0 || v.photo != 0
	if _, err := m.w.exec("INSERT INTO item (item, collection, id, mark, present, failed, aside, version, since, name, folder, modified) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		item, n, l.id, textIf(have, l.mark), l.present(), !have, have && l.aside(), intIf(have, version), number, l.original, l.folder, l.modified); err != nil {
		return err
	}
	if _, err := m.w.exec("INSERT OR IGNORE INTO temp.lined VALUES (?)", item); err != nil {
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
	if _, err := m.w.exec("UPDATE collection SET dirty = 2 WHERE collection = ?", n); err != nil {
		return err
	}
	return m.w.took(int(min(v.size, batchBytes)))
}

func (m *mender) insertVersions(item, version, number int64, l line, v version) error {
	if err := m.insertVersion(item, version, number, l, v); err != nil || l.present() {
		return err
	}
	_, err := m.w.exec("INSERT INTO version (version, item, export, mark, kind, uid, name, start, all_day) VALUES (?, ?, ?, '', '', '', '', '', 0)", version+1, item, number)
	return err
}

func (m *mender) insertVersion(item, version, number int64, l line, v version) error {
	_, err := m.w.exec("INSERT INTO version (version, item, export, mark, kind, blob, photo, aside, uid, name, start, all_day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		version, item, number, l.mark, string(l.kind), orNull(v.blob), orNull(v.photo), textOrNull(v.aside), l.uid, l.name, v.start, v.allDay)
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

func lineName(l line) string {
	for _, s := range []string{l.name, l.original} {
		if s != "" {
			return s
		}
	}
	return l.id
}

// version stores the bytes of a line; why tells why there are none.
func (m *mender) version(l line) (v version, why string, err error) {
	switch {
	case l.file == "":
		return version{}, "", nil // never read
	case l.kind == export.Photos:
		v, err = m.photo(l)
		return v, "", err
	}
	raw, exact, err := m.open.bytes(l)
	if err != nil {
		return version{}, err.Error(), nil
	}
	if !exact {
		m.converted++
	}
	if !l.aside() {
		text, gaps := outlineIf(raw)
		v = understandOutline(l.kind, text, gaps)
	} else if v.aside = l.reason; v.aside == "" {
		v.aside = "it could not be understood"
	}
	v.size = int64(len(raw))
	v.blob, err = m.blob(raw)
	return v, "", err
}

func (m *mender) blob(raw []byte) (int64, error) {
	hash := sha256.Sum256(raw)
	var n int64
	known, err := m.w.row("SELECT blob FROM blob WHERE hash = ?", []any{hash[:]}, &n)
	if err != nil || known {
		return n, err
	}
	if _, err := m.w.row("SELECT ifnull(max(blob), 0) + 1 FROM blob", nil, &n); err != nil {
		return 0, err
	}
	if _, err := m.w.exec("INSERT INTO blob (blob, hash, bytes) VALUES (?, ?, '')", n, hash[:]); err != nil {
		return 0, err
	}
	return n, replaceBody(m.w, n, raw)
}

// photo records the photo of a line. Whether its file is what the line says is
// for verifying to tell.
func (m *mender) photo(l line) (version, error) {
	v := version{kind: export.Photos, size: l.length}
	known, err := m.w.row("SELECT photo FROM photo WHERE account = ? AND hash = ?", []any{m.account, l.delivered}, &v.photo)
	if err == nil && !known { // its hash may be what was damaged
		known, err = m.w.row("SELECT photo FROM photo WHERE path = ? OR key = ?", []any{l.file, FoldName(l.file)}, &v.photo)
	}
	if err == nil && !known {
		if _, err = m.w.row("SELECT ifnull(max(photo), 0) + 1 FROM photo", nil, &v.photo); err == nil {
			_, err = m.w.exec("INSERT INTO photo (photo, account, hash, size, path, key) VALUES (?, ?, ?, ?, ?, ?)",
				v.photo, m.account, l.delivered, l.length, l.file, FoldName(l.file))
		}
	} else if err == nil {
		err = m.placePhoto(v.photo, l)
	}
	if err != nil {
		return v, err
	}
	f, err := m.a.disk.Open(l.file)
	if err != nil {
		return v, nil // when it was taken stays unknown
	}
	modified := timeOf(l.modified)
	taken := photo.Captured(f, l.original, modified.UTC(), m.a.now())
	v.start = startText(taken.Time, taken.Local)
	return v, errors.Join(datedPhoto(m.w, l.delivered, taken), f.Close())
}

// placePhoto makes the row of a photo say what a line does.
func (m *mender) placePhoto(n int64, l line) error {
	res, err := m.w.exec("UPDATE OR IGNORE photo SET account = ?1, hash = ?2, size = ?3, path = ?4, key = ?5 WHERE photo = ?6 AND (account <> ?1 OR hash <> ?2 OR size <> ?3 OR path <> ?4 OR key <> ?5)",
		m.account, l.delivered, l.length, l.file, FoldName(l.file), n)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err == nil {
		m.mended += int(n)
	}
	return nil
}
