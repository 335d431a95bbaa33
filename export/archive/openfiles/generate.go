package openfiles

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/vcard"
)

// An Output takes the open files of a collection as they are generated:
// publishing writes them, verifying compares them.
type Output interface {
	// Name is the name of one of owner's files in folder, below the account.
	Name(folder, owner, want, ext, plain string) (string, error)
	// File opens the file of this path, which is relative to the archive.
	File(path string) (io.WriteCloser, error)
	// Place tells where an item's bytes stand now.
	Place(p Place) error
}

// A Generator derives the open files of a collection from the history. conn is
// one connection, because of its temporary tables.
type Generator struct {
	Ctx    context.Context
	Conn   *sql.Conn
	Out    Output
	Folder string // of the account
	N      int64  // of the collection
	Name   string
	shown  string // what the shown items are read from
}

// Run generates every file of the collection.
func (g *Generator) Run() error {
	type group struct {
		kind           string
		present, aside bool
	}
	groups := map[group]bool{}
	var err error
	if g.shown, err = history.ShownFrom(g.Ctx, g.Conn); err != nil {
		return err
	}
	err = history.Each(g.Ctx, g.Conn, `SELECT DISTINCT version.kind, item.present, item.aside FROM shown AS item JOIN version USING (version) WHERE item.collection = ? AND `+history.NotMoved,
		[]any{g.N}, func(rows *sql.Rows) error {
			var k group
			err := rows.Scan(&k.kind, &k.present, &k.aside)
			groups[k] = true
			return err
		})
	if err != nil {
		return err
	}
	for _, present := range []bool{false, true} {
		for _, l := range disk.Layouts {
			if !groups[group{string(l.Kind), present, false}] {
				continue
			}
			make := g.calendar
			if l.Kind == export.Contacts {
				make = g.contacts
			}
			if err := make(l.Kind, present, l.Folder, l.Ext, l.Plain); err != nil {
				return err
			}
		}
		if groups[group{string(export.Photos), present, false}] {
			if err := g.albums(present); err != nil {
				return err
			}
		}
	}
	return g.asides()
}

// path is the path of the k-th file of the collection in folder. Vanished items
// have a file of the same name below Vanished.
func (g *Generator) path(present bool, folder, owner, want, ext, plain string) (string, error) {
	name, err := g.Out.Name(g.Folder+"/"+folder, owner, want, ext, plain)
	if err != nil {
		return "", err
	}
	if !present {
		folder = disk.Vanished + folder
	}
	return g.Folder + "/" + folder + "/" + name, nil
}

// contacts writes the cards one after the other.
func (g *Generator) contacts(kind export.Kind, present bool, folder, ext, plain string) error {
	name, err := g.path(present, folder, g.owner(1), g.Name, ext, plain)
	if err != nil {
		return err
	}
	f, err := g.Out.File(name)
	if err != nil {
		return err
	}
	w := &disk.Counter{W: f}
	err = g.each(kind, present, false, "", func(r record) error {
		raw, err := Guarded(vcard.Published, r.Text)
		if err != nil {
			return g.aside(r) // it was understood once, so one bad item stops no other
		}
		p := Place{Item: r.item, Path: name, Offset: w.N}
		if p.Hash, err = r.write(w, raw); err != nil {
			return err
		}
		p.Length = w.N - p.Offset
		return g.Out.Place(p)
	})
	return errors.Join(err, f.Close())
}

// calendar writes one VCALENDAR. Objects that bring another time zone of a name
// that is in the file go to the next file, those that clash there to the one
// after that.
func (g *Generator) calendar(kind export.Kind, present bool, folder, ext, plain string) error {
	const make = "CREATE TEMP TABLE IF NOT EXISTS clash (item INTEGER PRIMARY KEY, pass INTEGER NOT NULL)"
	for _, q := range []string{make, "DELETE FROM temp.clash"} {
		if _, err := g.Conn.ExecContext(g.Ctx, q); err != nil {
			return err
		}
	}
	// Objects of version 1.0 are counted from -1 down.
	for _, step := range []int{1, -1} {
		ext := ext
		if step < 0 {
			ext = disk.OldExt
		}
		for pass := step; ; pass += step {
			clashes, err := g.calendarFile(kind, present, pass, func() (string, error) {
				return g.path(present, folder, g.owner(pass), g.Name, ext, plain)
			})
			if err != nil {
				return err
			}
			if clashes == 0 {
				break
			}
		}
	}
	return nil
}

