package history

import (
	"context"
	"database/sql"
	"errors"
)

// A page of items is read at a time, so that memory does not grow with the
// collection and no reader is open for long.
const (
	PageRows  = 200
	PageBytes = 2 << 20
)

// ShownFrom is what a query reads the shown items from, as item: the view, or
// the table itself while nothing is held back, which takes half of the time.
// Nothing else may change what is shown meanwhile.
func ShownFrom(ctx context.Context, q Querier) (string, error) {
	from := "item"
	err := Each(ctx, q, "SELECT 1 FROM accepted WHERE open LIMIT 1", nil, func(*sql.Rows) error {
		from = "shown AS item"
		return nil
	})
	return from, err
}

var ErrPage = errors.New("the page is full")

// StateOf is the state column of index.csv.
func StateOf(present, aside, read bool) string {
	switch {
	case !present && aside:
		return SetAside + ", " + Gone
	case !present:
		return Gone
	case !read:
		return Failed
	case aside:
		return SetAside
	}
	return Present
}
