package repair

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/openfiles"
)

// A mender makes the history of one account agree with its open files: what is
// missing in it is put in, and what differs is set right as far as hashes prove
// the files.
type mender struct {
	a       *history.Store
	w       *history.Batch
	open    openfiles.OpenReader
	account int64
	folder  string // of the account
	export  int64  // that new rows belong to; 0 until one is needed
	correct bool   // the index is as it was written, so that it decides where the two differ

	collections map[string]int64
	files       map[fileSet][]string // the files of a collection in one folder, in the order of its items
	late        []openfiles.Line     // where correct is set, items that the history does not know
	mended      int                  // rows that were put in or set right
	converted   int                  // items whose bytes are known only as published
	lost        []history.Bad        // items that could not be put in
	badBodies   map[int64]bool       // that do not have their hash
}

// A fileSet is one of the folders in which a collection has files.
type fileSet struct {
	collection int64
	present    bool
	folder     string
}

// A heldLine is what the history has of an item: see [mender.held].
type heldLine struct {
	item                   int64
	mark                   string
	present, failed, aside bool
	original, folder       string
	modified               string
	version                sql.NullInt64
	open                   bool // held back: the index tells another state
	known                  bool // the row of the version is there
	kind, uid, name        string
	reason                 sql.NullString
	blob, photo            sql.NullInt64
	hash                   []byte // of blob or photo; nil if there is no such row
}

const heldLineQuery = `SELECT item.item, item.mark, item.present, item.failed, item.aside, item.name, item.folder, item.modified, item.version,
	EXISTS (SELECT 1 FROM accepted WHERE accepted.item = item.item AND accepted.open), v.version IS NOT NULL, ifnull(v.kind, ''), ifnull(v.uid, ''), ifnull(v.name, ''), v.aside,
	v.blob, v.photo, ifnull(blob.hash, photo.hash)
	FROM item LEFT JOIN version AS v ON v.version = item.version LEFT JOIN blob ON blob.blob = v.blob LEFT JOIN photo ON photo.photo = v.photo
	WHERE item.collection = ? AND item.id = ?`

// run reads the whole index.
func (m *mender) run() (err error) {
	m.collections, m.files = map[string]int64{}, map[fileSet][]string{}
	m.open.A = m.a
	defer func() { err = errors.Join(err, m.open.Close()) }()
	if _, err := m.w.Raw("CREATE TEMP TABLE IF NOT EXISTS lined (item INTEGER PRIMARY KEY)"); err != nil {
		return err
	}
	if _, err := m.w.Raw("DELETE FROM temp.lined"); err != nil {
		return err
	}
	unread, err := openfiles.EachLine(m.a, m.folder, m.line)
	if err != nil {
		return err
	}
	if unread > 0 {
		m.lost = append(m.lost, history.Bad{Path: m.folder + "/" + disk.IndexFile, Why: fmt.Sprintf("%d of its lines cannot be read", unread)})
	}
	for _, l := range m.late {
		if err := m.renamed(l); err != nil {
			return err
		}
	}
	return m.kinds()
}

// bodiesOnly puts bytes back that the history has damaged, and leaves all else:
// the index is older than the history.
func (m *mender) bodiesOnly() (err error) {
	m.open.A = m.a
	defer func() { err = errors.Join(err, m.open.Close()) }()
	_, err = openfiles.EachLine(m.a, m.folder, func(l openfiles.Line) error {
		var n int64
		known, err := m.w.Row("SELECT collection FROM collection WHERE account = ? AND id = ?", []any{m.account, l.Collection}, &n)
		if err != nil || !known {
			return err
		}
		h, known, err := m.held(n, l.Id)
		if err != nil || !known || !h.blob.Valid || !m.badBodies[h.blob.Int64] {
			return err
		}
		return m.body(h, l)
	})
	return err
}

func (m *mender) line(l openfiles.Line) error {
	n, err := m.collection(l)
	if err != nil {
		return err
	}
	h, known, err := m.held(n, l.Id)
	if err != nil {
		return err
	}
	if !known && !m.correct {
		if l.Moved() {
			return nil // another line has it
		}
		return m.insert(n, l)
	}
	if !known {
		m.late = append(m.late, l)
		return nil
	}
	if _, err := m.w.Exec("INSERT OR IGNORE INTO temp.lined VALUES (?)", h.item); err != nil {
		return err
	}
	if h.open {
		return nil
	}
	if err := m.register(n, h.item, l); err != nil {
		return err
	}
	if m.correct {
		if err := m.setRight(h, l); err != nil {
			return err
		}
	}
	if err := m.body(h, l); err != nil {
		return err
	}
	return m.w.Took(0)
}

