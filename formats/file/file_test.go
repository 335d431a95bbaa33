package file

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"sidekeep/formats/contentline"
)

func utf16le(s string) []byte {
	out := []byte("\xff\xfe")
	for _, r := range s {
		out = append(out, byte(r), byte(r>>8))
	}
	return out
}

const oneCard = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna\r\nEND:VCARD\r\n"

// The content decides; the ending only where the content does not tell.
func TestDetect(t *testing.T) {
	for _, c := range []struct {
		head, name string
		want       Type
	}{
		{oneCard, "x.txt", Cards},
		{"\ufeff" + oneCard, "x", Cards},
		{string(utf16le(oneCard)), "x.ics", Cards},
		{"\r\n\r\nbegin:vcard\r\n", "x", Cards},
		{"From: a mail\r\n\r\nBEGIN:VCALENDAR\r\n", "x", Calendar},
		{"BEGIN:VEVENT\n", "x.vcf", Calendar},
		{"a,b,c\n1,2,3\n", "x.csv", Table},
		{"a,b,c\n1,2,3\n", "x.log", Unknown},
		{"not a card", "x.VCF", Cards},
		{"not a date", "x.vcs", Calendar},
		{"\xff\xd8\xff\xe0", "x.vcf", Photo},
		{"\x00\x00\x00\x18ftypheic", "x", Photo},
		{"\x00\x00\x00\x18ftypM4A ", "x", Unknown},
		{"\x00\x01\x02 raw of some camera", "x.NEF", Photo},
		{"plain text", "x.jpg", Unknown},
		{"PK\x03\x04", "x.ics", Archive},
		{"", "x.vcf", EmptyFile},
		{" \r\n\r\n", "x.vcf", EmptyFile},
		{"%PDF-1.4", "x.pdf", Unknown},
	} {
		if got := Detect([]byte(c.head), c.name); got != c.want {
			t.Errorf("%q, %s: %q, want %q", c.head, c.name, got, c.want)
		}
	}
}

type seen struct {
	id, name string
	line     int
	err      string
}

