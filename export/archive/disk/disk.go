package disk

import (
	"io"
	"io/fs"
	"sync/atomic"
	"time"

	"sidekeep/export/within"
)

// A Disk is the archive's folder as the archive uses it. Names are relative to
// it and slash-separated. What is written is taken as lost until File.Sync, and
// a name that was made, moved or removed until SyncDir of its folder.
type Disk interface {
	DiskReader
	DiskWriter
	io.Closer
}

// A DiskReader is the reading part of a [Disk].
type DiskReader interface {
	Open(name string) (File, error)
	Lstat(name string) (fs.FileInfo, error)
	ReadDir(name string) ([]fs.DirEntry, error)
}

// A DiskWriter is the writing part of a [Disk].
type DiskWriter interface {
	// OpenFile opens name as os.OpenFile does.
	OpenFile(name string, flag int) (File, error)
	Mkdir(name string) error
	Rename(from, to string) error // replaces to
	Link(from, to string) error   // fs.ErrExist if to exists; other errors where links are unknown
	Remove(name string) error
	SyncDir(name string) error
}

// A File is an open file of a [Disk].
type File interface {
	io.ReadWriteSeeker
	io.Closer
	Truncate(size int64) error
	Sync() error
}

// OpenDisk opens dir. No name leads out of it, and no link in it is followed:
// see [within.Folder].
func OpenDisk(dir string) (Disk, error) {
	f, err := within.Open(dir)
	if err != nil {
		return nil, err
	}
	return folderDisk{f}, nil
}

type folderDisk struct{ *within.Folder }

func (d folderDisk) Open(name string) (File, error) {
	f, err := d.Folder.Open(name)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (d folderDisk) OpenFile(name string, flag int) (File, error) {
	f, err := d.Folder.OpenFile(name, flag)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (d folderDisk) SetTime(name string, t time.Time) error { return d.Chtimes(name, t) }

// SetTime sets when a file was changed last, where the disk can. Where it cannot,
// the next export reads the file again.
func SetTime(d Disk, name string, t time.Time) {
	if d, ok := d.(interface {
		SetTime(name string, t time.Time) error
	}); ok {
		_ = d.SetTime(name, t)
	}
}

// An AllSyncer is a [Disk] that can sync everything that was written to it at
// once, as a sync of each file and folder would.
type AllSyncer interface {
	// Alone is how many files are rather synced one by one, since syncing
	// everything waits for what others wrote; negative if SyncAll does not work.
	Alone() int
	SyncAll() error
}

// Alone is how many files are synced one by one.
func (d folderDisk) Alone() int {
	if d.SyncsAll() {
		return 8
	}
	return -1
}

// SyncLarge is how many bytes a file has that is worth a sync of its own.
const SyncLarge = 256 << 10

// A Together leaves the syncs of small files to one for all of them, after the
// first few. Where the disk cannot do that, it leaves none.
type Together struct {
	Disk  AllSyncer // nil if it cannot
	n     atomic.Int64
	Bytes atomic.Int64 // that wait for the sync, and one for each file
}

func NewTogether(d Disk) *Together {
	t := &Together{}
	if d, ok := d.(AllSyncer); ok && d.Alone() >= 0 {
		t.Disk = d
	}
	return t
}

// Many reports whether so many files or folders are rather synced at once.
func (t *Together) Many(n int) bool { return t.Disk != nil && n > t.Disk.Alone() }

// Later reports whether a file of this size, which was just written, waits for
// the next sync.
func (t *Together) Later(size int64) bool {
	if size > SyncLarge || !t.Many(int(t.n.Add(1))) {
		return false
	}
	t.Bytes.Add(size + 1)
	return true
}

// Sync makes durable what waits, and whatever else was written.
func (t *Together) Sync() error {
	t.n.Store(0)
	if t.Bytes.Swap(0) == 0 {
		return nil
	}
	return t.Disk.SyncAll()
}
