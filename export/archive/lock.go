package archive

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

// A lock keeps every other writer out of an archive, in this process and in
// others.
type lock struct {
	f    *flock.Flock
	last func() // called before the lock is given back; may be nil
}

const lockFile = sideDir + "/lock"

// lockFor takes the lock of the archive in dir. It does not wait: the error is
// [export.ErrBusy], with who holds it, if somebody does.
//
// Windows locks the first byte against reading, so the holder's name starts at
// the second.
func lockFor(dir string, now time.Time) (*lock, error) {
	folder, err := within.Open(dir)
	if err != nil {
		return nil, caused(err)
	}
	defer folder.Close()
	file, err := folder.OpenFile(lockFile, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, caused(err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() == 0 {
		if _, err := file.WriteAt([]byte("#"), 0); err != nil {
			return nil, caused(err)
		}
	}
	f := flock.New(folder.Path(lockFile), flock.SetFlag(os.O_RDWR|os.O_CREATE))
	ok, err := f.TryLock()
	if err != nil {
		return nil, caused(fmt.Errorf("locking the archive: %w", err))
	}
	if !ok {
		return nil, fmt.Errorf("%w%s", export.ErrBusy, holder(file))
	}
	host, _ := os.Hostname()
	text := fmt.Sprintf(" %s, process %d, since %s\n", host, os.Getpid(), now.UTC().Format(time.RFC3339))
	_, err = file.WriteAt([]byte(text), 1)
	err = errors.Join(err, file.Truncate(int64(1+len(text))))
	if err != nil {
		return nil, caused(errors.Join(err, f.Close()))
	}
	return &lock{f: f}, nil
}

// brief is how long somebody may hold the lock for a look or a change of the
// settings.
const brief = 3 * time.Second

// lockSoon takes the lock as [lockFor] does, and waits a little for somebody who
// has just taken it: it may be for a moment.
func lockSoon(dir string, now func() time.Time) (*lock, error) {
	began := time.Now()
	for first := true; ; first = false {
		l, err := lockFor(dir, now())
		if err == nil || !errors.Is(err, export.ErrBusy) || time.Since(began) > brief || !first && !lockedLately(dir) {
			return l, err
		}
		time.Sleep(25 * time.Millisecond)
	}
}

// lockedLately tells whether somebody took the lock within [brief].
func lockedLately(dir string) bool {
	folder, err := within.Open(dir)
	if err != nil {
		return false
	}
	defer folder.Close()
	info, err := folder.Lstat(lockFile)
	return err == nil && time.Since(info.ModTime()) < brief
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

func (l *lock) release() error {
	if l.last != nil {
		l.last()
	}
	return caused(l.f.Close())
}
