package repair

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/resume"
	"sidekeep/export/archive/search"
	"sidekeep/export/archive/verify"
)

// A Repaired is what [Repair] found and did.
type Repaired struct {
	history.Check               // of the archive as it is now: what it names could not be mended
	Found         []history.Bad `json:"found"`          // what was wrong before
	Mended        []history.Bad `json:"mended"`         // what of it is right now
	Rebuilt       bool          `json:"rebuilt"`        // history.db was made anew
	Salvaged      bool          `json:"salvaged"`       // of what could still be read of the old one
	Lost          []history.Bad `json:"lost"`           // what the new history.db lacks
	Converted     int           `json:"converted"`      // items that it has as published, because nothing tells how they were delivered
	Kept          string        `json:"kept,omitempty"` // where the damaged files are now, relative to the archive
}

// Repair verifies the archive in dir and mends what can be mended: open files
// from the history, the history from open files whose hashes agree, photos from
// an identical file elsewhere in the archive. A history.db that is missing or
// cannot be read is made anew from what is left of it and from the open files.
// Photos of which no other copy is there are marked, so that the next export
// fetches them again. Nothing is deleted: damaged files are kept below
// .sidekeep/damaged, and unknown files are left alone. report is called as by
// Archive.Verify, for two verifications one after the other.
//
// The error is [export.ErrBusy] if anybody writes, and [export.ErrNoArchive] if
// there is nothing from which the archive could be known.
func Repair(ctx context.Context, dir string, o history.Options, report func(done, total int64)) (*Repaired, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(dir, disk.HistoryFile)); err != nil {
		if _, ok := Bagged(dir); !ok {
			return nil, fmt.Errorf("%w: %s", export.ErrNoArchive, dir)
		}
	}
	a, err := o.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := disk.MakeFolders(a.Disk, disk.SideDir); err != nil {
		return nil, errors.Join(disk.Caused(err), a.Disk.Close())
	}
	l, err := disk.LockSoon(dir, a.Now)
	if err != nil {
		return nil, errors.Join(err, a.Disk.Close())
	}
	m := &mending{a: a, ctx: ctx, report: report, r: &Repaired{Found: []history.Bad{}, Mended: []history.Bad{}, Lost: []history.Bad{}}, notes: map[string]string{}}
	err = m.run()
	if a.DB != nil {
		if err == nil {
			verify.NoteVerified(a, verify.Slice{Part: 1, Of: 1}, m.r.Check)
			history.NoteLasting(a, ctx, m.lasting)
		}
		err = errors.Join(err, a.DB.Close())
	}
	return m.r, disk.Caused(errors.Join(err, l.Release(), a.Disk.Close()))
}

// A mending is one run of Repair. The lock is held.
type mending struct {
	a      *history.Store
	w      *history.Batch
	ctx    context.Context
	report func(done, total int64)
	r      *Repaired
	notes  map[string]string // by path: what there is to say of something that could not be mended
	mended int               // rows of the history

	lasting int // pages of the history that were damaged and are not what they were
	ofRows  int // of those damaged now, the ones that may have rows: page 1 has the schema alone
}

func (m *mending) run() error {
	if err := m.pages(); err != nil {
		return fmt.Errorf("turning damage of history.db back: %w", err)
	}
	why, err := m.openHistory()
	if err != nil {
		return err
	}
	if why != "" {
		m.r.Found = append(m.r.Found, history.Bad{Path: disk.HistoryFile, Why: why})
		if m.r.Kept, err = rebuild(m.a, m.ctx, m.r); err != nil {
			return fmt.Errorf("rebuilding history.db: %w", err)
		}
		if m.a.DB, m.a.ID, err = history.OpenHistory(m.ctx, m.a.Path(disk.HistoryFile)); err != nil {
			return err
		}
		if m.ofRows > 0 {
			m.r.Lost = append(m.r.Lost, history.Bad{Path: disk.HistoryFile, Why: history.SaysLasting(m.ofRows)})
		}
		m.lasting = 0 // the new one has none of them
	}
	if err := history.Upgrade(m.a, m.ctx); err != nil {
		return err
	}
	before, err := verify.Whole(m.a, m.ctx, verify.Slice{Part: 1, Of: 1}, true, m.report)
	if err != nil {
		return err
	}
	m.add(before.Bad)
	if len(before.Bad) > 0 || m.r.Rebuilt || m.begun() {
		if err := m.mend(before); err != nil {
			return err
		}
	}
	after, err := verify.Whole(m.a, m.ctx, verify.Slice{Part: 1, Of: 1}, true, m.report)
	if err != nil {
		return err
	}
	m.conclude(after)
	return nil
}

// pages brings the pages of history.db back to what was noted of them. What
// cannot be brought back is noted at once, so that it is told whatever comes
// next.
func (m *mending) pages() error {
	if s := history.NotedSums(m.a); s != nil {
		m.lasting = s.Lasting
	}
	list, left, err := history.TurnBackHistory(m.a)
	if err != nil || len(list) == 0 {
		return err
	}
	m.r.Found = append(m.r.Found, history.Bad{Path: disk.HistoryFile, Why: history.SaysDamaged(list)})
	if len(left) < len(list) {
		m.r.Kept = disk.DamagedDir
	}
	m.lasting = max(m.lasting, len(left))
	if m.ofRows = len(left); slices.Contains(left, 1) {
		m.ofRows--
	}
	return history.KeepLasting(m.a, m.lasting)
}

func (m *mending) begun() bool {
	var begun bool
	err := m.a.DB.QueryRowContext(m.ctx, resume.BegunQuery).Scan(&begun)
	return err == nil && begun
}

