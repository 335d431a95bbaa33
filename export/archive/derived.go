package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/contentline"
)

// A misread is a version whose row does not say what its bytes do.
type misread struct {
	version int64
	item    string // its ID
	now     version
	kind    export.Kind // of its collection
	was     version     // of a long body
	long    stored
}

// differs reads raw, and tells whether it says something else than was.
func (m *misread) differs(was version, raw []byte, gaps contentline.Gaps) bool {
	m.now = understandOutline(m.kind, raw, gaps)
	m.now.uid, m.now.name = strings.Clone(m.now.uid), strings.Clone(m.now.name) // raw is used again
	return was.kind != m.now.kind || was.uid != m.now.uid || was.name != m.now.name || was.start != m.now.start || was.allDay != m.now.allDay || was.aside != m.now.aside
}

// misreads finds them among the versions after last, but for those that an item
// had before already and that were copied when it came back. Bytes that do not have
// their hash tell nothing. Of bodies only those of one part are looked at.
func misreads(ctx context.Context, q querier, last int64, part Slice, found func(misread) error) error {
	for after := last; ; {
		var list, long []misread
		n, size := 0, 0
		err := eachRow(ctx, q, `SELECT version.version, collection.kind, item.id, version.kind, version.uid, version.name, version.start, version.all_day, ifnull(version.aside, ''), blob.blob, `+bodyLong+`, blob.hash, blob.bytes
			FROM version JOIN blob USING (blob) JOIN item USING (item) JOIN collection USING (collection)
			WHERE version.version > ? AND version.blob % ? = ? AND collection.kind IN ('contacts', 'events', 'todos')
			AND NOT EXISTS (SELECT 1 FROM version AS old WHERE old.item = version.item AND old.version <= ? AND old.blob = version.blob)
			ORDER BY version.version LIMIT 500`, []any{after, part.Of, part.Part - 1, last}, func(rows *sql.Rows) error {
			var m misread
			var was version
			var kind export.Kind
			var b stored
			var hash, raw sql.RawBytes
			if err := rows.Scan(&m.version, &kind, &m.item, &was.kind, &was.uid, &was.name, &was.start, &was.allDay, &was.aside, &b.blob, &b.long, &hash, &raw); err != nil {
				return err
			}
			if m.version <= after {
				return fmt.Errorf("%w: the versions are out of their order", export.ErrDamaged)
			}
			after = m.version
			n++
			size += len(raw)
			m.kind = kind
			if b.long {
				m.long = stored{blob: b.blob, hash: bytes.Clone(hash), long: true, text: bytes.Clone(raw)}
				m.was = was
				long = append(long, m)
			} else if sum := sha256.Sum256(raw); bytes.Equal(sum[:], hash) && m.differs(was, raw, nil) {
				list = append(list, m)
			}
			if size >= pageBytes {
				return errPage
			}
			return nil
		})
		if err != nil && !errors.Is(err, errPage) {
			return err
		}
		for _, m := range long {
			text, gaps, _, err := m.long.check(ctx, q, nil)
			if err != nil {
				return err
			}
			if text != nil && m.differs(m.was, text, gaps) {
				list = append(list, m)
			}
		}
		for _, m := range list {
			if err := found(m); err != nil {
				return err
			}
		}
		if n == 0 {
			return nil
		}
	}
}

// derived looks whether what the history says of items is what their bytes say.
func (v *verification) derived() error {
	edition, last, err := readerOf(v.ctx, v.second)
	if err != nil || edition != readerEdition {
		return err
	}
	return misreads(v.ctx, v.second, last, v.slice, func(m misread) error {
		v.blame(fmt.Sprintf("%s, version %d", historyFile, m.version), fmt.Sprintf("its kind, UID, name, start or reason is not what the bytes of %q say", m.item))
		return nil
	})
}
