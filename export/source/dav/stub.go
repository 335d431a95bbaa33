package dav

import (
	"context"

	"sidekeep/export"
)

func open(ctx context.Context, cfg Config) (*Source, error) { return nil, export.ErrNotDAV }

func (s *Source) Collections(ctx context.Context) ([]export.Collection, error) {
	return nil, export.ErrNotDAV
}
func (s *Source) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	return export.Listing{}, export.ErrNotDAV
}
func (s *Source) Close() error                  { return nil }
func (s *Source) Used() (int, int64)            { return 0, 0 }
func (s *Source) Trust() Trust                  { return Trust{} }
func (s *Source) User() string                  { return "" }
func (s *Source) Service() string               { return "" }
func (s *Source) Count(ctx context.Context, c export.Collection) (int, error) { return -1, export.ErrNotDAV }
