package dav

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"sync"

	"sidekeep/export"
)

// Bounds of one listing.
const (
	maxItems  = 2_000_000
	maxTwice  = 200_000   // items that are named more than once
	inMemory  = 256 << 10 // bytes of a listing that need no file
	bloomBits = 1 << 24
)

// flags of a record.
const (
	flagGone  = 1 << iota // named as removed
	flagRetry             // not named; it failed before
)

// A record is one item of a listing. path is as the server wrote it; "" means
// the collection's path followed by id.
type record struct {
	id, path, etag string
	size           int64 // -1 if not stated
	modified       int64 // seconds since 1970, 0 if not stated
	flags          byte
}

// A spool keeps a listing until it is complete and counted: a short one in
// memory, a long one in a temporary file that has no name where the system
// allows that. If an item is named twice, the last one counts. What it holds
// in memory does not grow with the listing.
type spool struct {
	mu      sync.Mutex
	buf     []byte
	file    *os.File
	n       int64
	present int // records that are neither gone nor dead
	bloom   []uint64
	seed    maphash.Seed
	twice   map[string]int64 // perhaps named twice: the index that counts
	dead    map[int64]struct{}
}

func newSpool() *spool {
	return &spool{bloom: make([]uint64, bloomBits/64), seed: maphash.MakeSeed(), twice: map[string]int64{}, dead: map[int64]struct{}{}}
}

// clear forgets everything, for a listing that starts afresh.
func (s *spool) clear() error {
	s.buf, s.n, s.present = s.buf[:0], 0, 0
	clear(s.bloom)
	clear(s.twice)
	clear(s.dead)
	if s.file == nil {
		return nil
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return s.file.Truncate(0)
}

func (s *spool) Close() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name()) // where an open file could not be removed
	}
}

// add takes a record. It may be called from several goroutines.
func (s *spool) add(r record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n == maxItems {
		return fmt.Errorf("%w: the collection has more than %d items", export.ErrTooLarge, maxItems)
	}
	if s.known(r.id) {
		if len(s.twice) == maxTwice {
			return fmt.Errorf("%w: the listing names the same items again and again", export.ErrDamaged)
		}
		s.twice[r.id] = -1
	}
	s.n++
	if r.flags&flagGone == 0 {
		s.present++
	}
	b := append(s.buf, r.flags)
	b = binary.AppendVarint(b, r.size)
	b = binary.AppendVarint(b, r.modified)
	for _, f := range []string{r.id, r.path, r.etag} {
		b = binary.AppendUvarint(b, uint64(len(f)))
		b = append(b, f...)
	}
	s.buf = b
	if len(s.buf) < inMemory {
		return nil
	}
	return s.flush()
}

// known notes an ID and reports whether it may have been noted before.
func (s *spool) known(id string) bool {
	h := maphash.String(s.seed, id)
	step := h>>32 | 1
	known := true
	for range 4 {
		i := h % bloomBits
		known = known && s.bloom[i/64]&(1<<(i%64)) != 0
		s.bloom[i/64] |= 1 << (i % 64)
		h += step
	}
	return known
}

func (s *spool) flush() error {
	if s.file == nil {
		f, err := os.CreateTemp("", "sidekeep-listing-")
		if err != nil {
			return fmt.Errorf("keeping the listing: %w", err)
		}
		os.Remove(f.Name()) // works on an open file where the system allows it; Close tries again
		s.file = f
	}
	if _, err := s.file.Write(s.buf); err != nil {
		return fmt.Errorf("keeping the listing: %w", err)
	}
	s.buf = s.buf[:0]
	return nil
}

// settle finds the records that do not count, because a later one names the
// same item, or because an item to retry is named anyway.
func (s *spool) settle() error {
	if len(s.twice) == 0 {
		return nil
	}
	for id := range s.twice {
		s.twice[id] = -1
	}
	clear(s.dead)
	s.present = 0
	last := map[string]byte{} // flags of the record that counts
	return s.scan(func(i int64, r *record) error {
		if r.flags&flagGone == 0 {
			s.present++
		}
		loser, ok := s.twice[r.id]
		if !ok {
			return nil
		}
		flags := last[r.id]
		if loser >= 0 && r.flags&flagRetry != 0 {
			loser, flags = i, r.flags
		} else {
			s.twice[r.id], last[r.id] = i, r.flags
		}
		if loser < 0 {
			return nil
		}
		s.dead[loser] = struct{}{}
		if flags&flagGone == 0 {
			s.present--
		}
		return nil
	})
}

// each calls f for every record that counts, in order.
func (s *spool) each(f func(r *record) error) error {
	return s.scan(func(i int64, r *record) error {
		if _, dead := s.dead[i]; dead {
			return nil
		}
		return f(r)
	})
}

func (s *spool) scan(f func(i int64, r *record) error) error {
	var in io.Reader
	if s.file != nil {
		if err := s.flush(); err != nil {
			return err
		}
		in = io.NewSectionReader(s.file, 0, 1<<62)
	} else {
		in = &sliceReader{s.buf}
	}
	br := bufio.NewReaderSize(in, 64<<10)
	var scratch []byte
	for i := range s.n {
		r, err := readRecord(br, &scratch)
		if err != nil {
			return fmt.Errorf("reading the listing again: %w", err)
		}
		if err := f(i, &r); err != nil {
			return err
		}
	}
	return nil
}

func readRecord(br *bufio.Reader, scratch *[]byte) (r record, err error) {
	if r.flags, err = br.ReadByte(); err != nil {
		return r, err
	}
	if r.size, err = binary.ReadVarint(br); err != nil {
		return r, err
	}
	if r.modified, err = binary.ReadVarint(br); err != nil {
		return r, err
	}
	for _, f := range []*string{&r.id, &r.path, &r.etag} {
		n, err := binary.ReadUvarint(br)
		if err != nil {
			return r, err
		}
		if uint64(cap(*scratch)) < n {
			*scratch = make([]byte, n)
		}
		b := (*scratch)[:n]
		if _, err := io.ReadFull(br, b); err != nil {
			return r, err
		}
		*f = string(b)
	}
	return r, nil
}

type sliceReader struct{ b []byte }

func (r *sliceReader) Read(p []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.b)
	r.b = r.b[n:]
	return n, nil
}
