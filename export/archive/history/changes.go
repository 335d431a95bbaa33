package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/formats/fields"
)

// What became of an item in an export: see [Change].
const (
	Added    = "added"
	Returned = "returned" // it was gone before
	Changed  = "changed"
	Moved    = "moved" // from another collection or album of the account
	// and Gone
)

// A Change is what an export found to be different in one item.
type Change struct {
	Item               // as recorded after the export; if it is gone, as it was before
	What        string // [Added], [Returned], [Changed], [Moved] or [Gone]
	From        *Place // where a moved item was; nil for all others
	Before      int64  // number of the version that was replaced; 0 if there was none
	Why         string // why the item is set aside; "" if it is not
	Differences []fields.Difference
}

// Changes yields what export n added, changed and found gone, as it was
// recorded, in the order in which that came. It ends with the first error: a
// [*NoExportError], or a [*PrunedError] if what was before is not known any more.
func (a Reader) Changes(ctx context.Context, n int64) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		if err := eachChange(a.s, ctx, n, yield); err != nil && !errors.Is(err, ErrEnough) {
			yield(Change{}, disk.Caused(err))
		}
	}
}

func eachChange(a *Store, ctx context.Context, n int64, yield func(Change, error) bool) error {
	if _, _, err := at(a, ctx, Moment{Export: n}); err != nil {
		return err
	}
	whole, err := NewReader(a).Pruned(ctx)
	if err != nil {
		return err
	}
	if n <= whole {
		return &PrunedError{From: whole + 1}
	}
	before, err := lastVersion(ctx, a.DB, n-1)
	if err != nil {
		return err
	}
	last, err := lastVersion(ctx, a.DB, n)
	if err != nil {
		return err
	}
	if yield, err = tellingMoves(a, ctx, before, last, yield); err != nil {
		return err
	}
	for after := before; ; {
		page, err := changePage(a, ctx, before, after, last)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].now
		list, err := changes(a, ctx, page)
		if err != nil {
			return err
		}
		for len(list) > 0 {
			n, err := fillDifferences(a, ctx, list)
			if err != nil {
				return err
			}
			for i := range list[:n] {
				if !yield(list[i].Change, nil) {
					return ErrEnough
				}
			}
			list = list[n:]
		}
	}
}

// A changedRow is the newest version of an item in an export, and the one that
// it had before, 0 if none.
type changedRow struct {
	now, was int64
	has, had bool // bytes; else it is gone
	same     bool // they have the same bytes
}

const changesPage = 500

// changePage reads the versions after one up to the last that are the newest of
// their item among those, each with the newest one that the item had before.
func changePage(a *Store, ctx context.Context, before, after, last int64) (page []changedRow, err error) {
	query := "SELECT " + changeColumns + " FROM " + changedVersions + " AND now.version > ?3 ORDER BY now.version LIMIT " + strconv.Itoa(changesPage)
	err = Each(ctx, a.DB, query, []any{before, last, after}, func(rows *sql.Rows) error {
		var r changedRow
		err := rows.Scan(&r.now, &r.was, &r.has, &r.had, &r.same)
		page = append(page, r)
		return err
	})
	return page, err
}

const changeColumns = `now.version, ifnull(was.version, 0), now.blob IS NOT NULL OR now.photo IS NOT NULL, was.blob IS NOT NULL OR was.photo IS NOT NULL,
	now.blob IS was.blob AND now.photo IS was.photo`

// changedVersions are the newest versions of their items among those after ?1
// up to ?2.
const changedVersions = `version AS now LEFT JOIN version AS was ON was.version = (SELECT max(version) FROM version WHERE version.item = now.item AND version.version <= ?1)
	WHERE now.version > ?1 AND now.version <= ?2
	AND NOT EXISTS (SELECT 1 FROM version WHERE version.item = now.item AND version.version > now.version AND version.version <= ?2)`

// what says what became of the item; "" if nothing did.
func (r changedRow) what() string {
	switch {
	case r.has && !r.had && r.was != 0:
		return Returned
	case r.has && !r.had:
		return Added
	case r.has && !r.same:
		return Changed
	case !r.has && r.had:
		return Gone
	}
	return ""
}

