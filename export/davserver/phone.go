package davserver

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

//go:generate go run ./gendemo -out ../../assets/demo

// phone is phone.json, which describes the files of the demo phone.
type phone struct {
	Name     string    `json:"name"`
	Modified time.Time `json:"modified"` // of all but the photos
	Contacts struct {
		Folder string `json:"folder"`
		Name   string `json:"name"`
		File   string `json:"file"` // the cards one after the other
	} `json:"contacts"`
	Calendars []struct {
		Folder     string   `json:"folder"`
		Name       string   `json:"name"`
		Color      string   `json:"color"`
		Order      int      `json:"order"`
		Components []string `json:"components"`
		File       string   `json:"file"` // the objects one after the other
	} `json:"calendars"`
	Photos []struct {
		Path     string    `json:"path"` // below DCIM
		Modified time.Time `json:"modified"`
	} `json:"photos"`
}

// photoFolder is where a [Phone] has its photos, in fsys and below its user's
// files.
const photoFolder = "DCIM"

// cameraRoll is the displayname of the folders that hold the photos.
const cameraRoll = "Camera roll"

// PhotosPath is the path of the folder that holds the photos of a [Phone].
func (s *Server) PhotosPath() string { return "/files/" + s.o.User + "/" + photoFolder + "/" }

// Phone returns a server filled with the demo phone's data, as assets.DemoPhone
// has it. Bytes, ETags, times and sync tokens are the same at every start.
func Phone(fsys fs.FS, o Options) (*Server, error) {
	var p phone
	text, err := fs.ReadFile(fsys, "phone.json")
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the demo phone: %w", err)
	}
	s := New(o)
	now := s.o.Now
	s.o.Now = func() time.Time { return p.Modified }
	if err := s.fill(fsys, &p); err != nil {
		return nil, fmt.Errorf("filling the demo phone: %w", err)
	}
	s.o.Now = now
	return s, nil
}

func (s *Server) fill(fsys fs.FS, p *phone) error {
	folder := "/contacts/" + s.o.User + "/" + p.Contacts.Folder + "/"
	if err := s.MakeAddressBook(folder, Collection{Name: p.Contacts.Name}); err != nil {
		return err
	}
	if err := s.fillFrom(fsys, p.Contacts.File, folder, "BEGIN:VCARD", ".vcf"); err != nil {
		return err
	}
	for _, c := range p.Calendars {
		folder := "/calendars/" + s.o.User + "/" + c.Folder + "/"
		if err := s.MakeCalendar(folder, Collection{Name: c.Name, Color: c.Color, Order: c.Order, Components: c.Components}); err != nil {
			return err
		}
		if err := s.fillFrom(fsys, c.File, folder, "BEGIN:VCALENDAR", ".ics"); err != nil {
			return err
		}
	}
	for _, folder := range []string{"/files/" + s.o.User, s.PhotosPath()} {
		if err := s.name(folder, cameraRoll); err != nil {
			return err
		}
	}
	for _, ph := range p.Photos {
		path := s.PhotosPath() + ph.Path
		if err := s.MakeFolder(path[:strings.LastIndexByte(path, '/')]); err != nil {
			return err
		}
		body, err := fs.ReadFile(fsys, photoFolder+"/"+ph.Path)
		if err != nil {
			return err
		}
		if _, err := s.PutAt(path, body, ph.Modified); err != nil {
			return err
		}
	}
	return nil
}

// name gives a folder its displayname; it is made if it is not there.
func (s *Server) name(path, display string) error {
	if err := s.MakeFolder(path); err != nil {
		return err
	}
	seg, err := splitPlain(path)
	if err != nil {
		return err
	}
	s.tree.mu.Lock()
	defer s.tree.mu.Unlock()
	f, _, err := s.tree.find(seg)
	if err == nil {
		f.props.Name = display
	}
	return err
}

// fillFrom puts each item of a file into folder, named after its UID as phones
// do. begin is the line that an item begins with.
func (s *Server) fillFrom(fsys fs.FS, file, folder, begin, ext string) error {
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return err
	}
	for rest := string(text); rest != ""; {
		item := rest
		if i := strings.Index(rest, "\n"+begin); i >= 0 {
			item, rest = rest[:i+1], rest[i+1:]
		} else {
			rest = ""
		}
		uid := strings.TrimPrefix(uidOf(item), "urn:uuid:")
		if uid == "" {
			return fmt.Errorf("an item of %s has no UID", file)
		}
		if _, err := s.Put(folder+uid+ext, []byte(item)); err != nil {
			return err
		}
	}
	return nil
}
