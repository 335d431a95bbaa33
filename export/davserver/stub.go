package davserver

import (
	"errors"
	"io/fs"
	"net/http"
	"time"
)

type tree struct{}

func (t *tree) init(user string) {}

type signer struct{}

func newSigner(o Options) *signer                                  { return &signer{} }
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.Error(w, "not yet", 500) }

// MakeAddressBook makes an empty address book, e.g. at /contacts/phone/All/.
func (s *Server) MakeAddressBook(path string, c Collection) error { return errors.New("x") }

// MakeCalendar makes an empty calendar.
func (s *Server) MakeCalendar(path string, c Collection) error { return errors.New("x") }

// MakeFolder makes a folder and those above it.
func (s *Server) MakeFolder(path string) error { return errors.New("x") }

// Put stores body as it is and returns its ETag.
func (s *Server) Put(path string, body []byte) (etag string, err error) { return "", errors.New("x") }

// PutAt is Put with a getlastmodified of its own.
func (s *Server) PutAt(path string, body []byte, modified time.Time) (etag string, err error) {
	return "", errors.New("x")
}

// Remove removes an item or a collection with all that is in it.
func (s *Server) Remove(path string) error { return errors.New("x") }

// Items lists the items of a collection or folder in the order of their last change.
func (s *Server) Items(collection string) ([]Item, error) { return nil, errors.New("x") }

// Body returns the bytes of an item.
func (s *Server) Body(path string) ([]byte, error) { return nil, errors.New("x") }

// Phone fills a server with the demo phone's data.
func Phone(fsys fs.FS, o Options) (*Server, error) { return nil, errors.New("x") }
