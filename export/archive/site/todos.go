package site

import (
	"database/sql"
	"fmt"
	"io"

	"sidekeep/export/archive/pages"
	"sidekeep/formats/ical"
)

// todos stages one page of all lists, or one of each if they are long.
func (s *Builder) todos() error {
	var lists [][]Entry
	total := 0
	err := s.each("SELECT item.item, version.version, item.collection, item.present <> 0 "+s.understood+" AND version.kind = 'todos' ORDER BY item.collection, item.id", nil, func(rows *sql.Rows) error {
		var e Entry
		var present bool
		err := rows.Scan(&e.item, &e.Version, &e.n, &present)
		if !present {
			e.flags |= entryGone
		}
		if n := len(lists); n == 0 || lists[n-1][0].n != e.n {
			lists = append(lists, nil)
		}
		lists[len(lists)-1] = append(lists[len(lists)-1], e)
		total++
		return err
	})
	if err != nil {
		return err
	}
	if total <= mostOnPage || len(lists) == 1 {
		return s.todoPage("To-dos", "todos", "", lists)
	}
	index := pages.PartsPage{Title: "To-dos", Here: "To-dos", Total: total, Many: "to-dos", Groups: []pages.PartsGroup{{}}}
	for _, list := range lists {
		file := fmt.Sprintf("todos-%d", list[0].n)
		if err := s.todoPage(s.names[list[0].n], file, "todos.html", [][]Entry{list}); err != nil {
			return err
		}
		index.Groups[0].Parts = append(index.Groups[0].Parts, pages.Part{Name: s.names[list[0].n], Of: s.accounts[list[0].n], File: file + ".html", N: len(list)})
	}
	return s.Page(PagesDir+"todos.html", s.mark([]byte(fmt.Sprintf("%+v", index))), func(w io.Writer) error { return s.site.Parts(w, index) })
}

func (s *Builder) todoPage(title, file, up string, lists [][]Entry) error {
	var all []Entry
	for _, l := range lists {
		all = append(all, l...)
	}
	path, mark := PagesDir+file+".html", s.markOf(title, all)
	if s.keep(path, mark) {
		return nil
	}
	page := pages.TodosPage{Title: title, Up: up}
	for _, list := range lists {
		l, err := s.todoList(list)
		if err != nil {
			return err
		}
		page.Lists = append(page.Lists, l)
	}
	return s.Page(path, mark, func(w io.Writer) error { return s.site.Todos(w, page) })
}

func (s *Builder) todoList(list []Entry) (pages.TodoList, error) {
	read := make([]*ical.Calendar, len(list))
	err := s.Bodies(list, func(i int, raw []byte) error {
		if c, err := ical.View(append([]byte(nil), raw...)); err == nil { // the view shares memory with what it reads
			read[i] = c
		}
		return nil
	})
	if err != nil {
		return pages.TodoList{}, err
	}
	var c ical.Calendar
	gone := map[*ical.Series]bool{}
	var flags []bool
	for i, e := range list {
		if one := read[i]; one != nil {
			for range one.Series {
				flags = append(flags, e.flags&entryGone != 0)
			}
			c.Series = append(c.Series, one.Series...)
		}
	}
	for i := range c.Series {
		gone[&c.Series[i]] = flags[i]
	}
	return pages.NewTodoList(s.names[list[0].n], s.accounts[list[0].n], &c, func(s *ical.Series) bool { return gone[s] }), nil
}
