package site

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/pages"
	"sidekeep/export/archive/stage"
)

// The files that README.html leads to: pages, the index of their search,
// portraits and thumbnails. A page shows a part of a section that changes
// little when an item changes; archive.value of its name says what it shows
// (its mark), so that a page that would be the same is not even written.
const (
	PagesDir = pages.Dir
	FacesDir = PagesDir + "faces/"
	ThumbDir = PagesDir + "thumbs/"
	findDir  = PagesDir + "find/"

	pagesName = "README.html" // what a page that cannot be made is a part of
)

// Names in the table archive.
const (
	pageMark    = "page "    // and the path of a page: its mark and the portraits on it
	sectionMark = "section " // and the name of one: the mark of all that it shows
	EditionName = "pages"    // the edition of the pages
	WaitingName = "thumbs"   // "1" while there are thumbnails to be made
	FlawedName  = "flawed"   // "1" while pages, or items on them, could not be made
	NoThumb     = "nothumb " // and the hash of a photo: it cannot have a thumbnail
)

// thumbTime is how long one publication makes thumbnails and portraits at most:
// the next export goes on.
const thumbTime = 20 * time.Second

// A Builder stages the pages of one publication.
type Builder struct {
	p          *stage.Staging
	q          history.Querier
	site       *pages.Site
	shape      string            // what every page depends on
	understood string            // see there
	accounts   map[uint32]string // by collection: the account's name, "" if there is but one
	names      map[uint32]string // of collections
	year       int               // of the newest export
	had        map[string]string // marks and portraits by path, as the last publication left them
	sections   map[string]string // their marks, likewise
	now        map[string]string // as had, of this one
	files      map[string]int64  // pages and indexes that are in place, with their sizes
	faces      map[string]bool   // portraits that are in place or staged
	until      time.Time         // when no more thumbnails are made
	set        map[string]string // values to be stored
	counts     map[string]int    // of what the sections show

	room       []Entry // of one section after the other
	peopleRoom pages.PeoplePage
	person     pages.Person
	agendaRoom pages.Agenda
	thumbCount int    // thumbnails that are in place or staged
	Flaws      []Flaw // items that are not on the page that is made
}

// A Section is one part of the site. It stages its pages.
type Section struct {
	Name, file string
	kind       string
	gone       bool // of people whom the source no longer has; other sections have both
	Stage      func(s *Builder) error
}

var Sections = []Section{
	{"People", "people", "contacts", false, func(s *Builder) error { return s.people("People", "people", true) }},
	{"Agenda", "agenda", "events", false, (*Builder).agenda},
	{"To-dos", "todos", "todos", false, (*Builder).todos},
	{"Photos", "photos", "photos", false, (*Builder).photos},
	{"Vanished", "vanished", "contacts", true, func(s *Builder) error { return s.people("Vanished", "vanished", false) }},
}

// understood are the shown items that a page can show.
const understood = `FROM $shown JOIN version USING (version) WHERE NOT item.aside AND ifnull(version.blob, version.photo) IS NOT NULL AND ` + history.NotMoved

// StagePages stages the pages that differ from those that are there, and has
// those removed that show nothing any more.
func StagePages(p *stage.Staging) error {
	p.Account, p.N = 0, 0
	staged, removed := len(p.Staged), len(p.Removed)
	s := &Builder{
		p: p, q: p.W.Conn, site: pages.NewSite(p.A.ID), until: p.A.Now().Add(timeOfThumb(p.A)),
		accounts: map[uint32]string{}, names: map[uint32]string{}, had: map[string]string{}, sections: map[string]string{},
		now: map[string]string{}, files: map[string]int64{}, faces: map[string]bool{}, set: map[string]string{}, counts: map[string]int{},
	}
	p.Site = s.site
	err := export.Guard(s.run)
	if errors.Is(err, export.ErrMistake) { // the pages stay as they are
		p.W.Rollback()
		p.NotShown = append(p.NotShown, export.NewProblem(pagesName, PagesDir, err))
		for err = nil; len(p.Staged) > staged && err == nil; {
			err = p.Unstage()
		}
		p.Removed = p.Removed[:removed]
		return errors.Join(err, history.SetValue(p.W, FlawedName, "1"))
	}
	if err != nil {
		return fmt.Errorf("writing the pages of README.html: %w", err)
	}
	return nil
}

