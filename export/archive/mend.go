package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sidekeep/export"
)

// A Repaired is what [Repair] found and did.
type Repaired struct {
	Check            // of the archive as it is now: what it names could not be mended
	Found     []Bad  `json:"found"`          // what was wrong before
	Mended    []Bad  `json:"mended"`         // what of it is right now
	Rebuilt   bool   `json:"rebuilt"`        // history.db was made anew
	Salvaged  bool   `json:"salvaged"`       // of what could still be read of the old one
	Lost      []Bad  `json:"lost"`           // what the new history.db lacks
	Converted int    `json:"converted"`      // items that it has as published, because nothing tells how they were delivered
	Kept      string `json:"kept,omitempty"` // where the damaged files are now, relative to the archive
}

// Repair verifies the archive in dir and mends what can be mended: open files
// from the history, the history from open files whose hashes agree, photos from
// an identical file elsewhere in the archive. A history.db that is missing or
// cannot be read is made anew from what is left of it and from the open files.
// Photos of which no other copy is there are marked, so that the next export
// fetches them again. Nothing is deleted: damaged files are kept below
// .sidekeep/damaged, and unknown files are left alone. report is called as by
// [Archive.Verify], for two verifications one after the other.
//
// The error is [export.ErrBusy] if anybody writes, and [export.ErrNoArchive] if
// there is nothing from which the archive could be known.
func Repair(ctx context.Context, dir string, o Options, report func(done, total int64)) (*Repaired, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(dir, historyFile)); err != nil {
		if _, ok := bagged(dir); !ok {
			return nil, fmt.Errorf("%w: %s", export.ErrNoArchive, dir)
		}
	}
	a, err := o.open(dir)
	if err != nil {
		return nil, err
	}
	if err := makeFolders(a.disk, sideDir); err != nil {
		return nil, errors.Join(caused(err), a.disk.Close())
	}
	l, err := lockFor(dir, a.now())
	if err != nil {
		return nil, errors.Join(err, a.disk.Close())
	}
	m := &mending{a: a, ctx: ctx, report: report, r: &Repaired{Found: []Bad{}, Mended: []Bad{}, Lost: []Bad{}}, notes: map[string]string{}}
	err = m.run()
	if a.db != nil {
		if err == nil {
			a.noteVerified(Slice{1, 1}, m.r.Check)
			a.noteHistory()
		}
		err = errors.Join(err, a.db.Close())
	}
	return m.r, caused(errors.Join(err, l.release(), a.disk.Close()))
}

// A mending is one run of Repair. The lock is held.
type mending struct {
	a      *Archive
	w      *writer
	ctx    context.Context
	report func(done, total int64)
	r      *Repaired
	notes  map[string]string // by path: what there is to say of something that could not be mended
	mended int               // rows of the history
}

func (m *mending) run() error {
	why, err := m.openHistory()
	if err != nil {
		return err
	}
	if why != "" {
		m.r.Found = append(m.r.Found, Bad{historyFile, why})
		if m.r.Kept, err = m.a.rebuild(m.ctx, m.r); err != nil {
			return fmt.Errorf("rebuilding history.db: %w", err)
		}
		if m.a.db, m.a.id, err = openHistory(m.ctx, m.a.file(historyFile)); err != nil {
			return err
		}
	}
	if err := m.a.upgrade(m.ctx); err != nil {
		return err
	}
	before, err := m.a.verify(m.ctx, Slice{1, 1}, true, m.report)
	if err != nil {
		return err
	}
	m.add(before.Bad)
	if len(before.Bad) > 0 || m.r.Rebuilt || m.begun() {
		if err := m.mend(before); err != nil {
			return err
		}
	}
	after, err := m.a.verify(m.ctx, Slice{1, 1}, true, m.report)
	if err != nil {
		return err
	}
	m.conclude(after)
	return nil
}

func (m *mending) begun() bool {
	var begun bool
	err := m.a.db.QueryRowContext(m.ctx, begunQuery).Scan(&begun)
	return err == nil && begun
}

