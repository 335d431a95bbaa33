package site

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/pages"
	"sidekeep/formats/photo"
)

// thumbPath is the path of a photo's thumbnail. It is named by the content, so
// it is made once.
const thumbPath = `'readme/thumbs/' || lower(substr(hex(photo.hash), 1, 2)) || '/' || lower(substr(hex(photo.hash), 3, 30)) || '.jpg'`

func thumbOf(hash []byte) string {
	name := hex.EncodeToString(hash[:16])
	return ThumbDir + name[:2] + "/" + name[2:] + ".jpg"
}

// photos stages the pages of photos, one for each month if there are many.
func (s *Builder) photos() error {
	list, err := s.photoEntries()
	if err != nil {
		return err
	}
	waiting, err := s.thumbs(list)
	if err != nil {
		return err
	}
	s.set[WaitingName] = "0"
	if waiting {
		s.set[WaitingName] = "1"
	}
	if len(list) <= onePage {
		return s.photoPage("Photos", "photos", "", list)
	}
	index := pages.PartsPage{Title: "Photos", Here: "Photos", Total: len(list), Many: "photos and videos", Lead: ", by the month in which they were taken."}
	for _, year := range runs(list, 4) {
		group := pages.PartsGroup{Name: string(year[0].key[:4])}
		if year[0].key[0] == 0 {
			group.Name = "Without a date"
		}
		for _, month := range runs(year, 7) {
			title, file := group.Name, "photos-undated"
			if month[0].key[0] != 0 {
				title, file = monthName(month[0].key), "photos-"+string(month[0].key[:7])
			}
			if err := s.photoPage(title, file, "photos.html", month); err != nil {
				return err
			}
			group.Parts = append(group.Parts, pages.Part{Name: title, File: file + ".html", N: len(month)})
		}
		index.Groups = append(index.Groups, group)
	}
	return s.Page(PagesDir+"photos.html", s.mark([]byte(fmt.Sprintf("%+v", index))), func(w io.Writer) error { return s.site.Parts(w, index) })
}

// photoEntries lists every photo once, however many albums show it, the newest
// month first.
func (s *Builder) photoEntries() ([]Entry, error) {
	list := s.entries("Photos")
	err := s.each(`SELECT min(item.item), max(version.version), version.photo, version.start, max(item.present <> 0) `+s.understood+`
		AND version.kind = 'photos' GROUP BY version.photo`, nil, func(rows *sql.Rows) error {
		var e Entry
		var start sql.RawBytes
		var present bool
		err := rows.Scan(&e.item, &e.Version, &e.n, &start, &present)
		if !present {
			e.flags |= entryGone
		}
		if len(start) >= 19 {
			copy(e.key[:], start[:19])
		}
		list = append(list, e)
		return err
	})
	slices.SortFunc(list, func(a, b Entry) int {
		if c := strings.Compare(string(b.key[:7]), string(a.key[:7])); c != 0 {
			return c
		}
		if c := strings.Compare(string(a.key[:]), string(b.key[:])); c != 0 {
			return c
		}
		return cmp.Compare(a.n, b.n)
	})
	return list, err
}

// thumbsToDo reports whether thumbnails are still to be made, or some are gone
// that the last publication left.
func (s *Builder) thumbsToDo() (bool, error) {
	var waiting string
	if _, err := s.p.W.Row("SELECT value FROM archive WHERE name = ?", []any{WaitingName}, &waiting); err != nil {
		return false, err
	}
	_, err := s.p.W.Row("SELECT count(*) FROM file WHERE path >= 'readme/thumbs/' AND path < 'readme/thumbs0'", nil, &s.thumbCount)
	return waiting == "1" || s.sections["thumbs"] != strconv.Itoa(s.thumbCount), err
}

func (s *Builder) photoPage(title, file, up string, list []Entry) error {
	at, mark := PagesDir+file+".html", s.markOf(title, list)
	if s.keep(at, mark) {
		return nil
	}
	page := pages.PhotosPage{Title: title, Up: up, Total: len(list)}
	err := s.shown(list, func(e *Entry, name, start, where string, hash []byte) {
		month := pages.PhotoMonth{ID: "undated", Name: "Without a date"}
		if e.key[0] != 0 {
			month = pages.PhotoMonth{ID: "m" + string(e.key[:7]), Name: monthName(e.key)}
		}
		if n := len(page.Months); n == 0 || page.Months[n-1].ID != month.ID {
			page.Months = append(page.Months, month)
		}
		thumb := ""
		if e.flags&entryThumb != 0 {
			thumb = thumbOf(hash)
		}
		m := &page.Months[len(page.Months)-1]
		m.Photos = append(m.Photos, pages.NewPhoto(where, thumb, name, history.TimeOf(start), e.flags&entryGone != 0))
	})
	if err != nil {
		return err
	}
	return s.Page(at, mark, func(w io.Writer) error { return s.site.Photos(w, page) })
}

