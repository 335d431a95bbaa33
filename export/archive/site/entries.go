package site

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
	"sidekeep/export/archive/history"
)

// An Entry is one item in the order of a section.
type Entry struct {
	key           [24]byte
	item, Version uint32
	n             uint32 // of its collection, or of its photo
	flags         uint8
}

const (
	entryGone  = 1 << iota // no longer at the source
	entryMany              // takes place more than once
	entryThumb             // has a thumbnail
)

func (e *Entry) bytes(b []byte) []byte {
	b = append(b, e.key[:]...)
	b = binary.LittleEndian.AppendUint32(b, e.item)
	b = binary.LittleEndian.AppendUint32(b, e.Version)
	b = binary.LittleEndian.AppendUint32(b, e.n)
	return append(b, e.flags)
}

// markOf is the mark of a page that shows these.
func (s *Builder) markOf(title string, list []Entry) string {
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
func (s *Builder) entries(section string) []Entry {
	if n := s.counts[section]; cap(s.room) < n {
		s.room = make([]Entry, 0, n)
	}
	return s.room[:0]
}

func sortEntries(list []Entry) {
	slices.SortFunc(list, func(a, b Entry) int {
		if c := bytes.Compare(a.key[:], b.key[:]); c != 0 {
			return c
		}
		return cmp.Compare(a.item, b.item)
	})
}

// Bodies reads the bodies of entries, a few at a time, in the order of their
// versions. The entry is the i-th; its bytes are valid during the call.
func (s *Builder) Bodies(list []Entry, do func(i int, raw []byte) error) error {
	const most = 200
	const query = "SELECT version, bytes FROM version JOIN blob USING (blob) WHERE version IN (?"
	stmt, err := s.p.W.Stmt(query + strings.Repeat(", ?", most-1) + ")")
	if err != nil {
		return err
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(list[a].Version, list[b].Version) })
	args := make([]any, most)
	for chunk := range slices.Chunk(order, most) {
		clear(args)
		for i, at := range chunk {
			args[i] = int64(list[at].Version)
		}
		rows, err := stmt.QueryContext(context.Background(), args...)
		if err != nil {
			return err
		}
		next := 0
		if err := history.ScanRows(rows, func() error {
			var version uint32
			var raw sql.RawBytes
			if err := rows.Scan(&version, &raw); err != nil {
				return err
			}
			for next < len(chunk) && list[chunk[next]].Version < version {
				next++
			}
			if next == len(chunk) || list[chunk[next]].Version != version {
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
func (s *Builder) one(e *Entry, do func() error) error {
	err := export.Guard(do)
	if errors.Is(err, export.ErrMistake) {
		s.Flaws = append(s.Flaws, Flaw{e.Version, err})
		return nil
	}
	return err
}

// A Flaw is an item that is not on a page because of a mistake.
type Flaw struct {
	Version uint32
	err     error
}

// tell names the items that were left out.
func (s *Builder) tell() error {
	for _, f := range s.Flaws {
		var collection, name string
		if _, err := s.p.W.Row(`SELECT collection.name, iif(version.name = '', item.id, version.name) FROM version JOIN item USING (item)
			JOIN collection USING (collection) WHERE version.version = ?`, []any{int64(f.Version)}, &collection, &name); err != nil {
			return err
		}
		one := export.NewProblem(collection, name, f.err)
		if !slices.Contains(s.p.NotShown, one) {
			s.p.NotShown = append(s.p.NotShown, one)
		}
	}
	s.Flaws = s.Flaws[:0]
	return nil
}
