package archive

import "fmt"

// A fresh value takes the bytes of a column without a copy of its own.
// database/sql would copy them, because a driver may use its memory again for
// the next row; go-sqlite3 makes the bytes of every row anew.
type fresh []byte

// Scan implements [database/sql.Scanner].
func (b *fresh) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*b = nil
	case []byte:
		*b = v
	default: // what only a damaged history has there
		*b = fmt.Append(nil, v)
	}
	return nil
}
