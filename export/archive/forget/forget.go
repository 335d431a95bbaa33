package forget

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/record"
)

// A Forget says what is to be deleted for good: items of an account, or the
// whole account if no item is named.
type Forget struct {
	Account    string
	Collection string   // name or ID of the one that is meant; "" means all
	Items      []string // each an ID, a UID, a name, or the path of a photo's file
	All        bool     // a name that several items have means all of them
}

// A Forgetting says what Archive.Forget deletes.
type Forgetting struct {
	Account  string
	Whole    bool // the account itself, with everything of it
	Items    []ForgottenItem
	Versions int      // of these items
	Bytes    int64    // of their versions and photos that nothing else needs
	Photos   []string // files of photos, relative to the archive, slash-separated
	Exports  int      // that are deleted with the account
	Strange  []string // files in the account's folder that are not Sidekeep's: they stay
	asked    Forget
}

// A ForgottenItem is an item that is deleted with all of its versions.
type ForgottenItem struct {
	Collection string      `json:"collection"` // its name
	ID         string      `json:"id"`
	UID        string      `json:"uid"`
	Name       string      `json:"name"` // for people
	Kind       export.Kind `json:"kind"`
	Versions   int         `json:"versions"`
	Present    bool        `json:"present"` // the source had it at the last export
	item       int64
}

// An AmbiguousError says that a name is that of several items.
type AmbiguousError struct {
	Name       string
	Candidates []ForgottenItem
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%d items are called %q", len(e.Candidates), e.Name)
}

// A NoItemError says that the account has no item of a name, UID or ID.
type NoItemError struct{ Account, Name string }

func (e *NoItemError) Error() string {
	return fmt.Sprintf("the archive has no %q of %q", e.Name, e.Account)
}

func (e *NoItemError) Unwrap() error { return export.ErrGone }

// PlanForget tells what Forget would delete. It changes nothing. The error is
// an [*AmbiguousError] or a [*NoItemError] if a name does not say which item is
// meant, and [export.ErrGone] if the archive has no such account.
func (a Forgetter) PlanForget(ctx context.Context, f Forget) (Forgetting, error) {
	conn, err := a.s.DB.Conn(ctx)
	if err != nil {
		return Forgetting{}, disk.Caused(err)
	}
	p, err := planForget(a.s, ctx, conn, f)
	return p, disk.Caused(errors.Join(err, history.DropConn(conn)))
}

// planForget leaves the items that go in temp.forgotten, and the photos and
// bodies that nothing needs then in temp.unseen and temp.unneeded.
func planForget(a *history.Store, ctx context.Context, conn *sql.Conn, f Forget) (Forgetting, error) {
	p := Forgetting{Whole: len(f.Items) == 0 && f.Collection == "", asked: f}
	var account int64
	var folder string
	err := conn.QueryRowContext(ctx, "SELECT account, name, folder FROM account WHERE name = ?", f.Account).Scan(&account, &p.Account, &folder)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fmt.Errorf("%w: the archive has no account %q", export.ErrGone, f.Account)
	}
	if err != nil {
		return p, err
	}
	c := &chooser{ctx: ctx, conn: conn, account: account, f: f}
	if p.Items, err = c.choose(); err != nil {
		return p, err
	}
	for _, it := range p.Items {
		p.Versions += it.Versions
	}
	if err := findUnneeded(ctx, conn, p.Items, account, p.Whole); err != nil {
		return p, err
	}
	if err := p.measure(ctx, conn, account); err != nil {
		return p, err
	}
	if p.Whole {
		p.Strange, err = strangeFiles(a, ctx, conn, folder)
	}
	return p, err
}

func findUnneeded(ctx context.Context, conn *sql.Conn, items []ForgottenItem, account int64, whole bool) error {
	for _, q := range []string{
		"CREATE TEMP TABLE IF NOT EXISTS forgotten (item INTEGER PRIMARY KEY)",
		"CREATE TEMP TABLE IF NOT EXISTS unneeded (blob INTEGER PRIMARY KEY)",
		"CREATE TEMP TABLE IF NOT EXISTS unseen (photo INTEGER PRIMARY KEY)",
		"DELETE FROM temp.forgotten", "DELETE FROM temp.unneeded", "DELETE FROM temp.unseen",
	} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	for _, it := range items {
		if _, err := conn.ExecContext(ctx, "INSERT INTO temp.forgotten VALUES (?)", it.item); err != nil {
			return err
		}
	}
	const in, out = " IS NOT NULL AND item IN (SELECT item FROM temp.forgotten)", " IS NOT NULL AND item NOT IN (SELECT item FROM temp.forgotten)"
	for _, q := range []string{
		"INSERT INTO temp.unneeded SELECT blob FROM version WHERE blob" + in + " EXCEPT SELECT blob FROM version WHERE blob" + out,
		"INSERT INTO temp.unseen SELECT photo FROM version WHERE photo" + in + " EXCEPT SELECT photo FROM version WHERE photo" + out,
	} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	if !whole {
		return nil
	}
	_, err := conn.ExecContext(ctx, "INSERT OR IGNORE INTO temp.unseen SELECT photo FROM photo WHERE account = ?", account)
	return err
}

