package repair

import (
	"database/sql"
	"errors"
	"fmt"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/openfiles"
	"sidekeep/export/archive/verify"
)

// history sets the rows of the history right by the open files.
func (m *mending) history() error {
	bad, err := badBodies(m.w)
	if err != nil {
		return err
	}
	var list []placed
	err = m.w.Each("SELECT account, folder FROM account ORDER BY account", nil, func(rows *sql.Rows) error {
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
		if _, err := m.w.Row("SELECT count(*) FROM collection WHERE account = ? AND dirty", []any{c.id}, &behind); err != nil {
			return err
		}
		index := c.folder + "/" + disk.IndexFile
		if !asListed(m.a, m.ctx, index) {
			continue // it proves nothing
		}
		x := &mender{a: m.a, w: m.w, account: c.id, folder: c.folder, correct: !begun && behind == 0, badBodies: bad}
		if begun || behind > 0 {
			if err := x.bodiesOnly(); err != nil && !errors.Is(err, openfiles.ErrNoHead) {
				return err
			}
		} else if err := x.run(); errors.Is(err, openfiles.ErrNoHead) {
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
		_, err := m.w.Exec("UPDATE item SET mark = '', failed = 1 WHERE item IN (SELECT shown.item FROM shown JOIN version USING (version) WHERE blob = ?)", n)
		if err != nil {
			return err
		}
		var name string
		var present bool
		shown, err := m.w.Row("SELECT version.name, shown.present FROM shown JOIN version USING (version) WHERE blob = ? ORDER BY 2 DESC LIMIT 1", []any{n}, &name, &present)
		if err != nil {
			return err
		}
		note := "it is an earlier state of an item, and no other copy of it is here"
		if shown && present {
			note = fmt.Sprintf("it is “%s”, and no other copy of it is here; the next export fetches it again", name)
		} else if shown {
			note = fmt.Sprintf("it is “%s”, which is gone from the source, and no other copy of it is here", name)
		}
		m.notes[fmt.Sprintf("%s, body %d", disk.HistoryFile, n)] = note
	}
	return nil
}

// read sets right what the history says of items by their bytes: of a history
// that was made anew all of it, which this edition has read then.
func (m *mending) read() error {
	edition, last, err := history.EditionOf(m.ctx, m.w.Conn)
	if err != nil {
		return err
	}
	if m.r.Rebuilt {
		edition, last = history.ReaderEdition, 0
		if err := history.SetValue(m.w, history.ReaderName, fmt.Sprint(history.ReaderEdition, " ", 0)); err != nil {
			return err
		}
	}
	if edition != history.ReaderEdition {
		return nil
	}
	var list []verify.Misread
	if err := verify.Misreads(m.ctx, m.w.Conn, last, verify.Slice{Part: 1, Of: 1}, func(x verify.Misread) error { list = append(list, x); return nil }); err != nil {
		return err
	}
	for _, x := range list {
		m.mended++
		if _, err := m.w.Exec("UPDATE version SET kind = ?, uid = ?, name = ?, start = ?, all_day = ?, aside = ? WHERE version = ?",
			string(x.Now.Kind), x.Now.Uid, x.Now.Name, x.Now.Start, x.Now.AllDay, history.TextOrNull(x.Now.Aside), x.Version); err != nil {
			return err
		}
	}
	return nil
}
