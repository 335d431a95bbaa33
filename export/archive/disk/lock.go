package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/gofrs/flock"

	"sidekeep/export"
	"sidekeep/export/within"
)

// A Lock keeps every other writer out of an archive, in this process and in
// others.
type Lock struct {
	f    *flock.Flock
	Last func() // called before the lock is given back; may be nil
}

const LockFile = SideDir + "/lock"

// TakeLock takes the lock of the archive in dir. It does not wait: the error is
// [export.ErrBusy], with who holds it, if somebody does.
//
// Windows locks the first byte against reading, so the holder's name starts at
// the second.
func TakeLock(dir string, now time.Time) (*Lock, error) {
	folder, err := within.Open(dir)
	if err != nil {
		return nil, Caused(err)
	}
	defer folder.Close()
	file, err := folder.OpenFile(LockFile, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, Caused(err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() == 0 {
		if _, err := file.WriteAt([]byte("#"), 0); err != nil {
			return nil, Caused(err)
		}
	}
	f := flock.New(folder.Path(LockFile), flock.SetFlag(os.O_RDWR|os.O_CREATE))
	ok, err := f.TryLock()
	if err != nil {
		return nil, Caused(fmt.Errorf("locking the archive: %w", err))
	}
	if !ok {
		return nil, fmt.Errorf("%w%s", export.ErrBusy, holder(file))
	}
	host, _ := os.Hostname()
	text := fmt.Sprintf(" %s, process %d, since %s\n", host, os.Getpid(), now.UTC().Format(time.RFC3339))
	_, err = file.WriteAt([]byte(text), 1)
	err = errors.Join(err, file.Truncate(int64(1+len(text))))
	if err != nil {
		return nil, Caused(errors.Join(err, f.Close()))
	}
	return &Lock{f: f}, nil
}

// Brief is how long somebody may hold the lock for a look or a change of the
// settings.
const Brief = 3 * time.Second

// LockSoon takes the lock as [TakeLock] does, and waits a little for somebody who
// has just taken it: it may be for a moment.
func LockSoon(dir string, now func() time.Time) (*Lock, error) {
	began := time.Now()
	for first := true; ; first = false {
		l, err := TakeLock(dir, now())
		if err == nil || !errors.Is(err, export.ErrBusy) || time.Since(began) > Brief || !first && !lockedLately(dir) {
			return l, err
		}
		time.Sleep(25 * time.Millisecond)
	}
}

// lockedLately tells whether somebody took the lock within [Brief].
func lockedLately(dir string) bool {
	folder, err := within.Open(dir)
	if err != nil {
		return false
	}
	defer folder.Close()
	info, err := folder.Lstat(LockFile)
	return err == nil && time.Since(info.ModTime()) < Brief
}

// holder reads who holds the lock, "" if it cannot be read.
func holder(f *os.File) string {
	text, err := io.ReadAll(io.NewSectionReader(f, 1, 500))
	text = bytes.TrimSpace(text)
	if err != nil || len(text) == 0 {
		return ""
	}
	return fmt.Sprintf(" (on %s)", text)
}

func (l *Lock) Release() error {
	if l.Last != nil {
		l.Last()
	}
	return Caused(l.f.Close())
}