// openHistory opens history.db. why tells why it has to be made anew, "" if it
// has not.
func (m *mending) openHistory() (why string, err error) {
	info, err := m.a.Disk.Lstat(disk.HistoryFile)
	if err != nil {
		return "it is missing", nil
	}
	if !info.Mode().IsRegular() {
		return "it is no plain file", nil
	}
	db, id, err := history.OpenHistory(m.ctx, m.a.Path(disk.HistoryFile))
	switch {
	case errors.Is(err, export.ErrDamaged):
		return err.Error(), nil
	case err != nil:
		return "", err
	}
	sound, err := soundHistory(m.ctx, db)
	if err == nil && sound == "" {
		m.a.DB, m.a.ID = db, id
		return "", nil
	}
	if err := db.Close(); err != nil {
		return "", err
	}
	if err != nil && !errors.Is(disk.Caused(err), export.ErrDamaged) && !disk.Senseless(err) {
		return "", err
	}
	if err != nil {
		sound = err.Error()
	}
	return sound, nil
}

// add notes what was found wrong; the first reason stays.
func (m *mending) add(list []history.Bad) {
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
func (m *mending) mend(before history.Check) (err error) {
	if m.w, err = history.NewBatch(m.ctx, m.a.DB); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.w.Close()) }()
	if err := m.rows(before); err != nil {
		return err
	}
	if err := errors.Join(search.Drop(m.a), resume.Finish(m.a, m.w)); err != nil { // ends what was begun, and publishes
		return err
	}
	if m.lasting == 0 {
		return nil
	}
	// What no row needs may be what was changed.
	m.w.Lock()
	defer m.w.Unlock()
	_, err = m.w.Raw("VACUUM")
	return err
}

// rows mends the history and the photos, and marks every open file as behind.
func (m *mending) rows(before history.Check) error {
	m.w.Lock()
	defer m.w.Unlock()
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
	if err := m.read(); err != nil {
		return err
	}
	if err := m.paths(listed); err != nil {
		return err
	}
	for _, b := range before.Bad {
		if err := m.file(b, listed[b.Path], before.Bad); err != nil {
			return fmt.Errorf("mending %s: %w", b.Path, err)
		}
	}
	if err := resume.Adopt(m.a, m.w); err != nil {
		return err
	}
	if _, err := m.w.Exec("UPDATE collection SET dirty = 2"); err != nil {
		return err
	}
	if err := history.SetValue(m.w, "publish", "1"); err != nil {
		return err
	}
	return m.w.Commit()
}

// manifest reads the hashes that the manifests tell, as far as they can be read.
func (m *mending) manifest() (map[string][]byte, error) {
	listed := map[string][]byte{}
	for _, name := range []string{disk.ManifestFile, disk.TagManifestFile} {
		f, err := m.a.Disk.Open(name)
		if err != nil {
			continue // told by verifying
		}
		in := bufio.NewScanner(f)
		for in.Scan() {
			if name, hash, ok := verify.ManifestEntry(in.Text()); ok {
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
func asListed(a *history.Store, ctx context.Context, name string) bool {
	listed, err := (&mending{a: a}).manifest()
	if err != nil || listed[name] == nil {
		return false
	}
	sum, _, err := disk.HashFile(ctx, a.Disk, name, nil)
	return err == nil && bytes.Equal(sum[:], listed[name])
}

// file mends one file, or makes room for the one that publishing puts in its
// place. listed is its hash by the manifest, nil if that does not know it.
func (m *mending) file(b history.Bad, listed []byte, all []history.Bad) error {
	var n, size int64
	var hash []byte
	isPhoto, err := m.w.Row("SELECT photo, size, hash FROM photo WHERE path = ?", []any{b.Path}, &n, &size, &hash)
	if err != nil {
		return err
	}
	sum, _, err := disk.HashFile(m.ctx, m.a.Disk, b.Path, nil)
	there := err == nil
	if m.ctx.Err() != nil {
		return m.ctx.Err()
	}
	switch {
	case isPhoto && there && bytes.Equal(sum[:], hash):
		return nil // it is the manifest that is wrong
	case isPhoto && there && bytes.Equal(sum[:], listed):
		m.mended++ // it is the history that is wrong
		_, err := m.w.Exec("UPDATE OR IGNORE photo SET hash = ? WHERE photo = ?", sum[:], n)
		return err
	case isPhoto:
		if err := m.setAside(b.Path); err != nil {
			return err
		}
		return m.photo(b.Path, n, hash, all)
	case !there || b.Path == disk.HistoryFile || listed == nil && !m.published(b.Path):
		return nil
	case bytes.Equal(sum[:], listed):
		return nil // it is as it was written
	}
	return m.setAside(b.Path)
}

// published reports whether a file is one that publishing writes.
func (m *mending) published(name string) bool {
	var one int
	known, err := m.w.Row("SELECT 1 FROM file WHERE path = ?", []any{name}, &one)
	return err == nil && known
}

// setAside moves a damaged file to where it is kept, if it is there.
func (m *mending) setAside(name string) error {
	there, err := disk.Exists(m.a.Disk, name)
	if err != nil || !there {
		return err
	}
	m.r.Kept = disk.DamagedDir
	return history.KeepAside(m.a, name, "")
}

// conclude tells what is right now and what is not.
func (m *mending) conclude(after history.Check) {
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
		if !left[b.Path] {
			r.Mended = append(r.Mended, b)
		}
	}
	r.Check = after
}
