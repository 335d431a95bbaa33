package pages

import (
	"html/template"
	"io"
	"strings"

	"sidekeep/formats/ical"
	"sidekeep/formats/ical/datetime"
)

// A TodosPage has lists of to-dos.
type TodosPage struct {
	Title string
	Up    string // as in [PeoplePage]
	Lists []TodoList
}

// A TodoList is one list, in the order of the source, subtasks below their
// tasks.
type TodoList struct {
	Name    string
	Account string // "" if there is but one
	Open    int
	Done    int
	Todos   []Todo
}

// A Todo is one to-do as a page shows it.
type Todo struct {
	Title   string
	Depth   int // 0 if it is part of no other, at most 5
	Done    bool
	Off     bool // cancelled
	When    string
	Repeats string
	Note    string
	Link    template.URL
	Urgent  bool
	Gone    bool // no longer at the source
}

// Todos writes a page of to-dos.
func (s *Site) Todos(w io.Writer, p TodosPage) error {
	return write(w, "todos", struct {
		frame
		TodosPage
	}{s.frame(p.Title, "To-dos"), p})
}

// NewTodoList shows the to-dos of a calendar. gone tells which of them the
// source no longer has.
func NewTodoList(name, account string, c *ical.Calendar, gone func(*ical.Series) bool) TodoList {
	l := TodoList{Name: cut(name, mostName), Account: account}
	depth := map[string]int{}
	for _, s := range c.ToDos() {
		e := s.Main()
		at := 0
		for _, parent := range e.Parents {
			if d, ok := depth[parent]; ok && parent != e.UID {
				at = min(d+1, 5)
				break
			}
		}
		depth[e.UID] = at
		t := newTodo(e, at)
		t.Gone = gone(s)
		if t.Done || t.Off {
			l.Done++
		} else {
			l.Open++
		}
		l.Todos = append(l.Todos, t)
	}
	return l
}

func newTodo(e *ical.Entry, depth int) Todo {
	t := Todo{
		Title: cut(e.Summary, mostName), Depth: depth, Done: e.Done(), Off: e.Cancelled(), Note: cut(strings.TrimSpace(e.Description), mostText),
		Link: outside(e.URL), Urgent: e.Priority >= 1 && e.Priority <= 4,
	}
	if t.Title == "" {
		t.Title = "No title"
	}
	switch {
	case t.Done && !e.Completed.IsZero():
		t.When = "Done " + moment(e.Completed)
	case !e.Due.IsZero():
		t.When = "Due " + moment(e.Due)
	case !e.Start.IsZero():
		t.When = "From " + moment(e.Start)
	}
	if len(e.Rules) > 0 {
		t.Repeats = Repeats(e.Rules)
	}
	return t
}

func moment(m datetime.Moment) string {
	if m.Date {
		return m.Time.Format("2 January 2006")
	}
	s := m.Time.Format("2 January 2006, 15:04")
	if z := zone(m); z != "" {
		s += " (" + cut(z, 60) + ")"
	}
	return s
}
