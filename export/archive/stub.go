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

func (a *Archive) finishBegun(ctx context.Context) error { return nil }

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
