package site

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"html/template"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/pages"
	"sidekeep/formats/photo"
	"sidekeep/formats/vcard"
)

// The bounds of pages of people. A letter of more than mostOnPage is cut before
// names whose hash says so, about every cutAfter: so a name that comes or goes
// changes one page, or a few.
const (
	onePage    = 300
	mostOnPage = 1000
	cutAfter   = 600
	BookFile   = "address-book.html"
)

// people stages the pages of the people who are present, or of those who are
// gone.
func (s *Builder) people(title, file string, present bool) error {
	list, err := s.PeopleEntries(title, present)
	if err != nil {
		return err
	}
	parts := [][]Entry{list}
	if len(list) > onePage {
		parts = cutLetters(list)
	}
	if len(parts) == 1 {
		_, err := s.peoplePage(title, title, file, "", list, len(list))
		return err
	}
	index := pages.PartsPage{Title: title, Here: title, Total: len(list), Many: "people", Lead: ", by the names that they are shown with.", Book: present, Groups: []pages.PartsGroup{{}}}
	for _, part := range parts {
		letter, name := LetterOf(part[0].key)
		at := file + "-" + name
		if i := slices.IndexFunc(parts, func(p []Entry) bool { _, n := LetterOf(p[0].key); return n == name }); parts[i][0] != part[0] {
			at += fmt.Sprintf("-%08x", hashKey(part[0].key))
		}
		of, err := s.peoplePage(title+": "+letter, title, at, file+".html", part, len(part))
		if err != nil {
			return err
		}
		index.Groups[0].Parts = append(index.Groups[0].Parts, pages.Part{Name: letter, Of: of, File: at + ".html", N: len(part)})
	}
	if err := s.Page(PagesDir+file+".html", s.mark([]byte(fmt.Sprintf("%+v", index))), func(w io.Writer) error { return s.site.Parts(w, index) }); err != nil || !present {
		return err
	}
	n := len(list)
	return s.Page(PagesDir+BookFile, s.mark([]byte(fmt.Sprint("book", n))), func(w io.Writer) error { return s.site.Book(w, n) })
}

func (s *Builder) PeopleEntries(title string, present bool) ([]Entry, error) {
	list := s.entries(title)
	err := s.each("SELECT item.item, version.version, item.collection, version.name "+s.understood+" AND version.kind = 'contacts' AND (item.present <> 0) = ?", []any{present}, func(rows *sql.Rows) error {
		var e Entry
		var name sql.RawBytes
		err := rows.Scan(&e.item, &e.Version, &e.n, &name)
		e.key = NameKey(name)
		list = append(list, e)
		return err
	})
	sortEntries(list)
	return list, err
}

// peoplePage stages one page of people and what the search knows of them, and
// tells the first and the last name on it.
func (s *Builder) peoplePage(title, here, file, up string, list []Entry, total int) (of string, err error) {
	path, find := PagesDir+file+".html", findDir+file+".js"
	mark := s.markOf(title+up, list)
	if s.keep(path, mark) && s.keep(find, mark) {
		return s.ends(list)
	}
	page := &s.peopleRoom
	page.Title, page.Here, page.Up, page.Total = title, here, up, total
	page.Reset(len(list))
	var faces []string
	err = s.Bodies(list, func(i int, raw []byte) error {
		c, err := vcard.View(raw)
		if err != nil {
			return nil // it was understood once: the open files have it as it is
		}
		p := &s.person
		p.Show(int64(list[i].item), c)
		p.Account, p.Gone = s.accounts[list[i].n], here == "Vanished"
		face, err := s.face(c)
		if face != "" {
			faces = append(faces, face)
			p.Portrait = template.URL("faces/" + face)
		}
		page.Add(i, p)
		return err
	})
	if err != nil {
		return "", err
	}
	var letters []pages.Letter
	for i := range list {
		if i > 0 && list[i].key == list[i-1].key {
			continue
		}
		letter, id := LetterOf(list[i].key)
		if n := len(letters); n == 0 || letters[n-1].Name != letter {
			letters = append(letters, pages.Letter{Name: letter, ID: "letter-" + id, From: i})
		}
	}
	slices.Sort(faces)
	withFaces := strings.Join(append([]string{mark}, slices.Compact(faces)...), " ")
	if err := s.put(path, withFaces, func(w io.Writer) error { return s.site.People(w, page, letters) }); err != nil {
		return "", err
	}
	if err := s.put(find, mark, func(w io.Writer) error { return page.Index(w, file) }); err != nil {
		return "", err
	}
	return s.ends(list)
}

