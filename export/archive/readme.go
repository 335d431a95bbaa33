package archive

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
	"sidekeep/export/archive/pages"
)

// The files that README.html leads to: pages, the index of their search,
// portraits and thumbnails. A page shows a part of a section that changes
// little when an item changes; archive.value of its name says what it shows
// (its mark), so that a page that would be the same is not even written.
const (
	pagesDir = pages.Dir
	facesDir = pagesDir + "faces/"
	thumbDir = pagesDir + "thumbs/"
	findDir  = pagesDir + "find/"

	pagesName = "README.html" // what a page that cannot be made is a part of
)

// Names in the table archive.
const (
	pageMark    = "page "    // and the path of a page: its mark and the portraits on it
	sectionMark = "section " // and the name of one: the mark of all that it shows
	editionName = "pages"    // the edition of the pages
	waitingName = "thumbs"   // "1" while there are thumbnails to be made
	flawedName  = "flawed"   // "1" while pages, or items on them, could not be made
	noThumb     = "nothumb " // and the hash of a photo: it cannot have a thumbnail
)

// thumbTime is how long one publication makes thumbnails and portraits at most:
// the next export goes on.
const thumbTime = 20 * time.Second

// A siteBuilder stages the pages of one publication.
type siteBuilder struct {
	p          *publication
	q          querier
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

	room       []entry // of one section after the other
	peopleRoom pages.PeoplePage
	person     pages.Person
	agendaRoom pages.Agenda
	thumbCount int    // thumbnails that are in place or staged
	flaws      []flaw // items that are not on the page that is made
}

// A section is one part of the site. It stages its pages.
type section struct {
	name, file string
	kind       string
	gone       bool // of people whom the source no longer has; other sections have both
	stage      func(s *siteBuilder) error
}

var siteSections = []section{
	{"People", "people", "contacts", false, func(s *siteBuilder) error { return s.people("People", "people", true) }},
	{"Agenda", "agenda", "events", false, (*siteBuilder).agenda},
	{"To-dos", "todos", "todos", false, (*siteBuilder).todos},
	{"Photos", "photos", "photos", false, (*siteBuilder).photos},
	{"Vanished", "vanished", "contacts", true, func(s *siteBuilder) error { return s.people("Vanished", "vanished", false) }},
}

// understood are the shown items that a page can show.
const understood = `FROM $shown JOIN version USING (version) WHERE NOT item.aside AND ifnull(version.blob, version.photo) IS NOT NULL AND ` + notMoved

// stagePages stages the pages that differ from those that are there, and has
// those removed that show nothing any more.
func stagePages(p *publication) error {
	p.account, p.n = 0, 0
	staged, removed := len(p.staged), len(p.removed)
	s := &siteBuilder{
		p: p, q: p.w.conn, site: pages.NewSite(p.a.id), until: p.a.now().Add(timeOfThumb(p.a)),
		accounts: map[uint32]string{}, names: map[uint32]string{}, had: map[string]string{}, sections: map[string]string{},
		now: map[string]string{}, files: map[string]int64{}, faces: map[string]bool{}, set: map[string]string{}, counts: map[string]int{},
	}
	p.site = s.site
	err := export.Guard(s.run)
	if errors.Is(err, export.ErrMistake) { // the pages stay as they are
		p.w.rollback()
		p.notShown = append(p.notShown, export.NewProblem(pagesName, pagesDir, err))
		for err = nil; len(p.staged) > staged && err == nil; {
			err = p.unstage()
		}
		p.removed = p.removed[:removed]
		return errors.Join(err, set(p.w, flawedName, "1"))
	}
	if err != nil {
		return fmt.Errorf("writing the pages of README.html: %w", err)
	}
	return nil
}

