// Gendemo writes the data of the demo phone: people, dates, to-dos and
// pictures that are all made up. It gives the same files at each run.
package main

import (
	"encoding/json"
	"flag"
	"log"
	"os"
	"path/filepath"
	"time"
)

// A description is phone.json: what the files are.
type description struct {
	Name      string     `json:"name"`
	Modified  time.Time  `json:"modified"` // of all but the photos
	Contacts  book       `json:"contacts"`
	Calendars []calendar `json:"calendars"`
	Photos    []picture  `json:"photos"`
}

type book struct {
	Folder string `json:"folder"`
	Name   string `json:"name"`
	File   string `json:"file"`
}

type picture struct {
	Path     string    `json:"path"` // below DCIM
	Modified time.Time `json:"modified"`
}

func main() {
	log.SetFlags(0)
	out := flag.String("out", "../../assets/demo", "folder that is written")
	flag.Parse()
	if err := writeAll(*out); err != nil {
		log.Fatal(err)
	}
}

func writeAll(out string) error {
	d := description{Name: "Demo phone", Modified: time.Date(2026, 11, 20, 7, 30, 0, 0, time.UTC), Contacts: book{"contacts", "Contacts", "contacts.vcf"}, Calendars: calendars}
	if err := write(filepath.Join(out, d.Contacts.File), []byte(makeContacts())); err != nil {
		return err
	}
	for _, c := range calendars {
		if err := write(filepath.Join(out, c.File), []byte(makeCalendar(c))); err != nil {
			return err
		}
	}
	for _, p := range makePhotos() {
		d.Photos = append(d.Photos, picture{p.path, p.modified.UTC()})
		if err := write(filepath.Join(out, "DCIM", filepath.FromSlash(p.path)), p.body); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(d, "", "\t")
	if err != nil {
		return err
	}
	return write(filepath.Join(out, "phone.json"), append(text, '\n'))
}

func write(path string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, body, 0o644)
}