// measure adds up what goes.
func (p *Forgetting) measure(ctx context.Context, conn *sql.Conn, account int64) error {
	err := conn.QueryRowContext(ctx, `SELECT (SELECT ifnull(sum(`+history.BodySize+`), 0) FROM blob WHERE blob IN (SELECT blob FROM temp.unneeded))
		+ (SELECT ifnull(sum(size), 0) FROM photo WHERE photo IN (SELECT photo FROM temp.unseen))`).Scan(&p.Bytes)
	if err != nil {
		return err
	}
	err = history.Each(ctx, conn, "SELECT path FROM photo WHERE photo IN (SELECT photo FROM temp.unseen) ORDER BY path", nil, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		p.Photos = append(p.Photos, s)
		return err
	})
	if err != nil || !p.Whole {
		return err
	}
	return conn.QueryRowContext(ctx, "SELECT count(*) FROM export WHERE account = ?", account).Scan(&p.Exports)
}

// A chooser finds the items that names mean.
type chooser struct {
	ctx     context.Context
	conn    *sql.Conn
	account int64
	f       Forget
	items   []ForgottenItem
	at      map[int64]int // by item
	means   []meaning     // of each name
}

// A meaning is the items that a name means: those that it fits best.
type meaning struct {
	rank  int
	items map[int64]bool
}

// How well a name fits an item.
const (
	byOldName = iota + 1 // of an earlier version
	byName               // as people see it, or the name of its file
	byUID
	byID // or by the path of its photo
)

func (m *meaning) fits(rank int, item int64) {
	if rank < m.rank {
		return
	}
	if rank > m.rank || m.items == nil {
		m.rank, m.items = rank, map[int64]bool{}
	}
	m.items[item] = true
}

func (c *chooser) choose() ([]ForgottenItem, error) {
	if err := c.load(); err != nil {
		return nil, err
	}
	if len(c.f.Items) == 0 {
		if c.f.Collection != "" && len(c.items) == 0 {
			return nil, &NoItemError{c.f.Account, c.f.Collection}
		}
		return c.items, nil
	}
	if err := c.compare(); err != nil {
		return nil, err
	}
	chosen := map[int64]bool{}
	for i, m := range c.means {
		name := c.f.Items[i]
		switch {
		case len(m.items) == 0:
			return nil, &NoItemError{c.f.Account, name}
		case len(m.items) > 1 && !c.f.All:
			return nil, &AmbiguousError{name, c.only(m.items)}
		}
		for item := range m.items {
			chosen[item] = true
		}
	}
	return c.only(chosen), nil
}

func (c *chooser) only(chosen map[int64]bool) []ForgottenItem {
	return slices.DeleteFunc(slices.Clone(c.items), func(it ForgottenItem) bool { return !chosen[it.item] })
}

// load reads the items of the account, or of one collection of it.
func (c *chooser) load() error {
	query := `SELECT item.item, collection.name, item.id, ifnull(version.uid, ''), ifnull(version.name, ''), item.name,
		ifnull(version.kind, collection.kind), item.present, (SELECT count(*) FROM version v WHERE v.item = item.item)
		FROM collection JOIN item USING (collection) LEFT JOIN version USING (version) WHERE account = ?`
	args := []any{c.account}
	if c.f.Collection != "" {
		query += " AND (collection.name = ? OR collection.id = ?)"
		args = append(args, c.f.Collection, c.f.Collection)
	}
	c.at = map[int64]int{}
	return history.Each(c.ctx, c.conn, query+" ORDER BY collection, item.id", args, func(rows *sql.Rows) error {
		var it ForgottenItem
		var title, file string
		err := rows.Scan(&it.item, &it.Collection, &it.ID, &it.UID, &title, &file, &it.Kind, &it.Present, &it.Versions)
		it.Name = record.Called(title, export.Item{ID: it.ID, Name: file})
		c.at[it.item] = len(c.items)
		c.items = append(c.items, it)
		return err
	})
}

// compare compares every name with every version of every item.
func (c *chooser) compare() error {
	c.means = make([]meaning, len(c.f.Items))
	folded := make([]string, len(c.f.Items))
	for i, name := range c.f.Items {
		folded[i] = disk.FoldName(strings.TrimSpace(name))
	}
	each := func(item int64, do func(name, folded string) int) {
		for i, name := range c.f.Items {
			if rank := do(name, folded[i]); rank > 0 {
				c.means[i].fits(rank, item)
			}
		}
	}
	for _, it := range c.items {
		title := disk.FoldName(it.Name)
		each(it.item, func(name, folded string) int {
			switch {
			case name == it.ID:
				return byID
			case name == it.UID && it.UID != "":
				return byUID
			case folded == title:
				return byName
			}
			return 0
		})
	}
	return history.Each(c.ctx, c.conn, `SELECT item.item, version.uid, version.name, item.name, ifnull(photo.path, '')
		FROM collection JOIN item USING (collection) JOIN version USING (item) LEFT JOIN photo USING (photo) WHERE collection.account = ?`,
		[]any{c.account}, func(rows *sql.Rows) error {
			var item int64
			var uid, title, file, path string
			if err := rows.Scan(&item, &uid, &title, &file, &path); err != nil {
				return err
			}
			if _, ok := c.at[item]; !ok {
				return nil // of another collection
			}
			title, base := disk.FoldName(title), disk.FoldName(disk.LastPart(file))
			each(item, func(name, folded string) int {
				switch {
				case path != "" && name == path:
					return byID
				case uid != "" && name == uid:
					return byUID
				case base != "" && folded == base:
					return byName
				case title != "" && folded == title:
					return byOldName
				}
				return 0
			})
			return nil
		})
}

// A Forgetter forgets and prunes.
type Forgetter struct{ s *history.Store }

// NewForgetter is the Forgetter of a store.
func NewForgetter(s *history.Store) Forgetter { return Forgetter{s} }
