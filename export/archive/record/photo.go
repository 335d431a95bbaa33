package record

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/formats/photo"
)

// putPhoto takes a photo or video: fetched aside and given its rows in the batch.
// Before that is committed the file is synced, moved to where it stays, and its
// folder synced, which the photos of a batch share: see [session.settle].
func (r *recorder) putPhoto(ctx context.Context, it export.Item) (export.Outcome, error) {
	d := &download{r: r, it: it, file: partialFile(r.n, it.ID), sum: sha256.New()}
	err := d.fetch(ctx)
	if err != nil {
		if why, ok := refused(err); ok {
			if errors.Is(why, export.ErrTooLarge) {
				err = d.drop() // there is no end to go on to
				if err != nil {
					return export.Outcome{}, disk.Caused(err)
				}
			}
			return r.fail(it, why)
		}
		return export.Outcome{}, errors.Join(disk.Caused(err), d.giveUp(err))
	}
	v := history.Understood{Kind: export.Photos, Name: path.Base(it.Name), Size: d.size}
	if it.Name == "" {
		v.Name = ""
	}
	v.Start = history.StartText(d.taken.Time, d.taken.Local)
	return r.placePhoto(it, d, v)
}

// placePhoto gives a fetched photo its name and records it. Photos get their
// names one at a time, so that the same content does not get two.
func (r *recorder) placePhoto(it export.Item, d *download, v history.Understood) (export.Outcome, error) {
	s := r.s
	s.photos.Lock()
	defer s.photos.Unlock()
	s.W.Lock()
	defer s.W.Unlock()
	if r.closed {
		return export.Outcome{}, history.ErrClosed
	}
	h, err := r.held(it.ID)
	if err != nil {
		return export.Outcome{}, err
	}
	hash := d.sum.Sum(nil)
	var at string
	found, err := s.W.Row("SELECT photo, path FROM photo WHERE account = ? AND hash = ?", []any{s.Account, hash}, &v.Photo, &at)
	if err == nil && found && !s.waits[at] {
		err = r.putBack(d, at)
	}
	if err != nil {
		return export.Outcome{}, err
	}
	if h.known && h.present && bytes.Equal(h.hash, hash) {
		if err := d.drop(); err != nil {
			return export.Outcome{}, err
		}
		return r.same(it, h, export.Outcome{Kind: export.Photos, Bytes: d.size})
	}
	if found {
		err = r.shareStem(it, at)
	}
	if err != nil {
		return export.Outcome{}, err
	}
	if !found {
		if v.Photo, err = r.newPhoto(it, d, hash); err != nil {
			return export.Outcome{}, disk.Caused(err)
		}
	}
	if err := d.drop(); err != nil {
		return export.Outcome{}, err
	}
	return r.keep(it, h, v)
}

// newPhoto records a fetched photo. The file waits for its place.
func (r *recorder) newPhoto(it export.Item, d *download, hash []byte) (int64, error) {
	s := r.s
	name, err := r.photoPath(it, d.taken.Time)
	if err != nil {
		return 0, err
	}
	s.last.photo++
	_, err = s.W.Exec("INSERT INTO photo (photo, account, hash, size, path, key) VALUES (?, ?, ?, ?, ?, ?)",
		s.last.photo, s.Account, hash, d.size, name, disk.FoldName(name))
	if err == nil {
		err = DatedPhoto(s.W, hash, d.taken)
	}
	if err == nil {
		err = r.soil(1) // the manifest lists it even if the item itself does not come to be recorded
	}
	if err != nil {
		return 0, err
	}
	d.moved = true
	return s.last.photo, s.wait(waiting{d, s.last.photo, name})
}

// DatedName is, with the hash of a photo behind it, the name of the archive's own
// value that tells where the time comes from at which it was taken. There is
// none if that is the photo itself.
const DatedName = "dated "

// DatedPhoto records where the time of a photo comes from.
func DatedPhoto(w *history.Batch, hash []byte, taken photo.Capture) error {
	switch taken.How {
	case photo.FromName, photo.FromChange, photo.FromFile:
		if !taken.Time.IsZero() {
			return history.SetValue(w, DatedName+hex.EncodeToString(hash), string(taken.How))
		}
	}
	return nil
}

