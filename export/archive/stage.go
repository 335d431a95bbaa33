package archive

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"os"
	"sidekeep/export"
	"sidekeep/export/archive/pages"
	"strconv"
	"time"
)

// A publication makes the open files follow the history. Everything is written
// aside and synced before the first file changes, so that a full disk changes
// none. The marks that say what is behind are taken back in the last commit.
type publication struct {
	a       *Store
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

// name gives one of the files of a collection its name, once and for all.
func (p *publication) name(folder, owner, want, ext, plain string) (string, error) {
	// The longest path that the name will stand in is the one below Vanished.
	units := min(maxNameUnits, maxPathUnits-unitsOf(folder+"/"+vanished))
	return give(p.w, folder, owner, want, ext, plain, units, func(name string) (bool, error) {
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

// commit ends what was written of the history so far.
func (p *publication) commit() error { return p.w.commit() }

// syncTogether makes durable what was written aside so far.
func (p *publication) syncTogether() error { return p.together.sync() }

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
