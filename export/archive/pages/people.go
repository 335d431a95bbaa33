package pages

import (
	"encoding/json"
	"io"
)

// A PeoplePage is one page of people, in the order of their names.
type PeoplePage struct {
	Title   string
	Here    string // the section
	Up      string // the page with all pages of the section, below [Dir]; "" if this is the only one
	Total   int
	Letters []Letter
}

// A Letter is the people whose names begin with it.
type Letter struct {
	Name   string
	ID     string
	People []*Person
}

// People writes a page of people.
func (s *Site) People(w io.Writer, p PeoplePage) error {
	return write(w, "people", struct {
		frame
		PeoplePage
	}{s.frame(p.Title, p.Here), p})
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
func Index(w io.Writer, file string, people []*Person) error {
	rows := make([][4]string, len(people))
	for i, p := range people {
		rows[i] = [4]string{p.ID, p.Name, p.Sub, p.sought()}
	}
	return call(w, "sidekeepPeople", file, rows)
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

// sought is what a person is looked for by beside the name.
func (p *Person) sought() string {
	out := make([]byte, 0, 120)
	for i := range p.Fields {
		if f := &p.Fields[i]; len(f.Text) <= 200 {
			out = append(append(out, f.Text...), '\n')
		}
	}
	return cut(string(out), mostText)
}

// Book writes the page on which a script puts the whole address book together
// out of what the search knows.
func (s *Site) Book(w io.Writer, people int) error {
	return write(w, "book", struct {
		frame
		Total int
	}{s.frame("Address book", "People"), people})
}
