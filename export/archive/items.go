package archive

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"

	"sidekeep/export"
)

// Items yields the newest recorded state of every item that q asks for, gone
// ones included, by collection and ID. It ends with the first error.
// The history is read in pages, so that a slow loop keeps no writer waiting.
func (a *Archive) Items(ctx context.Context, q Query) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		var collection int64
		var after string
		for {
			page, err := a.itemPage(ctx, q, collection, after)
			if err != nil {
				yield(Item{}, caused(err))
				return
			}
			for _, p := range page {
				if !yield(p.Item, nil) {
					return
				}
			}
			if len(page) < itemsPage {
				return
			}
			last := page[len(page)-1]
			collection, after = last.n, last.ID
		}
	}
}

const itemsPage = 500

type pagedItem struct {
	Item
	n int64
}

func (a *Archive) itemPage(ctx context.Context, q Query, collection int64, after string) ([]pagedItem, error) {
	query := `SELECT account.name, item.collection, collection.id, item.id, item.mark, ifnull(version.uid, ''), ifnull(version.name, ''),
		ifnull(version.kind, collection.kind), ifnull(version.start, ''), ifnull(version.all_day, 0), ifnull(place.path, ifnull(photo.path, '')),
		ifnull(photo.size, ifnull(length(blob.bytes), 0)), item.present, item.aside, item.version IS NOT NULL, export.started, item.name
		FROM shown AS item JOIN collection USING (collection) JOIN account USING (account) JOIN export ON export.number = item.since
		LEFT JOIN version USING (version) LEFT JOIN blob USING (blob) LEFT JOIN photo ON photo.photo = version.photo LEFT JOIN place ON place.item = item.item
		WHERE (item.collection, item.id) > (?, ?) AND (item.present OR item.version IS NOT NULL)`
	args := []any{collection, after}
	if q.Account != "" {
		query += " AND account.name = ?"
		args = append(args, q.Account)
	}
	if q.Kind != "" {
		query += " AND ifnull(version.kind, collection.kind) = ?"
		args = append(args, string(q.Kind))
	}
	query += fmt.Sprintf(" ORDER BY item.collection, item.id LIMIT %d", itemsPage)
	var page []pagedItem
	err := eachRow(ctx, a.db, query, args, func(rows *sql.Rows) error {
		var p pagedItem
		var start, since, file string
		var present, aside, read bool
		err := rows.Scan(&p.Account, &p.n, &p.Collection, &p.ID, &p.Version, &p.UID, &p.Name, &p.Kind, &start, &p.AllDay, &p.Path,
			&p.Size, &present, &aside, &read, &since, &file)
		if err != nil {
			return err
		}
		p.Start, p.Since = timeOf(start), timeOf(since)
		if p.State = Gone; present {
			p.State = stateOf(present, aside, read)
		}
		if p.Name == "" {
			p.Name = file
		}
		page = append(page, p)
		return nil
	})
	return page, err
}

// Delivered reads the newest version of an item as it was delivered. The caller
// closes it. The error is [export.ErrGone] if the archive has no bytes of it.
func (a *Archive) Delivered(ctx context.Context, account, collection, id string) (io.ReadCloser, error) {
	var raw []byte
	var photo sql.NullString
	err := a.db.QueryRowContext(ctx, `SELECT blob.bytes, photo.path
		FROM account JOIN collection USING (account) JOIN shown AS item USING (collection) JOIN version USING (version)
		LEFT JOIN blob USING (blob) LEFT JOIN photo ON photo.photo = version.photo
		WHERE account.name = ? AND collection.id = ? AND item.id = ?`, account, collection, id).Scan(&raw, &photo)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: the archive has no %q", export.ErrGone, id)
	}
	if err != nil {
		return nil, caused(err)
	}
	if !photo.Valid {
		return io.NopCloser(bytes.NewReader(raw)), nil
	}
	f, err := a.disk.Open(photo.String)
	return f, caused(err)
}
