package zips

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"
)

// A forward reading takes entry after entry from the beginning, as their local
// headers tell (APPNOTE 4.3.7).
type forward struct {
	z    *FS
	r    io.ReaderAt
	size int64
	list []*entry
}

// forward lists the entries of an archive that has no directory. It tells in
// z.left that the archive is cut off, and at which entry.
func (z *FS) forward(r io.ReaderAt, size int64) ([]*entry, error) {
	s := &forward{z: z, r: r, size: size}
	at, ok := s.find(0, plausible)
	if !ok {
		return nil, ErrDamaged
	}
	whole := false // up to the directory
	for at < size && !whole {
		if len(s.list) > maxEntries {
			return nil, fmt.Errorf("%w: it has more than %d entries", ErrBounds, maxEntries)
		}
		switch sign(r, at) {
		case localSign:
			next, err := s.entry(at)
			if err != nil {
				return nil, err
			}
			at = next
		case directorySign, endSign, end64Sign, extraSign:
			whole = true
		default:
			if size-at < 4 {
				at = size
				break
			}
			z.left = append(z.left, Left{"", fmt.Errorf("it is damaged at byte %d, and what stands there is lost: %w", at, zip.ErrFormat)})
			if at, ok = s.find(at, plausible); !ok {
				at = size
			}
		}
	}
	why := "it is cut off before its end: all that is whole in it is read, but more was in it: fetch it again from where it came"
	if whole {
		why = "its end is cut off or damaged: all that is whole before it is read: fetch it again from where it came if something is missing"
	}
	z.left = append(z.left, Left{"", &cutError{why}})
	return s.list, nil
}

// A cutError says how an archive is cut off. It is [ErrCut].
type cutError struct{ why string }

func (e *cutError) Error() string        { return e.why }
func (e *cutError) Is(target error) bool { return target == ErrCut }

// entry takes the entry whose local header is at an offset, and returns where
// the next one is.
func (s *forward) entry(at int64) (int64, error) {
	h := s.header(at)
	if h == nil {
		return s.size, nil
	}
	e := &entry{header: h.FileHeader, at: s.r, data: at + h.length, packed: h.packed, size: h.size}
	s.list = append(s.list, e)
	if h.Flags&8 == 0 || h.packed > 0 {
		end := e.data + e.packed
		if e.packed < 0 || end < e.data || end > s.size {
			s.cut(e)
			return s.size, nil
		}
		e.err = e.readable()
		if h.Flags&8 != 0 {
			end = s.pastDescriptor(end)
		}
		return end, nil
	}
	if h.Method == zip.Deflate && h.Flags&1 == 0 {
		return s.inflate(e)
	}
	return s.described(e), nil
}

// cut says of an entry that its end is missing. What is there of an archive that
// is not compressed is left to be read.
func (s *forward) cut(e *entry) {
	if e.err = e.readable(); errors.Is(e.err, ErrPassword) {
		e.data, e.packed = s.size, 0
		return
	}
	e.err = &cutError{"the archive is cut off in it: fetch the archive again from where it came"}
	if e.header.Method == zip.Store && sign(s.r, e.data) == localSign {
		s.z.left = append(s.z.left, Left{safe(nameOf(e.header)), e.err})
		e.err, e.packed = nil, s.size-e.data
		e.size, e.partial = e.packed, true
		return
	}
	e.packed, e.size = 0, 0
}

// inflate finds the end of an entry by unpacking it.
func (s *forward) inflate(e *entry) (int64, error) {
	counted := &counter{r: bufio.NewReader(io.NewSectionReader(s.r, e.data, s.size-e.data))}
	sum := crc32.NewIEEE()
	limit := max(int64(freeSize), s.z.bound.top().size*maxRatio)
	n, err := io.Copy(sum, io.LimitReader(flate.NewReader(counted), limit+1))
	if n > limit {
		return 0, fmt.Errorf("%w: it would become more than %d times as large, which no contacts, dates or photos do", ErrBounds, maxRatio)
	}
	e.packed, e.size, e.header.CRC32 = counted.n, n, sum.Sum32()
	e.header.UncompressedSize64, e.header.CompressedSize64 = uint64(n), uint64(counted.n)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		s.cut(e)
		return s.size, nil
	case err != nil:
		e.err = fmt.Errorf("it is damaged: %w", zip.ErrFormat)
		from := e.data
		e.packed, e.size = 0, 0
		if next, ok := s.find(from, plausible); ok {
			return next, nil
		}
		return s.size, nil
	}
	end := e.data + e.packed
	var b [24]byte
	got, _ := s.r.ReadAt(b[:], end)
	d := b[:got]
	if len(d) >= 4 && binary.LittleEndian.Uint32(d) == descriptorSign {
		d = d[4:]
	}
	if len(d) < 12 {
		s.cut(e)
		return s.size, nil
	}
	if binary.LittleEndian.Uint32(d) != sum.Sum32() {
		e.err = fmt.Errorf("it is damaged: %w", zip.ErrChecksum)
	}
	return s.pastDescriptor(end), nil
}