func (m *mender) held(collection int64, id string) (h heldLine, known bool, err error) {
	known, err = m.w.Row(heldLineQuery, []any{collection, id}, &h.item, &h.mark, &h.present, &h.failed, &h.aside, &h.original, &h.folder, &h.modified, &h.version,
		&h.open, &h.known, &h.kind, &h.uid, &h.name, &h.reason, &h.blob, &h.photo, &h.hash)
	return h, known, err
}

// collection is the row of the collection of a line, which is made if there is
// none.
func (m *mender) collection(l openfiles.Line) (int64, error) {
	if n, ok := m.collections[l.Collection]; ok {
		return n, nil
	}
	var n int64
	var name string
	known, err := m.w.Row("SELECT collection, name FROM collection WHERE account = ? AND id = ?", []any{m.account, l.Collection}, &n, &name)
	if err == nil && !known && m.correct {
		n, known, err = m.misnamed(l)
	}
	if err == nil && known && m.correct && name != l.Called {
		m.mended++
		_, err = m.w.Exec("UPDATE collection SET id = ?, name = ? WHERE collection = ?", l.Collection, l.Called, n)
	}
	if err == nil && !known {
		if _, err = m.w.Row("SELECT ifnull(max(collection), 0) + 1 FROM collection", nil, &n); err == nil {
			m.mended++
			_, err = m.w.Exec("INSERT INTO collection (collection, account, id, name, kind, mixed, color, rank, dirty) VALUES (?, ?, ?, ?, '', 0, '', ?, 2)",
				n, m.account, l.Collection, l.Called, n)
		}
	}
	m.collections[l.Collection] = n
	return n, err
}

// misnamed finds the collection of a line that the history has under another
// ID: one with the same item, whose ID the index does not know.
func (m *mender) misnamed(l openfiles.Line) (n int64, known bool, err error) {
	ids := map[string]bool{}
	if _, err := openfiles.EachLine(m.a, m.folder, func(l openfiles.Line) error { ids[l.Collection] = true; return nil }); err != nil {
		return 0, false, err
	}
	err = m.w.Each("SELECT collection, collection.id FROM collection JOIN item USING (collection) WHERE account = ? AND item.id = ? ORDER BY 1", []any{m.account, l.Id}, func(rows *sql.Rows) error {
		var c int64
		var id string
		err := rows.Scan(&c, &id)
		if err == nil && !known && !ids[id] {
			n, known = c, true
		}
		return err
	})
	return n, known, err
}

// kinds gives the collections that were made their kind: what their items are.
func (m *mender) kinds() error {
	const has = "EXISTS (SELECT 1 FROM item JOIN version USING (version) WHERE item.collection = collection.collection AND version.kind = '%s')"
	var when strings.Builder
	for _, k := range []export.Kind{export.Contacts, export.Photos, export.Events} {
		fmt.Fprintf(&when, " WHEN "+has+" THEN '%s'", k, k)
	}
	_, err := m.w.Exec(fmt.Sprintf("UPDATE collection SET mixed = "+has+" AND "+has+", kind = CASE"+when.String()+" ELSE '%s' END WHERE kind = ''",
		export.Events, export.Todos, export.Todos))
	return err
}

// number is the export that new rows belong to, which is made when it is
// needed.
func (m *mender) number() (int64, error) {
	if m.export != 0 {
		return m.export, nil
	}
	if _, err := m.w.Row("SELECT ifnull(max(number), 0) + 1 FROM export", nil, &m.export); err != nil {
		return 0, err
	}
	var name string
	if _, err := m.w.Row("SELECT name FROM account WHERE account = ?", []any{m.account}, &name); err != nil {
		return 0, err
	}
	now := m.a.Now()
	l := export.Ledger{Account: name, Number: m.export, Started: now, Collections: []export.CollectionLedger{}, Rebuilt: true}
	if _, err := m.w.Exec("INSERT INTO export (number, account, started) VALUES (?, ?, ?)", m.export, m.account, history.Stamp(now)); err != nil {
		return 0, err
	}
	return m.export, history.Ledger(m.w, m.export, &l, now)
}

// conclude writes the sum of what was put in.
func (m *mender) conclude() error {
	if m.export == 0 {
		return nil
	}
	now := m.a.Now()
	l := export.Ledger{Number: m.export, Started: now, Collections: []export.CollectionLedger{}, Rebuilt: true}
	_, err := m.w.Row("SELECT account.name, started FROM export JOIN account USING (account) WHERE number = ?", []any{m.export}, &l.Account, new(string))
	if err != nil {
		return err
	}
	found := 0
	_, err = m.w.Row(`SELECT count(*), count(*) FILTER (WHERE item.aside), count(*) FILTER (WHERE item.failed)
		FROM item JOIN collection USING (collection) WHERE account = ? AND present`, []any{m.account}, &found, &l.SetAside, &l.Failed)
	if err != nil {
		return err
	}
	l.Found, l.Unchanged = &found, found-l.SetAside-l.Failed
	return history.Ledger(m.w, m.export, &l, now)
}

