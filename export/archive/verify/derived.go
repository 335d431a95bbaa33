package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/formats/contentline"
)

// A Misread is a version whose row does not say what its bytes do.
type Misread struct {
	Version int64
	item    string // its ID
	Now     history.Understood
	kind    export.Kind        // of its collection
	was     history.Understood // of a long body
	long    history.Stored
}

// differs reads raw, and tells whether it says something else than was.
func (m *Misread) differs(was history.Understood, raw []byte, gaps contentline.Gaps) bool {
	m.Now = history.UnderstandOutline(m.kind, raw, gaps)
	m.Now.Uid, m.Now.Name = strings.Clone(m.Now.Uid), strings.Clone(m.Now.Name) // raw is used again
	return was.Kind != m.Now.Kind || was.Uid != m.Now.Uid || was.Name != m.Now.Name || was.Start != m.Now.Start || was.AllDay != m.Now.AllDay || was.Aside != m.Now.Aside
}

// Misreads finds them among the versions after last, but for those that an item
// had before already and that were copied when it came back. Bytes that do not have
// their hash tell nothing. Of bodies only those of one part are looked at.
func Misreads(ctx context.Context, q history.Querier, last int64, part Slice, found func(Misread) error) error {
	for after := last; ; {
		var list, long []Misread
		n, size := 0, 0
		err := history.Each(ctx, q, `SELECT version.version, collection.kind, item.id, version.kind, version.uid, version.name, version.start, version.all_day, ifnull(version.aside, ''), blob.blob, `+history.BodyLong+`, blob.hash, blob.bytes
			FROM version JOIN blob USING (blob) JOIN item USING (item) JOIN collection USING (collection)
			WHERE version.version > ? AND version.blob % ? = ? AND collection.kind IN ('contacts', 'events', 'todos')
			AND NOT EXISTS (SELECT 1 FROM version AS old WHERE old.item = version.item AND old.version <= ? AND old.blob = version.blob)
			ORDER BY version.version LIMIT 500`, []any{after, part.Of, part.Part - 1, last}, func(rows *sql.Rows) error {
			var m Misread
			var was history.Understood
			var kind export.Kind
			var b history.Stored
			var hash, raw sql.RawBytes
			if err := rows.Scan(&m.Version, &kind, &m.item, &was.Kind, &was.Uid, &was.Name, &was.Start, &was.AllDay, &was.Aside, &b.Blob, &b.Long, &hash, &raw); err != nil {
				return err
			}
			if m.Version <= after {
				return fmt.Errorf("%w: the versions are out of their order", export.ErrDamaged)
			}
			after = m.Version
			n++
			size += len(raw)
			m.kind = kind
			if b.Long {
				m.long = history.Stored{Blob: b.Blob, Hash: bytes.Clone(hash), Long: true, Text: bytes.Clone(raw)}
				m.was = was
				long = append(long, m)
			} else if sum := sha256.Sum256(raw); bytes.Equal(sum[:], hash) && m.differs(was, raw, nil) {
				list = append(list, m)
			}
			if size >= history.PageBytes {
				return history.ErrPage
			}
			return nil
		})
		if err != nil && !errors.Is(err, history.ErrPage) {
			return err
		}
		for _, m := range long {
			text, gaps, _, err := m.long.Check(ctx, q, nil)
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
	edition, last, err := history.EditionOf(v.ctx, v.second)
	if err != nil || edition != history.ReaderEdition {
		return err
	}
	return Misreads(v.ctx, v.second, last, v.slice, func(m Misread) error {
		v.blame(fmt.Sprintf("%s, version %d", disk.HistoryFile, m.Version), fmt.Sprintf("its kind, UID, name, start or reason is not what the bytes of %q say", m.item))
		return nil
	})
}