// photoPath chooses where a photo goes: Photos/<year>/<month>/<its name>. Files
// that share folder and stem at the source and are a still and a clip, or of
// one month, share one stem; no photo of another folder gets it.
func (r *recorder) photoPath(it export.Item, taken time.Time) (string, error) {
	folder := r.s.Folder + "/Photos/Undated"
	if y := taken.Year(); !taken.IsZero() && y >= 1 && y <= 9999 {
		folder = fmt.Sprintf("%s/Photos/%04d/%02d", r.s.Folder, y, int(taken.Month()))
	}
	units := min(disk.MaxNameUnits, disk.MaxPathUnits-disk.UnitsOf(folder)-1)
	name := disk.CleanName(disk.LastPart(it.Name), units)
	if name == "" {
		name = "Photo"
	}
	stem, ext := disk.SplitExt(name)
	source := it.Folder + "/" + disk.FoldName(stem)
	if shared, err := r.sharedStem(source, ext, folder); err != nil || shared != "" {
		return shared, err
	}
	room := ext + strings.Repeat("x", max(0, 6-len(ext))) // for the ending of the other half
	named := func(n int) string {
		return folder + "/" + strings.TrimSuffix(disk.Numbered(stem, room, n, units), room)
	}
	n, err := disk.FirstFree(func(n int) (bool, error) {
		taken, err := r.taken(named(n), ext)
		return !taken, err
	})
	if err != nil {
		return "", err
	}
	file := named(n)
	_, err = r.s.W.Exec("INSERT INTO stem (key, collection, source, path) VALUES (?, ?, ?, ?)", disk.FoldName(file), r.n, source, file)
	return file + ext, err
}

// taken reports whether another photo has the stem, or something else the name.
func (r *recorder) taken(stem, ext string) (used bool, err error) {
	file := stem + ext
	_, err = r.s.W.Row(`SELECT EXISTS (SELECT 1 FROM stem WHERE key = ?) OR EXISTS (SELECT 1 FROM photo WHERE key = ?)
		OR EXISTS (SELECT 1 FROM name WHERE folder = ? AND key = ?)`,
		[]any{disk.FoldName(stem), disk.FoldName(file), path.Dir(file), disk.FoldName(path.Base(file))}, &used)
	return used, err
}

func (r *recorder) nameTaken(file string) (used bool, err error) {
	_, err = r.s.W.Row("SELECT EXISTS (SELECT 1 FROM photo WHERE key = ?) OR EXISTS (SELECT 1 FROM name WHERE folder = ? AND key = ?)",
		[]any{disk.FoldName(file), path.Dir(file), disk.FoldName(path.Base(file))}, &used)
	return used, err
}

// shareStem lets the other half of a photo that is there already find it: its
// row may have been lost in a cut-off export.
func (r *recorder) shareStem(it export.Item, at string) error {
	stem, _ := disk.SplitExt(disk.CleanName(disk.LastPart(it.Name), disk.MaxNameUnits))
	file := strings.TrimSuffix(at, path.Ext(at))
	_, err := r.s.W.Exec("INSERT INTO stem (key, collection, source, path) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
		disk.FoldName(file), r.n, it.Folder+"/"+disk.FoldName(stem), file)
	return err
}

// sharedStem is the path for a photo whose other half is there already, "" if
// there is none.
func (r *recorder) sharedStem(source, ext, folder string) (string, error) {
	var stems []string
	w := r.s.W
	var first string
	if some, err := w.Row("SELECT path FROM stem WHERE collection = ? AND source = ? LIMIT 1", []any{r.n, source}, &first); err != nil || !some {
		return "", err
	}
	err := history.EachString(w, &stems, "SELECT path FROM stem WHERE collection = ? AND source = ? ORDER BY length(path), path", r.n, source)
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
	key := disk.FoldName(stem)
	err := history.EachString(r.s.W, &paths, "SELECT path FROM photo WHERE key >= ? AND key < ?", key+".", key+"/")
	if err != nil {
		return false, err
	}
	other := false
	for _, p := range paths {
		if disk.FoldName(strings.TrimSuffix(p, path.Ext(p))) != key {
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
