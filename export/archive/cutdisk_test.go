package archive_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sidekeep/export/archive/disk"
)

// errCut is what everything answers after the power went.
var errCut = errors.New("the power is gone")

// A cutDisk is a disk that loses its power at one operation. It remembers what
// was made durable by Sync and SyncDir, and settle then takes the rest away.
// history.db itself is written by SQLite and not part of it.
type cutDisk struct {
	disk.Disk
	dir string
	at  int // the operation that fails; 0 means none

	mu      sync.Mutex
	ops     int
	fail    error             // what an operation answers from then on
	once    bool              // only the one operation fails
	noLinks bool              // as on exFAT
	atOnce  bool              // SyncAll works, and is not too much for one file
	forget  string            // syncs that begin so are answered and not done
	names   map[string]*inode // as the program sees them
	durable map[string]*inode // as they are after a power cut
	log     []string
}

// An inode is a file or folder, whatever it is called.
type inode struct {
	folder bool
	synced []byte
}

func newCutDisk(t testing.TB, at int) (*cutDisk, func(string) (disk.Disk, error)) {
	d := &cutDisk{at: at, fail: errCut}
	return d, func(dir string) (disk.Disk, error) {
		real, err := disk.OpenDisk(dir)
		if err != nil {
			return nil, err
		}
		if d.names == nil {
			d.load(t, dir)
		}
		d.Disk, d.dir = real, dir
		return d, nil
	}
}

// bySQLite reports whether the file is not written by way of the disk.
func bySQLite(name string) bool {
	return strings.HasPrefix(name, disk.HistoryFile) || strings.HasPrefix(name, disk.NewHistory) || name == disk.SideDir+"/lock"
}

// load takes what is there as durable.
func (d *cutDisk) load(t testing.TB, dir string) {
	d.names, d.durable = map[string]*inode{}, map[string]*inode{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, name)
		if err != nil || rel == "." {
			return err
		}
		n := &inode{folder: e.IsDir()}
		if !n.folder {
			n.synced, err = os.ReadFile(name)
		}
		d.names[filepath.ToSlash(rel)], d.durable[filepath.ToSlash(rel)] = n, n
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// step counts an operation and fails it if the power is gone.
func (d *cutDisk) step(what string) error {
	d.ops++
	d.log = append(d.log, what)
	if d.at > 0 && (d.ops == d.at || d.ops > d.at && !d.once) {
		return d.fail
	}
	return nil
}

func (d *cutDisk) change(what string, do func() error, then func()) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.step(what); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	then()
	return nil
}

func (d *cutDisk) node(name string) *inode {
	n := d.names[name]
	if n == nil { // SQLite wrote it, and synced it
		n = &inode{}
		n.synced, _ = os.ReadFile(filepath.Join(d.dir, name))
		d.names[name], d.durable[name] = n, n
	}
	return n
}

func (d *cutDisk) Mkdir(name string) error {
	return d.change("mkdir "+name, func() error { return d.Disk.Mkdir(name) }, func() { d.names[name] = &inode{folder: true} })
}

func (d *cutDisk) Rename(from, to string) error {
	return d.change("rename "+from+" "+to, func() error { return d.Disk.Rename(from, to) }, func() {
		d.names[to] = d.node(from)
		delete(d.names, from)
	})
}

func (d *cutDisk) Link(from, to string) error {
	if d.noLinks {
		return errors.ErrUnsupported
	}
	return d.change("link "+from+" "+to, func() error { return d.Disk.Link(from, to) }, func() { d.names[to] = d.node(from) })
}

func (d *cutDisk) Remove(name string) error {
	return d.change("remove "+name, func() error { return d.Disk.Remove(name) }, func() { delete(d.names, name) })
}

func (d *cutDisk) SyncDir(dir string) error {
	what := "syncdir " + dir
	return d.change(what, func() error { return d.Disk.SyncDir(dir) }, func() {
		if d.forget != "" && strings.HasPrefix(what, d.forget) {
			return
		}
		for name := range d.durable {
			if path.Dir(name) == dir && d.names[name] == nil {
				delete(d.durable, name)
			}
		}
		for name, n := range d.names {
			if path.Dir(name) == dir {
				d.durable[name] = n
			}
		}
	})
}

