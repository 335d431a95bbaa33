// Package losstest is a model of what services do to the data of a person, each
// with the truth about it: a loss, or life. Tests of the alarm play it.
package losstest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"sidekeep/export"
)

// Day is when every phone is exported first.
var Day = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// An Item is one item as a source lists it.
type Item struct {
	Collection string // its ID
	ID         string
	Kind       export.Kind
	Body       []byte
}

// A Thing is a person, an event, a to-do or a photo, of which a Phone keeps
// what a person would call the same.
type Thing struct {
	Kind                export.Kind
	Collection, ID, UID string
	Given, Family       string
	Phones, Emails      []string // phones in national form, with a 0 before them
	Street, City, Code  string
	Birthday            string // 1980-05-01
	Note                string
	// Of some people and events only.
	Nick, Org, Title, Page string
	Chat, Married, Group   string // Married as Birthday
	Friend                 string // the name of a relation
	Swapped                bool   // numbers at home and mobile ones have changed their labels
	Guests                 []string
	Alarm, Count           int    // minutes before; how often a series takes place, 0 for ever
	Link, File, Class      string // of an event
	Off, Moved             int    // which week of a series does not take place, and which one is an hour later
	Parent                 string // the UID of another to-do
	Urgent                 int    // priority
	Face                   int    // which portrait; 0 none, -1 one that is 1 by 1
	Summary, Place, Text   string
	Start                  time.Time
	Lasts                  time.Duration
	AllDay, Weekly, Done   bool
	Due                    time.Time
	Picture, Size, Caption int
}

// A Style is how a service writes things.
type Style struct {
	Version   string // of vCard: "2.1", "3.0" or "4.0"
	LastFirst bool   // FN is "Berg, Anna"
	Plus      bool   // +49 30 for 030
	Spaced    bool   // digits in groups
	JPEG      bool   // portraits as JPEG, else PNG
	Until     bool   // series end with a date, else after a number of times
	UTC       bool   // times in UTC, else in a zone
}

// A Phone is the data of one person at a source.
type Phone struct {
	*rand.Rand
	Things []*Thing
	Style  Style
	next   int
	now    time.Time
}

var (
	givens = strings.Fields("Anna Bert Clara Dora Emil Finn Greta Hugo Ida Jan Karla Leo Mia Nora Otto Paula Quirin Rosa Sven Tilda Ulf Vera Willi Xenia Yann Zoë Åsa Jürgen Łukasz François")
	family = strings.Fields("Arndt Berg Conrad Dietz Ebert Falk Groß Haas Imhof Jung Krüger Lang Möller Neff Ott Pohl Quast Rau Sommer Thoma Unger Vogt Weiß Xaver Young Zorn Núñez Øster Świątek D’Arc")
	words  = strings.Fields("lunch rent dentist plan call boat garden school train piano visit paper garage market swim choir concert report bicycle harbour")
)

// New makes a phone of n people, events, to-dos and photos each.
func New(seed uint64, n int) *Phone {
	p := &Phone{Rand: rand.New(rand.NewPCG(seed, 7)), Style: Style{Version: "3.0"}, now: Day}
	for range n {
		p.Person("book")
		p.Event("cal", -1)
		p.Todo("tasks")
		p.Photo("camera")
	}
	return p
}

func (p *Phone) thing(kind export.Kind, collection string) *Thing {
	p.next++
	t := &Thing{Kind: kind, Collection: collection, UID: fmt.Sprintf("uid-%d-%d", p.next, p.IntN(1e6)), ID: fmt.Sprintf("/%s/%d", collection, p.next)}
	p.Things = append(p.Things, t)
	return t
}

