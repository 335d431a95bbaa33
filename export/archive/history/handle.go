package history

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"sync"

	"sidekeep/export/archive/disk"
)

// Whoever closes a file gives up all locks that the process has on it (POSIX,
// fcntl), those of SQLite too, through whatever handle it got them. A history
// that this process has open in SQLite is therefore read, besides, through one
// handle, which is closed after the last connection.
var histories struct {
	sync.Mutex
	open []*history
}

// A history is a history.db that this process has open in SQLite.
type history struct {
	file    fs.FileInfo // tells it from others, whatever its path
	users   int
	reading sync.Mutex
	f       io.ReadSeekCloser // nil until it is read
}

// useHistory notes that SQLite is about to open a file; the caller calls leave
// when it has closed it.
func useHistory(file string) (leave func() error) {
	info, err := os.Lstat(file)
	if err != nil {
		return func() error { return nil } // SQLite says why
	}
	return usedHistory(info).leave
}

// usedHistory is the history of this identity with one user more.
func usedHistory(info fs.FileInfo) *history {
	histories.Lock()
	defer histories.Unlock()
	i := slices.IndexFunc(histories.open, func(h *history) bool { return os.SameFile(h.file, info) })
	if i < 0 {
		i = len(histories.open)
		histories.open = append(histories.open, &history{file: info})
	}
	histories.open[i].users++
	return histories.open[i]
}

// leave closes the handle after the last user, before anybody can open the history
// anew: closed later, it would take the locks of whoever did.
func (h *history) leave() error {
	histories.Lock()
	defer histories.Unlock()
	if h.users--; h.users > 0 {
		return nil
	}
	histories.open = slices.DeleteFunc(histories.open, func(o *history) bool { return o == h })
	if h.f == nil {
		return nil
	}
	return h.f.Close()
}

// readHistory reads the history that info tells, which open opens, beside
// SQLite.
func readHistory(info fs.FileInfo, open func() (io.ReadSeekCloser, error), do func(io.ReadSeeker) error) (err error) {
	if runtime.GOOS == "windows" { // which locks for a handle, and keeps an open file from being replaced
		f, err := open()
		if err != nil {
			return err
		}
		return errors.Join(do(f), f.Close())
	}
	h := usedHistory(info) // it stays as long as it is read
	defer func() { err = errors.Join(err, h.leave()) }()
	h.reading.Lock()
	defer h.reading.Unlock()
	if h.f == nil {
		if h.f, err = open(); err != nil {
			h.f = nil
			return err
		}
	}
	if _, err := h.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return do(h.f)
}

// Reading reads history.db.
func Reading(a *Store, do func(io.ReadSeeker) error) error {
	info, err := a.Disk.Lstat(disk.HistoryFile)
	if err != nil {
		return err
	}
	return readHistory(info, func() (io.ReadSeekCloser, error) { return a.Disk.Open(disk.HistoryFile) }, do)
}
