package pages

import (
	"encoding/json"
	"io"
	"slices"
)

// A PeoplePage is one page of people. They are added in any order, and then
// shown in that of their places.
type PeoplePage struct {
	Title string
	Here  string // the section
	Up    string // the page with all pages of the section, below [Dir]; "" if this is the only one
	Total int

	html, rows markup
	people     []cardSpan // by their places
}

// A cardSpan is where somebody stands in html and in rows.
type cardSpan struct{ html, htmlEnd, rows, rowsEnd int }

// Reset makes p an empty page with so many places. It keeps memory.
func (p *PeoplePage) Reset(places int) {
	p.html, p.rows = p.html[:0], p.rows[:0]
	p.people = slices.Grow(p.people[:0], places)[:places]
	clear(p.people)
}

// Add puts a person, of whom nothing is kept, at a place.
func (p *PeoplePage) Add(place int, one *Person) {
	at := cardSpan{html: len(p.html), rows: len(p.rows)}
	p.html = one.card(p.html)
	p.rows = one.row(p.rows)
	at.htmlEnd, at.rowsEnd = len(p.html), len(p.rows)
	p.people[place] = at
}

// A Letter is the people whose names begin with it: those from this place up to
// the next letter.
type Letter struct {
	Name string
	ID   string
	From int
}

// People writes a page of people.
func (s *Site) People(w io.Writer, p *PeoplePage, letters []Letter) error {
	f := s.frame(p.Title, p.Here)
	if err := write(w, "people", struct {
		frame
		*PeoplePage
		Letters []Letter
	}{f, p, letters}); err != nil {
		return err
	}
	var room markup
	for i, l := range letters {
		to := len(p.people)
		if i+1 < len(letters) {
			to = letters[i+1].From
		}
		room = room[:0].raw(`<section class="letter" id="`).text(l.ID).raw(`"><h2>`).text(l.Name).raw("</h2><div class=\"cards\">\n")
		if _, err := w.Write(room); err != nil {
			return err
		}
		for _, at := range p.people[l.From:to] {
			if _, err := w.Write(p.html[at.html:at.htmlEnd]); err != nil {
				return err
			}
		}
		if _, err := io.WriteString(w, "</div></section>\n"); err != nil {
			return err
		}
	}
	return write(w, "end", f)
}

// A Part is one of the pages of a section on its first page.
type Part struct {
	Name string // "A", "2026"
	Of   string // "Aaron to Alvarez"; "" if the name says it
	File string // below [Dir]
	N    int
}

// A PartsPage is the first page of a section that has several.
type PartsPage struct {
	Title, Here string
	Total       int
	Many        string // the word for what is counted
	Lead        string
	Groups      []PartsGroup
	Book        bool // the whole address book is to be had on paper
}

// A PartsGroup is the parts of one year, or all of them.
type PartsGroup struct {
	Name  string // "" if there is but one group
	Parts []Part
}

// Parts writes the first page of a section that has several.
func (s *Site) Parts(w io.Writer, p PartsPage) error {
	return write(w, "parts", struct {
		frame
		PartsPage
	}{s.frame(p.Title, p.Here), p})
}

// Index writes what the search knows of the people of a page: their names, and
// what else they may be looked for by.
func (p *PeoplePage) Index(w io.Writer, file string) error {
	_, err := w.Write(markup(nil).raw("sidekeepPeople(").quoted(file).raw(",["))
	between := ""
	for _, at := range p.people {
		if at.rows == at.rowsEnd || err != nil {
			continue
		}
		if _, err = io.WriteString(w, between); err == nil {
			_, err = w.Write(p.rows[at.rows:at.rowsEnd])
		}
		between = ","
	}
	if err == nil {
		_, err = io.WriteString(w, "]);\n")
	}
	return err
}

// Pages writes which pages the search has to look at.
func Pages(w io.Writer, files []string) error { return call(w, "sidekeepPages", files) }

// call writes a script that calls a function with these arguments as JSON, in
// which encoding/json leaves no < > & and no line ends.
func call(w io.Writer, function string, args ...any) error {
	b := []byte(function + "(")
	for i, a := range args {
		if i > 0 {
			b = append(b, ',')
		}
		j, err := json.Marshal(a)
		if err != nil {
			return err
		}
		b = append(b, j...)
	}
	_, err := w.Write(append(b, ");\n"...))
	return err
}

// row is what the search knows of a person.
func (p *Person) row(m markup) markup {
	p.sought = p.sought[:0]
	for i := range p.Fields {
		if f := &p.Fields[i]; len(f.Text) <= 200 && len(p.sought)+len(f.Text) < mostText {
			p.sought = append(append(p.sought, f.Text...), '\n')
		}
	}
	return m.raw("[").quoted(p.ID).raw(",").quoted(p.Name).raw(",").quoted(p.Sub).raw(",").quoted(string(p.sought)).raw("]")
}

// Book writes the page on which a script puts the whole address book together
// out of what the search knows.
func (s *Site) Book(w io.Writer, people int) error {
	return write(w, "book", struct {
		frame
		Total int
	}{s.frame("Address book", "People"), people})
}
