package zips

import (
	"archive/zip"
	"compress/bzip2"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
)

// An entry is one file or folder of an archive.
type entry struct {
	header       *zip.FileHeader
	at           io.ReaderAt
	data         int64 // where its bytes begin
	packed, size int64
	err          error // why it cannot be read
	partial      bool  // it is an archive whose end is cut off
}

// The methods that are known (APPNOTE 4.4.5), and the names of others.
const bzip2Method = 12

var methods = map[uint16]string{
	1: "Shrink", 6: "Implode", 9: "Deflate64", 14: "LZMA", 20: "Zstandard", 93: "Zstandard", 94: "MP3",
	95: "XZ", 96: "JPEG", 97: "WavPack", 98: "PPMd",
}

// readable tells why an entry cannot be read.
func (e *entry) readable() error {
	h := e.header
	switch {
	case h.Flags&1 != 0 || h.Method == 99: // APPNOTE 4.4.4 bit 0; AE-x
		return ErrPassword
	case h.Method == zip.Store && e.packed != e.size:
		return fmt.Errorf("it is damaged: its two sizes are not the same: %w", zip.ErrFormat)
	case h.Method == zip.Store || h.Method == zip.Deflate || h.Method == bzip2Method:
		return nil
	}
	name := methods[h.Method]
	if name == "" {
		name = fmt.Sprintf("method %d", h.Method)
	}
	return fmt.Errorf("it is compressed with %s, which cannot be read: unpack the archive with another program, and import the folder: %w", name, errMethod)
}

var errMethod = errors.New("unknown method")

// open reads the bytes of the entry and checks their sum.
func (e *entry) open() (io.ReadCloser, error) {
	if e.err != nil {
		return nil, e.err
	}
	if e.partial {
		return io.NopCloser(io.NewSectionReader(e.at, e.data, e.packed)), nil
	}
	section := io.NewSectionReader(e.at, e.data, e.packed)
	r := io.NopCloser(io.Reader(section))
	switch e.header.Method {
	case zip.Deflate:
		r = flate.NewReader(section)
	case bzip2Method:
		r = io.NopCloser(bzip2.NewReader(section))
	}
	return &summing{ReadCloser: r, left: e.size, want: e.header.CRC32, sum: crc32.NewIEEE()}, nil
}

// summing fails at the end of bytes whose number or sum is not the right one.
type summing struct {
	io.ReadCloser
	left int64
	want uint32
	sum  hash.Hash32
}

func (s *summing) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	s.left -= int64(n)
	_, _ = s.sum.Write(p[:n]) // never fails
	switch {
	case s.left < 0:
		return 0, fmt.Errorf("it holds more than it says: %w", zip.ErrFormat)
	case err == io.EOF && s.left > 0:
		return n, io.ErrUnexpectedEOF
	case err == io.EOF && s.sum.Sum32() != s.want:
		return n, zip.ErrChecksum
	}
	return n, err
}

const (
	localSign      = 0x04034b50
	descriptorSign = 0x08074b50
	directorySign  = 0x02014b50
	endSign        = 0x06054b50
	end64Sign      = 0x06064b50
	extraSign      = 0x08064b50
	spannedSign    = 0x30304b50
	localSize      = 30
	endSize        = 22
)

// sign is the signature at an offset, 0 if there is none.
func sign(r io.ReaderAt, at int64) uint32 {
	var b [4]byte
	if n, _ := r.ReadAt(b[:], at); at < 0 || n < len(b) {
		return 0
	}
	return binary.LittleEndian.Uint32(b[:])
}

// directory lists the entries of the directory at the archive's end. The error
// is [zip.ErrFormat] if there is none, or if it is that of an archive within.
func (z *FS) directory(r io.ReaderAt, size int64) ([]*entry, error) {
	zr, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		if !errors.Is(err, zip.ErrFormat) && errors.Is(err, fs.ErrPermission) {
			return nil, err
		}
		return nil, fmt.Errorf("the directory: %w", zip.ErrFormat)
	}
	if len(zr.File) > maxEntries {
		return nil, fmt.Errorf("%w: it has %d entries, and at most %d are taken", ErrBounds, len(zr.File), maxEntries)
	}
	if !own(r, size, zr) {
		return nil, fmt.Errorf("the directory is another archive's: %w", zip.ErrFormat)
	}
	var list []*entry
	lost := 0
	for _, f := range zr.File {
		e := &entry{header: &f.FileHeader, at: r, packed: int64(f.CompressedSize64), size: int64(f.UncompressedSize64)}
		e.data, err = f.DataOffset()
		switch {
		case err != nil || e.packed < 0 || e.size < 0:
			e.err = fmt.Errorf("it is damaged: its beginning is not where the archive says: %w", zip.ErrFormat)
			e.data, e.packed = 0, 0
			lost++
		case e.data+e.packed > size:
			e.err = fmt.Errorf("%w before its end: fetch the archive again from where it came", ErrCut)
		default:
			e.err = e.readable()
		}
		list = append(list, e)
	}
	if lost > 0 && lost == len(list) {
		return nil, fmt.Errorf("nothing is where the directory says: %w", zip.ErrFormat)
	}
	return list, nil
}

// own tells whether the directory that stands last in a file is that of the
// file: its first entry begins the file, or stands behind the program of one
// that unpacks itself.
func own(r io.ReaderAt, size int64, zr *zip.Reader) bool {
	first := sign(r, 0)
	if first == descriptorSign || first == spannedSign { // APPNOTE 8.5.4
		first = sign(r, 4)
	}
	if first != localSign {
		return true
	}
	end := size - endSize - int64(len(zr.Comment))
	var b [endSize]byte
	if n, _ := r.ReadAt(b[:], end); n == len(b) && binary.LittleEndian.Uint32(b[:]) == endSign {
		length, offset := binary.LittleEndian.Uint32(b[12:]), binary.LittleEndian.Uint32(b[16:])
		if offset == 1<<32-1 || int64(length)+int64(offset) == end {
			return true
		}
	}
	for _, f := range zr.File {
		at, err := f.DataOffset()
		var h [localSize]byte
		if n, _ := r.ReadAt(h[:], 0); err == nil && n == len(h) &&
			at == localSize+int64(binary.LittleEndian.Uint16(h[26:]))+int64(binary.LittleEndian.Uint16(h[28:])) {
			return true
		}
	}
	return false
}