func (d *cutDisk) Alone() int {
	if d.atOnce {
		return 0
	}
	return -1
}

func (d *cutDisk) SyncAll() error {
	const what = "sync all"
	return d.change(what, d.Disk.(disk.AllSyncer).SyncAll, func() {
		if d.forget == what {
			return
		}
		clear(d.durable)
		for name, n := range d.names {
			d.durable[name] = n
			if !n.folder {
				n.synced, _ = os.ReadFile(filepath.Join(d.dir, name))
			}
		}
	})
}

func (d *cutDisk) OpenFile(name string, flag int) (disk.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if flag&os.O_CREATE != 0 {
		if err := d.step("create " + name); err != nil {
			return nil, err
		}
	}
	f, err := d.Disk.OpenFile(name, flag)
	if err != nil {
		return nil, err
	}
	if d.names[name] == nil {
		d.names[name] = &inode{}
	}
	return &cutFile{File: f, d: d, n: d.names[name], name: name}, nil
}

type cutFile struct {
	disk.File
	d    *cutDisk
	n    *inode
	name string
}

func (f *cutFile) Write(b []byte) (n int, err error) {
	err = f.d.change("write "+f.name, func() error { n, err = f.File.Write(b); return err }, func() {})
	return n, err
}

func (f *cutFile) Truncate(size int64) error {
	return f.d.change("truncate "+f.name, func() error { return f.File.Truncate(size) }, func() {})
}

func (f *cutFile) Sync() error {
	what := "sync " + f.name
	return f.d.change(what, func() error { return f.File.Sync() }, func() {
		if f.d.forget != "" && strings.HasPrefix(what, f.d.forget) {
			return
		}
		f.n.synced, _ = os.ReadFile(filepath.Join(f.d.dir, f.name))
	})
}

// How a disk comes back after a power cut.
const (
	lose   = iota // nothing that was not synced
	hollow        // every name, and of the files what was synced
	keep          // everything: the program was killed
	mix           // of each by chance
	modes
)

// settle makes the folder what it is after the power cut.
func (d *cutDisk) settle(t testing.TB, mode int) {
	t.Helper()
	if mode == keep || d.names == nil {
		return
	}
	random := rand.New(rand.NewPCG(uint64(d.at), 1))
	want := map[string]*inode{}
	for name, n := range d.durable {
		want[name] = n
	}
	for name, n := range d.names {
		if mode == hollow || mode == mix && random.IntN(2) == 0 {
			want[name] = n
		}
	}
	for name := range want {
		if d.names[name] == nil && (mode == hollow || mode == mix && random.IntN(2) == 0) {
			delete(want, name)
		}
	}
	for name := range want { // what lies in a folder that is lost is lost
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if want[dir] == nil {
				delete(want, name)
			}
		}
	}
	d.rewrite(t, want, mode, random)
}

func (d *cutDisk) rewrite(t testing.TB, want map[string]*inode, mode int, random *rand.Rand) {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	there := func(name string) bool { _, err := os.Lstat(filepath.Join(d.dir, name)); return err == nil }
	if there(disk.HistoryFile) && want[disk.HistoryFile] == nil && want[disk.NewHistory] != nil {
		check(os.Rename(filepath.Join(d.dir, disk.HistoryFile), filepath.Join(d.dir, disk.NewHistory)))
	}
	seen := map[string]bool{}
	check(filepath.WalkDir(d.dir, func(name string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(d.dir, name)
		rel = filepath.ToSlash(rel)
		switch {
		case err != nil || rel == "." || bySQLite(rel):
			return err
		case want[rel] != nil:
			seen[rel] = true
			return nil
		case e.IsDir():
			check(os.RemoveAll(name))
			return filepath.SkipDir
		}
		return os.Remove(name)
	}))
	for name, n := range want {
		file := filepath.Join(d.dir, name)
		switch {
		case bySQLite(name):
		case n.folder:
			check(os.MkdirAll(file, 0o777))
		case mode == mix && seen[name] && random.IntN(2) == 0:
		default:
			check(os.MkdirAll(filepath.Dir(file), 0o777))
			_ = os.Remove(file) // not through another name of the same file
			check(os.WriteFile(file, n.synced, 0o666))
		}
	}
}
