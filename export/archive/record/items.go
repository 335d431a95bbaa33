package record

import (
	"database/sql"
	"errors"

	"sidekeep/export"
	"sidekeep/export/archive/history"
)

// A held is what the archive knows of an item before it is put.
type held struct {
	known   bool
	item    int64
	mark    string
	present bool
	failed  bool
	aside   bool
	version sql.NullInt64
	name    string // of the file
	title   string // for people
	hash    []byte // of the newest delivered bytes; nil if there are none
}

func (r *recorder) held(id string) (held, error) {
	var h held
	var err error
	h.known, err = r.s.W.Row("SELECT item, mark, present, failed, aside, version, name FROM item WHERE collection = ? AND id = ?",
		[]any{r.n, id}, &h.item, &h.mark, &h.present, &h.failed, &h.aside, &h.version, &h.name)
	if err != nil || !h.version.Valid {
		return h, err
	}
	_, err = r.s.W.Row(`SELECT version.name, ifnull(blob.hash, photo.hash)
		FROM version LEFT JOIN blob USING (blob) LEFT JOIN photo ON photo.photo = version.photo WHERE version = ?`, []any{h.version}, &h.title, &h.hash)
	return h, err
}

// keep records v as the newest version of the item. The caller has noted
// nothing yet.
func (r *recorder) keep(it export.Item, h held, v history.Understood) (export.Outcome, error) {
	s := r.s
	out := export.Outcome{State: export.Kept, Name: v.Name, Kind: v.Kind, Bytes: v.Size}
	if v.Aside != "" {
		out.State, out.Reason = export.SetAside, v.Aside
	}
	if err := r.note(it.ID, it.Version, seenPut, h.known && h.present); err != nil {
		return out, err
	}
	s.last.version++
	_, err := s.W.Exec("INSERT INTO version (version, item, export, mark, kind, blob, photo, aside, uid, name, start, all_day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		s.last.version, r.itemOf(h), s.number, it.Version, string(v.Kind), history.OrNull(v.Blob), history.OrNull(v.Photo), history.TextOrNull(v.Aside), v.Uid, v.Name, v.Start, v.AllDay)
	if err != nil {
		return out, err
	}
	if err := r.setItem(it, h, it.Version, false, v.Aside != "", s.last.version); err != nil {
		return out, err
	}
	if out.State == export.SetAside {
		err = history.Problem(s.W, s.number, export.Problem{Collection: r.c.Name, Item: Called(v.Name, it), Cause: export.ErrDamaged.Error(), Detail: v.Aside, Aside: true})
	}
	if err == nil {
		err = r.soil(2)
	}
	if err == nil {
		err = s.W.Took(int(min(v.Size, history.BatchBytes)))
	}
	if err == nil && s.W.Begun && out.State == export.Kept {
		s.W.Kept++
	}
	return out, err
}

// itemOf is the row of the item: its own, or the next one.
func (r *recorder) itemOf(h held) int64 {
	if h.known {
		return h.item
	}
	return r.s.last.item + 1
}

// setItem writes the row of the item. version 0 means that it was never read.
func (r *recorder) setItem(it export.Item, h held, mark string, failed, aside bool, version int64) error {
	modified := ""
	if !it.Modified.IsZero() {
		modified = history.Stamp(it.Modified)
	}
	if h.known {
		_, err := r.s.W.Exec("UPDATE item SET mark = ?, present = 1, failed = ?, aside = ?, version = ?, since = ?, name = ?, folder = ?, modified = ? WHERE item = ?",
			mark, failed, aside, history.OrNull(version), r.s.number, it.Name, it.Folder, modified, h.item)
		return err
	}
	r.s.last.item++
	r.fresh = false
	_, err := r.s.W.Exec("INSERT INTO item (item, collection, id, mark, present, failed, aside, version, since, name, folder, modified) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
		r.s.last.item, r.n, it.ID, mark, failed, aside, history.OrNull(version), r.s.number, it.Name, it.Folder, modified)
	return err
}

// same records that an item came with the bytes that are held, perhaps under
// another mark.
func (r *recorder) same(it export.Item, h held, out export.Outcome) (export.Outcome, error) {
	out.State = export.Unchanged
	out.Name = h.title
	if err := r.note(it.ID, it.Version, seenSame, true); err != nil {
		return out, err
	}
	if h.mark == it.Version && !h.failed && h.name == it.Name {
		return out, r.s.W.Broken
	}
	_, err := r.s.W.Exec("UPDATE item SET mark = ?, failed = 0, name = ? WHERE item = ?", it.Version, it.Name, h.item)
	if err == nil {
		err = r.soil(1)
	}
	if err == nil {
		err = r.s.W.Took(0)
	}
	return out, err
}

// fail records that an item could not be read: what was held of it stays, and
// the next export tries again.
func (r *recorder) fail(it export.Item, why error) (export.Outcome, error) {
	w := r.s.W
	w.Lock()
	defer w.Unlock()
	out := export.Outcome{State: export.Failed, Err: why}
	if r.closed {
		return out, history.ErrClosed
	}
	h, err := r.held(it.ID)
	if err != nil {
		return out, err
	}
	out.Name = h.title
	if err := r.note(it.ID, it.Version, seenPut, h.known && h.present); err != nil {
		return out, err
	}
	if h.known && h.version.Valid {
		_, err = w.Exec("UPDATE item SET mark = '', failed = 1, present = 1 WHERE item = ?", h.item)
		if err == nil && !h.present {
			err = r.back(h)
		}
	} else {
		err = r.setItem(it, h, "", true, false, 0)
	}
	p := export.Problem{Collection: r.c.Name, Item: Called(h.title, it), Detail: why.Error()}
	if c := export.Cause(why); c != nil {
		p.Cause = c.Error()
	}
	if err == nil {
		err = history.Problem(w, r.s.number, p)
	}
	if err == nil {
		err = r.soil(1)
	}
	if err == nil {
		err = w.Took(0)
	}
	return out, err
}

// back records that a gone item is listed again though its bytes could not be
// read: the version before it vanished holds again.
func (r *recorder) back(h held) error {
	r.s.last.version++
	_, err := r.s.W.Exec(`INSERT INTO version (version, item, export, mark, kind, blob, photo, aside, uid, name, start, all_day)
		SELECT ?, item, ?, '', kind, blob, photo, aside, uid, name, start, all_day FROM version WHERE version = ?`,
		r.s.last.version, r.s.number, h.version.Int64)
	if err == nil {
		_, err = r.s.W.Exec("UPDATE item SET version = ?, since = ? WHERE item = ?", r.s.last.version, r.s.number, h.item)
	}
	if err == nil {
		err = r.soil(2)
	}
	return err
}

func (r *recorder) retryAfter(after string) ([]string, error) {
	w := r.s.W
	w.Lock()
	defer w.Unlock()
	var ids []string
	err := w.Each("SELECT id FROM item WHERE collection = ? AND (failed OR aside) AND failed AND present AND id > ? ORDER BY id LIMIT 500", []any{r.n, after},
		func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
	return ids, err
}

// Called is what to call an item before a person.
func Called(title string, it export.Item) string {
	switch {
	case title != "":
		return title
	case it.Name != "":
		return it.Name
	}
	return it.ID
}

// A refusal is an error of the item, not of the archive.
type refusal struct{ error }

func (e refusal) Unwrap() error { return e.error }

// refused tells an error of the item from one of the archive.
func refused(err error) (error, bool) {
	var e refusal
	if errors.As(err, &e) {
		return e.error, true
	}
	return err, false
}
