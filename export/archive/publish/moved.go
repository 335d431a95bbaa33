package publish

import (
	"context"
	"database/sql"
	"strconv"

	"sidekeep/export/archive/history"
	"sidekeep/export/archive/stage"
)

// markAllMoved brings the marks of what was moved up to date, of every account one
// of whose collections is dirty, and has the files follow. A mark stays as long
// as the item is gone, also when a pruning has removed the version that told
// where it went.
func markAllMoved(p *stage.Staging) error {
	var accounts []int64
	err := p.W.Each("SELECT DISTINCT account FROM collection WHERE dirty OR ?", []any{p.Force}, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		accounts = append(accounts, n)
		return err
	})
	if err != nil {
		return err
	}
	for _, n := range accounts {
		if err := markMoved(p.W, n); err != nil {
			return err
		}
	}
	return nil
}

func markMoved(w *history.Batch, account int64) error {
	list, err := history.Leaves(context.Background(), w.Conn, account, 0)
	if err != nil {
		return err
	}
	had, err := history.MarksOf(context.Background(), w.Conn, account)
	if err != nil {
		return err
	}
	shown, err := history.VanishedSince(w, account, list, had)
	if err != nil {
		return err
	}
	for _, l := range list {
		was, marked := had[l.Item]
		if l.Beside && !marked && shown[l.Item] {
			continue // as it was when it went, which a pruning may have hidden
		}
		now := history.Mark{To: l.To, With: l.With, Gone: l.Gone}
		if was.To != 0 && was.Gone == l.Gone {
			now = was
		}
		if now.To == 0 {
			continue
		}
		delete(had, l.Item)
		if was == now {
			continue
		}
		if _, err := w.Exec(`INSERT INTO place (item, path, offset, length, hash, wrapper) VALUES (?, '', ?, ?, x'', ?)
			ON CONFLICT (item) DO UPDATE SET path = '', offset = excluded.offset, length = excluded.length, hash = x'', wrapper = excluded.wrapper`,
			l.Item, now.To, now.Gone, strconv.FormatInt(now.With, 10)); err != nil {
			return err
		}
		if marked {
			continue
		}
		if err := soilOf(w, l.Item); err != nil {
			return err
		}
	}
	for item := range had {
		if _, err := w.Exec("DELETE FROM place WHERE item = ?", item); err != nil {
			return err
		}
		if err := soilOf(w, item); err != nil {
			return err
		}
	}
	return nil
}

// soilOf has the files of the collection of an item made again.
func soilOf(w *history.Batch, item int64) error {
	_, err := w.Exec("UPDATE collection SET dirty = 2 WHERE dirty < 2 AND collection = (SELECT collection FROM item WHERE item = ?)", item)
	return err
}
