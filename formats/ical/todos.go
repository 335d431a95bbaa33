package ical

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"sidekeep/formats/cell"
	"sidekeep/formats/ical/datetime"
)

// ToDoColumns is the first row of what [WriteToDos] writes.
var ToDoColumns = []string{
	"List", "Title", "Status", "Percent complete", "Priority", "Start", "Due", "Time zone", "Completed",
	"Categories", "Location", "URL", "Repeats", "Part of", "Notes", "UID",
}

// WriteToDos writes the to-dos of calendars as CSV (RFC 4180) in UTF-8, with a
// byte order mark, without which Excel does not take it for UTF-8. Dates are
// 2006-01-02, times 2006-01-02 15:04 on the clock of their zone. A subtask
// stands below the to-do that it is part of, and names it; exceptions of a
// to-do that recurs stand below it. Text that a spreadsheet would calculate
// has an apostrophe before it: see [cell.Safe].
func WriteToDos(w io.Writer, calendars []*Calendar) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(ToDoColumns); err != nil {
		return err
	}
	for _, c := range calendars {
		titles := map[string]string{}
		for _, s := range c.ToDos() {
			if _, have := titles[s.UID]; !have {
				titles[s.UID] = s.Main().Summary
			}
		}
		for _, s := range c.ToDos() {
			if s.Master != nil {
				if err := out.Write(todoRow(c, s.Master, titles)); err != nil {
					return err
				}
			}
			for i := range s.Exceptions {
				if err := out.Write(todoRow(c, &s.Exceptions[i], titles)); err != nil {
					return err
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

func todoRow(c *Calendar, e *Entry, titles map[string]string) []string {
	var parents []string
	for _, uid := range e.Parents {
		title, have := titles[uid]
		if !have || title == "" {
			title = uid
		}
		parents = append(parents, title)
	}
	number := func(n int, none int) string {
		if n == none {
			return ""
		}
		return strconv.Itoa(n)
	}
	zone := e.Start.Zone
	if zone == "" {
		zone = e.Due.Zone
	}
	if m := e.First(); zone == "" && !m.IsZero() && !m.Local() {
		zone = m.Time.Location().String()
	}
	return cell.All([]string{
		c.Name, e.Summary, todoStatus(e), number(e.Percent, -1), number(e.Priority, 0), cellOf(e.Start), cellOf(e.Due), zone, cellOf(e.Completed),
		strings.Join(e.Categories, ", "), e.Location, e.URL, strings.Join(e.Rules, "; "), strings.Join(parents, "; "), e.Description, e.UID,
	})
}

// todoStatus names the status as people do.
func todoStatus(e *Entry) string {
	switch {
	case e.Done():
		return "Done"
	case e.Status == "IN-PROCESS":
		return "In progress"
	case e.Status == "CANCELLED":
		return "Cancelled"
	case e.Status == "" || e.Status == "NEEDS-ACTION":
		return "Open"
	}
	return e.Status
}

func cellOf(m datetime.Moment) string {
	switch {
	case m.IsZero():
		return ""
	case m.Date:
		return m.Time.Format("2006-01-02")
	}
	return m.Time.Format("2006-01-02 15:04")
}

// ToDos gives the to-dos in the order of the file, but each below the to-do that
// it is part of (RELATED-TO). To-dos that are part of one another in a circle
// come last.
func (c *Calendar) ToDos() []*Series {
	children := map[string][]*Series{}
	known := map[string]bool{}
	var all, roots []*Series
	for i := range c.Series {
		if s := &c.Series[i]; s.Component == "VTODO" {
			all = append(all, s)
			known[s.UID] = true
		}
	}
	for _, s := range all {
		parent := ""
		if p := s.Main().Parents; len(p) > 0 && p[0] != s.UID && known[p[0]] {
			parent = p[0]
		}
		if parent == "" {
			roots = append(roots, s)
		} else {
			children[parent] = append(children[parent], s)
		}
	}
	out := make([]*Series, 0, len(all))
	done := map[*Series]bool{}
	for _, list := range [][]*Series{roots, all} {
		stack := make([]*Series, 0, len(list))
		for i := len(list) - 1; i >= 0; i-- {
			stack = append(stack, list[i])
		}
		for len(stack) > 0 {
			s := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if done[s] {
				continue
			}
			done[s] = true
			out = append(out, s)
			below := children[s.UID]
			for i := len(below) - 1; i >= 0 && s.UID != ""; i-- {
				stack = append(stack, below[i])
			}
		}
	}
	return out
}
