package command

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"

	"sidekeep/app/words"

	"github.com/mattn/go-runewidth"
)

// A printer writes text. What comes from a source can hold anything, so
// control characters and those that turn the direction of writing are taken
// out: no name can move the cursor or forge a line above. Its methods may be
// called from several goroutines.
type printer struct {
	eager bool // write at once
	mu    sync.Mutex
	of    words.Origin // what the sentences speak of
	out   io.Writer
	buf   *bufio.Writer
	err   error
	wrote bool // anything
}

func newPrinter(w io.Writer, eager bool) *printer {
	return &printer{eager: eager, out: w, buf: bufio.NewWriter(w)}
}

// Write is for text of the program itself, such as its help.
func (p *printer) Write(b []byte) (int, error) {
	p.raw(string(b))
	return len(b), nil
}

// speakOf says what the sentences speak of from here on.
func (p *printer) speakOf(o words.Origin) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.of = o
}

// sentence is a format as it is said of what the printer speaks of.
func (p *printer) sentence(format string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of.Say(format)
}

// printf writes text; its string arguments are cleaned, and the format is said of
// the service or the folder that the printer speaks of.
func (p *printer) printf(format string, args ...any) {
	for i, a := range args {
		switch a := a.(type) {
		case string:
			args[i] = clean(a)
		case error:
			args[i] = clean(a.Error())
		}
	}
	p.raw(fmt.Sprintf(p.sentence(format), args...))
}

// raw writes s as it is.
func (p *printer) raw(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrote = p.wrote || s != ""
	if _, err := p.buf.WriteString(s); err != nil && p.err == nil {
		p.err = err
	}
	if p.eager {
		if err := p.buf.Flush(); err != nil && p.err == nil {
			p.err = err
		}
	}
}

// began reports whether anything was written, or could not be.
func (p *printer) began() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wrote || p.err != nil
}

// flush writes what is buffered and returns the first error of all writing.
func (p *printer) flush() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.buf.Flush(); err != nil && p.err == nil {
		p.err = err
	}
	if p.err != nil {
		return fmt.Errorf("writing the output: %w", p.err)
	}
	return nil
}

// clean makes s safe to print within a line.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069, r == 0x2028, r == 0x2029:
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// printJSON writes v as one JSON object.
func (s *session) printJSON(v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	s.stdout.raw(string(b) + "\n")
	return nil
}

// A table is rows of cells whose columns line up. A column whose header ends
// with a blank is aligned to the right.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) {
	for i := range cells {
		cells[i] = clean(cells[i])
	}
	t.rows = append(t.rows, cells)
}

// print writes the table, each line after indent.
func (t *table) print(p *printer, indent string) {
	widths := make([]int, len(t.head))
	right := make([]bool, len(t.head))
	rows := t.rows
	if shown := strings.TrimSpace(strings.Join(t.head, "")) != ""; shown {
		rows = append([][]string{t.head}, rows...)
	}
	for i, h := range t.head {
		right[i] = strings.HasSuffix(h, " ")
	}
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], columns(strings.TrimSuffix(c, " ")))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		line.WriteString(indent)
		for i, c := range row {
			c = strings.TrimSuffix(c, " ")
			gap := strings.Repeat(" ", widths[i]-columns(c))
			if right[i] {
				line.WriteString(gap + c)
			} else {
				line.WriteString(c + gap)
			}
			line.WriteString("  ")
		}
		p.raw(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// terminalWidth measures as terminals of today show: what is ambiguous (…, “) is
// narrow whatever the language, and a flag or a family is one picture.
var terminalWidth = &runewidth.Condition{StrictEmojiNeutral: true}

// columns is how wide s is on a terminal.
func columns(s string) int { return terminalWidth.StringWidth(s) }

// fit is s cut to at most n columns, with … where something is left out.
func fit(s string, n int) string {
	if n <= 0 {
		return ""
	}
	return terminalWidth.Truncate(s, n, "…")
}

// pad fills s up to n columns.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-columns(s)))
}