// ends tells the first and the last name on a page.
func (s *Builder) ends(list []Entry) (string, error) {
	var first, last string
	if _, err := s.p.W.Row("SELECT name FROM version WHERE version = ?", []any{int64(list[0].Version)}, &first); err != nil {
		return "", err
	}
	_, err := s.p.W.Row("SELECT name FROM version WHERE version = ?", []any{int64(list[len(list)-1].Version)}, &last)
	return between(first, last), err
}

func between(first, last string) string {
	cut := func(s string) string { return disk.CutName(cmp.Or(s, "No name"), 40, 120) }
	if cut(first) == cut(last) {
		return cut(first)
	}
	return cut(first) + " to " + cut(last)
}

// face stages the portrait of a card, small, and returns its name below
// readme/faces/; "" if the card has none that a browser shows.
func (s *Builder) face(c *vcard.Contact) (string, error) {
	const small, side = 24 << 10, 192
	for i := range c.Photos {
		if !c.Photos[i].Inline() {
			continue
		}
		raw, err := c.Photos[i].Bytes()
		kind := photo.PictureType(raw)
		if err != nil || kind == "" {
			continue
		}
		sum := sha256.Sum256(raw)
		name := hex.EncodeToString(sum[:16])
		for _, ext := range []string{".jpg", "." + kind} {
			if s.faces[FacesDir+name+ext] {
				return name + ext, nil
			}
		}
		name += "." + kind
		if len(raw) > small && s.p.A.Now().Before(s.until) {
			if thumb, err := photo.Thumb(raw, side); err == nil && len(thumb) < len(raw) {
				raw, name = thumb, strings.TrimSuffix(name, kind)+"jpg"
			}
		}
		s.faces[FacesDir+name] = true
		return name, s.p.Stage(FacesDir+name, func(w io.Writer) error {
			_, err := w.Write(raw)
			return err
		})
	}
	return "", nil
}

// The first byte of the key of a name.
const (
	latinName = 1 + iota
	otherName
	noLetter
)

// NameKey orders names as an address book does: without regard to case and
// accents, those that begin with no letter last.
func NameKey(name []byte) (key [24]byte) {
	n := 1
	put := func(r rune) bool {
		if n+utf8.RuneLen(r) > len(key) {
			return false
		}
		n += utf8.EncodeRune(key[n:], r)
		return true
	}
	for _, r := range norm.NFD.String(string(name[:min(len(name), 200)])) {
		if unicode.Is(unicode.Mn, r) || unicode.In(r, unicode.Cc, unicode.Cf) || n == 1 && (unicode.IsSpace(r) || unicode.IsPunct(r)) || r == utf8.RuneError {
			continue
		}
		if !put(unicode.ToLower(r)) {
			break
		}
	}
	switch r, _ := utf8.DecodeRune(key[1:]); {
	case r >= 'a' && r <= 'z':
		key[0] = latinName
	case unicode.IsLetter(r):
		key[0] = otherName
	default:
		key[0] = noLetter
	}
	return key
}

// LetterOf is the letter under which a name stands, and its part of a file name.
func LetterOf(key [24]byte) (letter, file string) {
	r, _ := utf8.DecodeRune(key[1:])
	switch {
	case key[0] == noLetter:
		return "#", "0"
	case unicode.Is(unicode.Han, r):
		return "漢", "han"
	case unicode.Is(unicode.Hangul, r) || r >= 0x1100 && r <= 0x11ff:
		return "한", "hangul"
	}
	letter = string(unicode.ToUpper(r))
	if key[0] == latinName {
		return letter, string(r)
	}
	return letter, fmt.Sprintf("u%04x", r)
}

// cutLetters cuts people into the pages of their letters.
func cutLetters(list []Entry) (parts [][]Entry) {
	for len(list) > 0 {
		letter, _ := LetterOf(list[0].key)
		n := 1
		for n < len(list) && letterIs(list[n].key, letter) {
			n++
		}
		page := list[:n]
		list = list[n:]
		if len(page) <= mostOnPage {
			parts = append(parts, page)
			continue
		}
		from := 0
		for i := 1; i < len(page); i++ {
			if cuts(page[i].key, i-from) && page[i].key != page[i-1].key {
				parts = append(parts, page[from:i])
				from = i
			}
		}
		parts = append(parts, page[from:])
	}
	return parts
}

// cuts tells whether a page of n people ends before this name.
func cuts(key [24]byte, n int) bool {
	often := uint32(cutAfter)
	if n >= cutAfter {
		often /= 8
	}
	return n >= cutAfter/4 && hashKey(key)%often == 0
}

func letterIs(key [24]byte, letter string) bool {
	l, _ := LetterOf(key)
	return l == letter
}

func hashKey(key [24]byte) uint32 {
	h := fnv.New32a()
	h.Write(key[:])
	sum := h.Sum32()
	return sum ^ sum>>15
}
