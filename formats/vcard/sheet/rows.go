package sheet

import (
	"bufio"
	"io"
	"strings"

	"sidekeep/formats/contentline"
)

// lines reads the lines of a text, which end with LF, CRLF or CR.
type lines struct {
	in     *bufio.Reader
	back   []string // that were read and given back
	number int      // of the last one
	after  bool     // the last one ended with CR
}

// next returns the next line without its end. The error is io.EOF after the last,
// and a [*contentline.Error] for one that is larger than [MaxRow].
func (l *lines) next() (string, error) {
	if n := len(l.back); n > 0 {
		s := l.back[n-1]
		l.back = l.back[:n-1]
		l.number++
		return s, nil
	}
	var b []byte
	for {
		c, err := l.in.ReadByte()
		switch {
		case err == io.EOF && len(b) > 0:
			l.number++
			return string(b), nil
		case err != nil:
			return "", err
		case c == '\n' && l.after:
			l.after = false
			continue
		case c == '\n', c == '\r':
			l.after = c == '\r'
			l.number++
			return string(b), nil
		case len(b) >= MaxRow:
			return "", &contentline.Error{Line: l.number + 1, Reason: "the row is larger than 4 MB"}
		}
		l.after = false
		b = append(b, c)
	}
}

// unread gives lines back.
func (l *lines) unread(list []string) {
	for i := len(list) - 1; i >= 0; i-- {
		l.back = append(l.back, list[i])
	}
	l.number -= len(list)
}

// mostQuoted is how many further lines with quotes a row is looked for in.
const mostQuoted = 500

// record reads a row and the number of its first line. A cell in quotes may go
// over several lines. Where quotes do not match so that it would take the rows
// that follow with it, its row ends with its line, and the quote is part of the
// text.
func (r *rows) record() ([]string, int, error) {
	first, err := r.lines.next()
	if err != nil {
		return nil, 0, err
	}
	number := r.lines.number
	cells, whole, clean := r.split(first)
	if whole {
		if r.width == 0 {
			r.width = len(cells)
		}
		return cells, number, nil
	}
	alone := cells
	var more []string
	text := strings.Builder{}
	text.WriteString(first)
	for tries := 0; !whole && tries < mostQuoted; {
		if text.Len() >= MaxRow {
			return nil, 0, &contentline.Error{Line: number, Reason: "the row is larger than 4 MB"}
		}
		s, err := r.lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, 0, err
		}
		more = append(more, s)
		text.WriteString("\n" + s)
		if strings.IndexByte(s, '"') >= 0 {
			tries++
			cells, whole, clean = r.split(text.String())
			if !clean && len(alone) == r.width {
				break // the quote that follows belongs to another row
			}
		}
	}
	switch {
	case !whole, len(alone) == r.width && (!clean || len(cells) != r.width):
		r.lines.unread(more)
		return alone, number, nil
	case r.width == 0:
		r.width = len(cells)
	}
	return cells, number, nil
}

// split takes a text apart at the separators that are not in quotes. whole is
// false if the last quote is not closed, which then is part of the text; clean is
// false if a quote stands where none may.
func (r *rows) split(s string) (cells []string, whole, clean bool) {
	clean = true
	for {
		if !strings.HasPrefix(s, `"`) {
			i := strings.IndexByte(s, r.comma)
			if i < 0 {
				return append(cells, s), true, clean
			}
			cells, s = append(cells, s[:i]), s[i+1:]
			continue
		}
		var b strings.Builder
		rest := s[1:]
		for {
			i := strings.IndexByte(rest, '"')
			if i < 0 {
				return append(cells, strings.Split(s, string(rune(r.comma)))...), false, clean
			}
			b.WriteString(rest[:i])
			rest = rest[i+1:]
			if rest == "" || rest[0] == r.comma {
				break
			}
			b.WriteByte('"')
			if rest[0] == '"' {
				rest = rest[1:]
			} else if rest[0] == '\n' {
				return append(cells, strings.Split(s, string(rune(r.comma)))...), false, false
			} else {
				clean = false
			}
		}
		cells = append(cells, b.String())
		if rest == "" {
			return cells, true, clean
		}
		s = rest[1:]
	}
}
