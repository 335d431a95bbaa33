package files

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/file"
	"sidekeep/formats/photo"
)

// pullPhotos looks through a folder.
func (b *book) pullPhotos(ctx context.Context, have export.Have, to export.Sink) error {
	list, err := b.photos(ctx)
	if err != nil {
		return err
	}
	if err := to.Listed(len(list), true); err != nil {
		return err
	}
	for _, info := range list {
		it := b.picture(info)
		held, err := have.Version(it.ID)
		if err != nil {
			return err
		}
		switch {
		case held != "" && held == it.Version:
			err = to.Seen(it.ID, it.Version)
		case ctx.Err() != nil:
			it.Open, it.Err = nil, caused(ctx.Err())
			err = to.Put(ctx, it)
		default:
			err = to.Put(ctx, it)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// photos lists the pictures and videos of the folder, by name.
func (b *book) photos(ctx context.Context) ([]fs.FileInfo, error) {
	entries, err := fs.ReadDir(b.on.fsys, b.album)
	if err != nil {
		return nil, caused(err)
	}
	var list []fs.FileInfo
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, caused(err)
		}
		name := e.Name()
		if !e.Type().IsRegular() || strings.HasPrefix(name, ".") || b.only != nil && !slices.Contains(b.only, name) {
			continue
		}
		t, err := detect(b.on, path.Join(b.album, name))
		if t != file.Photo && (err == nil || !photo.IsPhoto(name)) {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed in this moment
		}
		if err != nil {
			return nil, caused(err)
		}
		list = append(list, info)
	}
	return list, nil
}

func (b *book) picture(info fs.FileInfo) export.Item {
	name := path.Join(b.album, info.Name())
	it := export.Item{
		ID: info.Name(), Name: info.Name(), Kind: export.Photos, Size: info.Size(), Modified: info.ModTime(),
		Folder:  path.Join(b.on.name("."), b.album),
		Version: fmt.Sprintf("%d bytes, %d", info.Size(), info.ModTime().UnixNano()),
	}
	if h, ok := info.Sys().(*zip.FileHeader); ok {
		it.Version = fmt.Sprintf("%d bytes, crc %08x", info.Size(), h.CRC32)
	}
	it.Open = func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
		f, err := b.on.fsys.Open(name)
		if err != nil {
			return nil, 0, caused(err)
		}
		if s, ok := f.(io.Seeker); ok && from > 0 {
			if _, err := s.Seek(from, io.SeekStart); err != nil {
				return nil, 0, errors.Join(caused(err), f.Close())
			}
			return causing{f}, from, nil
		}
		return causing{f}, 0, nil
	}
	return it
}

// causing gives the errors of reading their causes.
type causing struct{ fs.File }

func (f causing) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if err != nil && err != io.EOF {
		err = caused(err)
	}
	return n, err
}
