package judge

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/openfiles"
	"sidekeep/export/loss"
	"sidekeep/formats/photo"
)

// factColumns reads a fact from the version v, of which the item is i.
const factColumns = `v.version, v.kind, v.uid, iif(v.name = '', i.name, v.name), v.start, v.blob, v.photo, v.aside IS NOT NULL, (SELECT size FROM photo WHERE photo.photo = v.photo)`

// A factRow takes factColumns. All are null if there is no such version.
type factRow struct {
	version, blob, photo, size sql.NullInt64
	kind, uid, name, start     sql.NullString
	aside                      sql.NullBool
}

func (r *factRow) dest() []any {
	return []any{&r.version, &r.kind, &r.uid, &r.name, &r.start, &r.blob, &r.photo, &r.aside, &r.size}
}

// fact is nil if there is no such version, or if it says that the item is gone.
func (r *factRow) fact(collection int64) *loss.Fact {
	f := &loss.Fact{
		Version: r.version.Int64, Collection: collection, Kind: export.Kind(r.kind.String), UID: r.uid.String, Name: r.name.String,
		Start: r.start.String, Size: r.size.Int64, Aside: r.aside.Bool,
	}
	switch {
	case r.blob.Valid:
		f.Body = "b" + strconv.FormatInt(r.blob.Int64, 10)
	case r.photo.Valid:
		f.Body = "p" + strconv.FormatInt(r.photo.Int64, 10)
	default:
		return nil
	}
	return f
}

// facts reads one version; nil if it says that the item is gone.
func (j *Judge) facts(version int64) (*loss.Fact, error) {
	var r factRow
	var collection int64
	_, err := j.W.Row("SELECT i.collection, "+factColumns+" FROM version v JOIN item i USING (item) WHERE v.version = ?", []any{version},
		append([]any{&collection}, r.dest()...)...)
	return r.fact(collection), err
}

// load finds the items whose state differs between the files and the history:
// those that are held back already, and those that this export changed or found
// gone; new ones too if anything is gone, or held back.
func (j *Judge) load() error {
	j.at = map[int64]int64{}
	if err := j.loadOwn(); err != nil {
		return err
	}
	if err := j.loadHeld(); err != nil {
		return err
	}
	if err := j.loadOld(); err != nil {
		return err
	}
	for _, c := range j.changes {
		if c.Before != nil && (c.Now == nil || c.Before.UID != c.Now.UID) {
			return j.loadNew()
		}
	}
	return nil
}

// stateColumns reads an item i with the state v, which the files show, and the
// state n, which is recorded.
var stateColumns = "SELECT i.item, i.collection, " + factColumns + ", " + strings.ReplaceAll(factColumns, "v.", "n.")

// loadChanges reads stateColumns. It knows each item once.
func (j *Judge) loadChanges(kept bool, query string, args ...any) error {
	return j.W.Each(stateColumns+query, args, func(r *sql.Rows) error {
		var item, collection int64
		var before, now factRow
		if err := r.Scan(append(append([]any{&item, &collection}, before.dest()...), now.dest()...)...); err != nil {
			return err
		}
		if _, known := j.at[item]; known || j.own[item] {
			return nil
		}
		c := loss.Change{Item: item, Before: before.fact(collection), Now: now.fact(collection)}
		c.Kept = kept && c.Before != nil
		if c.Before != nil && c.Now != nil && c.Before.Version == c.Now.Version {
			return nil
		}
		j.at[item] = collection
		j.changes = append(j.changes, c)
		j.know(c.Before)
		j.know(c.Now)
		return nil
	})
}

const (
	joinRecorded = " LEFT JOIN version n ON n.version = i.version AND i.present"
	ofAccount    = " AND i.collection IN (SELECT collection FROM collection WHERE account = ?2) ORDER BY i.item"
	// Of an item that is held back, what was recorded of it last was not shown.
	fromTouched = " FROM (SELECT DISTINCT item FROM version WHERE version > ?1 AND item NOT IN (SELECT item FROM accepted WHERE open)) t JOIN item i USING (item)"
	joinBefore  = "version v ON v.version = (SELECT max(version) FROM version p WHERE p.item = t.item AND p.version <= ?1)"
)

