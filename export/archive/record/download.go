package record

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/formats/photo"
)

// keepEvery is how many bytes of a photo may be fetched again after a power
// cut.
const keepEvery = 32 << 20

// A download is a photo on its way.
type download struct {
	r     *recorder
	it    export.Item
	file  string
	sum   hash.Hash
	size  int64
	taken photo.Capture
	noted bool // table partial has a row
	moved bool // the file has its place, or gets it with the batch
	later bool // the file is not synced yet
}

func partialFile(collection int64, id string) string {
	return fmt.Sprintf("%s/%x", disk.PartialDir, sha256.Sum256(fmt.Appendf(nil, "%d %s", collection, id)))
}

// Partial tells how many bytes of an item in which version wait for the rest.
func (r *recorder) Partial(id string) (version string, n int64, err error) {
	w := r.s.W
	w.Lock()
	defer w.Unlock()
	return r.partial(id)
}

func (r *recorder) partial(id string) (version string, n int64, err error) {
	var file string
	ok, err := r.s.W.Row("SELECT mark, size, file FROM partial WHERE collection = ? AND id = ?", []any{r.n, id}, &version, &n, &file)
	if err != nil || !ok {
		return "", 0, err
	}
	info, err := r.s.A.Disk.Lstat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() < n {
		return "", 0, nil // lost: the photo is fetched from its beginning
	}
	return version, n, nil
}

// before tells how many bytes of which version are in the file. A photo of the
// same ID that is still there gets its place.
func (d *download) before() (version string, n int64, err error) {
	s := d.r.s
	s.W.Lock()
	defer s.W.Unlock()
	if s.waits[d.file] {
		if err := s.settle(); err != nil {
			return "", 0, s.W.Fail(err)
		}
	}
	return d.r.partial(d.it.ID)
}

// fetch brings the photo to the file, whole, and synced unless d.later says that
// it is to be. An error of the source is a refusal; what came until then is kept
// for the next time.
func (d *download) fetch(ctx context.Context) (err error) {
	folder := d.r.s.A.Disk
	version, have, err := d.before()
	if err != nil {
		return err
	}
	d.noted = have > 0
	if version != d.it.Version || version == "" || d.it.Size >= 0 && have > d.it.Size {
		have = 0
	}
	f, err := folder.OpenFile(d.file, os.O_RDWR|os.O_CREATE)
	if errors.Is(err, fs.ErrNotExist) {
		if err := disk.MakeFolders(folder, disk.PartialDir); err != nil {
			return err
		}
		f, err = folder.OpenFile(d.file, os.O_RDWR|os.O_CREATE)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	in, start, err := d.it.Open(ctx, have)
	if err != nil {
		return d.pause(f, have, refusal{err})
	}
	defer in.Close()
	if start != 0 && start != have {
		return d.pause(f, have, refusal{fmt.Errorf("%w: asked for byte %d on, got byte %d on", export.ErrDamaged, have, start)})
	}
	if err := d.resume(f, start); err != nil {
		return err
	}
	if err := d.receive(f, in, start); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	d.taken = photo.Captured(f, d.it.Name, d.it.Modified.UTC(), d.r.s.A.Now())
	return nil
}

// resume makes the file and the hash those of its first n bytes.
func (d *download) resume(f disk.File, n int64) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil && size != n { // ext4 writes a file that was truncated as soon as it is closed
		err = f.Truncate(n)
	}
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = io.CopyN(d.sum, f, n)
	return err
}

func (d *download) receive(f disk.File, in io.Reader, start int64) error {
	kept := start
	c := copier{to: f, sum: d.sum, after: func(n int64) error {
		if start+n-kept < keepEvery {
			return nil
		}
		kept = start + n
		return d.note(f, kept)
	}}
	limit := int64(1) << 62
	if d.it.Size >= 0 {
		limit = d.it.Size - start + 1
	}
	n, err := c.copy(in, limit)
	if c.broken != nil {
		return c.broken
	}
	d.size = start + n
	why := complete(d.it, d.size, err)
	switch {
	case why == nil:
		if d.later = d.r.s.together.Later(d.size); d.later {
			return nil
		}
		return f.Sync()
	case d.it.Size >= 0 && d.size > d.it.Size:
		return errors.Join(why, d.dropLater())
	}
	return d.pause(f, d.size, why)
}

// pause keeps the first n bytes for the next time and returns why, unless the
// archive cannot keep them.
func (d *download) pause(f disk.File, n int64, why error) error {
	if n == 0 || d.it.Version == "" {
		if err := d.dropLater(); err != nil {
			return err
		}
		return why
	}
	if err := d.note(f, n); err != nil {
		return err
	}
	return why
}

// note records durably that n bytes are there.
func (d *download) note(f disk.File, n int64) error {
	if d.it.Version == "" {
		return nil
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := d.r.s.A.Disk.SyncDir(disk.PartialDir); err != nil {
		return err
	}
	w := d.r.s.W
	w.Lock()
	defer w.Unlock()
	d.noted = true
	_, err := w.Exec("INSERT INTO partial (collection, id, mark, size, file) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET mark = excluded.mark, size = excluded.size",
		d.r.n, d.it.ID, d.it.Version, n, d.file)
	return err
}

// drop forgets what was fetched: it has its place, or is not needed. The
// history is held.
func (d *download) drop() error {
	if d.noted {
		if _, err := d.r.s.W.Exec("DELETE FROM partial WHERE collection = ? AND id = ?", d.r.n, d.it.ID); err != nil {
			return err
		}
	}
	if d.moved {
		return nil
	}
	return disk.Caused(disk.RemoveIfThere(d.r.s.A.Disk, d.file))
}

func (d *download) dropLater() error {
	d.r.s.W.Lock()
	defer d.r.s.W.Unlock()
	return d.drop()
}

// giveUp makes room on a full disk.
func (d *download) giveUp(err error) error {
	if !errors.Is(disk.Caused(err), export.ErrFull) {
		return nil
	}
	return disk.RemoveIfThere(d.r.s.A.Disk, d.file)
}
