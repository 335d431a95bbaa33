package archive

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/pages"
)

// A publication makes the open files follow the history. Everything is written
// aside and synced before the first file changes, so that a full disk changes
// none. The marks that say what is behind are taken back in the last commit.
type publication struct {
	a       *Archive
	w       *writer
	force   bool // the files may differ from what the table file says
	later   bool // thumbnails wait for an export
	staged  []staged
	removed []string
	site    *pages.Site
	// notShown are the pages, and the items on them, that could not be made.
	notShown []export.Problem
	edited   []string          // the files that somebody had changed
	was      map[string][]byte // by path: the recorded hashes of the removed files
	dated    time.Time         // what every file gets as the time of its change
	temps    int               // how many files were written aside so far
	account  int64             // whose files are being staged; 0 for those of the archive
	n        int64             // the collection whose files are being staged; 0 for others
	together *together
}

// A staged file is written aside, and synced before any gets its name.
type staged struct {
	path, temp string
	account, n int64
	hash       [sha256.Size]byte
	size       int64
	was        []byte // the hash of what was published at path before; nil if nothing was
}

// publish brings the open files up to the history. The writer is held by the
// caller, with nothing in its batch. What is not shown for a mistake is told by
// the next export.
func (a *Archive) publish(w *writer, force bool) error {
	_, _, err := a.publishTelling(w, force)
	return err
}

// publishTelling is publish, and tells which pages of README.html, or items on
// them, could not be made, and which open files somebody had changed.
func (a *Archive) publishTelling(w *writer, force bool) (notShown []export.Problem, edited []string, err error) {
	p := &publication{a: a, w: w, force: force, together: newTogether(a.disk)}
	err = p.publish()
	return p.notShown, p.edited, err
}

func (p *publication) publish() error {
	err := export.Guard(p.run)
	if err != nil {
		p.w.rollback()
	}
	return caused(err)
}

func (p *publication) run() error {
	for _, step := range []func() error{p.prepare, p.followEdition, p.markMoved, p.stageCollections, p.together.sync, p.w.commit, p.stagePages, p.recordFiles, p.stageTags, p.together.sync, p.move, p.conclude} {
		if err := step(); err != nil {
			return err
		}
	}
	return empty(p.a.disk, publishDir)
}

func (p *publication) prepare() error {
	for _, dir := range []string{publishDir, "data"} {
		if err := makeFolders(p.a.disk, dir); err != nil {
			return err
		}
	}
	var err error
	if p.dated, err = p.a.publishedDate(); err != nil {
		return err
	}
	return empty(p.a.disk, publishDir)
}

// followEdition marks the collections that a program of another edition
// published with objects of vCalendar 1.0 in a file of version 2.0.
func (p *publication) followEdition() error {
	var same bool
	if _, err := p.w.row("SELECT EXISTS (SELECT 1 FROM archive WHERE name = '"+editionName+"' AND value = ?)", []any{pages.Edition()}, &same); err != nil || same {
		return err
	}
	_, err := p.w.exec(`UPDATE collection SET dirty = 2 WHERE collection IN
		(SELECT item.collection FROM place JOIN item USING (item) WHERE place.path LIKE '%.ics' AND place.wrapper LIKE '%\nVERSION:1.%')`)
	return err
}

// A dirtyCollection is one whose files or index lines are behind.
type dirtyCollection struct {
	n, account   int64
	folder, name string
	dirty        int
}

