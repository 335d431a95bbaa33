package files

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sidekeep/app/work/desk"
	"sidekeep/export"
	"sidekeep/export/archive"
)

// photo writes a photo, once however many albums show it.
func (s *saver) photo(it archive.Content) error {
	if _, done := s.photos[it.Path]; done { // in two albums, and stored once
		s.out.Items[export.Photos]++
		s.past.add(it, s.photos[it.Path])
		return nil
	}
	r, err := it.Open()
	if errors.Is(err, fs.ErrNotExist) {
		s.out.Unsaved = append(s.out.Unsaved, Unsaved{Called(it.Item), "its file is no longer in the archive: " + it.Path})
		return nil
	}
	if err != nil {
		return err
	}
	s.out.Items[export.Photos]++
	if account, _, ok := strings.Cut(strings.TrimPrefix(it.Path, "data/"), "/"); ok {
		s.albums[account] = true
	}
	name := s.rel(it.Path)
	ext := path.Ext(name)
	name = s.to.place(path.Dir(name), strings.TrimSuffix(path.Base(name), ext), ext)
	s.photos[it.Path] = name
	s.past.add(it, name)
	return errors.Join(s.to.whole(name, r), r.Close())
}

// lists copies the lists of which photos are in an album.
func (s *saver) lists(account string) error {
	dir, err := desk.OpenWithin(s.a.Dir(), "data/"+account+"/Albums")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(".")
	for _, e := range entries {
		f, openErr := dir.Open(e.Name())
		if err = errors.Join(err, openErr); err != nil {
			return err
		}
		name := s.rel("data/" + account + "/Albums/" + e.Name())
		err = s.to.whole(s.to.place(path.Dir(name), strings.TrimSuffix(e.Name(), path.Ext(name)), path.Ext(name)), f)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return err
}

// A pastAlbum is an album as it was: a folder of the source, or for the photos
// outside any folder a collection.
type pastAlbum struct{ account, collection, folder string }

// pastAlbums are the albums of a moment with the files that were written of
// them. Those of the present stand in the archive.
type pastAlbums struct {
	order []pastAlbum
	names map[pastAlbum]string
	files map[pastAlbum][]string
}

func (p *pastAlbums) add(it archive.Content, file string) {
	if p.files == nil {
		p.names, p.files = map[pastAlbum]string{}, map[pastAlbum][]string{}
	}
	key := pastAlbum{it.Account, it.Collection, it.Folder}
	if _, known := p.files[key]; !known {
		p.order = append(p.order, key)
		p.names[key] = it.In.Name
		if parts := strings.Trim(it.Folder, "/"); parts != "" {
			p.names[key] = strings.ReplaceAll(parts, "/", " - ")
		}
	}
	p.files[key] = append(p.files[key], file)
}

// pastAlbums writes which photos were in which album, in the form in which the
// archive has it.
func (s *saver) pastAlbums() error {
	for _, key := range s.past.order {
		files := s.past.files[key]
		slices.Sort(files)
		// Files lie in Photos/<year>/<month>, below the folder of the account if
		// there are several.
		account, _, ok := strings.Cut(files[0], "/Photos/")
		if !ok {
			account = ""
		}
		var b strings.Builder
		for _, file := range slices.Compact(files) {
			b.WriteString("../" + strings.TrimPrefix(strings.TrimPrefix(file, account), "/") + "\r\n")
		}
		if err := s.to.whole(s.to.place(path.Join(account, "Albums"), s.past.names[key], ".txt"), strings.NewReader(b.String())); err != nil {
			return err
		}
	}
	return nil
}
