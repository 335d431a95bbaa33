package archive

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"sidekeep/export"
)

// A mender makes the history of one account agree with its open files: what is
// missing in it is put in, and what differs is set right as far as hashes prove
// the files.
type mender struct {
	a       *Store
	w       *writer
	open    openReader
	account int64
	folder  string // of the account
	export  int64  // that new rows belong to; 0 until one is needed
	correct bool   // the index is as it was written, so that it decides where the two differ

	collections map[string]int64
	files       map[fileSet][]string // the files of a collection in one folder, in the order of its items
	late        []line               // where correct is set, items that the history does not know
	mended      int                  // rows that were put in or set right
	converted   int                  // items whose bytes are known only as published
	lost        []Bad                // items that could not be put in
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
	m.open.a = m.a
	defer func() { err = errors.Join(err, m.open.close()) }()
	if _, err := m.w.raw("CREATE TEMP TABLE IF NOT EXISTS lined (item INTEGER PRIMARY KEY)"); err != nil {
		return err
	}
	if _, err := m.w.raw("DELETE FROM temp.lined"); err != nil {
		return err
	}
	unread, err := lines(m.a, m.folder, m.line)
	if err != nil {
		return err
	}
	if unread > 0 {
		m.lost = append(m.lost, Bad{Path: m.folder + "/" + indexFile, Why: fmt.Sprintf("%d of its lines cannot be read", unread)})
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
	m.open.a = m.a
	defer func() { err = errors.Join(err, m.open.close()) }()
	_, err = lines(m.a, m.folder, func(l line) error {
		var n int64
		known, err := m.w.row("SELECT collection FROM collection WHERE account = ? AND id = ?", []any{m.account, l.collection}, &n)
		if err != nil || !known {
			return err
		}
		h, known, err := m.held(n, l.id)
		if err != nil || !known || !h.blob.Valid || !m.badBodies[h.blob.Int64] {
			return err
		}
		return m.body(h, l)
	})
	return err
}

func (m *mender) line(l line) error {
	n, err := m.collection(l)
	if err != nil {
		return err
	}
	h, known, err := m.held(n, l.id)
	if err != nil {
		return err
	}
	if !known && !m.correct {
		if l.moved() {
			return nil // another line has it
		}
		return m.insert(n, l)
	}
	if !known {
		m.late = append(m.late, l)
		return nil
	}
	if _, err := m.w.exec("INSERT OR IGNORE INTO temp.lined VALUES (?)", h.item); err != nil {
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
	return m.w.took(0)
}

func (m *mender) held(collection int64, id string) (h heldLine, known bool, err error) {
	known, err = m.w.row(heldLineQuery, []any{collection, id}, &h.item, &h.mark, &h.present, &h.failed, &h.aside, &h.original, &h.folder, &h.modified, &h.version,
		&h.open, &h.known, &h.kind, &h.uid, &h.name, &h.reason, &h.blob, &h.photo, &h.hash)
	return h, known, err
}

// collection is the row of the collection of a line, which is made if there is
// none.
func (m *mender) collection(l line) (int64, error) {
	if n, ok := m.collections[l.collection]; ok {
		return n, nil
	}
	var n int64
	var name string
	known, err := m.w.row("SELECT collection, name FROM collection WHERE account = ? AND id = ?", []any{m.account, l.collection}, &n, &name)
	if err == nil && !known && m.correct {
		n, known, err = m.misnamed(l)
	}
	if err == nil && known && m.correct && name != l.called {
		m.mended++
		_, err = m.w.exec("UPDATE collection SET id = ?, name = ? WHERE collection = ?", l.collection, l.called, n)
	}
	if err == nil && !known {
		if _, err = m.w.row("SELECT ifnull(max(collection), 0) + 1 FROM collection", nil, &n); err == nil {
			m.mended++
			_, err = m.w.exec("INSERT INTO collection (collection, account, id, name, kind, mixed, color, rank, dirty) VALUES (?, ?, ?, ?, '', 0, '', ?, 2)",
				n, m.account, l.collection, l.called, n)
		}
	}
	m.collections[l.collection] = n
	return n, err
}

// misnamed finds the collection of a line that the history has under another
// ID: one with the same item, whose ID the index does not know.
func (m *mender) misnamed(l line) (n int64, known bool, err error) {
	ids := map[string]bool{}
	if _, err := lines(m.a, m.folder, func(l line) error { ids[l.collection] = true; return nil }); err != nil {
		return 0, false, err
	}
	err = m.w.each("SELECT collection, collection.id FROM collection JOIN item USING (collection) WHERE account = ? AND item.id = ? ORDER BY 1", []any{m.account, l.id}, func(rows *sql.Rows) error {
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
	_, err := m.w.exec(fmt.Sprintf("UPDATE collection SET mixed = "+has+" AND "+has+", kind = CASE"+when.String()+" ELSE '%s' END WHERE kind = ''",
		export.Events, export.Todos, export.Todos))
	return err
}

// number is the export that new rows belong to, which is made when it is
// needed.
func (m *mender) number() (int64, error) {
	if m.export != 0 {
		return m.export, nil
	}
	if _, err := m.w.row("SELECT ifnull(max(number), 0) + 1 FROM export", nil, &m.export); err != nil {
		return 0, err
	}
	var name string
	if _, err := m.w.row("SELECT name FROM account WHERE account = ?", []any{m.account}, &name); err != nil {
		return 0, err
	}
	now := m.a.now()
	l := export.Ledger{Account: name, Number: m.export, Started: now, Collections: []export.CollectionLedger{}, Rebuilt: true}
	if _, err := m.w.exec("INSERT INTO export (number, account, started) VALUES (?, ?, ?)", m.export, m.account, stamp(now)); err != nil {
		return 0, err
	}
	return m.export, ledger(m.w, m.export, &l, now)
}

// conclude writes the sum of what was put in.
func (m *mender) conclude() error {
	if m.export == 0 {
		return nil
	}
	now := m.a.now()
	l := export.Ledger{Number: m.export, Started: now, Collections: []export.CollectionLedger{}, Rebuilt: true}
	_, err := m.w.row("SELECT account.name, started FROM export JOIN account USING (account) WHERE number = ?", []any{m.export}, &l.Account, new(string))
	if err != nil {
		return err
	}
	found := 0
	_, err = m.w.row(`SELECT count(*), count(*) FILTER (WHERE item.aside), count(*) FILTER (WHERE item.failed)
		FROM item JOIN collection USING (collection) WHERE account = ? AND present`, []any{m.account}, &found, &l.SetAside, &l.Failed)
	if err != nil {
		return err
	}
	l.Found, l.Unchanged = &found, found-l.SetAside-l.Failed
	return ledger(m.w, m.export, &l, now)
}

// setRight makes the rows of an item say what its line does.
func (m *mender) setRight(h heldLine, l line) error {
	if h.present != l.present() || h.aside != l.aside() || h.mark != l.mark || h.original != l.original || h.folder != l.folder || h.modified != l.modified {
		m.mended++
		if _, err := m.w.exec("UPDATE item SET present = ?, aside = ?, mark = ?, name = ?, folder = ?, modified = ? WHERE item = ?",
			l.present(), l.aside(), l.mark, l.original, l.folder, l.modified, h.item); err != nil {
			return err
		}
	}
	if h.known && h.photo.Valid && l.file != "" && bytes.Equal(h.hash, l.delivered) {
		if err := m.placePhoto(h.photo.Int64, l); err != nil {
			return err
		}
	}
	if !h.known || h.kind == string(l.kind) && h.uid == l.uid && h.name == l.name && h.reason.String == l.reason {
		return nil
	}
	m.mended++
	_, err := m.w.exec("UPDATE version SET kind = ?, uid = ?, name = ?, aside = ? WHERE version = ?", string(l.kind), l.uid, l.name, textOrNull(l.reason), h.version)
	return err
}

// body gives an item its bytes again if the history has lost them.
func (m *mender) body(h heldLine, l line) error {
	damaged := h.blob.Valid && m.badBodies[h.blob.Int64]
	if l.file == "" || h.known && h.hash != nil && !damaged && (!m.correct || bytes.Equal(h.hash, l.delivered)) {
		return nil
	}
	if damaged {
		raw, exact, err := m.open.bytes(l)
		switch {
		case err != nil || !exact && !bytes.Equal(h.hash, l.delivered):
			return nil // told by verifying
		case exact && bytes.Equal(h.hash, l.delivered):
			m.mended++
			delete(m.badBodies, h.blob.Int64)
			return replaceBody(m.w, h.blob.Int64, raw)
		case exact: // it is the hash that was changed
			m.mended++
			delete(m.badBodies, h.blob.Int64)
			res, err := m.w.exec("UPDATE OR IGNORE blob SET hash = ? WHERE blob = ?", l.delivered, h.blob)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil || n == 0 {
				return err
			}
			return replaceBody(m.w, h.blob.Int64, raw)
		}
		return nil
	}
	v, why, err := m.version(l)
	if err != nil || why != "" {
		return err
	}
	m.mended++
	if h.known {
		_, err = m.w.exec("UPDATE version SET blob = ?, photo = ? WHERE version = ?", orNull(v.blob), orNull(v.photo), h.version)
		return err
	}
	number, err := m.number()
	if err != nil {
		return err
	}
	if !h.version.Valid {
		if _, err := m.w.row("SELECT ifnull(max(version), 0) + 1 FROM version", nil, &h.version.Int64); err != nil {
			return err
		}
		if _, err := m.w.exec("UPDATE item SET version = ? WHERE item = ?", h.version.Int64, h.item); err != nil {
			return err
		}
	}
	return m.insertVersion(h.item, h.version.Int64, number, l, v)
}

// renamed finds the item of a line that the history does not know by its ID: it
// is one with these bytes that the index does not know, or it is put in.
func (m *mender) renamed(l line) error {
	n, err := m.collection(l)
	if err != nil {
		return err
	}
	var item int64
	found, err := m.w.row(`SELECT item.item FROM item JOIN version USING (version) LEFT JOIN blob USING (blob) LEFT JOIN photo ON photo.photo = version.photo
		WHERE item.collection = ? AND ifnull(blob.hash, photo.hash) = ? AND NOT EXISTS (SELECT 1 FROM temp.lined WHERE lined.item = item.item) LIMIT 1`,
		[]any{n, l.delivered}, &item)
	if err != nil {
		return err
	}
	if !found && l.moved() {
		return nil
	}
	if !found {
		return m.insert(n, l)
	}
	m.mended++
	if _, err := m.w.exec("UPDATE item SET id = ? WHERE item = ?", l.id, item); err != nil {
		return err
	}
	return m.line(l)
}