// A changePair is a change with the two versions that it is between.
type changePair struct {
	Change
	old, new Version
}

// changes reads what a page of rows is about.
func changes(a *Store, ctx context.Context, page []changedRow) ([]changePair, error) {
	var numbers []int64
	for _, r := range page {
		if r.has {
			numbers = append(numbers, r.now)
		}
		if !r.has || r.what() == Changed {
			numbers = append(numbers, r.was)
		}
	}
	versions, err := Versions(a, ctx, numbers)
	if err != nil {
		return nil, err
	}
	var list []changePair
	for _, r := range page {
		number := r.now
		if !r.has {
			number = r.was
		}
		v, ok := versions[number]
		if what := r.what(); ok && what != "" {
			c := Change{Item: v.Item, What: what, Why: v.Why, Before: r.was}
			if what == Gone {
				c.State = Gone
			}
			list = append(list, changePair{c, versions[r.was], v})
		}
	}
	return list, nil
}

// comparedBytes is about how many bytes are compared at a time.
const comparedBytes = 1 << 20

// fillDifferences compares changed items with what they were, the first n of
// them, at least one.
func fillDifferences(a *Store, ctx context.Context, list []changePair) (n int, err error) {
	var numbers []int64
	for size := int64(0); n < len(list) && (n == 0 || size < comparedBytes); n++ {
		if c := &list[n]; c.What == Changed {
			for _, v := range []*Version{&c.old, &c.new} {
				if v.worded() {
					numbers, size = append(numbers, v.Number), size+v.Size
				}
			}
		}
	}
	bodies, err := bodiesOf(a, ctx, numbers)
	if err != nil {
		return 0, err
	}
	for i := range list[:n] {
		if c := &list[i]; c.What == Changed && c.old.Number == 0 {
			return 0, fmt.Errorf("%w: the archive has no version %d", export.ErrGone, c.Before)
		}
	}
	for i := range n {
		if c := &list[i]; c.What == Changed {
			c.Differences = fields.Differ(fieldsOf(&c.old, bodies[c.old.Number]), fieldsOf(&c.new, bodies[c.new.Number]))
		}
	}
	return n, nil
}

