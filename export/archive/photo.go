package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/formats/photo"
)

// keepEvery is how many bytes of a photo may be fetched again after a power
// cut.
const keepEvery = 32 << 20

// putPhoto takes a photo or video: fetched aside, synced, moved to where it
// stays, its folder synced, and only then recorded.
func (r *recorder) putPhoto(ctx context.Context, it export.Item) (export.Outcome, error) {
	d := &download{r: r, it: it, file: partialFile(r.n, it.ID), sum: sha256.New()}
	err := d.fetch(ctx)
	if err != nil {
		if why, ok := refused(err); ok {
			return r.fail(it, why)
		}
		return export.Outcome{}, errors.Join(caused(err), d.giveUp(err))
	}
	v := version{kind: export.Photos, name: path.Base(it.Name), size: d.size}
	if it.Name == "" {
		v.name = ""
	}
	if !d.taken.IsZero() {
		v.start = d.taken.Format(time.RFC3339)
	}
	return r.placePhoto(it, d, v)
}

// placePhoto gives a fetched photo its name and records it. Photos get their
// names one at a time, so that the same content does not get two.
func (r *recorder) placePhoto(it export.Item, d *download, v version) (export.Outcome, error) {
	s := r.s
	s.photos.Lock()
	defer s.photos.Unlock()
	s.w.lock()
	defer s.w.unlock()
	if r.closed {
		return export.Outcome{}, errClosed
	}
	h, err := r.held(it.ID)
	if err != nil {
		return export.Outcome{}, err
	}
	hash := d.sum.Sum(nil)
	if h.known && h.present && bytes.Equal(h.hash, hash) {
		if err := d.drop(); err != nil {
			return export.Outcome{}, err
		}
		return r.same(it, h, export.Outcome{Kind: export.Photos, Bytes: d.size})
	}
	var at string
	found, err := s.w.row("SELECT photo, path FROM photo WHERE account = ? AND hash = ?", []any{s.account, hash}, &v.photo, &at)
	if err == nil && found {
		err = r.shareStem(it, at)
	}
	if err != nil {
		return export.Outcome{}, err
	}
	if !found {
		if v.photo, err = r.newPhoto(it, d, hash); err != nil {
			return export.Outcome{}, caused(err)
		}
	}
	if err := d.drop(); err != nil {
		return export.Outcome{}, err
	}
	return r.keep(it, h, v)
}

// newPhoto moves a fetched photo to its place and records that it is there. The
// history is released while the disk works.
func (r *recorder) newPhoto(it export.Item, d *download, hash []byte) (int64, error) {
	s := r.s
	for {
		name, err := r.photoPath(it, d.taken)
		if err != nil {
			return 0, err
		}
		s.w.unlock()
		err = makeFolders(s.a.disk, path.Dir(name))
		if err == nil {
			err = moveNew(s.a.disk, d.file, name)
		}
		s.w.lock()
		if errors.Is(err, fs.ErrExist) {
			// Something that the history does not know has the name: it keeps it.
			if _, err := s.w.exec("INSERT INTO name (folder, key, owner, name) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
				path.Dir(name), foldName(path.Base(name)), "found/"+path.Base(name), path.Base(name)); err != nil {
				return 0, err
			}
			continue
		}
		if err != nil {
			return 0, s.w.fail(err)
		}
		s.last.photo++
		_, err = s.w.exec("INSERT INTO photo (photo, account, hash, size, path, key) VALUES (?, ?, ?, ?, ?, ?)",
			s.last.photo, s.account, hash, d.size, name, foldName(name))
		return s.last.photo, err
	}
}