func items(t *testing.T, text string, kind Type) []seen {
	t.Helper()
	var list []seen
	charset, err := CharsetOf(strings.NewReader(text), kind)
	if err != nil {
		t.Fatal(err)
	}
	err = Items(strings.NewReader(text), kind, charset, func(it *Item) error {
		s := seen{id: it.ID, name: it.Name(), line: it.Line}
		if it.Err != nil {
			s.err = it.Err.Error()
		}
		list = append(list, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestItems(t *testing.T) {
	calendar := "BEGIN:VCALENDAR\nVERSION:2.0\nX-WR-CALNAME:Mine\n" +
		"BEGIN:VTIMEZONE\nTZID:Here\nEND:VTIMEZONE\n" +
		"BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Here:20260301T100000\nSUMMARY:A\nEND:VEVENT\n" +
		"BEGIN:VTODO\nUID:t\nSUMMARY:T\nEND:VTODO\n" +
		"BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260302T100000\nSUMMARY:A later\nEND:VEVENT\n"
	for _, c := range []struct {
		name, text string
		kind       Type
		want       []seen
	}{
		{"two cards", oneCard + strings.Replace(oneCard, "FN:Anna", "UID:u\r\nFN:Ben", 1), Cards,
			[]seen{{"name: Anna", "Anna", 1, ""}, {"u", "Ben", 5, ""}}},
		{"the same twice", oneCard + oneCard, Cards,
			[]seen{{"name: Anna", "Anna", 1, ""}, {"name: Anna #2", "Anna", 5, ""}}},
		{"a card cut off", oneCard + "BEGIN:VCARD\r\nFN:Ben\r\n", Cards,
			[]seen{{"name: Anna", "Anna", 1, ""}, {"sha256: 3e8a1c", "", 5, "line 6: the card breaks off: no END:VCARD"}}},
		{"an event with its exception", calendar + "END:VCALENDAR\n", Calendar,
			[]seen{{"a", "A", 7, ""}, {"t", "T", 12, ""}}},
		{"no end of the calendar", calendar, Calendar,
			[]seen{{"a", "A", 7, ""}, {"t", "T", 12, ""}}},
		{"a card among dates", calendar + "END:VCALENDAR\n" + oneCard, Calendar,
			[]seen{{"a", "A", 7, ""}, {"t", "T", 12, ""}, {"name: Anna", "Anna", 22, ""}}},
		{"only blank lines", "\r\n\r\n", Cards, nil},
		{"no card at all", "Dear Anna,\r\n", Cards, []seen{{"sha256: 0", "", 1, "line 1: there is no card in it: no BEGIN:VCARD"}}},
	} {
		got := items(t, c.text, c.kind)
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v", c.name, got)
			continue
		}
		for i := range got {
			if strings.HasPrefix(c.want[i].id, "sha256") {
				got[i].id = c.want[i].id
			}
			if got[i] != c.want[i] {
				t.Errorf("%s: %+v, want %+v", c.name, got[i], c.want[i])
			}
		}
	}
}

// The bytes of items that are alone in their piece are those of the file, and
// text that belongs to nothing is an item of its own.
func TestNothingIsLost(t *testing.T) {
	event := func(uid string) string {
		return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nSUMMARY:S" + uid + "\r\nEND:VEVENT\r\n"
	}
	wrap := func(s string) string {
		return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + s + "END:VCALENDAR\r\n"
	}
	for name, text := range map[string]string{
		"cards":           oneCard + "some text\r\n" + oneCard,
		"one event":       wrap(event("1")),
		"two events":      wrap(event("1") + event("2")),
		"text before":     "X-Mail: header\r\n" + wrap(event("1")+event("2")),
		"text after":      wrap(event("1")+event("2")) + "-- \r\nsent by mail\r\n",
		"broken off":      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Mine\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMM",
		"alone":           event("1") + event("2"),
		"a property less": wrap("BEGIN:VEVENT\r\nUID:1\r\nnot a property\r\nEND:VEVENT\r\n" + event("2")),
	} {
		var all bytes.Buffer
		if err := Items(strings.NewReader(text), Calendar, "", func(it *Item) error {
			all.Write(it.Raw)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(text, "\r\n") {
			if !strings.Contains(all.String(), line) {
				t.Errorf("%s: %q is in no item:\n%s", name, line, &all)
			}
		}
	}
}

// Lines of reasons and oddities are those of the file, also where an object was
// put together from several places.
func TestOddsHaveTheLinesOfTheFile(t *testing.T) {
	text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" +
		"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260301T100000Z\r\nSUMMARY:A\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nUID:b\r\nDTSTART:tomorrow\r\nSUMMARY:B\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20260302T100000Z\r\nDTSTART:20260302T100000Z\r\nDTEND:never\r\nEND:VEVENT\r\n" +
		"END:VCALENDAR\r\n"
	got := map[string]int{}
	err := Items(strings.NewReader("\r\n"+oneCard+text), Cards, "", func(it *Item) error {
		for _, o := range it.Findings() {
			got[fmt.Sprintf("%s: %s", it.UID(), o.Reason)] = o.Line
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for part, line := range map[string]int{`b: DTSTART is "tomorrow"`: 5 + 11, `a: DTEND is "never"`: 5 + 18} {
		found := false
		for what, at := range got {
			if strings.HasPrefix(what, part) {
				found = true
				if at != line {
					t.Errorf("%s: line %d, want %d", what, at, line)
				}
			}
		}
		if !found {
			t.Errorf("%q is not among %v", part, got)
		}
	}
}

func TestLayout(t *testing.T) {
	for text, want := range map[string]string{
		oneCard:                                   "",
		strings.ReplaceAll(oneCard, "\r", ""):     "its lines end with LF alone instead of CR LF",
		strings.ReplaceAll(oneCard, "\n", ""):     "its lines end with CR alone instead of CR LF",
		strings.ReplaceAll(oneCard, "\r", "\r\r"): "its lines end with CR CR LF instead of CR LF",
		oneCard + "x\n":                           "its lines end in different ways",
		"\ufeff" + oneCard:                        "it begins with a byte order mark",
		string(utf16le(oneCard)):                  "it is in UTF-16",
	} {
		var l Layout
		if _, err := io.Copy(io.Discard, l.Through(iotest.OneByteReader(strings.NewReader(text)))); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(l.Findings(), "; "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestTables(t *testing.T) {
	got := items(t, "First Name,Last Name,E-mail 1 - Value\r\nCara,Sheet,cara@example.org\r\n", Table)
	if len(got) != 1 || got[0].name != "Cara Sheet" || got[0].line != 2 {
		t.Errorf("%+v", got)
	}
	err := Items(strings.NewReader("Date,Amount\r\n2026-01-01,12\r\n"), Table, "", func(*Item) error { return nil })
	if !errors.Is(err, ErrNoTable) {
		t.Errorf("a table of something else: %v", err)
	}
}

// Whatever comes in, it ends, nothing panics, and lines are within the file.
func FuzzItems(f *testing.F) {
	for _, seed := range []string{
		oneCard, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR\n", "BEGIN:VEVENT\nBEGIN:VALARM\nEND:VEVENT\nEND:VCALENDAR",
		string(utf16le(oneCard)), "a,b\n\"", "BEGIN:VCALENDAR\nEND:VTODO\nBEGIN:VTODO\nBEGIN:VCALENDAR\nx\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, kind := range []Type{Cards, Calendar, Table} {
			var l Layout
			used := map[string]bool{}
			charset, err := CharsetOf(bytes.NewReader(b), kind)
			if err != nil {
				t.Fatal(err)
			}
			err = Items(l.Through(bytes.NewReader(b)), kind, charset, func(it *Item) error {
				if used[it.ID] {
					t.Errorf("two items have the ID %q", it.ID)
				}
				used[it.ID] = true
				it.Findings()
				var why *contentline.Error
				if it.Err != nil && (!errors.As(it.Err, &why) || why.Line < 1) {
					t.Errorf("%v has no line", it.Err)
				}
				if len(it.Raw) == 0 {
					t.Error("an item without bytes")
				}
				return nil
			})
			var why *contentline.Error
			if err != nil && !errors.As(err, &why) {
				t.Errorf("%q: %v", kind, err)
			}
			l.Findings()
		}
	})
}

// TestOneCharset: an item of a file is in the charset that the whole of it looks
// like, whatever the item would look like alone.
func TestOneCharset(t *testing.T) {
	polish := "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:a\r\nFN:Ma\xb3gorzata D\xb9browska\r\nEND:VCARD\r\n"
	for name, c := range map[string]struct {
		kind Type
		text string
		want []string
	}{
		"cards":    {Cards, polish + "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:b\r\nFN:\xcaw\xea\r\nEND:VCARD\r\n" + "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c\r\nFN:Plain\r\nEND:VCARD\r\n", []string{"Małgorzata Dąbrowska", "Ęwę", "Plain"}},
		"calendar": {Calendar, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260101T000000Z\r\nSUMMARY:\xcaw\xea\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTART:20260101T000000Z\r\nSUMMARY:za\xbf\xf3\xb3\xe6\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", []string{"Ęwę", "zażółć"}},
		"table":    {Table, "First Name,Last Name\r\n\xcaw\xea,Nowak\r\n" + strings.Repeat("John,Smith\r\n", 4000) + "Ma\xb3gorzata,D\xb9browska\r\n", []string{"Ęwę Nowak", "Małgorzata Dąbrowska"}},
	} {
		t.Run(name, func(t *testing.T) {
			var names []string
			for _, s := range items(t, c.text, c.kind) {
				if s.name != "John Smith" {
					names = append(names, s.name)
				}
			}
			if diff := cmp.Diff(c.want, names); diff != "" {
				t.Error(diff)
			}
		})
	}
	// Only what does not say what it is in is touched.
	text := polish + "BEGIN:VCARD\nVERSION:3.0\nUID:c\nFN:Plain\nEND:VCARD\n"
	err := Items(strings.NewReader(text), Cards, "windows-1250", func(it *Item) error {
		if plain := it.ID == "c"; plain != (it.Charset == "") || plain && !strings.HasSuffix(text, string(it.Raw)) {
			t.Errorf("%s: from %q: %q", it.ID, it.Charset, it.Raw)
		}
		if odd := it.Findings(); it.Charset != "" && (len(odd) != 1 || odd[0].Line != 4 || !strings.Contains(odd[0].Reason, "windows-1250, which the whole file looks like")) {
			t.Errorf("%+v", odd)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
