package history

import (
	"context"
	"database/sql"

	"sidekeep/export"
)

// A shift is an item that an export found gone from one place and new in
// another of the same account: another collection or, of a photo, album.
type shift struct {
	gone, come   int64 // the versions that say so
	was          int64 // the version with bytes that it had
	from         int64 // collection
	id, folder   string
	uid          string
	kind         export.Kind
	body         bodyKey
	paired, same bool // same bytes
}

// A bodyKey tells bytes apart: the row of a blob or of a photo.
type bodyKey struct{ blob, photo int64 }

// shiftRows reads the items that are gone after the version ?1 as of ?2, or
// with come those that came.
func shiftRows(ctx context.Context, q Querier, before, last int64, come bool, do func(m shift)) error {
	with, gone := "now", "NOT "
	if !come {
		with, gone = "was", ""
	}
	query := `SELECT now.version, ` + with + `.version, ` + with + `.uid, ` + with + `.kind, ifnull(` + with + `.blob, 0), ifnull(` + with + `.photo, 0),
		(SELECT collection FROM item WHERE item.item = now.item), (SELECT id FROM item WHERE item.item = now.item), (SELECT folder FROM item WHERE item.item = now.item)
		FROM ` + changedVersions + ` AND ` + gone + `(now.blob IS NULL AND now.photo IS NULL) AND ` + gone + `(was.blob IS NOT NULL OR was.photo IS NOT NULL) ORDER BY now.version`
	return Each(ctx, q, query, []any{before, last}, func(rows *sql.Rows) error {
		var m shift
		err := rows.Scan(&m.gone, &m.was, &m.uid, &m.kind, &m.body.blob, &m.body.photo, &m.from, &m.id, &m.folder)
		m.come = m.gone
		do(m)
		return err
	})
}

// elsewhere reports whether the two are in different places.
func (m *shift) elsewhere(o *shift) bool { return m.from != o.from || m.folder != o.folder }

// moves pairs what is gone after a version, as of another, with what came, each
// one once: first by bytes, then by UID and kind. In memory is what is gone, and
// what came with the UID of it.
func moves(ctx context.Context, q Querier, before, last int64) ([]shift, error) {
	var gone []*shift
	bodies, uids := map[bodyKey][]*shift{}, map[string][]*shift{}
	err := shiftRows(ctx, q, before, last, false, func(m shift) {
		gone = append(gone, &m)
		bodies[m.body] = append(bodies[m.body], &m)
		if m.uid != "" {
			uids[string(m.kind)+"\x00"+m.uid] = append(uids[string(m.kind)+"\x00"+m.uid], &m)
		}
	})
	if err != nil || len(gone) == 0 {
		return nil, err
	}
	take := func(list []*shift, n *shift, same bool) bool {
		for _, g := range list {
			if !g.paired && g.elsewhere(n) {
				g.paired, g.same, g.come = true, same, n.come
				return true
			}
		}
		return false
	}
	var rest []*shift
	err = shiftRows(ctx, q, before, last, true, func(n shift) {
		if !take(bodies[n.body], &n, true) && n.uid != "" && len(uids[string(n.kind)+"\x00"+n.uid]) > 0 {
			rest = append(rest, &n)
		}
	})
	if err != nil {
		return nil, err
	}
	for _, n := range rest {
		take(uids[string(n.kind)+"\x00"+n.uid], n, false)
	}
	var list []shift
	for _, g := range gone {
		if g.paired {
			list = append(list, *g)
		}
	}
	return list, nil
}

// A Place is where a moved item was.
type Place struct {
	Collection, ID string // the IDs of collection and item
	Name           string // of the collection; of a photo that moved within it, the folder
	To             string // the name of where it came to
}

// tellingMoves is yield for the changes after a version, as of another: what
// moved is one change, told where it came to.
func tellingMoves(a *Store, ctx context.Context, before, last int64, yield func(Change, error) bool) (func(Change, error) bool, error) {
	list, err := moves(ctx, a.DB, before, last)
	if err != nil || len(list) == 0 {
		return yield, err
	}
	gone, come := map[int64]bool{}, map[int64]*shift{}
	for i := range list {
		gone[list[i].was], come[list[i].come] = true, &list[i]
	}
	type named struct{ id, account, name string }
	names := map[int64]named{}
	to := map[[2]string]string{}
	err = Each(ctx, a.DB, "SELECT collection, id, account.name, collection.name FROM collection JOIN account USING (account)", nil, func(rows *sql.Rows) error {
		var n int64
		var c named
		err := rows.Scan(&n, &c.id, &c.account, &c.name)
		names[n], to[[2]string{c.account, c.id}] = c, c.name
		return err
	})
	return func(c Change, err error) bool {
		if err != nil {
			return yield(c, err)
		}
		if c.What == Gone && gone[c.Before] {
			return true
		}
		if m := come[c.Number]; m != nil && c.What != Gone {
			from := names[m.from]
			c.What, c.Before = Moved, m.was
			c.From = &Place{Collection: from.id, ID: m.id, Name: from.name, To: to[[2]string{c.Account, c.Collection}]}
			if from.id == c.Collection {
				c.From.Name, c.From.To = m.folder, c.Folder
			}
			if !m.same {
				if c.Differences, err = NewReader(a).Compare(ctx, m.was, c.Number); err != nil {
					yield(Change{}, err)
					return false
				}
			}
		}
		return yield(c, nil)
	}, err
}

// TellMoved counts in the ledger of an export as moved what is gone from one
// place and came to another.
func TellMoved(w *Batch, number int64, l *export.Ledger) error {
	if l.Gone == 0 || l.Kept+l.SetAside == 0 {
		return nil
	}
	ctx := context.Background()
	before, err := lastVersion(ctx, w.Conn, number-1)
	if err != nil {
		return err
	}
	last, err := lastVersion(ctx, w.Conn, number)
	if err != nil {
		return err
	}
	list, err := moves(ctx, w.Conn, before, last)
	if err != nil {
		return err
	}
	from := map[int64]int{}
	for _, m := range list {
		from[m.from]++
	}
	for n, moved := range from {
		var id string
		if _, err := w.Row("SELECT id FROM collection WHERE collection = ?", []any{n}, &id); err != nil {
			return err
		}
		l.Gone, l.Moved = l.Gone-moved, l.Moved+moved
		for i := range l.Collections {
			if c := &l.Collections[i]; c.ID == id {
				c.Gone, c.Moved = c.Gone-moved, c.Moved+moved
			}
		}
	}
	return nil
}