// openHistory opens history.db. why tells why it has to be made anew, "" if it
// has not.
func (m *mending) openHistory() (why string, err error) {
	info, err := m.a.disk.Lstat(historyFile)
	if err != nil {
		return "it is missing", nil
	}
	if !info.Mode().IsRegular() {
		return "it is no plain file", nil
	}
	db, id, err := openHistory(m.ctx, m.a.file(historyFile))
	switch {
	case errors.Is(err, export.ErrDamaged):
		return err.Error(), nil
	case err != nil:
		return "", err
	}
	sound, err := soundHistory(m.ctx, db)
	if err == nil && sound == "" {
		sound, err = m.a.soundSchema(m.ctx, db)
	}
	if err == nil && sound == "" {
		m.a.db, m.a.id = db, id
		return "", nil
	}
	if err := db.Close(); err != nil {
		return "", err
	}
	if err != nil && !errors.Is(caused(err), export.ErrDamaged) && !senseless(err) {
		return "", err
	}
	if err != nil {
		sound = err.Error()
	}
	return sound, nil
}

// soundHistory has SQLite check the history; it is "" if all is well.
func soundHistory(ctx context.Context, db *sql.DB) (string, error) {
	first := ""
	err := eachRow(ctx, db, "PRAGMA integrity_check(1)", nil, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		if s != "ok" && first == "" {
			first = s
		}
		return err
	})
	return first, err
}

// soundSchema compares what the tables of the history are with what they are to
// be; it is "" if all is well.
func (a *Archive) soundSchema(ctx context.Context, db *sql.DB) (string, error) {
	if old, err := older(ctx, db); err != nil || old {
		return "", err
	}
	if err := a.dropNew(); err != nil {
		return "", err
	}
	if err := writeHistory(ctx, a.file(newHistory), "", ""); err != nil {
		return "", err
	}
	fresh := sql.OpenDB(connector{file: a.file(newHistory)})
	want, err := schemaOf(ctx, fresh)
	if err := errors.Join(err, fresh.Close(), a.dropNew()); err != nil {
		return "", err
	}
	got, err := schemaOf(ctx, db)
	if err != nil || slices.Equal(got, want) {
		return "", err
	}
	return "its tables are not those that it was made with", nil
}

// dropNew removes a history that is not finished.
func (a *Archive) dropNew() error {
	return errors.Join(removeIfThere(a.disk, newHistory+"-journal"), removeIfThere(a.disk, newHistory))
}

func schemaOf(ctx context.Context, db *sql.DB) (list []string, err error) {
	err = eachRow(ctx, db, "SELECT type || ' ' || name || ' ' || ifnull(sql, '') FROM sqlite_schema", nil, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		list = append(list, strings.Join(strings.Fields(s), " "))
		return err
	})
	slices.Sort(list)
	return list, err
}

// add notes what was found wrong; the first reason stays.
func (m *mending) add(list []Bad) {
	have := map[string]bool{}
	for _, b := range m.r.Found {
		have[b.Path] = true
	}
	for _, b := range list {
		if !have[b.Path] {
			m.r.Found = append(m.r.Found, b)
		}
	}
}

// mend mends what it can of what was found.
func (m *mending) mend(before Check) (err error) {
	if m.w, err = newWriter(m.ctx, m.a.db); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.w.close()) }()
	if err := m.rows(before); err != nil {
		return err
	}
	if err := errors.Join(m.a.dropSearch(), m.a.repair(m.w)); err != nil { // ends what was begun, and publishes
		return err
	}
	if !slices.ContainsFunc(before.Bad, changedHistory) {
		return nil
	}
	// What no row needs may be what was changed.
	m.w.lock()
	defer m.w.unlock()
	_, err = m.w.raw("VACUUM")
	return err
}

func changedHistory(b Bad) bool { return b.Path == historyFile && b.Why == changedOutside }

// rows mends the history and the photos, and marks every open file as behind.
func (m *mending) rows(before Check) error {
	m.w.lock()
	defer m.w.unlock()
	listed, err := m.manifest()
	if err != nil {
		return err
	}
	if !m.r.Rebuilt {
		if err := m.history(); err != nil {
			return err
		}
		if err := m.r.drop(m.w); err != nil {
			return err
		}
	}
	if err := m.paths(listed); err != nil {
		return err
	}
	for _, b := range before.Bad {
		if err := m.file(b, listed[b.Path], before.Bad); err != nil {
			return fmt.Errorf("mending %s: %w", b.Path, err)
		}
	}
	if err := m.a.adopt(m.w); err != nil {
		return err
	}
	if _, err := m.w.exec("UPDATE collection SET dirty = 2"); err != nil {
		return err
	}
	if err := m.w.set("publish", "1"); err != nil {
		return err
	}
	return m.w.commit()
}

