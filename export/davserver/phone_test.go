package davserver_test

import (
	"bytes"
	"encoding/base64"
	"image"
	_ "image/jpeg"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"

	"sidekeep/assets"
	"sidekeep/export/davserver"
	"sidekeep/formats/ical"
	"sidekeep/formats/photo"
	"sidekeep/formats/vcard"
)

func newPhone(t testing.TB) *davserver.Server {
	t.Helper()
	s, err := davserver.Phone(assets.DemoPhone(), davserver.Options{User: "kim", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bodies returns the items of a collection by path.
func bodies(t testing.TB, s *davserver.Server, collection string) map[string]string {
	t.Helper()
	items, err := s.Items(collection)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, it := range items {
		b, err := s.Body(it.Path)
		if err != nil {
			t.Fatal(err)
		}
		all[it.Path] = string(b)
	}
	return all
}

var phoneCollections = map[string]int{ // items, 0 for "some"
	"/contacts/kim/contacts/": 250, "/calendars/kim/family/": 0, "/calendars/kim/work/": 0, "/calendars/kim/choir/": 0,
	"/calendars/kim/errands/": 0, "/calendars/kim/house-move/": 0, "/files/kim/DCIM/100APPLE/": 38, "/files/kim/DCIM/101APPLE/": 22,
}

func TestPhoneHoldsWhatItSays(t *testing.T) {
	s := newPhone(t)
	for path, want := range phoneCollections {
		if got := len(bodies(t, s, path)); want != 0 && got != want || got == 0 {
			t.Errorf("%s holds %d items, want %d", path, got, want)
		}
	}
	count := func(collection, text string) (n int) {
		for _, body := range bodies(t, s, collection) {
			if strings.Contains(body, text) {
				n++
			}
		}
		return n
	}
	people := "/contacts/kim/contacts/"
	for _, c := range []struct {
		collection, text string
		least            int
	}{
		{people, "\nPHOTO", 200}, {people, "X-ADDRESSBOOKSERVER-KIND:group", 4}, {people, "BDAY;X-APPLE-OMIT-YEAR=1604:1604-", 5},
		{people, ":--", 5}, {people, ".X-ABLabel:", 20}, {people, "VERSION:4.0", 4}, {people, "END:VCARD\n", 2},
		{"/calendars/kim/family/", "RECURRENCE-ID", 3}, {"/calendars/kim/work/", "TZID=America/New_York", 3},
		{"/calendars/kim/choir/", "EXDATE", 1}, {"/calendars/kim/family/", "BEGIN:VALARM", 20}, {"/calendars/kim/family/", "DTSTART;VALUE=DATE", 20},
		{"/calendars/kim/errands/", "RELATED-TO", 8}, {"/calendars/kim/errands/", "STATUS:COMPLETED", 4}, {"/calendars/kim/house-move/", "DUE", 8},
	} {
		if n := count(c.collection, c.text); n < c.least {
			t.Errorf("%d items of %s have %q, want at least %d", n, c.collection, c.text, c.least)
		}
	}
}

func TestPhoneIsTheSameAtEachStart(t *testing.T) {
	a, b := newPhone(t), newPhone(t)
	for path := range phoneCollections {
		x, err := a.Items(path)
		if err != nil {
			t.Fatal(err)
		}
		y, err := b.Items(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(x) != len(y) {
			t.Fatalf("%s: %d items and %d", path, len(x), len(y))
		}
		for i := range x {
			if x[i] != y[i] {
				t.Errorf("%v and %v", x[i], y[i])
			}
		}
		if strings.HasPrefix(path, "/files/") {
			continue
		}
		t1, err := a.Token(path)
		if err != nil {
			t.Fatal(err)
		}
		if t2, err := b.Token(path); err != nil || t1 != t2 {
			t.Errorf("the token of %s is %s and %s (%v)", path, t1, t2, err)
		}
	}
}

func TestPhonePicturesCanBeSeen(t *testing.T) {
	s := newPhone(t)
	sum, years := 0, map[int]int{}
	for _, dir := range []string{"100APPLE", "101APPLE"} {
		for path, body := range bodies(t, s, "/files/kim/DCIM/"+dir+"/") {
			sum += len(body)
			size, _, err := image.DecodeConfig(strings.NewReader(body))
			if err != nil || size.Width*size.Height != 1024*768 || !strings.HasSuffix(body, "\xff\xd9") {
				t.Errorf("%s: %v, %v", path, size, err)
			}
			if strings.HasSuffix(path, "0.JPG") { // one in ten: it takes long under -race
				if _, _, err := image.Decode(strings.NewReader(body)); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
			taken := photo.Captured(strings.NewReader(body), path, time.Time{}, time.Now())
			at, how := taken.Time, taken.How
			if how != photo.FromExif || at.Year() < 2023 || at.Year() > 2026 {
				t.Errorf("%s was taken %s, says %s", path, at, how)
			}
			years[at.Year()]++
		}
	}
	if years[2024] < 10 || years[2025] < 10 || years[2026] < 10 {
		t.Errorf("photos by year: %v", years)
	}
	if sum > 4<<20 {
		t.Errorf("the photos have %d bytes", sum)
	}
	for path, body := range bodies(t, s, "/contacts/kim/contacts/") {
		_, data, ok := strings.Cut(strings.NewReplacer("\r\n ", "", "\n ", "").Replace(body), "\nPHOTO")
		if !ok {
			continue
		}
		data, _, _ = strings.Cut(data, "\n")
		data = strings.TrimSpace(data[strings.LastIndexAny(data, ":,")+1:])
		jpeg, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if _, _, err := image.Decode(bytes.NewReader(jpeg)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if len(jpeg) < 2<<10 || len(jpeg) > 7<<10 {
			t.Errorf("the portrait of %s has %d bytes", path, len(jpeg))
		}
	}
}

// Exceptions of a series must be occurrences of it, or readers show both.
func TestPhoneExceptionsAreOccurrences(t *testing.T) {
	s := newPhone(t)
	checked := 0
	for _, cal := range []string{"family", "work", "choir"} {
		for path, body := range bodies(t, s, "/calendars/kim/"+cal+"/") {
			rule := after(body, "END:VTIMEZONE", "\r\nRRULE:")
			if rule == "" {
				continue
			}
			master, _, _ := strings.Cut(body[strings.Index(body, "BEGIN:VEVENT"):], "END:VEVENT")
			set, err := rrule.StrToRRule(rule)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			set.DTStart(local(t, after(master, "", "\r\nDTSTART")))
			first := local(t, after(master, "", "\r\nDTSTART"))
			if got := set.After(first, true); !got.Equal(first) {
				t.Errorf("%s: the first occurrence is %s, not DTSTART %s", path, got, first)
			}
			for _, name := range []string{"\r\nEXDATE", "\r\nRECURRENCE-ID"} {
				for _, part := range strings.Split(body, name)[1:] {
					line, _, _ := strings.Cut(part, "\r\n")
					at := local(t, line)
					if got := set.After(at, true); !got.Equal(at) {
						t.Errorf("%s: %s%s is no occurrence; the next is %s", path, name[2:], line, got)
					}
					checked++
				}
			}
		}
	}
	if checked < 25 {
		t.Errorf("only %d exceptions were checked", checked)
	}
}

// after returns the rest of the line that begins with name, behind mark.
func after(body, mark, name string) string {
	if mark != "" {
		if i := strings.LastIndex(body, mark); i >= 0 {
			body = body[i:]
		}
	}
	_, rest, _ := strings.Cut(body, name)
	rest, _, _ = strings.Cut(rest, "\r\n")
	return rest
}

// local reads the value of a date property as wall time.
func local(t *testing.T, line string) time.Time {
	t.Helper()
	v := line[strings.LastIndexByte(line, ':')+1:]
	for _, layout := range []string{"20060102T150405", "20060102"} {
		if at, err := time.Parse(layout, v); err == nil {
			return at
		}
	}
	t.Fatalf("no date: %q", line)
	return time.Time{}
}

// Nothing of the phone is set aside, and everything has a name to show.
func TestPhoneIsUnderstood(t *testing.T) {
	s := newPhone(t)
	kinds := map[string]int{}
	for path, body := range bodies(t, s, "/contacts/kim/contacts/") {
		c, err := vcard.Read([]byte(body))
		if err != nil || c.Name == "" || c.UID == "" {
			t.Errorf("%s: %+v, %v", path, c, err)
		}
		kinds[c.Kind]++
	}
	for _, list := range []string{"family", "work", "choir", "errands", "house-move"} {
		for path, body := range bodies(t, s, "/calendars/kim/"+list+"/") {
			o, err := ical.Read([]byte(body))
			if err != nil || o.Summary == "" || o.UID == "" || o.Component == "VEVENT" && o.Start.IsZero() {
				t.Errorf("%s: %+v, %v", path, o, err)
			}
			kinds[o.Component]++
		}
	}
	if kinds["individual"] != 234 || kinds["org"] != 12 || kinds["group"] != 4 || kinds["VEVENT"] < 200 || kinds["VTODO"] < 40 {
		t.Errorf("%v", kinds)
	}
}
