package history

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"sidekeep/export/archive/disk"
)

// A Version is one recorded state of an item.
type Version struct {
	Item          // as it was then; State is [Present], [SetAside] or [Gone]
	Export int64  // that recorded it
	Shown  bool   // it is what the open files show
	Why    string // why it is set aside; "" if it is not
	Row    int64  // of the item
	To     int64  // the item that has what was moved; 0 if it was not
}

// versionColumns read a row of version, which scanVersion takes.
const versionColumns = `version.version, version.export, export.started, version.mark, version.kind, version.uid, version.name, version.start, version.all_day,
	ifnull(version.aside, ''), version.blob IS NULL AND version.photo IS NULL,
	ifnull(photo.path, ''), ifnull(photo.size, ifnull(` + BodySize + `, 0)), ifnull(blob.hash, photo.hash),
	item.item, item.id, item.name, item.folder, item.modified, collection.id, account.name,
	version.version IS iif(accepted.item IS NULL, item.version, accepted.version), iif(accepted.item IS NULL, item.present, accepted.present),
	iif(version.version IS iif(accepted.item IS NULL, item.version, accepted.version), ifnull(place.path, ''), ''),
	iif(place.path = '', place.offset, 0)`

const versionTables = `version JOIN item USING (item) JOIN collection ON collection.collection = item.collection JOIN account USING (account)
	JOIN export ON export.number = version.export LEFT JOIN blob ON blob.blob = version.blob LEFT JOIN photo ON photo.photo = version.photo
	LEFT JOIN accepted ON accepted.item = item.item AND accepted.open LEFT JOIN place ON place.item = item.item`

func scanVersion(rows *sql.Rows) (Version, error) {
	var v Version
	var start, since, modified, place string
	var gone, current, present bool
	err := rows.Scan(&v.Number, &v.Export, &since, &v.Item.Version, &v.Kind, &v.UID, &v.Name, &start, &v.AllDay,
		&v.Why, &gone, &v.Path, &v.Size, &v.Hash, &v.Row, &v.ID, &v.File, &v.Folder, &modified, &v.Collection, &v.Account,
		&current, &present, &place, &v.To)
	if err != nil {
		return v, err
	}
	v.Start, v.Floating = startOf(start)
	v.Since, v.Modified = TimeOf(since), TimeOf(modified)
	switch v.State = Present; {
	case gone:
		v.State = Gone
	case v.Why != "":
		v.State = SetAside
	}
	v.Shown = current && present && !gone
	if v.Name == "" && !gone {
		v.Name = v.File
	}
	if place != "" {
		v.Path = place
	}
	return v, nil
}

// Versions reads versions by their numbers.
func Versions(a *Store, ctx context.Context, numbers []int64) (map[int64]Version, error) {
	all := make(map[int64]Version, len(numbers))
	for len(numbers) > 0 {
		n := min(len(numbers), 500)
		err := Each(ctx, a.DB, "SELECT "+versionColumns+" FROM "+versionTables+" WHERE version.version IN ("+JoinNumbers(numbers[:n])+")", nil, func(rows *sql.Rows) error {
			v, err := scanVersion(rows)
			all[v.Number] = v
			return err
		})
		if err != nil {
			return nil, err
		}
		numbers = numbers[n:]
	}
	return all, nil
}

func JoinNumbers(numbers []int64) string {
	var b strings.Builder
	for i, n := range numbers {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(n, 10))
	}
	return b.String()
}

// Versions tells every recorded state of an item, the oldest first: when it
// came, when it changed, when it went. It is empty if the archive has no such
// item.
func (a Reader) Versions(ctx context.Context, account, collection, id string) ([]Version, error) {
	var list []Version
	err := Each(ctx, a.s.DB, "SELECT "+versionColumns+" FROM "+versionTables+
		" WHERE account.name = ? AND collection.id = ? AND item.id = ? ORDER BY version.version", []any{account, collection, id}, func(rows *sql.Rows) error {
		v, err := scanVersion(rows)
		list = append(list, v)
		return err
	})
	return list, disk.Caused(err)
}