func (s *siteBuilder) run() error {
	if err := s.load(); err != nil {
		return err
	}
	marks, err := s.sums()
	if err != nil {
		return err
	}
	for _, sec := range siteSections {
		if marks[sec.name] != "" {
			s.site.Sections = append(s.site.Sections, pages.Section{Name: sec.name, File: sec.file + ".html"})
			s.shape += " " + sec.name
		}
	}
	for _, sec := range siteSections {
		mark, some := marks[sec.name]
		if !some {
			continue
		}
		mark = s.mark([]byte(mark))
		was := len(s.p.notShown)
		if err := s.safely(sec, mark); err != nil {
			return err
		}
		if len(s.p.notShown) > was {
			mark = "" // it is made again
		}
		s.set[sectionMark+sec.name] = mark
	}
	flawed := "0"
	if len(s.p.notShown) > 0 {
		flawed = "1"
	}
	s.set[flawedName] = flawed
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
func (s *siteBuilder) safely(sec section, mark string) error {
	err := export.Guard(func() error { return s.section(sec, mark) })
	if errors.Is(err, export.ErrMistake) {
		s.p.notShown = append(s.p.notShown, export.NewProblem(pagesName, pagesDir+sec.file+".html", err))
		for path, was := range s.had {
			if _, made := s.now[path]; !made && sectionOf(path) == sec.file && s.complete(path) {
				s.now[path] = was
			}
		}
		err = nil
	}
	if _, made := s.now[pagesDir+sec.file+".html"]; !made && err == nil {
		err = s.excuse(sec)
	}
	return errors.Join(err, s.tell())
}

// excuse stages a page in the place of one that could not be made.
func (s *siteBuilder) excuse(sec section) error {
	page := pages.PartsPage{Title: sec.name, Here: sec.name, Total: s.counts[sec.name], Many: "entries", Lead: ". Sidekeep made a mistake with this page. Nothing is lost: the files in the folder data have all of it."}
	path := pagesDir + sec.file + ".html"
	s.now[path] = ""
	return s.p.stage(path, func(w io.Writer) error { return s.site.Parts(w, page) })
}

// load reads what the pages depend on and what there is of them.
func (s *siteBuilder) load() error {
	from, err := shownFrom(context.Background(), s.q)
	if err != nil {
		return err
	}
	s.understood = strings.Replace(understood, "$shown", from, 1)
	var accounts int
	if _, err := s.p.w.row("SELECT count(*) FROM account", nil, &accounts); err != nil {
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
	if _, err := s.p.w.row("SELECT ifnull(max(started), '') FROM export WHERE ended IS NOT NULL", nil, &started); err != nil {
		return err
	}
	s.year = timeOf(started).Year()
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
		if strings.HasPrefix(path, facesDir) {
			s.faces[path] = !s.p.force
		} else {
			s.files[path] = size
		}
		return err
	})
}

func (s *siteBuilder) each(query string, args []any, scan func(rows *sql.Rows) error) error {
	return eachRow(context.Background(), s.q, query, args, scan)
}

// sums counts what each section has to show, and gives its mark, which tells
// whether it is still the same.
func (s *siteBuilder) sums() (marks map[string]string, err error) {
	marks = map[string]string{}
	err = s.each(`SELECT version.kind, version.kind = 'contacts' AND NOT item.present, count(*), ifnull(sum(version.version * 2 + (item.present <> 0)), 0),
		ifnull(sum((version.version * 2654435761 + (item.present <> 0) + item.item * 40503) % 4294967291), 0) `+s.understood+` GROUP BY 1, 2`, nil, func(rows *sql.Rows) error {
		var kind string
		var gone bool
		var n int
		var a, b int64
		err := rows.Scan(&kind, &gone, &n, &a, &b)
		for _, sec := range siteSections {
			if sec.kind == kind && sec.gone == gone {
				s.counts[sec.name], marks[sec.name] = n, fmt.Sprint(n, a, b)
			}
		}
		return err
	})
	return marks, err
}

