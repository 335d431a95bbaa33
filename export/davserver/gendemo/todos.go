package main

import (
	"strconv"
	"strings"
	"time"

	"sidekeep/formats/compose"
)

// A task is a to-do; tasks stand below the one that they belong to.
type task struct {
	summary  string
	due      string // a day, a day with a time, or ""
	done     string // when it was done, "" if it is not
	priority int
	note     string
	rule     string
	below    []task
}

var tasks = map[string][]task{
	"errands": {
		{summary: "Groceries", due: "2026-11-27", below: []task{
			{summary: "Rye bread"}, {summary: "Oat milk, 3 cartons", done: "2026-11-19 17:05"}, {summary: "Crème fraîche"}, {summary: "Coffee beans ☕", done: "2026-11-19 17:05"},
			{summary: "Lemons & limes"}, {summary: "Cat food", note: "The one with fish; not the blue tin."},
		}},
		{summary: "Post the parcel to Éloïse", due: "2026-11-25 12:00", priority: 1, note: "Customs form is in the drawer.\nTracking: keep the slip."},
		{summary: "Collect the bicycle from Deichtor Cycles", due: "2026-11-24"},
		{summary: "Water the plants", due: "2026-11-22", rule: "FREQ=WEEKLY;BYDAY=SU"},
		{summary: "Renew library cards", done: "2026-10-30 16:40", due: "2026-10-31"},
		{summary: "Christmas presents", due: "2026-12-18", priority: 5, below: []task{
			{summary: "Grandma: large-print crossword", done: "2026-11-14 11:20"}, {summary: "Ole: head torch"}, {summary: "Zofia: the green scarf"},
			{summary: "Teachers: something small", below: []task{{summary: "Ask the other parents first", due: "2026-11-30"}}},
		}},
		{summary: "Passport photos", done: "2026-08-11 10:02"}, {summary: "Descale the kettle"}, {summary: "Glasses: pick up", due: "2026-12-01", priority: 9},
		{summary: "Return the drill to Thies", due: "2026-11-15"}, {summary: "Batteries for the smoke alarms", done: "2026-09-28 09:30", priority: 1},
	},
	"house-move": {
		{summary: "Find a mover", due: "2027-01-15", priority: 1, below: []task{
			{summary: "Three quotes", done: "2026-11-10 18:00", note: "Two came by; the third only by telephone."}, {summary: "Ask about the piano", due: "2026-12-04"}, {summary: "No-parking signs: apply", due: "2027-02-12"},
		}},
		{summary: "Give notice for the flat", done: "2026-11-01 08:30", priority: 1, due: "2026-11-30"},
		{summary: "Change of address", due: "2027-02-26", below: []task{
			{summary: "Bank"}, {summary: "Insurance"}, {summary: "Tax office"}, {summary: "Choir"}, {summary: "Post: redirection", due: "2027-02-15", priority: 5}, {summary: "Kita Seepferdchen"},
		}},
		{summary: "Kitchen", below: []task{
			{summary: "Measure the corner by the window", done: "2026-10-18 15:15"}, {summary: "Worktop: beech or oak?", note: "Oak costs 40 % more;\nbeech stains."}, {summary: "Order the tap"},
		}},
		{summary: "Paint: Lotte's room", due: "2027-02-20", note: "\"Sea green\", she says. Tester pot first."}, {summary: "Clear the cellar", due: "2027-01-31", below: []task{
			{summary: "Flea market box", done: "2026-09-13 19:00"}, {summary: "Bulky waste: book a date", due: "2027-01-08"}, {summary: "Skis → Sönke"},
		}},
		{summary: "Meter readings on the last day", due: "2027-02-28 10:00", priority: 1}, {summary: "House-warming party", due: "2027-04-17"},
	},
}

// makeTodos returns the to-dos of a list, one object after the other.
func makeTodos(list string) string {
	var b strings.Builder
	n := 0
	var all func(tasks []task, parent string)
	all = func(tasks []task, parent string) {
		for i := range tasks {
			n++
			id := uid("todo", list, n, tasks[i].summary)
			b.WriteString(tasks[i].object(id, parent, n))
			all(tasks[i].below, id)
		}
	}
	all(tasks[list], "")
	return b.String()
}

func (t *task) object(id, parent string, n int) string {
	const berlin = "Europe/Berlin"
	made := time.Date(2026, 8, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(n) * 26 * time.Hour)
	c := compose.New("VCALENDAR", compose.Plain("VERSION", "2.0"), compose.Plain("PRODID", product))
	todo := compose.New("VTODO", compose.UTC("CREATED", made), compose.UTC("DTSTAMP", made), compose.UTC("LAST-MODIFIED", made), compose.Text("UID", id), compose.Text("SUMMARY", t.summary))
	switch {
	case len(t.due) > 10:
		c.Hold(zone(berlin))
		todo.Add(compose.Clock("DUE", parseDate(t.due), berlin))
		todo.Hold(reminder("-PT1H"))
	case t.due != "":
		todo.Add(compose.Day("DUE", parseDate(t.due)))
	}
	if t.rule != "" {
		todo.Add(compose.Day("DTSTART", parseDate(t.due)), compose.Plain("RRULE", t.rule))
	}
	if t.priority > 0 {
		todo.Add(compose.Plain("PRIORITY", strconv.Itoa(t.priority)))
	}
	if t.note != "" {
		todo.Add(compose.Text("DESCRIPTION", t.note))
	}
	if parent != "" {
		todo.Add(compose.Text("RELATED-TO", parent).With("RELTYPE", "PARENT"))
	}
	if t.done != "" {
		todo.Add(compose.UTC("COMPLETED", parseDate(t.done)), compose.Plain("PERCENT-COMPLETE", "100"), compose.Plain("STATUS", "COMPLETED"))
	} else {
		todo.Add(compose.Plain("STATUS", "NEEDS-ACTION"))
	}
	todo.Add(compose.Plain("X-APPLE-SORT-ORDER", strconv.Itoa(n*1000)))
	c.Hold(todo)
	return must(c.Encode())
}