// loadHeld reads what is held back. What was never shown and is gone again is
// left alone.
func (j *Judge) loadHeld() error {
	return j.loadChanges(true, " FROM accepted a JOIN item i USING (item) LEFT JOIN version v ON v.version = a.version"+joinRecorded+
		" WHERE a.open AND (a.version IS NOT NULL OR i.present) AND ?1 IS NOT NULL"+ofAccount, j.v0, j.Account)
}

// loadOld reads the items of this export that the files showed before.
func (j *Judge) loadOld() error {
	return j.loadChanges(false, fromTouched+" JOIN "+joinBefore+joinRecorded+" WHERE (v.blob IS NOT NULL OR v.photo IS NOT NULL)"+ofAccount, j.v0, j.Account)
}

// loadNew reads those that the files did not show.
func (j *Judge) loadNew() error {
	return j.loadChanges(false, fromTouched+" LEFT JOIN "+joinBefore+joinRecorded+" WHERE v.blob IS NULL AND v.photo IS NULL AND i.present"+ofAccount, j.v0, j.Account)
}

// count tells how many items the files show and the source lists, in the
// collections that are compared. It looks at what is new, too.
func (j *Judge) count() error {
	if j.has != nil {
		return nil
	}
	if err := j.loadNew(); err != nil {
		return err
	}
	changed := map[int64]bool{}
	for _, n := range j.at {
		changed[n] = true
	}
	j.had, j.has, j.names = map[loss.Group]int{}, map[loss.Group]int{}, map[int64]string{}
	err := j.W.Each(`SELECT i.collection, v.kind, count(*) FROM collection c JOIN item i USING (collection) JOIN version v USING (version)
		WHERE c.account = ? AND i.present GROUP BY 1, 2`, []any{j.Account}, func(r *sql.Rows) error {
		var c int64
		var kind export.Kind
		var n int
		if err := r.Scan(&c, &kind, &n); err != nil {
			return err
		}
		if j.Listed == nil || j.Listed[c] || changed[c] {
			j.has[loss.Group{Collection: c}] += n
			j.has[loss.Group{Kind: kind}] += n
		}
		return nil
	})
	if err != nil {
		return err
	}
	for k, n := range j.has {
		j.had[k] = n
	}
	add := func(f *loss.Fact, n int) {
		if f != nil {
			j.had[loss.Group{Collection: f.Collection}] += n
			j.had[loss.Group{Kind: f.Kind}] += n
		}
	}
	for _, c := range j.changes {
		add(c.Before, 1)
		add(c.Now, -1)
	}
	return j.W.Each("SELECT collection, name FROM collection WHERE account = ?", []any{j.Account}, func(r *sql.Rows) error {
		var n int64
		var name string
		err := r.Scan(&n, &name)
		j.names[n] = name
		return err
	})
}

// base lists the items that the files show.
func (j *Judge) base() ([]loss.Fact, error) {
	var facts []loss.Fact
	err := j.W.Each("SELECT i.item, i.collection, "+factColumns+` FROM collection c JOIN item i USING (collection) JOIN version v USING (version)
		WHERE c.account = ? AND i.present`, []any{j.Account}, func(r *sql.Rows) error {
		var row factRow
		var item, collection int64
		if err := r.Scan(append([]any{&item, &collection}, row.dest()...)...); err != nil {
			return err
		}
		if _, changed := j.at[item]; changed {
			return nil
		}
		if f := row.fact(collection); f != nil {
			facts = append(facts, *f)
		}
		return nil
	})
	for _, c := range j.changes {
		if c.Before != nil {
			facts = append(facts, *c.Before)
		}
	}
	return facts, err
}

// present lists the items of a kind that the source lists.
func (j *Judge) present(kind export.Kind) ([]loss.Fact, error) {
	var facts []loss.Fact
	err := j.W.Each("SELECT i.collection, "+factColumns+` FROM collection c JOIN item i USING (collection) JOIN version v USING (version)
		WHERE c.account = ? AND i.present AND v.kind = ?`, []any{j.Account, string(kind)}, func(r *sql.Rows) error {
		var row factRow
		var collection int64
		if err := r.Scan(append([]any{&collection}, row.dest()...)...); err != nil {
			return err
		}
		if f := row.fact(collection); f != nil {
			facts = append(facts, *f)
		}
		return nil
	})
	return facts, err
}