func (s *Builder) run() error {
	if err := s.load(); err != nil {
		return err
	}
	marks, err := s.sums()
	if err != nil {
		return err
	}
	for _, sec := range Sections {
		if marks[sec.Name] != "" {
			s.site.Sections = append(s.site.Sections, pages.Section{Name: sec.Name, File: sec.file + ".html"})
			s.shape += " " + sec.Name
		}
	}
	for _, sec := range Sections {
		mark, some := marks[sec.Name]
		if !some {
			continue
		}
		mark = s.mark([]byte(mark))
		was := len(s.p.NotShown)
		if err := s.safely(sec, mark); err != nil {
			return err
		}
		if len(s.p.NotShown) > was {
			mark = "" // it is made again
		}
		s.set[sectionMark+sec.Name] = mark
	}
	flawed := "0"
	if len(s.p.NotShown) > 0 {
		flawed = "1"
	}
	s.set[FlawedName] = flawed
	if err := s.shared(); err != nil {
		return err
	}
	if err := s.drop(); err != nil {
		return err
	}
	return s.store()
}

// safely stages a section. If that fails for a mistake, its pages stay as they
// are; if it has no first one, one is made that says so.
func (s *Builder) safely(sec Section, mark string) error {
	err := export.Guard(func() error { return s.section(sec, mark) })
	if errors.Is(err, export.ErrMistake) {
		s.p.NotShown = append(s.p.NotShown, export.NewProblem(pagesName, PagesDir+sec.file+".html", err))
		for path, was := range s.had {
			if _, made := s.now[path]; !made && sectionOf(path) == sec.file && s.complete(path) {
				s.now[path] = was
			}
		}
		err = nil
	}
	if _, made := s.now[PagesDir+sec.file+".html"]; !made && err == nil {
		err = s.excuse(sec)
	}
	return errors.Join(err, s.tell())
}

// excuse stages a page in the place of one that could not be made.
func (s *Builder) excuse(sec Section) error {
	page := pages.PartsPage{Title: sec.Name, Here: sec.Name, Total: s.counts[sec.Name], Many: "entries", Lead: ". Sidekeep made a mistake with this page. Nothing is lost: the files in the folder data have all of it."}
	path := PagesDir + sec.file + ".html"
	s.now[path] = ""
	return s.p.Stage(path, func(w io.Writer) error { return s.site.Parts(w, page) })
}