// manifest reads the hashes that the manifests tell, as far as they can be read.
func (m *mending) manifest() (map[string][]byte, error) {
	listed := map[string][]byte{}
	for _, name := range []string{manifestFile, tagManifestFile} {
		f, err := m.a.disk.Open(name)
		if err != nil {
			continue // told by verifying
		}
		in := bufio.NewScanner(f)
		for in.Scan() {
			if name, hash, ok := manifestEntry(in.Text()); ok {
				listed[name] = hash
			}
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	return listed, nil
}

// asListed reports whether a file is what the manifest says.
func (a *Archive) asListed(ctx context.Context, name string) bool {
	listed, err := (&mending{a: a}).manifest()
	if err != nil || listed[name] == nil {
		return false
	}
	sum, _, err := hashFile(ctx, a.disk, name, nil)
	return err == nil && bytes.Equal(sum[:], listed[name])
}

// history sets the rows of the history right by the open files.
func (m *mending) history() error {
	bad, err := m.w.badBodies()
	if err != nil {
		return err
	}
	var list []placed
	err = m.w.each("SELECT account, folder FROM account ORDER BY account", nil, func(rows *sql.Rows) error {
		var c placed
		err := rows.Scan(&c.id, &c.folder)
		list = append(list, c)
		return err
	})
	if err != nil {
		return err
	}
	begun := m.begun()
	for _, c := range list {
		var behind int
		if _, err := m.w.row("SELECT count(*) FROM collection WHERE account = ? AND dirty", []any{c.id}, &behind); err != nil {
			return err
		}
		index := c.folder + "/" + indexFile
		if !m.a.asListed(m.ctx, index) {
			continue // it proves nothing
		}
		x := &mender{a: m.a, w: m.w, account: c.id, folder: c.folder, correct: !begun && behind == 0, badBodies: bad}
		if begun || behind > 0 {
			if err := x.bodiesOnly(); err != nil {
				return err
			}
		} else if err := x.run(); err != nil {
			return fmt.Errorf("reading %s: %w", index, err)
		} else if err := errors.Join(x.albums(), x.conclude()); err != nil {
			return err
		}
		m.mended += x.mended
		m.r.Converted += x.converted
	}
	return m.fetchAgain(bad)
}

// paths gives photos that are not where the history says the place at which the
// manifest lists their bytes.
func (m *mending) paths(listed map[string][]byte) error {
	type row struct {
		n         int64
		path, key string
		hash      []byte
		lost, odd bool
	}
	var list []row
	places := map[string]bool{}
	err := m.w.each("SELECT photo, path, key, hash FROM photo", nil, func(rows *sql.Rows) error {
		var r row
		err := rows.Scan(&r.n, &r.path, &r.key, &r.hash)
		r.lost, r.odd = listed[r.path] == nil, r.key != foldName(r.path)
		places[r.path] = true
		if r.lost || r.odd {
			list = append(list, r)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range list {
		for name, hash := range listed {
			if r.lost && !places[name] && bytes.Equal(hash, r.hash) && strings.HasPrefix(name, "data/") {
				r.path, r.odd, places[name] = name, true, true
				break
			}
		}
		if !r.odd {
			continue
		}
		m.mended++
		if _, err := m.w.exec("UPDATE OR IGNORE photo SET path = ?, key = ? WHERE photo = ?", r.path, foldName(r.path), r.n); err != nil {
			return err
		}
	}
	return nil
}

// fetchAgain marks the items whose bytes are damaged for good, so that the next
// export fetches them.
func (m *mending) fetchAgain(bad map[int64]bool) error {
	for n := range bad {
		_, err := m.w.exec("UPDATE item SET mark = '', failed = 1 WHERE item IN (SELECT shown.item FROM shown JOIN version USING (version) WHERE blob = ?)", n)
		if err != nil {
			return err
		}
		var name string
		var present bool
		shown, err := m.w.row("SELECT version.name, shown.present FROM shown JOIN version USING (version) WHERE blob = ? ORDER BY 2 DESC LIMIT 1", []any{n}, &name, &present)
		if err != nil {
			return err
		}
		note := "it is an earlier state of an item, and no other copy of it is here"
		if shown && present {
			note = fmt.Sprintf("it is “%s”, and no other copy of it is here; the next export fetches it again", name)
		} else if shown {
			note = fmt.Sprintf("it is “%s”, which is gone from the source, and no other copy of it is here", name)
		}
		m.notes[fmt.Sprintf("%s, body %d", historyFile, n)] = note
	}
	return nil
}

// file mends one file, or makes room for the one that publishing puts in its
// place. listed is its hash by the manifest, nil if that does not know it.
func (m *mending) file(b Bad, listed []byte, all []Bad) error {
	var n, size int64
	var hash []byte
	isPhoto, err := m.w.row("SELECT photo, size, hash FROM photo WHERE path = ?", []any{b.Path}, &n, &size, &hash)
	if err != nil {
		return err
	}
	sum, _, err := hashFile(m.ctx, m.a.disk, b.Path, nil)
	there := err == nil
	if m.ctx.Err() != nil {
		return m.ctx.Err()
	}
	switch {
	case isPhoto && there && bytes.Equal(sum[:], hash):
		return nil // it is the manifest that is wrong
	case isPhoto && there && bytes.Equal(sum[:], listed):
		m.mended++ // it is the history that is wrong
		_, err := m.w.exec("UPDATE OR IGNORE photo SET hash = ? WHERE photo = ?", sum[:], n)
		return err
	case isPhoto:
		if err := m.setAside(b.Path); err != nil {
			return err
		}
		return m.photo(b.Path, n, hash, all)
	case !there || b.Path == historyFile || listed == nil && !m.published(b.Path):
		return nil
	case bytes.Equal(sum[:], listed):
		return nil // it is as it was written
	}
	return m.setAside(b.Path)
}

// published reports whether a file is one that publishing writes.
func (m *mending) published(name string) bool {
	var one int
	known, err := m.w.row("SELECT 1 FROM file WHERE path = ?", []any{name}, &one)
	return err == nil && known
}

// setAside moves a damaged file to where it is kept, if it is there.
func (m *mending) setAside(name string) error {
	there, err := exists(m.a.disk, name)
	if err != nil || !there {
		return err
	}
	m.r.Kept = damagedDir
	return m.a.keepDamaged(name)
}

// photo puts an identical file in the place of a photo, or has the next export
// fetch it.
func (m *mending) photo(name string, n int64, hash []byte, all []Bad) error {
	var places []string
	if err := eachString(m.w, &places, "SELECT path FROM photo WHERE hash = ? AND photo <> ? ORDER BY photo", hash, n); err != nil {
		return err
	}
	for _, b := range all {
		if b.Why == noManifestLists {
			places = append(places, b.Path)
		}
	}
	for _, from := range places {
		if ok, err := m.copyPhoto(from, name, hash); err != nil || ok {
			return err
		}
	}
	res, err := m.w.exec("UPDATE item SET mark = '', failed = 1 WHERE present AND version IN (SELECT version FROM version WHERE photo = ?)", n)
	if err != nil {
		return err
	}
	again, err := res.RowsAffected()
	m.notes[name] = "no other copy of it is here"
	if again > 0 {
		m.notes[name] += "; the next export fetches it again"
	}
	return err
}

// copyPhoto copies a file that has this hash to the place of a photo.
func (m *mending) copyPhoto(from, to string, hash []byte) (bool, error) {
	in, err := m.a.disk.Open(from)
	if err != nil {
		return false, nil // then not this one
	}
	defer in.Close()
	const temp = publishDir + "/photo"
	for _, dir := range []string{publishDir, path.Dir(to)} {
		if err := makeFolders(m.a.disk, dir); err != nil {
			return false, err
		}
	}
	out, err := m.a.disk.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return false, err
	}
	sum := sha256.New()
	_, copyErr := io.Copy(io.MultiWriter(out, sum), in)
	err = out.Sync()
	if err := errors.Join(err, out.Close()); err != nil {
		return false, err
	}
	if copyErr != nil || !bytes.Equal(sum.Sum(nil), hash) {
		return false, m.a.disk.Remove(temp)
	}
	return true, moveNew(m.a.disk, temp, to)
}

// conclude tells what is right now and what is not.
func (m *mending) conclude(after Check) {
	r := m.r
	for i, b := range after.Bad {
		if note := m.notes[b.Path]; note != "" {
			after.Bad[i].Why += ": " + note
		}
	}
	left := map[string]bool{}
	for _, b := range after.Bad {
		left[b.Path] = true
	}
	for _, b := range r.Found {
		if changedHistory(b) && m.mended == 0 && !left[b.Path] {
			left[b.Path] = true
			after.Bad = append(after.Bad, Bad{b.Path, b.Why + ": everything that can be compared agrees, so what was changed is a date, a name or a sum of earlier exports"})
			after.Good--
		}
		if !left[b.Path] {
			r.Mended = append(r.Mended, b)
		}
	}
	r.Check = after
}