// calendarFile writes the file of one pass, which path names, if there is
// anything for it. clashes is how many objects the next pass has to take.
func (g *Generator) calendarFile(kind export.Kind, present bool, pass int, path func() (string, error)) (clashes int, err error) {
	f := &laterFile{}
	f.open = func() (io.WriteCloser, error) {
		var err error
		if f.name, err = path(); err != nil {
			return nil, err
		}
		return g.Out.File(f.name)
	}
	m := ical.NewMerger(f, g.Name)
	condition := ""
	if pass != 1 {
		condition = "item.item IN (SELECT item FROM temp.clash WHERE pass = " + strconv.Itoa(pass) + ")"
	}
	later := func(item int64, pass int) error {
		_, err := g.Conn.ExecContext(g.Ctx, "INSERT INTO temp.clash VALUES (?, ?) ON CONFLICT DO UPDATE SET pass = excluded.pass", item, pass)
		return err
	}
	err = g.each(kind, present, false, condition, func(r record) error {
		raw, err := Guarded(ical.Published, r.Text)
		var pieces ical.Pieces
		if err == nil {
			pieces, err = Guarded(ical.Parts, raw)
		}
		if err != nil {
			return g.aside(r)
		}
		if pieces.Old && pass > 0 {
			return later(r.item, -1)
		}
		p := Place{Item: r.item}
		sum := sha256.New()
		if r.gaps != nil {
			fill := r.filler()
			pieces.Fill = func(w io.Writer, component []byte) error { return fill.Fill(io.MultiWriter(w, sum), component) }
		}
		p.Offset, p.Length, err = m.Add(pieces)
		if errors.Is(err, ical.ErrZoneClash) {
			clashes++
			next := pass + 1
			if pass < 0 {
				next = pass - 1
			}
			return later(r.item, next)
		}
		if err != nil {
			return fmt.Errorf("publishing %q: %w", r.id, err)
		}
		for _, c := range pieces.Components {
			if pieces.Fill == nil {
				sum.Write(c)
			}
		}
		sum.Sum(p.Hash[:0])
		p.Path, p.Wrapper = f.name, pieces.Wrapper
		return g.Out.Place(p)
	})
	if f.f == nil && f.err == nil {
		return clashes, err
	}
	return clashes, errors.Join(err, m.Close(), f.Close())
}

// A laterFile is opened when it is first written to.
type laterFile struct {
	open func() (io.WriteCloser, error)
	name string
	f    io.WriteCloser
	err  error
}

func (f *laterFile) Write(b []byte) (int, error) {
	if f.f == nil && f.err == nil {
		f.f, f.err = f.open()
	}
	if f.err != nil {
		return 0, f.err
	}
	return f.f.Write(b)
}

func (f *laterFile) Close() error {
	if f.f == nil {
		return nil
	}
	return f.f.Close()
}

// Guarded reads what was delivered; see [export.Guard].
func Guarded[T any](read func([]byte) (T, error), raw []byte) (out T, err error) {
	err = export.Guard(func() error {
		out, err = read(raw)
		return err
	})
	return out, err
}

// asides writes the bytes that could not be understood, each as delivered in a
// file of its own. They stay there when the source no longer has them.
func (g *Generator) asides() error {
	for _, present := range []bool{true, false} {
		if err := g.each("", present, true, "", g.aside); err != nil {
			return err
		}
	}
	return nil
}

// aside writes the bytes of one item as delivered.
func (g *Generator) aside(r record) error {
	stem, ext := disk.AsideName(r.name, r.id, r.kind)
	name, err := g.path(true, disk.Asides, "item/"+strconv.FormatInt(r.item, 10), stem, ext, "Item")
	if err != nil {
		return err
	}
	f, err := g.Out.File(name)
	if err != nil {
		return err
	}
	length, err := io.Copy(f, r.delivered())
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	p := Place{Item: r.item, Path: name, Length: length}
	copy(p.Hash[:], r.Hash)
	return g.Out.Place(p)
}

// albums writes for each folder of the source which photos it shows.
func (g *Generator) albums(present bool) error {
	var folders []string
	err := history.Each(g.Ctx, g.Conn, `SELECT DISTINCT item.folder FROM shown AS item JOIN version USING (version)
		WHERE item.collection = ? AND item.present = ? AND version.photo IS NOT NULL AND `+history.NotMoved+` ORDER BY 1`, []any{g.N, present}, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		folders = append(folders, s)
		return err
	})
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if err := g.album(present, folder); err != nil {
			return err
		}
	}
	return nil
}

func (g *Generator) album(present bool, folder string) error {
	want := g.Name
	if parts := strings.Trim(folder, "/"); parts != "" {
		want = strings.ReplaceAll(parts, "/", " - ")
	}
	name, err := g.path(present, disk.Albums, "album/"+strconv.FormatInt(g.N, 10)+"/"+folder, want, ".txt", "Album")
	if err != nil {
		return err
	}
	f, err := g.Out.File(name)
	if err != nil {
		return err
	}
	return errors.Join(g.AlbumLines(present, folder, f), f.Close())
}

// AlbumLines writes the paths of the photos of an album, relative to its file.
func (g *Generator) AlbumLines(present bool, folder string, f io.Writer) error {
	up := "../"
	if !present {
		up = "../../"
	}
	return history.Each(g.Ctx, g.Conn, `SELECT DISTINCT photo.path FROM shown AS item JOIN version USING (version) JOIN photo USING (photo)
		WHERE item.collection = ? AND item.present = ? AND item.folder = ? AND `+history.NotMoved+` ORDER BY 1`, []any{g.N, present, folder}, func(rows *sql.Rows) error {
		var p string
		if err := rows.Scan(&p); err != nil {
			return err
		}
		_, err := io.WriteString(f, up+strings.TrimPrefix(p, g.Folder+"/")+"\r\n")
		return err
	})
}