// Person adds a person nobody else is like.
func (p *Phone) Person(collection string) *Thing {
	t := p.thing(export.Contacts, collection)
	n := p.next
	t.Given = givens[p.IntN(len(givens))]
	t.Family = family[p.IntN(len(family))] + []string{"", "-" + family[n%len(family)]}[p.IntN(2)]
	t.Phones = []string{fmt.Sprintf("030%07d", p.IntN(1e7)), fmt.Sprintf("0170%07d", p.IntN(1e7))}
	t.Emails = []string{fmt.Sprintf("p%d@example.org", n)}
	t.Street, t.City, t.Code = fmt.Sprintf("%s street %d", words[p.IntN(len(words))], 1+p.IntN(200)), []string{"Ely", "Bern", "Graz"}[p.IntN(3)], fmt.Sprint(10000+p.IntN(80000))
	t.Birthday = fmt.Sprintf("%d-%02d-%02d", 1940+p.IntN(70), 1+p.IntN(12), 1+p.IntN(27))
	t.Note = fmt.Sprintf("%s %s %d", words[p.IntN(len(words))], words[p.IntN(len(words))], n)
	t.Face = n
	t.Nick, t.Org, t.Title = fmt.Sprint("nick", n), fmt.Sprint("firm ", n), fmt.Sprint("head of ", words[n%len(words)])
	t.Page, t.Chat = fmt.Sprintf("https://p%d.example.org/", n), fmt.Sprintf("c%d@example.org", n)
	t.Married, t.Group, t.Friend = fmt.Sprintf("%d-%02d-%02d", 1990+n%30, 1+n%12, 1+n%27), []string{"friends", "work"}[n%2], givens[n%len(givens)]
	return t
}

// Event adds an event before today (past -1) or after it (1).
func (p *Phone) Event(collection string, past int) *Thing {
	t := p.thing(export.Events, collection)
	t.Summary = fmt.Sprintf("%s %s %d", words[p.IntN(len(words))], words[p.IntN(len(words))], p.next)
	t.Start = p.now.Truncate(24*time.Hour).AddDate(0, 0, past*(1+p.IntN(700))).Add(time.Duration(8+p.IntN(10)) * time.Hour)
	t.Lasts = time.Duration(1+p.IntN(4)) * 30 * time.Minute
	t.Place = fmt.Sprintf("room %d", p.next)
	t.Text = fmt.Sprintf("bring the %s %d", words[p.IntN(len(words))], p.next)
	t.Weekly = p.IntN(6) == 0
	t.Guests = []string{fmt.Sprintf("g%d@example.org", p.next), fmt.Sprintf("h%d@example.org", p.next)}
	t.Alarm, t.Link, t.File, t.Class = 5+p.next%50, fmt.Sprintf("https://e%d.example.org/", p.next), fmt.Sprintf("https://f.example.org/plan%d.pdf", p.next), "PRIVATE"
	return t
}

// Todo adds a to-do.
func (p *Phone) Todo(collection string) *Thing {
	t := p.thing(export.Todos, collection)
	t.Summary = fmt.Sprintf("%s %d", words[p.IntN(len(words))], p.next)
	t.Due = p.now.Truncate(24*time.Hour).AddDate(0, 0, p.IntN(60)-20).Add(18 * time.Hour)
	t.Done = p.IntN(3) == 0
	t.Urgent, t.Parent = 1+p.next%9, fmt.Sprint("project-", p.next%7)
	return t
}

// Photo adds a photo.
func (p *Phone) Photo(collection string) *Thing {
	t := p.thing(export.Photos, collection)
	t.ID += ".png"
	t.Picture, t.Size = p.next, 12
	return t
}

// Of lists the things of a kind.
func (p *Phone) Of(kind export.Kind) (list []*Thing) {
	for _, t := range p.Things {
		if t.Kind == kind {
			list = append(list, t)
		}
	}
	return list
}

// Drop removes things.
func (p *Phone) Drop(list []*Thing) {
	p.Things = slices.DeleteFunc(p.Things, func(t *Thing) bool { return slices.Contains(list, t) })
}

// Sleep lets days pass.
func (p *Phone) Sleep(days int) { p.now = p.now.AddDate(0, 0, days) }

// Now is what time it is.
func (p *Phone) Now() time.Time { return p.now }

// Items lists everything as the service writes it.
func (p *Phone) Items() []Item {
	list := make([]Item, len(p.Things))
	for i, t := range p.Things {
		list[i] = Item{t.Collection, t.ID, t.Kind, p.body(t)}
	}
	return list
}

func (p *Phone) body(t *Thing) []byte {
	switch t.Kind {
	case export.Contacts:
		return []byte(p.Style.card(t))
	case export.Photos:
		return shot(t.Picture, t.Size, t.Caption)
	}
	return []byte(p.Style.object(t))
}

