package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strconv"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
)

// Items yields every item that q asks for in the state that it asks for, gone
// ones included, by collection and ID. What was moved to another collection or
// album is yielded there alone, unless q asks for it. It ends with the first error: of a
// moment that is none a [*TooEarlyError] or a [*NoExportError].
// The history is read in pages, so that a slow loop keeps no writer waiting.
func (a Reader) Items(ctx context.Context, q Query) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for c, err := range contents(a.s, ctx, q, false) {
			if !yield(c.Item, err) {
				return
			}
		}
	}
}

// Contents yields what Archive.Items does, with its bytes. What is in memory
// at a time is bounded, whatever the number of items; photos stay on the disk.
func (a Reader) Contents(ctx context.Context, q Query) iter.Seq2[Content, error] {
	return contents(a.s, ctx, q, true)
}

func contents(a *Store, ctx context.Context, q Query, bodies bool) iter.Seq2[Content, error] {
	return func(yield func(Content, error) bool) {
		if err := eachContent(a, ctx, q, bodies, yield); err != nil && !errors.Is(err, ErrEnough) {
			yield(Content{}, disk.Caused(err))
		}
	}
}

var ErrEnough = errors.New("nobody asks for more")

func eachContent(a *Store, ctx context.Context, q Query, bodies bool, yield func(Content, error) bool) error {
	r := itemReader{a: a, q: q, bodies: bodies}
	if !q.AsOf.IsZero() {
		var err error
		if r.last, err = asOf(a, ctx, q.AsOf, q.Account); err != nil {
			return err
		}
	}
	if err := r.findMoved(ctx); err != nil {
		return err
	}
	rows, err := collectionRows(a, ctx, q.Account)
	if err != nil {
		return err
	}
	for i := range rows {
		for after, first := "", true; ; first = false {
			page, more, err := r.page(ctx, &rows[i], after, first)
			if err != nil {
				return err
			}
			for _, c := range page {
				if c.State == Moved && !q.Moved {
					continue
				}
				if !yield(c, nil) {
					return ErrEnough
				}
			}
			if !more {
				break
			}
			after = page[len(page)-1].ID
		}
	}
	return nil
}

// A collectionRow is what the archive knows of a collection.
type collectionRow struct {
	export.Collection
	n       int64
	account string
	folder  string                 // of the account
	files   map[export.Kind]string // the first open file of each kind
}