// pastDescriptor is where the record begins that follows a data descriptor
// (APPNOTE 4.3.9), which may have no signature, and sizes of 4 or 8 bytes.
func (s *forward) pastDescriptor(at int64) int64 {
	for _, n := range []int64{16, 24, 12, 20, 0} {
		switch sign(s.r, at+n) {
		case localSign, directorySign, endSign, end64Sign, extraSign:
			return at + n
		}
	}
	return min(at+16, s.size)
}

// described finds the end of an entry by the descriptor behind it, which says how
// long it is.
func (s *forward) described(e *entry) int64 {
	at := e.data
	for {
		found, ok := s.find(at, func(b []byte) bool { return binary.LittleEndian.Uint32(b) == descriptorSign })
		if !ok {
			s.cut(e)
			return s.size
		}
		var b [24]byte
		n, _ := s.r.ReadAt(b[:], found)
		packed := found - e.data
		switch {
		case n >= 16 && int64(binary.LittleEndian.Uint32(b[8:])) == packed:
			e.size = int64(binary.LittleEndian.Uint32(b[12:]))
			at = found + 16
		case n >= 24 && int64(binary.LittleEndian.Uint64(b[8:])) == packed:
			e.size = int64(binary.LittleEndian.Uint64(b[16:]))
			at = found + 24
		default:
			at = found + 4
			continue
		}
		e.packed, e.header.CRC32 = packed, binary.LittleEndian.Uint32(b[4:])
		e.header.CompressedSize64, e.header.UncompressedSize64 = uint64(packed), uint64(e.size)
		e.err = e.readable()
		return at
	}
}

// A local header.
type local struct {
	*zip.FileHeader
	length       int64 // with its name and extra fields
	packed, size int64
}

// header reads a local header, nil if it is cut off.
func (s *forward) header(at int64) *local {
	var b [localSize]byte
	if n, _ := s.r.ReadAt(b[:], at); n < len(b) {
		return nil
	}
	u16 := func(i int) uint16 { return binary.LittleEndian.Uint16(b[i:]) }
	u32 := func(i int) uint32 { return binary.LittleEndian.Uint32(b[i:]) }
	n, m := int(u16(26)), int(u16(28))
	text := make([]byte, n+m)
	if got, _ := s.r.ReadAt(text, at+localSize); got < len(text) {
		return nil
	}
	h := &zip.FileHeader{
		Name: string(text[:n]), Extra: text[n:], Flags: u16(6), Method: u16(8), CRC32: u32(14),
		ReaderVersion: u16(4), Modified: dosTime(u16(12), u16(10)),
	}
	l := &local{h, localSize + int64(n+m), int64(u32(18)), int64(u32(22))}
	if x := extra(h.Extra, 1); len(x) >= 16 { // ZIP64, APPNOTE 4.5.3
		if u32(22) == 1<<32-1 {
			l.size = int64(binary.LittleEndian.Uint64(x))
		}
		if u32(18) == 1<<32-1 {
			l.packed = int64(binary.LittleEndian.Uint64(x[8:]))
		}
	}
	if x := extra(h.Extra, 0x5455); len(x) >= 5 && x[0]&1 != 0 { // Info-ZIP's time
		h.Modified = time.Unix(int64(int32(binary.LittleEndian.Uint32(x[1:]))), 0)
	}
	h.CompressedSize64, h.UncompressedSize64 = uint64(l.packed), uint64(l.size)
	return l
}

// dosTime is a time of MS-DOS (APPNOTE 4.4.6).
func dosTime(date, clock uint16) time.Time {
	return time.Date(int(date>>9)+1980, time.Month(date>>5&15), int(date&31),
		int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC)
}

// plausible tells whether b begins with a local header.
func plausible(b []byte) bool {
	if len(b) < localSize || binary.LittleEndian.Uint32(b) != localSign {
		return false
	}
	_, known := methods[binary.LittleEndian.Uint16(b[8:])]
	m := binary.LittleEndian.Uint16(b[8:])
	return b[4] <= 63 && binary.LittleEndian.Uint16(b[26:]) > 0 &&
		(known || m == zip.Store || m == zip.Deflate || m == bzip2Method || m == 99)
}

// find looks from an offset on for a record that begins with PK and is what is
// asked for. The bytes it asks about are at least four.
func (s *forward) find(from int64, is func([]byte) bool) (int64, bool) {
	const step = 1 << 20
	b := make([]byte, step+localSize)
	for from < s.size {
		n, _ := s.r.ReadAt(b[:min(int64(len(b)), s.size-from)], from)
		chunk := b[:n]
		for i := 0; i < min(len(chunk), step); {
			j := bytes.Index(chunk[i:], []byte("PK"))
			if j < 0 || i+j >= step {
				break
			}
			if i += j; len(chunk)-i >= 4 && is(chunk[i:]) {
				return from + int64(i), true
			}
			i++
		}
		if n == 0 {
			return 0, false
		}
		from += min(int64(n), step)
	}
	return 0, false
}

// A counter counts the bytes that are taken of a reader, one by one where they
// are asked for so.
type counter struct {
	r *bufio.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// ReadByte is what keeps flate from reading further than it needs.
func (c *counter) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}