// setRight makes the rows of an item say what its line does.
func (m *mender) setRight(h heldLine, l openfiles.Line) error {
	if h.present != l.Present() || h.aside != l.Aside() || h.mark != l.Mark || h.original != l.Original || h.folder != l.Folder || h.modified != l.Modified {
		m.mended++
		if _, err := m.w.Exec("UPDATE item SET present = ?, aside = ?, mark = ?, name = ?, folder = ?, modified = ? WHERE item = ?",
			l.Present(), l.Aside(), l.Mark, l.Original, l.Folder, l.Modified, h.item); err != nil {
			return err
		}
	}
	if h.known && h.photo.Valid && l.File != "" && bytes.Equal(h.hash, l.Delivered) {
		if err := m.placePhoto(h.photo.Int64, l); err != nil {
			return err
		}
	}
	if !h.known || h.kind == string(l.Kind) && h.uid == l.Uid && h.name == l.Name && h.reason.String == l.Reason {
		return nil
	}
	m.mended++
	_, err := m.w.Exec("UPDATE version SET kind = ?, uid = ?, name = ?, aside = ? WHERE version = ?", string(l.Kind), l.Uid, l.Name, history.TextOrNull(l.Reason), h.version)
	return err
}

// body gives an item its bytes again if the history has lost them.
func (m *mender) body(h heldLine, l openfiles.Line) error {
	damaged := h.blob.Valid && m.badBodies[h.blob.Int64]
	if l.File == "" || h.known && h.hash != nil && !damaged && (!m.correct || bytes.Equal(h.hash, l.Delivered)) {
		return nil
	}
	if damaged {
		raw, exact, err := m.open.Bytes(l)
		switch {
		case err != nil || !exact && !bytes.Equal(h.hash, l.Delivered):
			return nil // told by verifying
		case exact && bytes.Equal(h.hash, l.Delivered):
			m.mended++
			delete(m.badBodies, h.blob.Int64)
			return history.ReplaceBody(m.w, h.blob.Int64, raw)
		case exact: // it is the hash that was changed
			m.mended++
			delete(m.badBodies, h.blob.Int64)
			res, err := m.w.Exec("UPDATE OR IGNORE blob SET hash = ? WHERE blob = ?", l.Delivered, h.blob)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil || n == 0 {
				return err
			}
			return history.ReplaceBody(m.w, h.blob.Int64, raw)
		}
		return nil
	}
	v, why, err := m.version(l)
	if err != nil || why != "" {
		return err
	}
	m.mended++
	if h.known {
		_, err = m.w.Exec("UPDATE version SET blob = ?, photo = ? WHERE version = ?", history.OrNull(v.Blob), history.OrNull(v.Photo), h.version)
		return err
	}
	number, err := m.number()
	if err != nil {
		return err
	}
	if !h.version.Valid {
		if _, err := m.w.Row("SELECT ifnull(max(version), 0) + 1 FROM version", nil, &h.version.Int64); err != nil {
			return err
		}
		if _, err := m.w.Exec("UPDATE item SET version = ? WHERE item = ?", h.version.Int64, h.item); err != nil {
			return err
		}
	}
	return m.insertVersion(h.item, h.version.Int64, number, l, v)
}

// renamed finds the item of a line that the history does not know by its ID: it
// is one with these bytes that the index does not know, or it is put in.
func (m *mender) renamed(l openfiles.Line) error {
	n, err := m.collection(l)
	if err != nil {
		return err
	}
	var item int64
	found, err := m.w.Row(`SELECT item.item FROM item JOIN version USING (version) LEFT JOIN blob USING (blob) LEFT JOIN photo ON photo.photo = version.photo
		WHERE item.collection = ? AND ifnull(blob.hash, photo.hash) = ? AND NOT EXISTS (SELECT 1 FROM temp.lined WHERE lined.item = item.item) LIMIT 1`,
		[]any{n, l.Delivered}, &item)
	if err != nil {
		return err
	}
	if !found && l.Moved() {
		return nil
	}
	if !found {
		return m.insert(n, l)
	}
	m.mended++
	if _, err := m.w.Exec("UPDATE item SET id = ? WHERE item = ?", l.Id, item); err != nil {
		return err
	}
	return m.line(l)
}