// photoPath chooses where a photo goes: Photos/<year>/<month>/<its name>. Files
// that share folder and stem at the source and are a still and a clip, or of
// one month, share one stem; no photo of another folder gets it.
func (r *recorder) photoPath(it export.Item, taken time.Time) (string, error) {
	folder := r.s.folder + "/Photos/Undated"
	if y := taken.Year(); !taken.IsZero() && y >= 1 && y <= 9999 {
		folder = fmt.Sprintf("%s/Photos/%04d/%02d", r.s.folder, y, int(taken.Month()))
	}
	units := min(maxNameUnits, maxPathUnits-unitsOf(folder)-1)
	name := cleanName(lastPart(it.Name), units)
	if name == "" {
		name = "Photo"
	}
	stem, ext := splitExt(name)
	source := it.Folder + "/" + foldName(stem)
	if shared, err := r.sharedStem(source, ext, folder); err != nil || shared != "" {
		return shared, err
	}
	room := ext + strings.Repeat("x", max(0, 6-len(ext))) // for the ending of the other half
	named := func(n int) string { return folder + "/" + strings.TrimSuffix(numbered(stem, room, n, units), room) }
	n, err := firstFree(func(n int) (bool, error) {
		taken, err := r.taken(named(n), ext)
		return !taken, err
	})
	if err != nil {
		return "", err
	}
	file := named(n)
	_, err = r.s.w.exec("INSERT INTO stem (key, collection, source, path) VALUES (?, ?, ?, ?)", foldName(file), r.n, source, file)
	return file + ext, err
}

// taken reports whether another photo has the stem, or something else the name.
func (r *recorder) taken(stem, ext string) (bool, error) {
	var one int
	w := r.s.w
	used, err := w.row("SELECT 1 FROM stem WHERE key = ?", []any{foldName(stem)}, &one)
	if err != nil || used {
		return used, err
	}
	return r.nameTaken(stem + ext)
}

func (r *recorder) nameTaken(file string) (bool, error) {
	var one int
	w := r.s.w
	used, err := w.row("SELECT 1 FROM photo WHERE key = ?", []any{foldName(file)}, &one)
	if err != nil || used {
		return used, err
	}
	return w.row("SELECT 1 FROM name WHERE folder = ? AND key = ?", []any{path.Dir(file), foldName(path.Base(file))}, &one)
}

// shareStem lets the other half of a photo that is there already find it: its
// row may have been lost in a cut-off export.
func (r *recorder) shareStem(it export.Item, at string) error {
	stem, _ := splitExt(cleanName(lastPart(it.Name), maxNameUnits))
	file := strings.TrimSuffix(at, path.Ext(at))
	_, err := r.s.w.exec("INSERT INTO stem (key, collection, source, path) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
		foldName(file), r.n, it.Folder+"/"+foldName(stem), file)
	return err
}

// sharedStem is the path for a photo whose other half is there already, "" if
// there is none.
func (r *recorder) sharedStem(source, ext, folder string) (string, error) {
	var stems []string
	w := r.s.w
	err := eachString(w, &stems, "SELECT path FROM stem WHERE collection = ? AND source = ? ORDER BY length(path), path", r.n, source)
	if err != nil {
		return "", err
	}
	for _, stem := range stems {
		half, err := r.otherHalf(stem, ext)
		if err != nil {
			return "", err
		}
		used, err := r.nameTaken(stem + ext)
		if err != nil {
			return "", err
		}
		if !used && (half || path.Dir(stem) == folder) {
			return stem + ext, nil
		}
	}
	return "", nil
}

// otherHalf reports whether the photos of this stem are of the other sort: a
// still for a clip, a clip for a still.
func (r *recorder) otherHalf(stem, ext string) (bool, error) {
	var paths []string
	key := foldName(stem)
	err := eachString(r.s.w, &paths, "SELECT path FROM photo WHERE key >= ? AND key < ?", key+".", key+"/")
	if err != nil {
		return false, err
	}
	other := false
	for _, p := range paths {
		if foldName(strings.TrimSuffix(p, path.Ext(p))) != key {
			continue // its stem only begins alike
		}
		if clip(path.Ext(p)) != clip(ext) {
			other = true
		} else {
			return false, nil
		}
	}
	return other, nil
}

func clip(ext string) bool {
	switch strings.ToLower(ext) {
	case ".mov", ".mp4", ".m4v", ".avi", ".3gp", ".mkv", ".webm", ".mts", ".m2ts":
		return true
	}
	return false
}

