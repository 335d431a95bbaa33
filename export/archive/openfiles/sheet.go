package openfiles

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// A sheet reads the lines of an index.csv, as Sidekeep wrote it or as a
// spreadsheet has saved it: with another separator, in another charset, with
// its columns in another order, with empty cells and lines besides.
type sheet struct {
	in      *csv.Reader
	legacy  bool           // in the charset of a system, not in UTF-8
	columns map[string]int // where each column of the head is
}

// ErrNoHead is that of a file that does not begin as an index does.
var ErrNoHead = errors.New("its first line does not name the columns of an index")

// needed are the columns without which a line tells no item.
var needed = []string{"collection", "id", "file", "offset", "length", "published", "delivered", "state", "kind"}

// indexStart is how much of an index tells how it is written.
const indexStart = 64 << 10

// newSheet reads the head of an index. read opens the file anew each time that
// it is called.
func newSheet(read func() (io.ReadCloser, error)) (_ *sheet, close func() error, err error) {
	f, err := read()
	if err != nil {
		return nil, nil, err
	}
	legacy, err := inLegacy(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, nil, err
	}
	if f, err = read(); err != nil {
		return nil, nil, err
	}
	s, err := headed(f, legacy)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return s, f.Close, nil
}

func headed(f io.Reader, legacy bool) (*sheet, error) {
	raw := bufio.NewReaderSize(f, indexStart)
	var in io.Reader = raw
	switch start, _ := raw.Peek(3); {
	case bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")):
		in = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(raw)
		legacy = false
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		if _, err := raw.Discard(3); err != nil {
			return nil, err
		}
	}
	text := bufio.NewReaderSize(in, indexStart)
	start, err := text.Peek(indexStart)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head, _, _ := strings.Cut(string(start), "\n")
	if strings.HasPrefix(head, "sep=") { // as Excel is told the separator
		if _, err := text.Discard(len(head) + 1); err != nil {
			return nil, err
		}
		_, rest, _ := strings.Cut(string(start), "\n")
		head, _, _ = strings.Cut(rest, "\n")
	}
	for _, separator := range []rune{',', ';', '\t'} {
		r := csv.NewReader(strings.NewReader(head))
		r.Comma, r.LazyQuotes = separator, true
		names, err := r.Read()
		if err != nil {
			continue
		}
		s := &sheet{legacy: legacy, columns: map[string]int{}}
		for i, name := range names {
			s.columns[strings.ToLower(strings.TrimSpace(name))] = i
		}
		if slices.ContainsFunc(needed, func(name string) bool { _, ok := s.columns[name]; return !ok }) {
			continue
		}
		s.in = csv.NewReader(text)
		s.in.Comma, s.in.FieldsPerRecord, s.in.LazyQuotes, s.in.ReuseRecord = separator, -1, true, true
		if _, err := s.in.Read(); err != nil {
			return nil, err
		}
		return s, nil
	}
	return nil, ErrNoHead
}

// next reads a line, nil for one that is none. The error is io.EOF at the end.
func (s *sheet) next() ([]string, error) {
	for {
		record, err := s.in.Read()
		var syntax *csv.ParseError
		switch {
		case errors.As(err, &syntax):
			return nil, nil
		case err != nil:
			return nil, err
		case !slices.ContainsFunc(record, func(cell string) bool { return cell != "" }):
			continue // as spreadsheets leave below a table
		case len(record) < len(s.columns) || slices.ContainsFunc(record[len(s.columns):], func(cell string) bool { return cell != "" }):
			return nil, nil
		}
		if s.legacy {
			for i, cell := range record {
				record[i], _ = charmap.Windows1252.NewDecoder().String(cell) // every byte has a meaning
			}
		}
		if s.cell(record, "guarded") == "1" {
			UnguardCells(record)
		}
		return record, nil
	}
}

// cell is that of a line in a column, "" if there is none.
func (s *sheet) cell(record []string, column string) string {
	if i, ok := s.columns[column]; ok && i < len(record) {
		return record[i]
	}
	return ""
}

// inLegacy tells whether a text is in the charset of a system rather than in
// UTF-8 with damage: what is no ASCII in it is mostly no UTF-8 either.
func inLegacy(f io.Reader) (bool, error) {
	in := bufio.NewReaderSize(f, indexStart)
	good, bad := 0, 0
	for {
		r, n, err := in.ReadRune()
		switch {
		case errors.Is(err, io.EOF):
			return bad > good, nil
		case err != nil:
			return false, err
		case r == utf8.RuneError && n == 1:
			bad++
		case r >= utf8.RuneSelf:
			good++
		}
	}
}
