package openfiles

import (
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/hex"
	"io"
	"strconv"
	"strings"

	"sidekeep/export/archive/history"
	"sidekeep/formats/cell"
)

// IndexHead names the columns of index.csv: see FORMAT.md.
var IndexHead = []string{
	"collection", "id", "version", "uid", "file", "offset", "length", "published", "delivered", "wrapper", "state",
	"kind", "name", "original name", "folder", "modified", "collection name", "reason", "guarded",
}

// WriteIndex writes the index of an account: every item, in the order of
// collections and IDs. Paths in it are relative to the account's folder.
func WriteIndex(ctx context.Context, q history.Querier, account int64, folder string, w io.Writer) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(IndexHead); err != nil {
		return err
	}
	var collections []int64
	err := history.Each(ctx, q, "SELECT collection FROM collection WHERE account = ? ORDER BY collection", []any{account}, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		collections = append(collections, n)
		return err
	})
	if err != nil {
		return err
	}
	from, err := history.ShownFrom(ctx, q)
	if err != nil {
		return err
	}
	query := strings.Replace(indexQuery, "$shown", from, 1)
	line := make([]string, len(IndexHead))
	for _, c := range collections {
		for after, more := "", true; more; {
			n := 0
			op := ">"
			if after == "" {
				op = ">="
			}
			err := history.Each(ctx, q, strings.Replace(query, "$op", op, 1), []any{c, after}, func(rows *sql.Rows) error {
				n++
				if err := indexLine(rows, folder, line); err != nil {
					return err
				}
				after = line[1]
				GuardCells(line)
				return out.Write(line)
			})
			if err != nil {
				return err
			}
			more = n == indexPage && after != ""
		}
	}
	out.Flush()
	return out.Error()
}

const indexPage = 1000

// indexQuery reads a page of lines. A photo's place is its own row; an item
// that was never read has none.
const indexQuery = `SELECT collection.id, item.id, item.mark, ifnull(version.uid, ''),
	ifnull(nullif(place.path, ''), photo.path), ifnull(place.offset, 0), ifnull(place.length, photo.size),
	ifnull(place.hash, photo.hash), ifnull(blob.hash, photo.hash), ifnull(place.wrapper, ''),
	item.present, item.aside, ifnull(version.kind, collection.kind), ifnull(version.name, ''),
	item.name, item.folder, item.modified, collection.name, ifnull(version.aside, ''), place.path IS ''
	FROM $shown JOIN collection USING (collection) LEFT JOIN version USING (version)
	LEFT JOIN blob USING (blob) LEFT JOIN photo ON photo.photo = version.photo LEFT JOIN place ON place.item = item.item
	WHERE item.collection = ? AND item.id $op ? AND (item.present OR item.version IS NOT NULL) ORDER BY item.id LIMIT 1000`

func indexLine(rows *sql.Rows, folder string, line []string) error {
	var file sql.NullString
	var offset int64
	var length sql.NullInt64
	var published, delivered sql.RawBytes
	var present, aside, moved bool
	err := rows.Scan(&line[0], &line[1], &line[2], &line[3], &file, &offset, &length, &published, &delivered, &line[9],
		&present, &aside, &line[11], &line[12], &line[13], &line[14], &line[15], &line[16], &line[17], &moved)
	if err != nil {
		return err
	}
	line[4], line[5], line[6], line[7], line[8] = "", "", "", "", ""
	moved = moved && !present
	if file.Valid && !moved {
		line[4] = strings.TrimPrefix(file.String, folder+"/")
		line[5], line[6] = strconv.FormatInt(offset, 10), strconv.FormatInt(length.Int64, 10)
		line[7] = hex.EncodeToString(published)
	}
	if file.Valid || moved {
		line[8] = hex.EncodeToString(delivered)
	}
	line[10] = history.StateOf(present, aside, file.Valid)
	if moved {
		line[10] = strings.Replace(line[10], history.Gone, history.Moved, 1)
	}
	return nil
}

// GuardCells keeps a spreadsheet from running what is in a line: see [cell.Safe]. The
// last column says whether that changed any of its cells.
func GuardCells(line []string) {
	last := len(line) - 1
	line[last] = ""
	for i, s := range line[:last] {
		if line[i] = cell.Safe(s); line[i] != s {
			line[last] = "1"
		}
	}
}

// UnguardCells undoes guard.
func UnguardCells(line []string) {
	for i, s := range line {
		line[i] = cell.Plain(s)
	}
}
