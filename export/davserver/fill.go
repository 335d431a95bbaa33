package davserver

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Paths of these methods are not percent-encoded. Their errors say what is
// wrong in a sentence.

// MakeAddressBook makes an empty address book, e.g. at /contacts/phone/All/.
func (s *Server) MakeAddressBook(path string, c Collection) error {
	return s.make(path, book, c)
}

// MakeCalendar makes an empty calendar, e.g. at /calendars/phone/Home/.
func (s *Server) MakeCalendar(path string, c Collection) error {
	return s.make(path, cal, c)
}

func (s *Server) make(path string, k kind, c Collection) error {
	seg, err := splitPlain(path)
	if err == nil {
		err = s.tree.make(seg, k, c, s.o.Now())
	}
	if err != nil {
		return fmt.Errorf("making %s: %w", path, err)
	}
	return nil
}

// MakeFolder makes a folder and those above it, e.g. /files/phone/DCIM/. One
// that is there already is left as it is.
func (s *Server) MakeFolder(path string) error {
	seg, err := splitPlain(path)
	if err != nil {
		return fmt.Errorf("making %s: %w", path, err)
	}
	for n := 3; n <= len(seg); n++ {
		err := s.tree.make(seg[:n], files, Collection{}, s.o.Now())
		var e *refusal
		if errors.As(err, &e) && e.code == http.StatusMethodNotAllowed {
			if f, it, err := s.at(seg[:n]); err == nil && it == nil && f.kind == files {
				continue
			}
		}
		if err != nil {
			return fmt.Errorf("making %s: %w", path, err)
		}
	}
	return nil
}

// Put stores body as it is, also one that a PUT would refuse, and returns its
// ETag.
func (s *Server) Put(path string, body []byte) (etag string, err error) {
	return s.PutAt(path, body, s.o.Now())
}

// PutAt is Put with a getlastmodified of its own.
func (s *Server) PutAt(path string, body []byte, modified time.Time) (etag string, err error) {
	seg, err := splitPlain(path)
	if err != nil {
		return "", fmt.Errorf("storing %s: %w", path, err)
	}
	it, _, err := s.tree.put(seg, string(body), modified, false, nil)
	if err != nil {
		return "", fmt.Errorf("storing %s: %w", path, err)
	}
	return it.etag(), nil
}

// Remove removes an item, or a collection with all that is in it.
func (s *Server) Remove(path string) error {
	seg, err := splitPlain(path)
	if err == nil {
		err = s.tree.remove(seg, s.o.Now(), nil)
	}
	if err != nil {
		return fmt.Errorf("removing %s: %w", path, err)
	}
	return nil
}

// Items lists the items of a collection in the order of their last change, or
// of a folder by name, without those of folders in it.
func (s *Server) Items(collection string) ([]Item, error) {
	f, it, err := s.atPath(collection)
	if err != nil || it != nil {
		return nil, fmt.Errorf("listing %s: %w", collection, errNotFound)
	}
	s.tree.mu.RLock()
	defer s.tree.mu.RUnlock()
	var all []Item
	for _, it := range f.list() {
		all = append(all, Item{Name: it.name, Path: f.path + it.name, ETag: it.etag(), Size: it.size(), Modified: it.modified})
	}
	return all, nil
}

// Body returns the bytes of an item.
func (s *Server) Body(path string) ([]byte, error) {
	_, it, err := s.atPath(path)
	if err != nil || it == nil {
		return nil, fmt.Errorf("reading %s: %w", path, errNotFound)
	}
	return []byte(it.body), nil
}

// Token returns the sync token that a collection has now.
func (s *Server) Token(collection string) (string, error) {
	f, it, err := s.atPath(collection)
	if err != nil || it != nil || f.kind != book && f.kind != cal {
		return "", fmt.Errorf("reading the token of %s: %w", collection, errNotFound)
	}
	s.tree.mu.RLock()
	defer s.tree.mu.RUnlock()
	return f.token(len(f.log)), nil
}

func (s *Server) atPath(path string) (*folder, *item, error) {
	seg, err := splitPlain(path)
	if err != nil {
		return nil, nil, err
	}
	return s.at(seg)
}

func (s *Server) at(seg []string) (*folder, *item, error) {
	s.tree.mu.RLock()
	defer s.tree.mu.RUnlock()
	return s.tree.find(seg)
}

func (it *item) etag() string { return `"` + hex.EncodeToString(it.tag[:]) + `"` }