// mark tells whether a page would be the same.
func (s *siteBuilder) mark(parts ...[]byte) string {
	sum := sha256.New()
	io.WriteString(sum, s.shape)
	for _, b := range parts {
		sum.Write(b)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// section stages a section, unless nothing in it has changed.
func (s *siteBuilder) section(sec section, mark string) error {
	again := s.p.force || s.sections[sec.name] != mark
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
		return sec.stage(s)
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
	name := strings.TrimPrefix(strings.TrimPrefix(path, pagesDir), "find/")
	end := strings.IndexAny(name, "-.")
	if end < 0 || name == "pages.js" {
		return ""
	}
	if name == bookFile {
		return "people"
	}
	return name[:end]
}

// inPlace reports whether a page is where the last publication put it.
func (s *siteBuilder) inPlace(path string) bool {
	size, known := s.files[path]
	if !known {
		return false
	}
	info, err := s.p.a.disk.Lstat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() == size
}

// complete reports whether a page and the portraits on it are in place.
func (s *siteBuilder) complete(path string) bool {
	for i, face := range strings.Fields(s.had[path]) {
		if i > 0 && !s.faces[facesDir+face] {
			return false
		}
	}
	return s.inPlace(path)
}

// keep reports whether a page of this mark is there already; if so it stays.
func (s *siteBuilder) keep(path, mark string) bool {
	was := s.had[path]
	if s.p.force || !(was == mark || strings.HasPrefix(was, mark+" ")) || !s.complete(path) {
		return false
	}
	s.now[path] = was
	return true
}

// page stages a page unless one of this mark is there.
func (s *siteBuilder) page(path, mark string, write func(io.Writer) error) error {
	if s.keep(path, mark) {
		return nil
	}
	return s.put(path, mark, write)
}

// put stages a page. If it cannot be written for a mistake, it stays as it is,
// and is told. One that lacks an item has no mark, so that it is made again.
func (s *siteBuilder) put(path, mark string, write func(io.Writer) error) error {
	if len(s.flaws) > 0 {
		_, faces, _ := strings.Cut(mark, " ")
		mark = "flawed " + faces
	}
	err := s.p.stage(path, write)
	if !errors.Is(err, export.ErrMistake) {
		s.now[path] = mark
		return errors.Join(err, s.tell())
	}
	s.p.notShown = append(s.p.notShown, export.NewProblem(pagesName, path, err))
	if s.complete(path) {
		s.now[path] = s.had[path]
	}
	return errors.Join(s.p.unstage(), s.tell())
}

// shared stages what all pages use, and the list of what the search reads.
func (s *siteBuilder) shared() error {
	for _, name := range []string{pages.StyleFile, pages.ScriptFile} {
		if err := s.page(pagesDir+name, s.mark([]byte(name)), func(w io.Writer) error {
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
	return s.page(findDir+"pages.js", s.mark([]byte(strings.Join(list, "\n"))), func(w io.Writer) error { return pages.Pages(w, list) })
}

// drop has the files removed that are no page, portrait or thumbnail any more.
func (s *siteBuilder) drop() error {
	used := map[string]bool{}
	for _, value := range s.now {
		for i, face := range strings.Fields(value) {
			if i > 0 {
				used[facesDir+face] = true
			}
		}
	}
	for path := range s.files {
		if _, ok := s.now[path]; !ok {
			s.p.removed = append(s.p.removed, path)
		}
	}
	for path := range s.faces {
		if !used[path] {
			s.p.removed = append(s.p.removed, path)
		}
	}
	had := len(s.p.removed)
	err := s.each(`SELECT path FROM file WHERE path >= 'readme/thumbs/' AND path < 'readme/thumbs0'
		AND path NOT IN (SELECT `+thumbPath+` FROM photo)`, nil, s.remove)
	s.thumbCount -= len(s.p.removed) - had
	if err != nil || !s.p.force {
		return err
	}
	return s.sweep(strings.TrimSuffix(pagesDir, "/"), used)
}

func (s *siteBuilder) remove(rows *sql.Rows) error {
	var path string
	err := rows.Scan(&path)
	s.p.removed = append(s.p.removed, path)
	return err
}

// store notes what is in the pages, as part of the commit that enters them.
func (s *siteBuilder) store() error {
	for path := range s.had {
		if _, ok := s.now[path]; !ok {
			if _, err := s.p.w.exec("DELETE FROM archive WHERE name = ?", pageMark+path); err != nil {
				return err
			}
		}
	}
	for path, value := range s.now {
		if s.had[path] != value {
			s.set[pageMark+path] = value
		}
	}
	s.set[editionName] = pages.Edition()
	s.set[sectionMark+"year"] = strconv.Itoa(s.year)
	s.set[sectionMark+"thumbs"] = strconv.Itoa(s.thumbCount)
	for name, value := range s.set {
		if err := set(s.p.w, name, value); err != nil {
			return err
		}
	}
	for _, sec := range siteSections {
		if _, shown := s.set[sectionMark+sec.name]; !shown {
			if _, err := s.p.w.exec("DELETE FROM archive WHERE name = ?", sectionMark+sec.name); err != nil {
				return err
			}
		}
	}
	return nil
}
