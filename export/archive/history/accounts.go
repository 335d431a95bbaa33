package history

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
)

// Accounts tells what the archive holds of each account, in the order in which
// they came. Settings that are too long to be any are left out.
func (a Reader) Accounts(ctx context.Context) ([]Account, error) {
	var list []Account
	var ids []int64
	err := Each(ctx, a.s.DB, fmt.Sprintf("SELECT account, name, folder, iif(length(settings) <= %d, settings, NULL) FROM account ORDER BY account", maxSettings), nil, func(rows *sql.Rows) error {
		var c Account
		var id int64
		err := rows.Scan(&id, &c.Name, &c.Folder, &c.Settings)
		list, ids = append(list, c), append(ids, id)
		return err
	})
	if err != nil {
		return nil, disk.Caused(err)
	}
	for i := range list {
		if err := fillAccount(a.s, ctx, ids[i], &list[i]); err != nil {
			return nil, disk.Caused(fmt.Errorf("account %q: %w", list[i].Name, err))
		}
	}
	return list, nil
}

func fillAccount(a *Store, ctx context.Context, id int64, c *Account) error {
	// What is told of an export is never newer than what is counted, while another
	// program exports.
	var err error
	if c.Last, err = newest(a, ctx, "account = ? AND ended IS NOT NULL", id); err != nil {
		return err
	}
	if c.LastGood, err = newest(a, ctx, "account = ? AND good", id); err != nil {
		return err
	}
	s, err := CountItems(ctx, a.DB, id)
	if err != nil {
		return err
	}
	c.Items, c.Unread, c.Gone, c.SetAside, c.Failed = s.Items, s.unread, s.Gone, s.Aside, s.failed
	err = a.DB.QueryRowContext(ctx, `SELECT (SELECT ifnull(sum(size), 0) FROM file WHERE account = ?) + (SELECT ifnull(sum(size), 0) FROM photo WHERE account = ?)`,
		id, id).Scan(&c.Bytes)
	if err != nil {
		return err
	}
	var listed int64
	err = a.DB.QueryRowContext(ctx, "SELECT ifnull(min(listed), 0) FROM collection WHERE account = ? AND named", id).Scan(&listed)
	if err != nil {
		return err
	}
	if listed > 0 {
		c.LastFull = time.Unix(listed, 0)
	}
	if err := alarmOf(a, ctx, id, c); err != nil {
		return err
	}
	c.Proof, err = ProofOf(ctx, a.DB, id)
	return err
}

// alarmOf tells the account's thresholds and its open hold.
func alarmOf(a *Store, ctx context.Context, id int64, c *Account) error {
	err := Each(ctx, a.DB, "SELECT items, percent FROM alarm WHERE account = ?", []any{id}, func(rows *sql.Rows) error {
		return rows.Scan(&c.Thresholds.Items, &c.Thresholds.Percent)
	})
	if err != nil {
		return err
	}
	c.Thresholds = c.Thresholds.OrDefault()
	err = Each(ctx, a.DB, `SELECT account.name, hold.export, hold.state, hold.changed, hold.loss FROM hold JOIN account USING (account)
		WHERE hold.account = ? AND hold.state = 'open'`, []any{id}, func(rows *sql.Rows) error {
		h, err := ScanHold(rows)
		c.Hold = &h
		return err
	})
	if err != nil {
		return err
	}
	noticed, err := newest(a, ctx, "number = (SELECT CAST(value AS INTEGER) FROM archive WHERE archive.name = ?)", NoticeName(id))
	if err == nil && noticed != nil && noticed.Notice != nil {
		c.Noticed = noticed
	}
	return err
}

// Exports tells the exports of an account, "" for all, newest first, at most
// limit of them; 0 means all. An export that is running is not among them.
// Each has all of its problems.
func (a Reader) Exports(ctx context.Context, account string, limit int) ([]export.Ledger, error) {
	where, args := "ended IS NOT NULL", []any(nil)
	if account != "" {
		where, args = where+" AND account = (SELECT account FROM account WHERE name = ?)", []any{account}
	}
	if limit <= 0 {
		limit = -1
	}
	l, err := ledgers(a.s, ctx, where, args, limit)
	return l, disk.Caused(err)
}

// Export tells of one export; nil if there is none of this number that ended.
func (a Reader) Export(ctx context.Context, n int64) (*export.Ledger, error) {
	l, err := newest(a.s, ctx, "number = ? AND ended IS NOT NULL", n)
	return l, disk.Caused(err)
}

// A sum is how many items an account has.
type sum struct {
	Items               map[export.Kind]int
	unread              map[export.Kind]int // of items: they could not be understood
	Gone, Aside, failed int
	Photos              bool // there is a photo, present or gone
}

func CountItems(ctx context.Context, q Querier, account int64) (sum, error) {
	s := sum{Items: map[export.Kind]int{}, unread: map[export.Kind]int{}}
	err := Each(ctx, q, `SELECT ifnull(version.kind, collection.kind), item.present,
		item.aside AND NOT EXISTS (SELECT 1 FROM acknowledged WHERE version = item.version), item.failed, item.version IS NOT NULL, item.aside, count(*)
		FROM collection JOIN shown AS item USING (collection) LEFT JOIN version USING (version)
		WHERE collection.account = ? AND `+NotMoved+` GROUP BY 1, 2, 3, 4, 5, 6`, []any{account}, func(rows *sql.Rows) error {
		var kind export.Kind
		var present, aside, failed, read, unread bool
		var n int
		if err := rows.Scan(&kind, &present, &aside, &failed, &read, &unread, &n); err != nil {
			return err
		}
		s.Photos = s.Photos || kind == export.Photos && read
		switch {
		case !read:
		case present:
			s.Items[kind] += n
			if unread {
				s.unread[kind] += n
			}
		default:
			s.Gone += n
		}
		if present && aside {
			s.Aside += n
		}
		if present && failed {
			s.failed += n
		}
		return nil
	})
	return s, err
}
