package stage

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"os"
	"strconv"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/openfiles"
	"sidekeep/export/archive/pages"
)

// A Staging makes the open files follow the history. Everything is written
// aside and synced before the first file changes, so that a full disk changes
// none. The marks that say what is behind are taken back in the last commit.
type Staging struct {
	A       *history.Store
	W       *history.Batch
	Force   bool // the files may differ from what the table file says
	Later   bool // thumbnails wait for an export
	Staged  []staged
	Removed []string
	Site    *pages.Site
	// NotShown are the pages, and the items on them, that could not be made.
	NotShown []export.Problem
	Edited   []string          // the files that somebody had changed
	was      map[string][]byte // by path: the recorded hashes of the removed files
	Dated    time.Time         // what every file gets as the time of its change
	temps    int               // how many files were written aside so far
	Account  int64             // whose files are being staged; 0 for those of the archive
	N        int64             // the collection whose files are being staged; 0 for others
	Together *disk.Together
}

// A staged file is written aside, and synced before any gets its name.
type staged struct {
	Path, temp string
	account, n int64
	hash       [sha256.Size]byte
	size       int64
	was        []byte // the hash of what was published at path before; nil if nothing was
}

// Name gives one of the files of a collection its name, once and for all.
func (p *Staging) Name(folder, owner, want, ext, plain string) (string, error) {
	// The longest path that the name will stand in is the one below Vanished.
	units := min(disk.MaxNameUnits, disk.MaxPathUnits-disk.UnitsOf(folder+"/"+disk.Vanished))
	return history.GiveName(p.W, folder, owner, want, ext, plain, units, func(name string) (bool, error) {
		return disk.Exists(p.A.Disk, folder+"/"+name)
	})
}

func (p *Staging) Place(at openfiles.Place) error {
	_, err := p.W.Exec(`INSERT INTO place (item, path, offset, length, hash, wrapper) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (item) DO UPDATE SET path = excluded.path, offset = excluded.offset, length = excluded.length, hash = excluded.hash, wrapper = excluded.wrapper
		WHERE path <> excluded.path OR offset <> excluded.offset OR length <> excluded.length OR hash <> excluded.hash OR wrapper <> excluded.wrapper`,
		at.Item, at.Path, at.Offset, at.Length, at.Hash[:], at.Wrapper)
	if err != nil {
		return err
	}
	return p.W.Took(len(at.Wrapper))
}

// File opens a file aside that will get this path.
func (p *Staging) File(name string) (io.WriteCloser, error) {
	p.temps++
	temp := disk.PublishDir + "/" + strconv.Itoa(p.temps)
	f, err := p.A.Disk.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, err
	}
	p.Staged = append(p.Staged, staged{Path: name, temp: temp, account: p.Account, n: p.N})
	return &stagedFile{f: f, buf: bufio.NewWriterSize(f, 64<<10), sum: sha256.New(), s: len(p.Staged) - 1, p: p}, nil
}

func (p *Staging) Stage(name string, write func(io.Writer) error) error {
	f, err := p.File(name)
	if err != nil {
		return err
	}
	err = export.Guard(func() error { return write(f) })
	return errors.Join(err, f.Close())
}

// Commit ends what was written of the history so far.
func (p *Staging) Commit() error { return p.W.Commit() }

// SyncTogether makes durable what was written aside so far.
func (p *Staging) SyncTogether() error { return p.Together.Sync() }

// Unstage forgets the file that was staged last.
func (p *Staging) Unstage() error {
	last := len(p.Staged) - 1
	temp := p.Staged[last].temp
	p.Staged = p.Staged[:last]
	return p.A.Disk.Remove(temp)
}

// A stagedFile is a file being written aside. Close syncs it, or leaves it to the
// sync of all.
type stagedFile struct {
	f   disk.File
	buf *bufio.Writer
	sum hash.Hash
	s   int
	p   *Staging
}

func (f *stagedFile) Write(b []byte) (int, error) {
	f.sum.Write(b)
	f.p.Staged[f.s].size += int64(len(b))
	return f.buf.Write(b)
}

func (f *stagedFile) Close() error {
	f.sum.Sum(f.p.Staged[f.s].hash[:0])
	err := f.buf.Flush()
	if err == nil && !f.p.Together.Later(f.p.Staged[f.s].size) {
		err = f.f.Sync()
	}
	err = errors.Join(err, f.f.Close())
	if err == nil {
		disk.SetTime(f.p.A.Disk, f.p.Staged[f.s].temp, f.p.Dated)
	}
	return err
}