// shown reads of each entry what its page shows of it, in the order of the list:
// some hundred at a time, since one by one they cost five times as much.
func (s *Builder) shown(list []Entry, do func(e *Entry, name, start, where string, hash []byte)) error {
	type row struct {
		name, start, where string
		hash               []byte
	}
	for part := range slices.Chunk(list, 500) {
		versions := make([]byte, 0, 8*len(part))
		for i := range part {
			versions = strconv.AppendInt(append(versions, ','), int64(part[i].Version), 10)
		}
		rows := make(map[uint32]row, len(part))
		err := s.each(`SELECT version, version.name, version.start, photo.path, photo.hash FROM version JOIN photo USING (photo)
			WHERE version IN (SELECT value FROM json_each('['||?||']'))`, []any{string(versions[1:])}, func(in *sql.Rows) error {
			var n uint32
			var r row
			err := in.Scan(&n, &r.name, &r.start, &r.where, &r.hash)
			rows[n] = r
			return err
		})
		if err != nil {
			return err
		}
		for i := range part {
			r, known := rows[uint32(part[i].Version)]
			if !known {
				return fmt.Errorf("version %d of a photo is not there: %w", part[i].Version, export.ErrHistory)
			}
			do(&part[i], r.name, r.start, r.where, r.hash)
		}
	}
	return nil
}

// thumbs makes the thumbnails that are missing, as far as the time goes, and
// marks the entries of those that have one. waiting tells that time ran out.
func (s *Builder) thumbs(list []Entry) (waiting bool, err error) {
	at := make(map[uint32]*Entry, len(list))
	for i := range list {
		at[list[i].n] = &list[i]
	}
	type missing struct {
		e    *Entry
		path string
		hash []byte
		new  bool
	}
	var todo []missing
	staged := map[string]bool{}
	err = s.each(`SELECT photo.photo, photo.path, photo.hash, file.path IS NOT NULL, EXISTS (SELECT 1 FROM archive WHERE name = '`+NoThumb+`' || lower(hex(photo.hash)))
		FROM photo LEFT JOIN file ON file.path = `+thumbPath, nil, func(rows *sql.Rows) error {
		var n uint32
		var where string
		var hash []byte
		var made, never bool
		if err := rows.Scan(&n, &where, &hash, &made, &never); err != nil {
			return err
		}
		e := at[n]
		switch {
		case e == nil:
		case made && (!s.p.Force || s.whole(thumbOf(hash))):
			e.flags |= entryThumb
		case !never && thumbable(where):
			todo = append(todo, missing{e, where, hash, !made})
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	slices.SortFunc(todo, func(a, b missing) int { return strings.Compare(string(b.e.key[:]), string(a.e.key[:])) })
	for _, m := range todo {
		to := thumbOf(m.hash)
		if staged[to] { // two accounts have it
			m.e.flags |= entryThumb
			continue
		}
		if s.p.Later || !s.p.A.Now().Before(s.until) {
			return true, nil
		}
		raw, err := s.thumb(m.path)
		if err != nil {
			return false, err
		}
		if raw == nil {
			s.set[NoThumb+hex.EncodeToString(m.hash)] = ""
			continue
		}
		if err := s.p.Stage(to, func(w io.Writer) error {
			_, err := w.Write(raw)
			return err
		}); err != nil {
			return false, err
		}
		staged[to] = true
		if m.new {
			s.thumbCount++
		}
		m.e.flags |= entryThumb
	}
	return false, nil
}

// thumbable reports whether a file of this name may be a picture of a kind that
// thumbnails are made of.
func thumbable(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg", ".png", ".webp":
		return true
	}
	return false
}

// thumb makes the thumbnail of a photo; nil if it cannot be made.
func (s *Builder) thumb(name string) ([]byte, error) {
	const side = 320
	f, err := s.p.A.Disk.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // verify tells of it
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := photo.ThumbFrom(f, side)
	if err != nil {
		return nil, nil // damaged, or too large to be taken apart here
	}
	return raw, nil
}

// whole reports whether a file on the disk is the one that was put there.
func (s *Builder) whole(name string) bool {
	var hash []byte
	known, err := s.p.W.Row("SELECT hash FROM file WHERE path = ?", []any{name}, &hash)
	if err != nil || !known {
		return false
	}
	now, _, err := disk.HashFile(context.Background(), s.p.A.Disk, name, nil)
	return err == nil && string(now[:]) == string(hash)
}

// ours are the names that only these pages have.
var ours = regexp.MustCompile(`^readme/(thumbs/[0-9a-f]{2}/[0-9a-f]{30}\.jpg|faces/[0-9a-f]{32}\.[a-z]+|(find/)?[a-z]+(-[0-9a-z-]+)?\.(html|js))$`)

// sweep removes files of such names that a publication which was cut off left,
// and that are not listed anywhere.
func (s *Builder) sweep(dir string, faces map[string]bool) error {
	entries, err := s.p.A.Disk.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	staged := map[string]bool{}
	for _, f := range s.p.Staged {
		staged[f.Path] = true
	}
	for _, e := range entries {
		name := dir + "/" + e.Name()
		if e.IsDir() {
			if err := s.sweep(name, faces); err != nil {
				return err
			}
			continue
		}
		if !ours.MatchString(name) || staged[name] || faces[name] || slices.Contains(s.p.Removed, name) {
			continue
		}
		var one int
		known, err := s.p.W.Row("SELECT 1 FROM file WHERE path = ?", []any{name}, &one)
		if err != nil {
			return err
		}
		if !known {
			s.p.Removed = append(s.p.Removed, name)
		}
	}
	return nil
}

// timeOfThumb is how long this publication may make thumbnails.
func timeOfThumb(a *history.Store) time.Duration { return thumbTime }
