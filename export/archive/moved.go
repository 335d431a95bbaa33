package archive

import (
	"context"
	"database/sql"
	"strconv"
)

// markAllMoved brings the marks of what was moved up to date, of every account one
// of whose collections is dirty, and has the files follow. A mark stays as long
// as the item is gone, also when a pruning has removed the version that told
// where it went.
func markAllMoved(p *publication) error {
	var accounts []int64
	err := p.w.each("SELECT DISTINCT account FROM collection WHERE dirty OR ?", []any{p.force}, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		accounts = append(accounts, n)
		return err
	})
	if err != nil {
		return err
	}
	for _, n := range accounts {
		if err := markMoved(p.w, n); err != nil {
			return err
		}
	}
	return nil
}

func markMoved(w *writer, account int64) error {
	list, err := leaves(context.Background(), w.conn, account, 0)
	if err != nil {
		return err
	}
	had, err := marksOf(context.Background(), w.conn, account)
	if err != nil {
		return err
	}
	shown, err := vanishedSince(w, account, list, had)
	if err != nil {
		return err
	}
	for _, l := range list {
		was, marked := had[l.item]
		if l.beside && !marked && shown[l.item] {
			continue // as it was when it went, which a pruning may have hidden
		}
		now := mark{l.to, l.with, l.gone}
		if was.to != 0 && was.gone == l.gone {
			now = was
		}
		if now.to == 0 {
			continue
		}
		delete(had, l.item)
		if was == now {
			continue
		}
		if _, err := w.exec(`INSERT INTO place (item, path, offset, length, hash, wrapper) VALUES (?, '', ?, ?, x'', ?)
			ON CONFLICT (item) DO UPDATE SET path = '', offset = excluded.offset, length = excluded.length, hash = x'', wrapper = excluded.wrapper`,
			l.item, now.to, now.gone, strconv.FormatInt(now.with, 10)); err != nil {
			return err
		}
		if marked {
			continue
		}
		if err := soilOf(w, l.item); err != nil {
			return err
		}
	}
	for item := range had {
		if _, err := w.exec("DELETE FROM place WHERE item = ?", item); err != nil {
			return err
		}
		if err := soilOf(w, item); err != nil {
			return err
		}
	}
	return nil
}

// soilOf has the files of the collection of an item made again.
func soilOf(w *writer, item int64) error {
	_, err := w.exec("UPDATE collection SET dirty = 2 WHERE dirty < 2 AND collection = (SELECT collection FROM item WHERE item = ?)", item)
	return err
}