// bodiesOf reads versions as delivered by their numbers.
func bodiesOf(a *Store, ctx context.Context, numbers []int64) (map[int64][]byte, error) {
	all := make(map[int64][]byte, len(numbers))
	for some := range slices.Chunk(numbers, 500) {
		err := Each(ctx, a.DB, "SELECT version.version, blob.bytes FROM version JOIN blob USING (blob) WHERE version.version IN ("+JoinNumbers(some)+")", nil, func(rows *sql.Rows) error {
			var number int64
			var raw []byte
			err := rows.Scan(&number, (*Copied)(&raw))
			all[number] = raw
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for _, number := range numbers {
		if _, ok := all[number]; !ok {
			return nil, fmt.Errorf("%w: the archive has no version %d", export.ErrGone, number)
		}
	}
	return all, nil
}

// Compare tells in which fields two versions differ: see [Item] for their
// numbers. The error is [export.ErrGone] if the archive has no bytes of one.
func (a Reader) Compare(ctx context.Context, old, new int64) ([]fields.Difference, error) {
	list, err := compare(a.s, ctx, old, new)
	return list, disk.Caused(err)
}

func compare(a *Store, ctx context.Context, old, new int64) ([]fields.Difference, error) {
	versions, err := Versions(a, ctx, []int64{old, new})
	if err != nil {
		return nil, err
	}
	var read [2][]fields.Field
	for i, number := range []int64{old, new} {
		v, ok := versions[number]
		if !ok {
			return nil, fmt.Errorf("%w: the archive has no version %d", export.ErrGone, number)
		}
		var raw []byte
		if v.worded() {
			bodies, err := bodiesOf(a, ctx, []int64{number})
			if err != nil {
				return nil, err
			}
			raw = bodies[number]
		}
		read[i] = fieldsOf(&v, raw)
	}
	return fields.Differ(read[0], read[1]), nil
}

// worded tells whether the version's bytes are read field by field.
func (v *Version) worded() bool { return v.Number != 0 && v.Kind != export.Photos && v.Why == "" }

// fieldsOf reads a version field by field. Of one that cannot be understood it
// says so. raw are its bytes, if it is worded.
func fieldsOf(v *Version, raw []byte) []fields.Field {
	if v.Kind == export.Photos {
		f := []fields.Field{{Name: "File", Value: v.Name}, {Name: "Picture", Value: fmt.Sprintf("%d bytes, %x", v.Size, v.Hash[:min(4, len(v.Hash))])}}
		if !v.Start.IsZero() {
			f = append(f, fields.Field{Name: "Taken", Value: v.Start.Format("2 January 2006, 15:04")})
		}
		return f
	}
	if v.Why != "" {
		return []fields.Field{{Name: "Cannot be understood", Value: v.Why}}
	}
	read := fields.Calendar
	if v.Kind == export.Contacts {
		read = fields.Contact
	}
	list, err := read(raw)
	if err != nil {
		return []fields.Field{{Name: "Cannot be understood", Value: err.Error()}}
	}
	return list
}

// A ChangeCount is how many items an export changed.
type ChangeCount struct {
	Added   int `json:"added"` // those that returned included
	Changed int `json:"changed"`
	Moved   int `json:"moved"` // counted neither as added nor as gone
	Gone    int `json:"gone"`
}

// ChangeCounts counts what Archive.Changes yields. An export of which that is
// not known any more has no entry.
func (a Reader) ChangeCounts(ctx context.Context, exports []int64) (map[int64]ChangeCount, error) {
	counts := map[int64]ChangeCount{}
	if len(exports) == 0 {
		return counts, nil
	}
	whole, err := NewReader(a.s).Pruned(ctx)
	if err != nil {
		return nil, err
	}
	from, err := lastVersion(ctx, a.s.DB, slices.Min(exports)-1)
	if err != nil {
		return nil, disk.Caused(err)
	}
	ends := map[int64][2]int64{} // first and last version of each export
	err = Each(ctx, a.s.DB, "SELECT export, min(version), max(version) FROM version WHERE version > ? GROUP BY export", []any{from}, func(rows *sql.Rows) error {
		var n, first, last int64
		err := rows.Scan(&n, &first, &last)
		ends[n] = [2]int64{first, last}
		return err
	})
	if err != nil {
		return nil, disk.Caused(err)
	}
	for _, n := range exports {
		if n <= whole {
			continue
		}
		c := ChangeCount{}
		if end, ok := ends[n]; ok {
			if c, err = changeCount(a.s, ctx, end[0]-1, end[1]); err != nil {
				return nil, disk.Caused(err)
			}
		}
		counts[n] = c
	}
	return counts, nil
}

func changeCount(a *Store, ctx context.Context, before, last int64) (c ChangeCount, err error) {
	query := "SELECT has, had, same, count(*) FROM (SELECT now.blob IS NOT NULL OR now.photo IS NOT NULL AS has, was.blob IS NOT NULL OR was.photo IS NOT NULL AS had, now.blob IS was.blob AND now.photo IS was.photo AS same FROM " +
		changedVersions + ") GROUP BY 1, 2, 3"
	err = Each(ctx, a.DB, query, []any{before, last}, func(rows *sql.Rows) error {
		var r changedRow
		var n int
		err := rows.Scan(&r.has, &r.had, &r.same, &n)
		switch r.what() {
		case Added, Returned:
			c.Added += n
		case Changed:
			c.Changed += n
		case Gone:
			c.Gone += n
		}
		return err
	})
	if err != nil || c.Added == 0 || c.Gone == 0 {
		return c, err
	}
	list, err := moves(ctx, a.DB, before, last)
	c.Moved = len(list)
	c.Added, c.Gone = c.Added-c.Moved, c.Gone-c.Moved
	return c, err
}
