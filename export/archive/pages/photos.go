package pages

import (
	"html/template"
	"io"
	"path"
	"strings"
	"time"
)

// A PhotosPage has photos by month.
type PhotosPage struct {
	Title  string
	Up     string // as in [PeoplePage]
	Total  int
	Months []PhotoMonth
}

// A PhotoMonth is the photos of one month.
type PhotoMonth struct {
	ID, Name string
	Photos   []Photo
}

// A Photo is one picture or video as a page shows it.
type Photo struct {
	File  template.URL
	Thumb template.URL // "" if there is none
	Name  string
	When  string
	Type  string // of a file without a thumbnail: "HEIC"
	Gone  bool   // no longer at the source
}

// Photos writes a page of photos.
func (s *Site) Photos(w io.Writer, p PhotosPage) error {
	return write(w, "photos", struct {
		frame
		PhotosPage
	}{s.frame(p.Title, "Photos"), p})
}

// NewPhoto shows the file of this path in the archive, with the thumbnail of
// that path, if it has one.
func NewPhoto(file, thumb, name string, taken time.Time, gone bool) Photo {
	if name == "" {
		name = path.Base(file)
	}
	p := Photo{File: FileLink(file), Name: cut(name, mostName), Gone: gone}
	if thumb != "" {
		p.Thumb = local("", strings.TrimPrefix(thumb, Dir))
	} else if p.Type = strings.ToUpper(strings.TrimPrefix(path.Ext(file), ".")); p.Type == "" {
		p.Type = "File"
	}
	if !taken.IsZero() {
		p.When = taken.Format("2 January 2006, 15:04")
	}
	return p
}