// know remembers a fact.
func (j *Judge) know(f *loss.Fact) {
	if j.known == nil {
		j.known = map[int64]*loss.Fact{}
	}
	if f != nil {
		j.known[f.Version] = f
	}
}

// factOf is facts, and reads each version once.
func (j *Judge) factOf(version int64) (*loss.Fact, error) {
	if f, ok := j.known[version]; ok {
		return f, nil
	}
	f, err := j.facts(version)
	if err == nil {
		j.know(nil)
		j.known[version] = f
	}
	return f, err
}

// How far content reads ahead.
const (
	aheadChanges = 100
	aheadBytes   = 1 << 20
)

// content reads the bytes of an item; those of photos are never asked for.
func (j *Judge) content(f loss.Fact) (loss.Content, error) {
	raw, ok := j.ahead[f.Version]
	if !ok {
		var err error
		if raw, err = j.readAhead(f.Version); err != nil {
			return loss.Content{}, err
		}
	}
	delete(j.ahead, f.Version)
	return openfiles.Guarded(func(raw []byte) (loss.Content, error) { return loss.Read(f.Kind, raw), nil }, raw)
}

// readAhead reads the bytes of a version, and of those that are compared next:
// one by one they would take ten times as long.
func (j *Judge) readAhead(version int64) ([]byte, error) {
	j.ahead = map[int64][]byte{}
	list := []int64{version}
	for _, c := range j.following(version) {
		for _, f := range []*loss.Fact{c.Before, c.Now} {
			if f != nil && f.Version != version {
				list = append(list, f.Version)
			}
		}
	}
	wanted, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	size := 0
	if j.W.Broken != nil {
		return nil, j.W.Broken
	}
	err = history.Each(context.Background(), j.W.Conn, `SELECT v.version, bytes FROM json_each(?) w CROSS JOIN version v ON v.version = w.value JOIN blob USING (blob)`,
		[]any{string(wanted)}, func(r *sql.Rows) error {
			var n int64
			var raw []byte
			if err := r.Scan(&n, (*history.Copied)(&raw)); err != nil {
				return err
			}
			j.ahead[n] = raw
			if size += len(raw); size > aheadBytes {
				return history.ErrEnough
			}
			return nil
		})
	if err != nil && !errors.Is(err, history.ErrEnough) {
		return nil, j.W.Fail(err)
	}
	raw, ok := j.ahead[version]
	if !ok {
		return nil, fmt.Errorf("%w: version %d has no bytes", export.ErrDamaged, version)
	}
	return raw, nil
}

// following are the change that has a version and, unless changes are asked for
// from the last to the first, those after it.
func (j *Judge) following(version int64) []loss.Change {
	if j.where == nil {
		j.where = map[int64]int{}
	}
	for ; j.placed < len(j.changes); j.placed++ {
		for _, f := range []*loss.Fact{j.changes[j.placed].Before, j.changes[j.placed].Now} {
			if f != nil {
				j.where[f.Version] = j.placed
			}
		}
	}
	at, ok := j.where[version]
	if !ok {
		return nil
	}
	ahead := aheadChanges
	if at < j.reached {
		ahead = 1
	}
	j.reached = at
	return j.changes[at:min(at+ahead, len(j.changes))]
}

// samePicture compares the files of two states of a photo. One that cannot be
// read is another picture.
func (j *Judge) samePicture(before, now loss.Fact) (bool, error) {
	var files [2]disk.File
	for i, f := range []loss.Fact{before, now} {
		var path string
		ok, err := j.W.Row("SELECT path FROM version JOIN photo USING (photo) WHERE version = ?", []any{f.Version}, &path)
		if err != nil || !ok || j.Disk == nil {
			return false, err
		}
		if files[i], err = j.Disk.Open(path); err != nil {
			return false, nil
		}
		defer func() { _ = files[i].Close() }() // it was only read
	}
	same, err := photo.SamePicture(files[0], files[1])
	return same && err == nil, nil
}
