package archive

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sidekeep/export"
)

// An entry is one item in the order of a section.
type entry struct {
	key           [24]byte
	item, version uint32
	n             uint32 // of its collection, or of its photo
	flags         uint8
}

const (
	entryGone  = 1 << iota // no longer at the source
	entryMany              // takes place more than once
	entryThumb             // has a thumbnail
)

func (e *entry) bytes(b []byte) []byte {
	b = append(b, e.key[:]...)
	b = binary.LittleEndian.AppendUint32(b, e.item)
	b = binary.LittleEndian.AppendUint32(b, e.version)
	b = binary.LittleEndian.AppendUint32(b, e.n)
	return append(b, e.flags)
}

// markOf is the mark of a page that shows these.
func (s *siteBuilder) markOf(title string, list []entry) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n", s.shape, title)
	b := make([]byte, 0, 64)
	for i := range list {
		b = list[i].bytes(b[:0])
		sum.Write(b)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// entries gives an empty list with room for what a section shows. The one that
// was given before is no longer valid.
func (s *siteBuilder) entries(section string) []entry {
	if n := s.counts[section]; cap(s.room) < n {
		s.room = make([]entry, 0, n)
	}
	return s.room[:0]
}

func sortEntries(list []entry) {
	slices.SortFunc(list, func(a, b entry) int {
		if c := bytes.Compare(a.key[:], b.key[:]); c != 0 {
			return c
		}
		return cmp.Compare(a.item, b.item)
	})
}

// bodies reads the bodies of entries, a few at a time, in the order of their
// versions. The entry is the i-th; its bytes are valid during the call.
func (s *siteBuilder) bodies(list []entry, do func(i int, raw []byte) error) error {
	const most = 200
	const query = "SELECT version, bytes FROM version JOIN blob USING (blob) WHERE version IN (?"
	stmt, err := s.p.w.stmt(query + strings.Repeat(", ?", most-1) + ")")
	if err != nil {
		return err
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(list[a].version, list[b].version) })
	args := make([]any, most)
	for chunk := range slices.Chunk(order, most) {
		clear(args)
		for i, at := range chunk {
			args[i] = int64(list[at].version)
		}
		rows, err := stmt.QueryContext(context.Background(), args...)
		if err != nil {
			return err
		}
		next := 0
		if err := scanRows(rows, func() error {
			var version uint32
			var raw sql.RawBytes
			if err := rows.Scan(&version, &raw); err != nil {
				return err
			}
			for next < len(chunk) && list[chunk[next]].version < version {
				next++
			}
			if next == len(chunk) || list[chunk[next]].version != version {
				return nil
			}
			return s.one(&list[chunk[next]], func() error { return do(chunk[next], raw) })
		}); err != nil {
			return err
		}
	}
	return nil
}

// one does what an item needs. A mistake leaves the item out and is told.
func (s *siteBuilder) one(e *entry, do func() error) error {
	err := export.Guard(do)
	if errors.Is(err, export.ErrMistake) {
		s.flaws = append(s.flaws, flaw{e.version, err})
		return nil
	}
	return err
}

// A flaw is an item that is not on a page because of a mistake.
type flaw struct {
	version uint32
	err     error
}

// tell names the items that were left out.
func (s *siteBuilder) tell() error {
	for _, f := range s.flaws {
		var collection, name string
		if _, err := s.p.w.row(`SELECT collection.name, iif(version.name = '', item.id, version.name) FROM version JOIN item USING (item)
			JOIN collection USING (collection) WHERE version.version = ?`, []any{int64(f.version)}, &collection, &name); err != nil {
			return err
		}
		one := export.NewProblem(collection, name, f.err)
		if !slices.Contains(s.p.notShown, one) {
			s.p.notShown = append(s.p.notShown, one)
		}
	}
	s.flaws = s.flaws[:0]
	return nil
}
