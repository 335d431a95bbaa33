package archive

import (
	"database/sql"
	"errors"
	"fmt"
)

// history sets the rows of the history right by the open files.
func (m *mending) history() error {
	bad, err := badBodies(m.w)
	if err != nil {
		return err
	}
	var list []placed
	err = m.w.each("SELECT account, folder FROM account ORDER BY account", nil, func(rows *sql.Rows) error {
		var c placed
		err := rows.Scan(&c.id, &c.folder)
		list = append(list, c)
		return err
	})
	if err != nil {
		return err
	}
	begun := m.begun()
	for _, c := range list {
		var behind int
		if _, err := m.w.row("SELECT count(*) FROM collection WHERE account = ? AND dirty", []any{c.id}, &behind); err != nil {
			return err
		}
		index := c.folder + "/" + indexFile
		if !asListed(m.a, m.ctx, index) {
			continue // it proves nothing
		}
		x := &mender{a: m.a, w: m.w, account: c.id, folder: c.folder, correct: !begun && behind == 0, badBodies: bad}
		if begun || behind > 0 {
			if err := x.bodiesOnly(); err != nil && !errors.Is(err, errNoHead) {
				return err
			}
		} else if err := x.run(); errors.Is(err, errNoHead) {
			continue
		} else if err != nil {
			return fmt.Errorf("reading %s: %w", index, err)
		} else if err := errors.Join(x.albums(), x.conclude()); err != nil {
			return err
		}
		m.mended += x.mended
		m.r.Converted += x.converted
	}
	return m.fetchAgain(bad)
}

// fetchAgain marks the items whose bytes are damaged for good, so that the next
// export fetches them.
func (m *mending) fetchAgain(bad map[int64]bool) error {
	for n := range bad {
		_, err := m.w.exec("UPDATE item SET mark = '', failed = 1 WHERE item IN (SELECT shown.item FROM shown JOIN version USING (version) WHERE blob = ?)", n)
		if err != nil {
			return err
		}
		var name string
		var present bool
		shown, err := m.w.row("SELECT version.name, shown.present FROM shown JOIN version USING (version) WHERE blob = ? ORDER BY 2 DESC LIMIT 1", []any{n}, &name, &present)
		if err != nil {
			return err
		}
		note := "it is an earlier state of an item, and no other copy of it is here"
		if shown && present {
			note = fmt.Sprintf("it is “%s”, and no other copy of it is here; the next export fetches it again", name)
		} else if shown {
			note = fmt.Sprintf("it is “%s”, which is gone from the source, and no other copy of it is here", name)
		}
		m.notes[fmt.Sprintf("%s, body %d", historyFile, n)] = note
	}
	return nil
}

// read sets right what the history says of items by their bytes: of a history
// that was made anew all of it, which this edition has read then.
func (m *mending) read() error {
	edition, last, err := readerOf(m.ctx, m.w.conn)
	if err != nil {
		return err
	}
	if m.r.Rebuilt {
		edition, last = readerEdition, 0
		if err := set(m.w, readerName, fmt.Sprint(readerEdition, " ", 0)); err != nil {
			return err
		}
	}
	if edition != readerEdition {
		return nil
	}
	var list []misread
	if err := misreads(m.ctx, m.w.conn, last, Slice{1, 1}, func(x misread) error { list = append(list, x); return nil }); err != nil {
		return err
	}
	for _, x := range list {
		m.mended++
		if _, err := m.w.exec("UPDATE version SET kind = ?, uid = ?, name = ?, start = ?, all_day = ?, aside = ? WHERE version = ?",
			string(x.now.kind), x.now.uid, x.now.name, x.now.start, x.now.allDay, textOrNull(x.now.aside), x.version); err != nil {
			return err
		}
	}
	return nil
}
