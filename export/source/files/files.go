// Package files reads contacts, calendars, to-dos, photos and videos from
// files, folders and zip archives on this computer.
//
// Each file is a collection; of a folder, its pictures and videos are an album.
// What files mean is left to the packages of formats, and to the archive.
package files

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"sidekeep/export"
	"sidekeep/export/source"
)

// Type is the files that an import or a restore reads.
func Type() source.Type {
	return source.Type{
		ID: "files", Icon: "folder", Gives: export.Kinds(), Once: true,
		Open: func(_ context.Context, c source.Config) (export.Source, error) {
			s, err := Open(c.Paths)
			if err != nil {
				return nil, err
			}
			return s, nil
		},
	}
}

// A Source is a [export.Source] of files. Its listings are full ones: an item
// that a file no longer holds is gone from it.
type Source struct {
	paths []string

	mu      sync.Mutex
	shelves []*shelf
	skipped []source.SkippedFile
	found   map[string]*book // by the ID of the collection
}

var _ source.FileSkipper = (*Source)(nil)

// Open returns the source of what paths name: files, folders with all that is
// below them, and zip archives. A path that is not there is an error; see
// [Source.Collections] for what is in them.
func Open(paths []string) (*Source, error) {
	s := &Source{found: map[string]*book{}}
	for _, p := range paths {
		abs, err := resolve(p)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(s.paths, abs) {
			s.paths = append(s.paths, abs)
		}
	}
	return s, nil
}

// Close lets go of the folders and zip archives.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closeShelves()
}

// Collections looks through everything that is named. It fails if a folder
// cannot be read. A file below a folder that holds nothing to be taken is among
// [Source.SkippedFiles] afterwards; one that was named itself is a
// [*source.OtherError].
func (s *Source) Collections(ctx context.Context) ([]export.Collection, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.closeShelves(); err != nil {
		return nil, err
	}
	w := walk{found: map[string]*book{}, folders: map[string]*shelf{}}
	for _, p := range s.paths {
		err := w.path(ctx, p)
		s.shelves = append(s.shelves, w.shelves...)
		w.shelves = nil
		if err != nil {
			return nil, err
		}
	}
	w.gather()
	s.skipped, s.found = w.skipped, w.found
	list := make([]export.Collection, 0, len(w.order))
	for _, b := range w.order {
		list = append(list, b.Collection)
	}
	return list, nil
}

// SkippedFiles tells what the last [Source.Collections] passed over.
func (s *Source) SkippedFiles() []source.SkippedFile {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.skipped)
}

func (s *Source) book(id string) (*book, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.found[id]
	if !ok {
		return nil, fmt.Errorf("%w: %s was not among the files", export.ErrGone, id)
	}
	return b, nil
}

// closeShelves closes the folders and zip archives. Called with mu held.
func (s *Source) closeShelves() error {
	var err error
	for _, on := range s.shelves {
		if on.close != nil {
			err = errors.Join(err, on.close())
		}
	}
	s.shelves = nil
	return err
}