func (p *publication) stageCollections() error {
	var list []dirtyCollection
	err := p.w.each(`SELECT collection, account, account.folder, collection.name, dirty FROM collection JOIN account USING (account)
		WHERE dirty ORDER BY account, collection`, nil, func(rows *sql.Rows) error {
		var c dirtyCollection
		err := rows.Scan(&c.n, &c.account, &c.folder, &c.name, &c.dirty)
		list = append(list, c)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.dirty < 2 && !p.force {
			continue // its lines in the index alone
		}
		p.account, p.n = c.account, c.n
		if err := p.stageCollection(c); err != nil {
			return fmt.Errorf("writing the files of %q: %w", c.name, err)
		}
	}
	return p.stageIndexes()
}

// unindexed are the accounts whose index is behind, or was never written.
const unindexed = `account IN (SELECT account FROM collection WHERE dirty) OR NOT EXISTS (SELECT 1 FROM file WHERE path = account.folder || '/` + indexFile + `')`

func (p *publication) stageIndexes() error {
	var list []dirtyCollection
	err := p.w.each("SELECT account, folder FROM account WHERE "+unindexed, nil, func(rows *sql.Rows) error {
		var c dirtyCollection
		err := rows.Scan(&c.account, &c.folder)
		list = append(list, c)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range list {
		p.account, p.n = c.account, 0
		if err := p.stage(c.folder+"/"+indexFile, func(w io.Writer) error {
			return writeIndex(context.Background(), p.w.conn, c.account, c.folder, w)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (p *publication) stageCollection(c dirtyCollection) error {
	had := len(p.staged)
	g := &generator{ctx: context.Background(), conn: p.w.conn, out: p, folder: c.folder, n: c.n, name: c.name}
	if err := g.run(); err != nil {
		return err
	}
	now := map[string]bool{}
	for _, s := range p.staged[had:] {
		now[s.path] = true
	}
	var before []string
	if err := eachString(p.w, &before, "SELECT path FROM file WHERE collection = ?", c.n); err != nil {
		return err
	}
	for _, old := range before {
		if !now[old] {
			p.removed = append(p.removed, old)
		}
	}
	return nil
}

// name gives one of the files of a collection its name, once and for all.
func (p *publication) name(folder, owner, want, ext, plain string) (string, error) {
	// The longest path that the name will stand in is the one below Vanished.
	units := min(maxNameUnits, maxPathUnits-unitsOf(folder+"/"+vanished))
	return p.w.give(folder, owner, want, ext, plain, units, func(name string) (bool, error) {
		return exists(p.a.disk, folder+"/"+name)
	})
}

func (p *publication) place(at place) error {
	_, err := p.w.exec(`INSERT INTO place (item, path, offset, length, hash, wrapper) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (item) DO UPDATE SET path = excluded.path, offset = excluded.offset, length = excluded.length, hash = excluded.hash, wrapper = excluded.wrapper
		WHERE path <> excluded.path OR offset <> excluded.offset OR length <> excluded.length OR hash <> excluded.hash OR wrapper <> excluded.wrapper`,
		at.item, at.path, at.offset, at.length, at.hash[:], at.wrapper)
	if err != nil {
		return err
	}
	return p.w.took(len(at.wrapper))
}

// file opens a file aside that will get this path.
func (p *publication) file(name string) (io.WriteCloser, error) {
	p.temps++
	temp := publishDir + "/" + strconv.Itoa(p.temps)
	f, err := p.a.disk.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, err
	}
	p.staged = append(p.staged, staged{path: name, temp: temp, account: p.account, n: p.n})
	return &stagedFile{f: f, buf: bufio.NewWriterSize(f, 64<<10), sum: sha256.New(), s: len(p.staged) - 1, p: p}, nil
}

func (p *publication) stage(name string, write func(io.Writer) error) error {
	f, err := p.file(name)
	if err != nil {
		return err
	}
	err = export.Guard(func() error { return write(f) })
	return errors.Join(err, f.Close())
}

// unstage forgets the file that was staged last.
func (p *publication) unstage() error {
	last := len(p.staged) - 1
	temp := p.staged[last].temp
	p.staged = p.staged[:last]
	return p.a.disk.Remove(temp)
}

// A stagedFile is a file being written aside. Close syncs it, or leaves it to the
// sync of all.
type stagedFile struct {
	f   File
	buf *bufio.Writer
	sum hash.Hash
	s   int
	p   *publication
}

func (f *stagedFile) Write(b []byte) (int, error) {
	f.sum.Write(b)
	f.p.staged[f.s].size += int64(len(b))
	return f.buf.Write(b)
}

func (f *stagedFile) Close() error {
	f.sum.Sum(f.p.staged[f.s].hash[:0])
	err := f.buf.Flush()
	if err == nil && !f.p.together.later(f.p.staged[f.s].size) {
		err = f.f.Sync()
	}
	err = errors.Join(err, f.f.Close())
	if err == nil {
		setTime(f.p.a.disk, f.p.staged[f.s].temp, f.p.dated)
	}
	return err
}

// recordFiles enters in the table file what will be in place when the last
// commit is done, and drops from staged what is in place already.
func (p *publication) recordFiles() error {
	p.was = map[string][]byte{}
	for _, name := range p.removed {
		var was []byte
		if _, err := p.w.row("SELECT hash FROM file WHERE path = ?", []any{name}, &was); err != nil {
			return err
		}
		p.was[name] = was
		if _, err := p.w.exec("DELETE FROM file WHERE path = ?", name); err != nil {
			return err
		}
	}
	list := p.staged
	p.staged = p.staged[:0:0]
	for _, s := range list {
		if err := p.recordFile(s); err != nil {
			return err
		}
	}
	return nil
}

func (p *publication) recordFile(s staged) error {
	same, err := p.inPlace(s)
	if err != nil {
		return err
	}
	if same && p.force {
		_, err = p.w.exec("UPDATE file SET account = ?, collection = ?, size = ? WHERE path = ?", orNull(s.account), orNull(s.n), s.size, s.path)
	}
	if err != nil {
		return err
	}
	if same {
		return p.a.disk.Remove(s.temp)
	}
	if _, err := p.w.row("SELECT hash FROM file WHERE path = ?", []any{s.path}, &s.was); err != nil {
		return err
	}
	p.staged = append(p.staged, s)
	_, err = p.w.exec(`INSERT INTO file (path, account, collection, size, hash) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (path) DO UPDATE SET account = excluded.account, collection = excluded.collection, size = excluded.size, hash = excluded.hash`,
		s.path, orNull(s.account), orNull(s.n), s.size, s.hash[:])
	return err
}

// inPlace reports whether a file holds already what was staged for it.
func (p *publication) inPlace(s staged) (bool, error) {
	var was []byte
	known, err := p.w.row("SELECT hash FROM file WHERE path = ?", []any{s.path}, &was)
	if err != nil || !known || string(was) != string(s.hash[:]) {
		return false, err
	}
	info, err := p.a.disk.Lstat(s.path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != s.size {
		return false, nil // whatever is there is replaced
	}
	if !p.force {
		return true, nil
	}
	now, _, err := hashFile(context.Background(), p.a.disk, s.path, nil)
	return now == s.hash, err
}

// move gives every staged file its name: first the vanished, so that nothing
// leaves one open file before it is in the other; then what is no longer needed
// goes; then the manifests.
func (p *publication) move() error {
	d := p.a.disk
	slices.SortStableFunc(p.staged, func(a, b staged) int { return moveRank(a.path) - moveRank(b.path) })
	folders := map[string]bool{}
	tags := false
	for _, s := range p.staged {
		if moveRank(s.path) == lastRank && !tags {
			tags = true
			if err := p.remove(folders); err != nil {
				return err
			}
		}
		dir := path.Dir(s.path)
		if !folders[dir] {
			if err := makeFolders(d, dir); err != nil {
				return err
			}
		}
		if err := p.keepEdited(s.path, s.was, s.hash[:]); err != nil {
			return err
		}
		if err := d.Rename(s.temp, s.path); err != nil {
			return err
		}
		folders[dir] = true
	}
	return p.remove(folders)
}

// remove syncs the folders that changed, and then removes what the history no
// longer has in files of these names.
func (p *publication) remove(folders map[string]bool) error {
	if err := p.sync(folders); err != nil {
		return err
	}
	for _, name := range p.removed {
		if err := p.keepEdited(name, p.was[name]); err != nil {
			return err
		}
		if err := removeIfThere(p.a.disk, name); err != nil {
			return err
		}
		folders[path.Dir(name)] = true
	}
	p.removed = nil
	return p.sync(folders)
}

func (p *publication) sync(folders map[string]bool) error {
	if p.together.many(len(folders)) {
		clear(folders)
		return p.together.disk.SyncAll()
	}
	for dir := range folders {
		if there, err := exists(p.a.disk, dir); err != nil {
			return err
		} else if !there {
			continue // its last file was removed before
		}
		if err := p.a.disk.SyncDir(dir); err != nil {
			return err
		}
	}
	clear(folders)
	return nil
}

const lastRank = 2

func moveRank(name string) int {
	switch {
	case !strings.HasPrefix(name, "data/"):
		return lastRank
	case strings.Contains(name, "/"+vanished):
		return 0
	}
	return 1
}

// conclude takes the marks back.
func (p *publication) conclude() error {
	if _, err := p.w.exec("UPDATE collection SET dirty = 0 WHERE dirty"); err != nil {
		return err
	}
	if err := p.w.set("publish", "0"); err != nil {
		return err
	}
	return p.w.commit()
}

// hashFile reads a whole file; read is told of every step, nil to tell nobody.
func hashFile(ctx context.Context, d Disk, name string, read func(n int)) (sum [sha256.Size]byte, size int64, err error) {
	f, err := d.Open(name)
	if err != nil {
		return sum, 0, err
	}
	defer f.Close()
	h := sha256.New()
	buf := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(buf)
	for {
		if err := ctx.Err(); err != nil {
			return sum, size, err
		}
		n, err := f.Read(*buf)
		h.Write((*buf)[:n])
		size += int64(n)
		if read != nil {
			read(n)
		}
		if err == io.EOF {
			h.Sum(sum[:0])
			return sum, size, nil
		}
		if err != nil {
			return sum, size, err
		}
	}
}