func (s Style) card(t *Thing) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("BEGIN:VCARD\r\nVERSION:%s", s.Version)
	if t.UID != "" {
		line("UID:%s", t.UID)
	}
	utf8 := ""
	if s.Version == "2.1" {
		utf8 = ";CHARSET=UTF-8"
	}
	name := t.Given + " " + t.Family
	if s.LastFirst && t.Given != "" && t.Family != "" {
		name = t.Family + "\\, " + t.Given
		if s.Version == "2.1" {
			name = t.Family + ", " + t.Given
		}
	}
	line("FN%s:%s", utf8, strings.TrimSpace(name))
	line("N%s:%s;%s;;;", utf8, t.Family, t.Given)
	for i, phone := range t.Phones {
		if s.Plus && strings.HasPrefix(phone, "0") {
			phone = "+49" + phone[1:]
		}
		if s.Spaced && len(phone) > 6 {
			phone = phone[:3] + " " + phone[3:6] + "-" + phone[6:]
		}
		typ := []string{"HOME", "CELL"}[i%2]
		if t.Swapped {
			typ = []string{"WORK", "HOME"}[i%2]
		}
		switch s.Version {
		case "2.1":
			line("TEL;%s:%s", typ, phone)
		case "3.0":
			line("TEL;TYPE=%s:%s", typ, phone)
		default:
			line("TEL;VALUE=uri;TYPE=%s:tel:%s", strings.ToLower(typ), strings.ReplaceAll(phone, " ", "-"))
		}
	}
	for _, mail := range t.Emails {
		line("EMAIL;%s:%s", map[string]string{"2.1": "INTERNET", "3.0": "TYPE=INTERNET", "4.0": "TYPE=home"}[s.Version], mail)
	}
	if t.Street != "" {
		line("ADR%s;%s:;;%s;%s;;%s;", utf8, map[string]string{"2.1": "HOME", "3.0": "TYPE=HOME", "4.0": "TYPE=home"}[s.Version], t.Street, t.City, t.Code)
	}
	if t.Birthday != "" {
		bday := t.Birthday
		if s.Version == "4.0" {
			bday = strings.ReplaceAll(bday, "-", "")
		}
		line("BDAY:%s", bday)
	}
	if t.Note != "" {
		line("NOTE:%s", t.Note)
	}
	s.more(t, line)
	if t.Face != 0 {
		data, typ := face(t.Face, s.JPEG), "PNG"
		if s.JPEG {
			typ = "JPEG"
		}
		switch s.Version {
		case "2.1":
			line("PHOTO;ENCODING=BASE64;%s:%s\r\n", typ, data)
		case "3.0":
			line("PHOTO;ENCODING=b;TYPE=%s:%s", typ, data)
		default:
			line("PHOTO:data:image/%s;base64,%s", strings.ToLower(typ), data)
		}
	}
	b.WriteString("END:VCARD\r\n")
	return b.String()
}

// more writes what not everybody has.
func (s Style) more(t *Thing, line func(format string, args ...any)) {
	say := func(name, value string) {
		if value != "" {
			line("%s:%s", name, value)
		}
	}
	say("ORG", t.Org)
	say("TITLE", t.Title)
	say("URL", t.Page)
	say("CATEGORIES", t.Group)
	if s.Version == "2.1" {
		say("X-NICKNAME", t.Nick)
		say("X-JABBER", t.Chat)
		say("X-ANNIVERSARY", t.Married)
		say("X-SPOUSE", t.Friend)
		return
	}
	say("NICKNAME", t.Nick)
	if t.Chat != "" {
		say("IMPP", "xmpp:"+t.Chat)
	}
	if s.Version == "4.0" {
		say("ANNIVERSARY", strings.ReplaceAll(t.Married, "-", ""))
		say("RELATED;VALUE=text;TYPE=spouse", t.Friend)
		return
	}
	say("X-ANNIVERSARY", t.Married)
	say("X-SPOUSE", t.Friend)
}

// zone is two hours east all the year.
const zone = "BEGIN:VTIMEZONE\r\nTZID:Home\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"

func (s Style) time(name string, t time.Time) string {
	if s.UTC {
		return name + ":" + t.UTC().Format("20060102T150405Z")
	}
	return name + ";TZID=Home:" + t.UTC().Add(2*time.Hour).Format("20060102T150405")
}