// load reads what the pages depend on and what there is of them.
func (s *Builder) load() error {
	from, err := history.ShownFrom(context.Background(), s.q)
	if err != nil {
		return err
	}
	s.understood = strings.Replace(understood, "$shown", from, 1)
	var accounts int
	if _, err := s.p.W.Row("SELECT count(*) FROM account", nil, &accounts); err != nil {
		return err
	}
	sum := sha256.New()
	err = s.each("SELECT collection, account.name, collection.name FROM collection JOIN account USING (account) ORDER BY collection", nil, func(rows *sql.Rows) error {
		var n uint32
		var account, name string
		if err := rows.Scan(&n, &account, &name); err != nil {
			return err
		}
		fmt.Fprintf(sum, "%d %q %q\n", n, account, name)
		if s.names[n] = name; accounts > 1 {
			s.accounts[n] = account
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.shape = fmt.Sprintf("%s %d %x", pages.Edition(), accounts, sum.Sum(nil)[:8])
	var started string
	if _, err := s.p.W.Row("SELECT ifnull(max(started), '') FROM export WHERE ended IS NOT NULL", nil, &started); err != nil {
		return err
	}
	s.year = history.TimeOf(started).Year()
	err = s.each("SELECT name, value FROM archive", nil, func(rows *sql.Rows) error {
		var name, value string
		err := rows.Scan(&name, &value)
		if path, ok := strings.CutPrefix(name, pageMark); ok {
			s.had[path] = value
		} else if name, ok := strings.CutPrefix(name, sectionMark); ok {
			s.sections[name] = value
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.each("SELECT path, size FROM file WHERE path >= 'readme/' AND path < 'readme0' AND NOT (path >= 'readme/thumbs/' AND path < 'readme/thumbs0')", nil, func(rows *sql.Rows) error {
		var path string
		var size int64
		err := rows.Scan(&path, &size)
		if strings.HasPrefix(path, FacesDir) {
			s.faces[path] = !s.p.Force
		} else {
			s.files[path] = size
		}
		return err
	})
}

func (s *Builder) each(query string, args []any, scan func(rows *sql.Rows) error) error {
	return history.Each(context.Background(), s.q, query, args, scan)
}

// sums counts what each section has to show, and gives its mark, which tells
// whether it is still the same.
func (s *Builder) sums() (marks map[string]string, err error) {
	marks = map[string]string{}
	err = s.each(`SELECT version.kind, version.kind = 'contacts' AND NOT item.present, count(*), ifnull(sum(version.version * 2 + (item.present <> 0)), 0),
		ifnull(sum((version.version * 2654435761 + (item.present <> 0) + item.item * 40503) % 4294967291), 0) `+s.understood+` GROUP BY 1, 2`, nil, func(rows *sql.Rows) error {
		var kind string
		var gone bool
		var n int
		var a, b int64
		err := rows.Scan(&kind, &gone, &n, &a, &b)
		for _, sec := range Sections {
			if sec.kind == kind && sec.gone == gone {
				s.counts[sec.Name], marks[sec.Name] = n, fmt.Sprint(n, a, b)
			}
		}
		return err
	})
	return marks, err
}

// mark tells whether a page would be the same.
func (s *Builder) mark(parts ...[]byte) string {
	sum := sha256.New()
	io.WriteString(sum, s.shape)
	for _, b := range parts {
		sum.Write(b)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// section stages a section, unless nothing in it has changed.
func (s *Builder) section(sec Section, mark string) error {
	again := s.p.Force || s.sections[sec.Name] != mark
	switch sec.kind {
	case "photos":
		todo, err := s.thumbsToDo()
		if err != nil {
			return err
		}
		again = again || todo
	case "events":
		again = again || s.sections["year"] != strconv.Itoa(s.year)
	}
	if !again {
		for path := range s.had {
			if sectionOf(path) == sec.file {
				again = again || !s.complete(path)
			}
		}
	}
	if again {
		return sec.Stage(s)
	}
	for path, was := range s.had {
		if sectionOf(path) == sec.file {
			s.now[path] = was
		}
	}
	return nil
}

// sectionOf is the file of the section that a page or an index belongs to.
func sectionOf(path string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(path, PagesDir), "find/")
	end := strings.IndexAny(name, "-.")
	if end < 0 || name == "pages.js" {
		return ""
	}
	if name == BookFile {
		return "people"
	}
	return name[:end]
}

// inPlace reports whether a page is where the last publication put it.
func (s *Builder) inPlace(path string) bool {
	size, known := s.files[path]
	if !known {
		return false
	}
	info, err := s.p.A.Disk.Lstat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() == size
}

// complete reports whether a page and the portraits on it are in place.
func (s *Builder) complete(path string) bool {
	for i, face := range strings.Fields(s.had[path]) {
		if i > 0 && !s.faces[FacesDir+face] {
			return false
		}
	}
	return s.inPlace(path)
}

// keep reports whether a page of this mark is there already; if so it stays.
func (s *Builder) keep(path, mark string) bool {
	was := s.had[path]
	if s.p.Force || !(was == mark || strings.HasPrefix(was, mark+" ")) || !s.complete(path) {
		return false
	}
	s.now[path] = was
	return true
}

// Page stages a page unless one of this mark is there.
func (s *Builder) Page(path, mark string, write func(io.Writer) error) error {
	if s.keep(path, mark) {
		return nil
	}
	return s.put(path, mark, write)
}

// put stages a page. If it cannot be written for a mistake, it stays as it is,
// and is told. One that lacks an item has no mark, so that it is made again.
func (s *Builder) put(path, mark string, write func(io.Writer) error) error {
	if len(s.Flaws) > 0 {
		_, faces, _ := strings.Cut(mark, " ")
		mark = "flawed " + faces
	}
	err := s.p.Stage(path, write)
	if !errors.Is(err, export.ErrMistake) {
		s.now[path] = mark
		return errors.Join(err, s.tell())
	}
	s.p.NotShown = append(s.p.NotShown, export.NewProblem(pagesName, path, err))
	if s.complete(path) {
		s.now[path] = s.had[path]
	}
	return errors.Join(s.p.Unstage(), s.tell())
}

// shared stages what all pages use, and the list of what the search reads.
func (s *Builder) shared() error {
	for _, name := range []string{pages.StyleFile, pages.ScriptFile} {
		if err := s.Page(PagesDir+name, s.mark([]byte(name)), func(w io.Writer) error {
			_, err := w.Write(pages.Shared(name))
			return err
		}); err != nil {
			return err
		}
	}
	var list []string
	for path := range s.now {
		if name, ok := strings.CutPrefix(path, findDir); ok {
			list = append(list, strings.TrimSuffix(name, ".js"))
		}
	}
	if len(list) == 0 {
		return nil
	}
	slices.Sort(list)
	return s.Page(findDir+"pages.js", s.mark([]byte(strings.Join(list, "\n"))), func(w io.Writer) error { return pages.Pages(w, list) })
}

// drop has the files removed that are no page, portrait or thumbnail any more.
func (s *Builder) drop() error {
	used := map[string]bool{}
	for _, value := range s.now {
		for i, face := range strings.Fields(value) {
			if i > 0 {
				used[FacesDir+face] = true
			}
		}
	}
	for path := range s.files {
		if _, ok := s.now[path]; !ok {
			s.p.Removed = append(s.p.Removed, path)
		}
	}
	for path := range s.faces {
		if !used[path] {
			s.p.Removed = append(s.p.Removed, path)
		}
	}
	had := len(s.p.Removed)
	err := s.each(`SELECT path FROM file WHERE path >= 'readme/thumbs/' AND path < 'readme/thumbs0'
		AND path NOT IN (SELECT `+thumbPath+` FROM photo)`, nil, s.remove)
	s.thumbCount -= len(s.p.Removed) - had
	if err != nil || !s.p.Force {
		return err
	}
	return s.sweep(strings.TrimSuffix(PagesDir, "/"), used)
}

func (s *Builder) remove(rows *sql.Rows) error {
	var path string
	err := rows.Scan(&path)
	s.p.Removed = append(s.p.Removed, path)
	return err
}

// store notes what is in the pages, as part of the commit that enters them.
func (s *Builder) store() error {
	for path := range s.had {
		if _, ok := s.now[path]; !ok {
			if _, err := s.p.W.Exec("DELETE FROM archive WHERE name = ?", pageMark+path); err != nil {
				return err
			}
		}
	}
	for path, value := range s.now {
		if s.had[path] != value {
			s.set[pageMark+path] = value
		}
	}
	s.set[EditionName] = pages.Edition()
	s.set[sectionMark+"year"] = strconv.Itoa(s.year)
	s.set[sectionMark+"thumbs"] = strconv.Itoa(s.thumbCount)
	for name, value := range s.set {
		if err := history.SetValue(s.p.W, name, value); err != nil {
			return err
		}
	}
	for _, sec := range Sections {
		if _, shown := s.set[sectionMark+sec.Name]; !shown {
			if _, err := s.p.W.Exec("DELETE FROM archive WHERE name = ?", sectionMark+sec.Name); err != nil {
				return err
			}
		}
	}
	return nil
}