func (g *Generator) owner(k int) string {
	return "collection/" + strconv.FormatInt(g.N, 10) + "/" + strconv.Itoa(k)
}

// A record is an item with its newest bytes.
type record struct {
	item           int64
	id, name       string
	kind           export.Kind
	history.Stored // of a long body text is the outline, and gaps what it lacks
	gaps           contentline.Gaps
	conn           *sql.Conn
	failed         bool // it is to be fetched again
}

// delivered reads the bytes of the record.
func (r record) delivered() io.Reader { return r.Open(context.Background(), r.conn) }

// filler puts back what the outline of a long body lacks.
func (r record) filler() *contentline.Filler {
	return contentline.NewFiller(r.gaps, r.delivered(), true)
}

// write writes raw, the published form of the record, or of its outline as it is
// as a whole, and returns the hash of what it has written.
func (r record) write(w io.Writer, raw []byte) (h [sha256.Size]byte, err error) {
	switch {
	case r.gaps != nil:
		sum := sha256.New()
		err := r.filler().Fill(io.MultiWriter(w, sum), raw)
		sum.Sum(h[:0])
		return h, err
	case len(raw) == len(r.Text) && bytes.Equal(raw, r.Text):
		copy(h[:], r.Hash)
	default:
		h = sha256.Sum256(raw)
	}
	_, err = w.Write(raw)
	return h, err
}

// each calls do for the items of one kind ("" for all) that are present or
// gone, understood or set aside, in the order of their IDs.
func (g *Generator) each(kind export.Kind, present, aside bool, condition string, do func(record) error) error {
	query := `SELECT item.item, item.id, item.name, version.kind, blob.blob, ` + history.BodyLong + `, blob.bytes, blob.hash, item.failed
		FROM ` + g.shown + ` JOIN version USING (version) JOIN blob USING (blob)
		WHERE item.collection = ? AND item.id > ? AND item.present = ? AND item.aside = ? AND ` + history.NotMoved
	if kind != "" {
		query += " AND version.kind = '" + string(kind) + "'"
	}
	if condition != "" {
		query += " AND " + condition
	}
	query += " ORDER BY item.id LIMIT " + strconv.Itoa(history.PageRows)
	after := ""
	first := true
	for {
		page, more, err := g.page(query, after, first, present, aside)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := g.whole(r, do); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
		after, first = page[len(page)-1].id, false
	}
}

// whole calls do if the bytes of the item have their hash. Damaged ones never
// take the place of good ones in an open file: the error is
// [export.ErrDamaged], unless the item is to be fetched again because nothing
// better is left. Those stand among what was set aside.
func (g *Generator) whole(r record, do func(record) error) error {
	if r.Long {
		return g.wholeLong(r, do)
	}
	sum := sha256.Sum256(r.Text)
	switch {
	case bytes.Equal(sum[:], r.Hash):
		return do(r)
	case !r.failed:
		return fmt.Errorf("%w: the bytes of %q in history.db do not have their hash", export.ErrDamaged, r.id)
	}
	r.Hash = sum[:]
	return g.aside(r)
}

// wholeLong is whole of a long body. Nothing of a damaged one is written.
func (g *Generator) wholeLong(r record, do func(record) error) error {
	sum := sha256.New()
	in := io.TeeReader(r.delivered(), sum)
	text, gaps, err := contentline.OutlineOf(in, history.LongBody)
	if errors.Is(err, contentline.ErrNoOutline) { // nothing of it is understood
		_, err = io.Copy(io.Discard, in) // to its end, where its hash is compared
		gaps = nil
	}
	switch {
	case err == nil && len(gaps) > 0:
		r.Text, r.gaps = text, gaps
		return do(r)
	case err == nil:
		return g.aside(r)
	case !errors.Is(err, export.ErrDamaged) || !r.failed:
		return fmt.Errorf("reading %q: %w", r.id, err)
	}
	r.Hash, r.Unsure = sum.Sum(nil), true
	return g.aside(r)
}

// page reads items from after on; more tells whether there may be others.
func (g *Generator) page(query, after string, first, present, aside bool) (page []record, more bool, err error) {
	if first {
		query = strings.Replace(query, "item.id > ?", "item.id >= ?", 1)
	}
	size := 0
	err = history.Each(g.Ctx, g.Conn, query, []any{g.N, after, present, aside}, func(rows *sql.Rows) error {
		var r record
		if err := rows.Scan(&r.item, &r.id, &r.name, &r.kind, &r.Blob, &r.Long, (*history.Copied)(&r.Text), (*history.Copied)(&r.Hash), &r.failed); err != nil {
			return err
		}
		r.conn = g.Conn
		page = append(page, r)
		if size += len(r.Text); size >= history.PageBytes {
			return history.ErrPage
		}
		return nil
	})
	if errors.Is(err, history.ErrPage) {
		return page, true, nil
	}
	return page, len(page) == history.PageRows, err
}
