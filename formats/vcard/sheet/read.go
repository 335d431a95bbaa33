package sheet

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"sidekeep/formats/cell"
	"sidekeep/formats/contentline"
	"sidekeep/formats/contentline/charsets"
)

// MaxRow is the size in bytes up to which one row is read.
const MaxRow = 4 << 20

// maxColumns is how many columns a table may have.
const maxColumns = 5000

// ahead is how many rows are read before the first card is made, to tell from
// them whether dates start with the day or the month.
const ahead = 500

// Read makes a card of vCard 3.0 of each row of a CSV that Google, Outlook,
// Yahoo or a similar service wrote, with any separator, in UTF-8, UTF-16 or
// charset, see [CharsetOf], and yields it with its line in the file. What stands in columns that are not
// known becomes part of the note, so that nothing is lost. Memory is bounded
// by [MaxRow] and a few hundred rows.
//
// An error of yield ends it and is returned. A [*contentline.Error] says that
// r is not such a file, or in which line a row is too long to be one.
func Read(r io.Reader, charset string, yield func(card []byte, line int) error) error {
	rows, err := newRows(r, charset)
	if err != nil {
		return err
	}
	header, line, err := rows.next()
	if err == io.EOF {
		return &contentline.Error{Line: 1, Reason: "the table is empty"}
	}
	if err != nil {
		return err
	}
	if len(header) > maxColumns {
		return &contentline.Error{Line: line, Reason: "it has more than 5000 columns"}
	}
	t := newTable(header)
	if !t.known() {
		return &contentline.Error{Line: line, Reason: "its columns are not those of contacts"}
	}
	return t.cards(rows, yield)
}

// A rows reads the rows of a CSV.
type rows struct {
	lines   lines
	comma   byte
	width   int                 // cells of the first row; 0 before it
	charset []contentline.Param // of the whole table; nil if that is UTF-8
}

func newRows(r io.Reader, charset string) (*rows, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	start, err := in.Peek(2)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if order, wide := byteOrder(start); wide {
		in = bufio.NewReaderSize(transform.NewReader(in, unicode.UTF16(order, unicode.UseBOM).NewDecoder()), 64<<10)
	}
	head, err := in.Peek(32 << 10)
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return nil, err
	}
	known := &rows{lines: lines{in: in}, comma: separator(head)}
	if charset != "" {
		known.charset = []contentline.Param{{Name: "CHARSET", Values: []string{charset}}}
	}
	return known, nil
}

// CharsetOf reads a table to its end and tells in which charset it is, in lower
// case; "" if that is UTF-8 or UTF-16.
func CharsetOf(r io.Reader) (string, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	start, err := in.Peek(2)
	if err != nil && err != io.EOF {
		return "", err
	}
	if _, wide := byteOrder(start); wide {
		return "", nil
	}
	var sample charsets.Sample
	for {
		line, err := in.ReadSlice('\n') // or a part of a long one
		sample.Add(string(line))
		switch {
		case err == io.EOF:
			return sample.Charset(), nil
		case err != nil && err != bufio.ErrBufferFull:
			return "", err
		}
	}
}

// byteOrder tells by the first two bytes whether a table is in UTF-16, and in
// which order.
func byteOrder(start []byte) (order unicode.Endianness, wide bool) {
	switch {
	case len(start) < 2:
		return unicode.LittleEndian, false
	case start[0] == 0xfe && start[1] == 0xff, start[0] == 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, start[0] == 0xff && start[1] == 0xfe || start[1] == 0
}

// separator is the one that is most frequent in the first line, outside of
// quotes.
func separator(head []byte) byte {
	head = bytes.TrimLeft(head, "\ufeff\r\n")
	counts := map[byte]int{}
	inside := false
	for _, c := range head {
		if c == '"' {
			inside = !inside
		}
		if !inside && (c == '\n' || c == '\r') {
			break
		}
		if !inside {
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte(";\t|") {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// next returns a row that is not blank, in UTF-8, and its line.
func (r *rows) next() ([]string, int, error) {
	for {
		cells, line, err := r.record()
		if err != nil {
			return nil, 0, err
		}
		blank := true
		for i, text := range cells {
			l := contentline.Line{Value: text, Params: r.charset}
			cells[i] = cell.Plain(strings.TrimSpace(strings.ReplaceAll(l.Text(), "\x00", "")))
			blank = blank && cells[i] == ""
		}
		if !blank {
			return cells, line, nil
		}
	}
}

// A table knows what its columns mean.
type table struct {
	columns  []column
	dayFirst bool // dates with slashes start with the day
}

func newTable(header []string) *table {
	t := &table{}
	job := false
	for _, heading := range header {
		c := columnOf(heading)
		t.dayFirst = t.dayFirst || c.meaning == "BDAY" && !monthFirst[letters(heading)]
		job = job || letters(heading) == "jobtitle"
		t.columns = append(t.columns, c)
	}
	for i := range t.columns {
		if c := &t.columns[i]; letters(c.heading) == "title" {
			c.meaning = "TITLE" // of Yahoo; in Outlook it is what stands before a name
			if job {
				c.meaning = "N.3"
			}
		}
	}
	return t
}

// monthFirst are the headings of a birthday under which dates with slashes begin
// with the month, unless one of them says otherwise.
var monthFirst = map[string]bool{"birthday": true, "dateofbirth": true, "dob": true}

// known tells whether the columns are those of contacts: there is one of a
// name, of an organization, of an e-mail address or of a telephone.
func (t *table) known() bool {
	for _, c := range t.columns {
		what, _, _ := strings.Cut(c.meaning+c.group, " ")
		what, _, _ = strings.Cut(what, ".")
		switch what {
		case "N", "FN", "EMAIL", "TEL", "ORG":
			return true
		}
	}
	return false
}

type numberedRow struct {
	cells []string
	line  int
}

func (t *table) cards(rows *rows, yield func(card []byte, line int) error) error {
	var first []numberedRow
	var end error
	for len(first) < ahead && end == nil {
		cells, line, err := rows.next()
		if end = err; err == nil {
			first = append(first, numberedRow{cells, line})
			t.learn(cells)
		}
	}
	for _, r := range first {
		if err := t.yield(r.cells, r.line, yield); err != nil {
			return err
		}
	}
	for end == nil {
		cells, line, err := rows.next()
		if end = err; err == nil {
			if err := t.yield(cells, line, yield); err != nil {
				return err
			}
		}
	}
	if end == io.EOF {
		return nil
	}
	return end
}

// learn looks for a date whose day can be told from its month.
func (t *table) learn(cells []string) {
	for i, cell := range cells {
		if i >= len(t.columns) || !strings.Contains(cell, "/") {
			continue
		}
		if c := &t.columns[i]; c.meaning == "BDAY" || c.meaning == "ANNIVERSARY" || c.group == "EVENT" && c.part == "value" {
			if a, b, _, ok := slashed(cell); ok && a > 12 && b <= 12 {
				t.dayFirst = true
			}
		}
	}
}

func (t *table) yield(cells []string, line int, yield func([]byte, int) error) error {
	card, err := t.card(cells)
	if err != nil || card == nil {
		return err
	}
	return yield(card, line)
}