func (s Style) object(t *Thing) string {
	var b strings.Builder
	line := func(text string) { b.WriteString(text + "\r\n") }
	line("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN")
	if !s.UTC {
		b.WriteString(zone)
	}
	component := map[export.Kind]string{export.Events: "VEVENT", export.Todos: "VTODO"}[t.Kind]
	line("BEGIN:" + component)
	line("UID:" + t.UID)
	line("DTSTAMP:20260101T000000Z")
	line("SUMMARY:" + t.Summary)
	switch {
	case t.Kind == export.Todos:
		if !t.Due.IsZero() {
			line(s.time("DUE", t.Due))
		}
		if t.Done {
			line("STATUS:COMPLETED")
		}
	case t.AllDay:
		line("DTSTART;VALUE=DATE:" + t.Start.Format("20060102"))
	default:
		line(s.time("DTSTART", t.Start))
		line(s.time("DTEND", t.Start.Add(t.Lasts)))
	}
	s.rule(t, line)
	if t.Place != "" {
		line("LOCATION:" + t.Place)
	}
	if t.Text != "" {
		line("DESCRIPTION:" + t.Text)
	}
	for _, g := range t.Guests {
		line("ATTENDEE:mailto:" + g)
	}
	for _, x := range [][2]string{{"URL", t.Link}, {"ATTACH", t.File}, {"CLASS", t.Class}, {"RELATED-TO", t.Parent}} {
		if x[1] != "" {
			line(x[0] + ":" + x[1])
		}
	}
	if t.Urgent > 0 {
		line(fmt.Sprint("PRIORITY:", t.Urgent))
	}
	if t.Alarm > 0 && t.Kind == export.Events {
		line(fmt.Sprintf("BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT%dM\r\nEND:VALARM", t.Alarm))
	}
	line("END:" + component)
	if t.Moved > 0 {
		at := t.Start.AddDate(0, 0, 7*t.Moved)
		line("BEGIN:" + component + "\r\nUID:" + t.UID + "\r\nSUMMARY:" + t.Summary)
		line(s.time("RECURRENCE-ID", at) + "\r\n" + s.time("DTSTART", at.Add(time.Hour)) + "\r\n" + s.time("DTEND", at.Add(time.Hour+t.Lasts)))
		line("END:" + component)
	}
	line("END:VCALENDAR")
	return b.String()
}

// rule writes how often an event takes place.
func (s Style) rule(t *Thing, line func(string)) {
	switch {
	case !t.Weekly:
		return
	case t.Count > 0 && s.Until:
		line("RRULE:FREQ=WEEKLY;UNTIL=" + t.Start.AddDate(0, 0, 7*(t.Count-1)).UTC().Format("20060102T150405Z"))
	case t.Count > 0:
		line(fmt.Sprint("RRULE:FREQ=WEEKLY;COUNT=", t.Count))
	default:
		line("RRULE:FREQ=WEEKLY")
	}
	if t.Off > 0 {
		line(s.time("EXDATE", t.Start.AddDate(0, 0, 7*t.Off)))
	}
}

// draw is a picture that no other n has.
func draw(n, size int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, size, size))
	r := rand.New(rand.NewPCG(uint64(n), 3))
	var fields [16]uint8
	for i := range fields {
		fields[i] = uint8(r.IntN(256))
	}
	for y := range size {
		for x := range size {
			v := fields[y*4/size*4+x*4/size]
			m.Set(x, y, color.RGBA{v, v, 255 - v, 255})
		}
	}
	return m
}

// drawn keeps what was drawn.
var drawn sync.Map

func once(key string, draw func() []byte) []byte {
	if b, ok := drawn.Load(key); ok {
		return b.([]byte)
	}
	b := draw()
	drawn.Store(key, b)
	return b
}

func face(n int, asJPEG bool) string {
	return string(once(fmt.Sprint("face ", n, asJPEG), func() []byte { return []byte(faceOf(n, asJPEG)) }))
}

func faceOf(n int, asJPEG bool) string {
	size := 16
	if n < 0 {
		size = 1
	}
	var b bytes.Buffer
	var err error
	if asJPEG {
		err = jpeg.Encode(&b, draw(n, size), &jpeg.Options{Quality: 85})
	} else {
		err = png.Encode(&b, draw(n, size))
	}
	if err != nil {
		panic(err) // into memory
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// shot is a photo with a caption.
func shot(n, size, caption int) []byte {
	plain := once(fmt.Sprint("shot ", n, " ", size), func() []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, draw(n, size)); err != nil {
			panic(err) // into memory
		}
		return b.Bytes()
	})
	if caption == 0 {
		return plain
	}
	text := fmt.Appendf(nil, "tEXtComment\x00caption %d", caption)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(text)-4))
	chunk = append(chunk, text...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(text))
	const head = 33 // signature and IHDR
	return slices.Concat(plain[:head], chunk, plain[head:])
}