// collectionRows reads the collections of an account, "" for all, in the order in which
// they came.
func collectionRows(a *Store, ctx context.Context, account string) ([]collectionRow, error) {
	query := `SELECT collection, collection.id, collection.name, kind, mixed, color, rank, account.name, account.folder
		FROM collection JOIN account USING (account)`
	var args []any
	if account != "" {
		query, args = query+" WHERE account.name = ?", []any{account}
	}
	var list []collectionRow
	at := map[string]int{} // by owner of the file
	err := Each(ctx, a.DB, query+" ORDER BY collection", args, func(rows *sql.Rows) error {
		c := collectionRow{files: map[export.Kind]string{}}
		err := rows.Scan(&c.n, &c.ID, &c.Name, &c.Kind, &c.Mixed, &c.Color, &c.Order, &c.account, &c.folder)
		at["collection/"+strconv.FormatInt(c.n, 10)+"/1"] = len(list)
		list = append(list, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, Each(ctx, a.DB, "SELECT folder, owner, name FROM name WHERE owner LIKE 'collection/%/1'", nil, func(rows *sql.Rows) error {
		var folder, owner, name string
		if err := rows.Scan(&folder, &owner, &name); err != nil {
			return err
		}
		if i, ok := at[owner]; ok {
			for _, l := range disk.Layouts {
				if path.Base(folder) == l.Folder {
					list[i].files[l.Kind] = folder + "/" + name
				}
			}
		}
		return nil
	})
}

// Collections tells the collections that an account has or had, in the order in
// which they came.
func (a Reader) Collections(ctx context.Context, account string) ([]export.Collection, error) {
	rows, err := collectionRows(a.s, ctx, account)
	var list []export.Collection
	for i := range rows {
		if rows[i].account == account {
			list = append(list, rows[i].Collection)
		}
	}
	return list, disk.Caused(err)
}

// home is the open file for an item of the collection.
func (c *collectionRow) home(it *Item, aside bool) string {
	if it.Kind == export.Photos {
		return it.Path
	}
	if aside {
		stem, ext := disk.AsideName(it.File, it.ID, it.Kind)
		return c.folder + "/" + disk.Asides + "/" + stem + ext
	}
	if file, ok := c.files[it.Kind]; ok {
		return file
	}
	for _, l := range disk.Layouts {
		if l.Kind == it.Kind {
			return c.folder + "/" + l.Folder + "/" + disk.FileName(c.Name, l.Ext, l.Plain, func(string) bool { return true })
		}
	}
	return ""
}

const itemsPage = 500

// An itemReader reads pages of items.
type itemReader struct {
	a      *Store
	q      Query
	last   int64 // newest version of the moment that is asked for
	bodies bool
	moved  map[int64]bool // of a moment of the past, the items that were moved
}

// findMoved finds what was moved as of a moment of the past. What is shown is
// marked.
func (r *itemReader) findMoved(ctx context.Context) error {
	if r.last == 0 || r.q.Present && !r.q.Vanished {
		return nil
	}
	var accounts []int64
	err := Each(ctx, r.a.DB, "SELECT account FROM account WHERE ?1 IN ('', name)", []any{r.q.Account}, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		accounts = append(accounts, n)
		return err
	})
	r.moved = map[int64]bool{}
	for _, n := range accounts {
		err = errors.Join(err, movedBy(ctx, r.a.DB, n, r.last, r.moved))
	}
	return err
}

// presentState is every item as it is shown.
const presentState = `shown AS item LEFT JOIN version USING (version) JOIN export ON export.number = item.since
	LEFT JOIN place ON place.item = item.item`

// pastState is every item as it was recorded up to the version ?1: its newest
// row, and where that says that it is gone the last one with bytes.
const pastState = `item JOIN version AS newest ON newest.version = (SELECT max(version) FROM version WHERE version.item = item.item AND version.version <= ?1)
	LEFT JOIN version ON version.version = iif(newest.blob IS NOT NULL OR newest.photo IS NOT NULL, newest.version,
		(SELECT max(earlier.version) FROM version AS earlier WHERE earlier.item = item.item AND earlier.version < newest.version AND (earlier.blob IS NOT NULL OR earlier.photo IS NOT NULL)))
	JOIN export ON export.number = newest.export
	LEFT JOIN accepted ON accepted.item = item.item AND accepted.open
	LEFT JOIN place ON place.item = item.item AND version.version = iif(accepted.item IS NULL, item.version, accepted.version)`

// query is the statement for a page, but for the ID to go on from.
func (r *itemReader) query() string {
	state, mark, present, aside, exists := presentState, "item.mark", "item.present", "item.aside", "(item.present OR item.version IS NOT NULL)"
	if r.last > 0 || !r.q.AsOf.IsZero() {
		state, mark, present, aside = pastState, "newest.mark", "(newest.blob IS NOT NULL OR newest.photo IS NOT NULL)", "version.aside IS NOT NULL"
		exists = "version.version IS NOT NULL"
	}
	bytes := "NULL, 0, NULL"
	if r.bodies {
		bytes = "blob.blob, " + BodyLong + ", blob.bytes"
	}
	query := "SELECT item.id, " + mark + `, ifnull(version.uid, ''), ifnull(version.name, ''), ifnull(version.kind, ?3), ifnull(version.start, ''),
		ifnull(version.all_day, 0), ifnull(nullif(place.path, ''), ifnull(photo.path, '')), ifnull(photo.size, ifnull(` + BodySize + `, 0)),
		` + present + ", " + aside + `, export.started, item.name, item.folder, item.modified, ifnull(blob.hash, photo.hash), ifnull(version.version, 0), item.item, place.path IS '', ` + bytes + `
		FROM ` + state + ` LEFT JOIN blob ON blob.blob = version.blob LEFT JOIN photo ON photo.photo = version.photo
		WHERE item.collection = ?2 AND ` + exists
	if r.q.Kind != "" {
		query += " AND ifnull(version.kind, ?3) = ?5"
	}
	switch {
	case r.q.Present && !r.q.Vanished:
		query += " AND " + present
	case r.q.Vanished && !r.q.Present:
		query += " AND NOT " + present
	}
	return query
}

// page reads items of a collection from an ID on; more tells whether there may
// be others.
func (r *itemReader) page(ctx context.Context, c *collectionRow, after string, first bool) (page []Content, more bool, err error) {
	op := ">"
	if first {
		op = ">="
	}
	query := r.query() + " AND item.id " + op + " ?4 ORDER BY item.id LIMIT " + strconv.Itoa(itemsPage)
	args := []any{r.last, c.n, string(c.Kind), after}
	if r.q.Kind != "" {
		args = append(args, string(r.q.Kind))
	}
	size := 0
	err = Each(ctx, r.a.DB, query, args, func(rows *sql.Rows) error {
		p, body, err := r.scan(rows, c)
		if err != nil {
			return err
		}
		page = append(page, p)
		if size += len(body); size >= PageBytes {
			return ErrPage
		}
		return nil
	})
	if errors.Is(err, ErrPage) {
		return page, true, nil
	}
	return page, len(page) == itemsPage, err
}

func (r *itemReader) scan(rows *sql.Rows, c *collectionRow) (Content, []byte, error) {
	it := Item{Account: c.account, Collection: c.ID}
	var start, since, modified string
	var present, aside, moved bool
	var item int64
	var b Stored
	err := rows.Scan(&it.ID, &it.Version, &it.UID, &it.Name, &it.Kind, &start, &it.AllDay, &it.Path, &it.Size,
		&present, &aside, &since, &it.File, &it.Folder, &modified, (*Copied)(&it.Hash), &it.Number, &item, &moved, &b.Blob, &b.Long, (*Copied)(&b.Text))
	if err != nil {
		return Content{}, nil, err
	}
	it.Start, it.Floating = startOf(start)
	it.Since, it.Modified = TimeOf(since), TimeOf(modified)
	switch {
	case present:
		it.State = StateOf(present, aside, it.Number != 0)
	case r.moved == nil && moved || r.moved[item]:
		it.State = Moved
	default:
		it.State = Gone
	}
	if it.Name == "" {
		it.Name = it.File
	}
	out := Content{Item: it}
	if r.bodies {
		out.In, out.Home = c.Collection, c.home(&it, aside)
		b.Hash = it.Hash
		out.Open = func() (io.ReadCloser, error) { return openBody(r.a, it.Kind, it.Number, it.ID, b, it.Path) }
	}
	return out, b.Text, nil
}

// openBody opens bytes that were read, or the photo that has them.
func openBody(a *Store, kind export.Kind, number int64, id string, b Stored, photo string) (io.ReadCloser, error) {
	switch {
	case number == 0:
		return nil, fmt.Errorf("%w: the archive has no bytes of %q", export.ErrGone, id)
	case kind != export.Photos:
		return b.Open(context.Background(), a.DB), nil
	}
	f, err := a.Disk.Open(photo)
	return f, disk.Caused(err)
}

// Delivered reads an item as it was delivered, in the state that is shown. The
// caller closes it. The error is [export.ErrGone] if the archive has no bytes
// of it.
func (a Reader) Delivered(ctx context.Context, account, collection, id string) (io.ReadCloser, error) {
	return delivered(a.s, ctx, fmt.Sprintf("%q", id), `account JOIN collection USING (account) JOIN shown AS item USING (collection) JOIN version USING (version)`,
		"account.name = ? AND collection.id = ? AND item.id = ?", account, collection, id)
}

// Version reads the version of this number as it was delivered: see [Item].
// The caller closes it. The error is [export.ErrGone] if the archive has no
// bytes of it.
func (a Reader) Version(ctx context.Context, number int64) (io.ReadCloser, error) {
	return delivered(a.s, ctx, fmt.Sprintf("version %d", number), "version", "version.version = ? AND (version.blob IS NOT NULL OR version.photo IS NOT NULL)", number)
}

func delivered(a *Store, ctx context.Context, what, from, where string, args ...any) (io.ReadCloser, error) {
	var b Stored
	var photo sql.NullString
	err := a.DB.QueryRowContext(ctx, `SELECT blob.blob, blob.hash, `+BodyLong+`, blob.bytes, photo.path FROM `+from+
		` LEFT JOIN blob ON blob.blob = version.blob LEFT JOIN photo ON photo.photo = version.photo WHERE `+where, args...).Scan(&b.Blob, (*Copied)(&b.Hash), &b.Long, (*Copied)(&b.Text), &photo)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: the archive has no %s", export.ErrGone, what)
	}
	if err != nil {
		return nil, disk.Caused(err)
	}
	if !photo.Valid {
		return b.Open(context.WithoutCancel(ctx), a.DB), nil
	}
	f, err := a.Disk.Open(photo.String)
	return f, disk.Caused(err)
}
