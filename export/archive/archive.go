// Package archive keeps the folder that the owner holds: the history of every
// item in history.db, the open files that follow it, and their manifest. The
// format is described in FORMAT.md beside this file.
//
// What an item's bytes mean is left to formats, where they come from to
// export/source.
package archive

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"sidekeep/export"
)

var errTODO = errors.New("not written yet")

// Options are what an archive gets from outside. The zero value is for use.
type Options struct {
	Now  func() time.Time               // the clock; nil means time.Now
	Disk func(dir string) (Disk, error) // opens the folder; nil means [OpenDisk]
}

// An Archive is an open archive folder. Its methods may be called from several
// goroutines.
type Archive struct{}

// Disk is the folder.
type Disk interface{}

// Open opens the archive in dir.
func Open(dir string, o Options) (*Archive, error) { return nil, errTODO }

// Create makes dir an empty archive, or opens the one that is there.
func Create(dir string, o Options) (*Archive, error) { return nil, errTODO }

// Find looks for the archive with the given ID in places.
func Find(id string, places []string) (dir string, ok bool) { return "", false }

func (a *Archive) Dir() string  { return "" }
func (a *Archive) ID() string   { return "" }
func (a *Archive) Close() error { return nil }
func (a *Archive) Begin(ctx context.Context, account string, at time.Time) (export.Session, error) {
	return nil, errTODO
}
func (a *Archive) SetAccount(ctx context.Context, name string, settings []byte) error { return errTODO }
func (a *Archive) Accounts(ctx context.Context) ([]Account, error)                    { return nil, errTODO }
func (a *Archive) Exports(ctx context.Context, account string, limit int) ([]export.Ledger, error) {
	return nil, errTODO
}
func (a *Archive) Items(ctx context.Context, q Query) iter.Seq2[Item, error] {
	return func(func(Item, error) bool) {}
}
func (a *Archive) Delivered(ctx context.Context, account, collection, id string) (io.ReadCloser, error) {
	return nil, errTODO
}
func (a *Archive) Verify(ctx context.Context, report func(done, total int64)) (Check, error) {
	return Check{}, errTODO
}