// lastPart is what follows the last slash of a name from outside.
func lastPart(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// A download is a photo on its way.
type download struct {
	r     *recorder
	it    export.Item
	file  string
	sum   hash.Hash
	size  int64
	taken time.Time
	noted bool // table partial has a row
}

func partialFile(collection int64, id string) string {
	return fmt.Sprintf("%s/%x", partialDir, sha256.Sum256(fmt.Appendf(nil, "%d %s", collection, id)))
}

// Partial tells how many bytes of an item in which version wait for the rest.
func (r *recorder) Partial(id string) (version string, n int64, err error) {
	w := r.s.w
	w.lock()
	defer w.unlock()
	return r.partial(id)
}

func (r *recorder) partial(id string) (version string, n int64, err error) {
	var file string
	ok, err := r.s.w.row("SELECT mark, size, file FROM partial WHERE collection = ? AND id = ?", []any{r.n, id}, &version, &n, &file)
	if err != nil || !ok {
		return "", 0, err
	}
	info, err := r.s.a.disk.Lstat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() < n {
		return "", 0, nil // lost: the photo is fetched from its beginning
	}
	return version, n, nil
}

// fetch brings the photo to the file, whole and synced. An error of the source
// is a refusal; what came until then is kept for the next time.
func (d *download) fetch(ctx context.Context) (err error) {
	disk := d.r.s.a.disk
	version, have, err := d.r.Partial(d.it.ID)
	if err != nil {
		return err
	}
	d.noted = have > 0
	if version != d.it.Version || version == "" || d.it.Size >= 0 && have > d.it.Size {
		have = 0
	}
	if err := makeFolders(disk, partialDir); err != nil {
		return err
	}
	f, err := disk.OpenFile(d.file, os.O_RDWR|os.O_CREATE)
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
	var how photo.How
	if d.taken, how = photo.Captured(f, d.it.Name, d.it.Modified); how != photo.FromExif {
		d.taken = d.taken.UTC()
	}
	if d.it.Modified.IsZero() && how != photo.FromExif {
		d.taken = time.Time{}
	}
	return nil
}

// resume makes the file and the hash those of its first n bytes.
func (d *download) resume(f File, n int64) error {
	if err := f.Truncate(n); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.CopyN(d.sum, f, n)
	return err
}

func (d *download) receive(f File, in io.Reader, start int64) error {
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
		return f.Sync()
	case d.it.Size >= 0 && d.size > d.it.Size:
		return errors.Join(why, d.dropLater())
	}
	return d.pause(f, d.size, why)
}

// pause keeps the first n bytes for the next time and returns why, unless the
// archive cannot keep them.
func (d *download) pause(f File, n int64, why error) error {
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
func (d *download) note(f File, n int64) error {
	if d.it.Version == "" {
		return nil
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := d.r.s.a.disk.SyncDir(partialDir); err != nil {
		return err
	}
	w := d.r.s.w
	w.lock()
	defer w.unlock()
	d.noted = true
	_, err := w.exec("INSERT INTO partial (collection, id, mark, size, file) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET mark = excluded.mark, size = excluded.size",
		d.r.n, d.it.ID, d.it.Version, n, d.file)
	return err
}

// drop forgets what was fetched: it has its place, or is not needed. The
// history is held.
func (d *download) drop() error {
	if d.noted {
		if _, err := d.r.s.w.exec("DELETE FROM partial WHERE collection = ? AND id = ?", d.r.n, d.it.ID); err != nil {
			return err
		}
	}
	return caused(removeIfThere(d.r.s.a.disk, d.file))
}

func (d *download) dropLater() error {
	d.r.s.w.lock()
	defer d.r.s.w.unlock()
	return d.drop()
}

// giveUp makes room on a full disk.
func (d *download) giveUp(err error) error {
	if !errors.Is(caused(err), export.ErrFull) {
		return nil
	}
	return removeIfThere(d.r.s.a.disk, d.file)
}
