// Package pages writes the archive's own pages: README.html and what stands
// below readme/. They open from the disk in any browser, with nothing but what
// is beside them.
//
// Everything that comes from outside goes through html/template, or through
// encoding/json into the index of the search. Each page has a policy
// (Content-Security-Policy) under which only the scripts and the style sheet
// that carry the archive's own mark are used, and nothing is fetched from
// anywhere else. The mark is a nonce rather than 'self', because a page that is
// opened from the disk has no origin: browsers differ on what 'self' is there,
// and Chromium takes it for nothing where scripts are concerned. Pictures may
// come from 'self' and from file:, of which each browser knows one at least.
//
// What is shown, and in which file, is decided by export/archive.
package pages

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"html/template"
	"io"
	"strconv"
	"sync"
)

// Dir is the folder of every page but README.html.
const Dir = "readme/"

//go:embed html
var files embed.FS

// A Site is what all pages of an archive share.
type Site struct {
	Nonce    string
	Sections []Section // those that have something to show
}

// A Section is one of the parts of the site.
type Section struct{ Name, File string } // File is below Dir

// NewSite returns the site of the archive with this ID, from which the nonce is
// made: nobody outside knows it.
func NewSite(id string) *Site {
	sum := sha256.Sum256([]byte("the pages of the archive " + id))
	return &Site{Nonce: base64.RawStdEncoding.EncodeToString(sum[:16])}
}

// Edition changes whenever the same items would be shown by other pages.
var Edition = sync.OnceValue(func() string {
	sum := sha256.New()
	for _, name := range names {
		sum.Write(file(name))
	}
	sum.Write([]byte(revision))
	return hex.EncodeToString(sum.Sum(nil)[:8])
})

// revision is counted up when the code of this package writes other pages than
// before from the same templates.
const revision = "3"

var names = []string{"layout.html", "home.html", "people.html", "agenda.html", "todos.html", "photos.html", StyleFile, ScriptFile}

// The files that the pages share, below Dir.
const (
	StyleFile  = "sidekeep.css"
	ScriptFile = "sidekeep.js"
)

// Shared returns the content of StyleFile or ScriptFile.
func Shared(name string) []byte { return file(name) }

func file(name string) []byte {
	b, err := files.ReadFile("html/" + name)
	if err != nil {
		return nil // a name that is not in names
	}
	return b
}

var pages = sync.OnceValue(func() *template.Template {
	t := template.New("").Funcs(template.FuncMap{"count": Count})
	return template.Must(t.ParseFS(files, "html/*.html"))
})

// A frame is what the head of every page needs.
type frame struct {
	*Site
	Head, In string // the title, and the section
	Root     string // the way to README.html
}

func (s *Site) frame(title, here string) frame { return frame{s, title, here, "../"} }

func write(w io.Writer, name string, data any) error {
	return pages().ExecuteTemplate(w, name, data)
}

// Count writes a number as people read it: 1,204.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// cut shortens a text that nobody reads to its end.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	end := 0
	for i := range s {
		if i > most {
			break
		}
		end = i
	}
	return s[:end] + "…"
}

// The bounds of what is shown of a text: the open files have all of it.
const (
	mostName = 300
	mostText = 4000
)
