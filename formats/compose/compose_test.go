package compose

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	goical "github.com/emersion/go-ical"
	govcard "github.com/emersion/go-vcard"
	"github.com/google/go-cmp/cmp"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/vcard"
)

// hostile are texts with what a reader has to find in their place.
var hostile = []struct{ name, text, want string }{
	{"empty", "", ""},
	{"plain", "Ann", "Ann"},
	{"marks of the formats", `a\b,c;d:e=f"g'h^i`, `a\b,c;d:e=f"g'h^i`},
	{"marks at the ends", `,;\`, `,;\`},
	{"an escape as text", `a\nb\\n\,\;`, `a\nb\\n\,\;`},
	{"carets as RFC 6868 has them", "a^nb^'c^^d", "a^nb^'c^^d"},
	{"line breaks", "a\nb\r\nc\rd\n", "a\nb\nc\nd\n"},
	{"lines of the format", "x\r\nEND:VCARD\r\nBEGIN:VCARD\nEND:VEVENT\nEND:VCALENDAR\nX:\n", "x\nEND:VCARD\nBEGIN:VCARD\nEND:VEVENT\nEND:VCALENDAR\nX:\n"},
	{"control characters", "a\x00b\x01c\x02d\x03e\x04f\x05g\x1bh\x7fi\x0bj\tk", "abcdefghij\tk"},
	{"no UTF-8", "a\xffb\xc3", "a\ufffdb\ufffd"},
	{"emoji", "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 e\u0301 \u202eabc", "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 e\u0301 \u202eabc"},
	{"separators of Unicode", "a\u2028b\u2029c\u0085d\ufeffe", "a\u2028b\u2029c\u0085d\ufeffe"},
	{"long", strings.Repeat("ä🛠,", 5_000), strings.Repeat("ä🛠,", 5_000)},
	{"long without a space, in octets", strings.Repeat("한", 25) + strings.Repeat("x", 74), strings.Repeat("한", 25) + strings.Repeat("x", 74)},
	{"spaces where a line is folded", strings.Repeat("     ", 60) + "x", strings.Repeat("     ", 60) + "x"},
}

// inLines checks the form of what is written.
func inLines(t *testing.T, out []byte) {
	t.Helper()
	if !utf8.Valid(out) || !bytes.HasSuffix(out, []byte("\r\n")) {
		t.Fatalf("not UTF-8 with CRLF: %.200q", out)
	}
	for l := range strings.SplitSeq(strings.TrimSuffix(string(out), "\r\n"), "\r\n") {
		if len(l) > contentline.MaxWidth || strings.ContainsAny(l, "\r\n") || strings.ContainsFunc(l, isControl) || !utf8.ValidString(l) {
			t.Errorf("a line of %d bytes: %q", len(l), l)
		}
	}
	for l := range contentline.Lines(out) {
		if l.Name == "" {
			t.Errorf("no property: %q", l.Raw)
		}
	}
}

// TestCardHolds: what is composed is what our reader finds, and go-vcard's own.
func TestCardHolds(t *testing.T) {
	for _, version := range []string{"3.0", "4.0"} {
		for _, h := range hostile {
			t.Run(version+"/"+h.name, func(t *testing.T) {
				c := &Card{Version: version}
				c.Add(Text("FN", "x"), Parts("N", h.text, "b", h.text, "", ""), Parts("ORG", h.text, "unit", h.text), Text("NOTE", h.text),
					Text("TEL", "+49 1").With("X-FOR", h.text, "b"), Texts("CATEGORIES", "a", h.text+"z", "c"), Text("UID", "u"),
					Parts("ADR", h.text, "", h.text, "b", "", "", "c").With("TYPE", "home").In("item1"), Text("X-ABLabel", h.text).In("item1"), Link("URL", "http://a.example/?q="+h.text))
				out, err := c.Encode()
				if err != nil {
					t.Fatal(err)
				}
				inLines(t, out)
				v, err := vcard.View(out)
				if err != nil {
					t.Fatal(err)
				}
				// Readers take white space around a value away.
				text := strings.TrimSpace(h.want)
				trimmed := func(list ...string) []string {
					for i := range list {
						list[i] = strings.TrimSpace(list[i])
					}
					return list
				}
				if d := cmp.Diff(trimmed(text, "b", text, h.want+"z", "c"), trimmed(v.Names.Family, v.Names.Given, v.Names.Additional, v.Categories[1], v.Categories[2])); d != "" {
					t.Errorf("N, CATEGORIES: %s", d)
				}
				a := v.Addresses[0]
				if d := cmp.Diff(trimmed(text, text, "b", "c", text), trimmed(a.POBox, a.Street, a.City, a.Country, a.Label)); d != "" {
					t.Errorf("ADR: %s", d)
				}
				if text != "" {
					if d := cmp.Diff(trimmed(text, text, "unit", text), trimmed(v.Notes[0].Text, v.Organizations[0].Text, v.Organizations[0].Units[0], v.Organizations[0].Units[1])); d != "" {
						t.Errorf("NOTE, ORG: %s", d)
					}
				}
				var values []string
				for l := range contentline.Lines(out) {
					for _, p := range l.Params {
						if p.Name == "X-FOR" && l.Value == "+49 1" {
							values = append(values, p.Values...)
						}
					}
				}
				if d := cmp.Diff([]string{h.want, "b"}, values); d != "" {
					t.Errorf("parameters: %s", d)
				}
				lib, err := govcard.NewDecoder(bytes.NewReader(out)).Decode()
				if err != nil {
					t.Fatal(err)
				}
				// go-vcard does not know that \; is an escape.
				if got := strings.ReplaceAll(lib.Value("NOTE"), `\;`, ";"); got != h.want && !strings.Contains(h.want, `\;`) {
					t.Errorf("go-vcard reads %q", got)
				}
				if lib.Value("UID") != "u" || lib.Value("VERSION") != version || lib.Get("ADR").Group != "item1" || lib.Get("ADR").Params.Get("TYPE") != "home" {
					t.Errorf("go-vcard reads %v", lib)
				}
			})
		}
	}
}

// TestCalendarHolds: what is composed is what our reader finds, and go-ical's own.
func TestCalendarHolds(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			e := New("VEVENT", Text("SUMMARY", h.text), Text("UID", "u"), UTC("DTSTAMP", time.Unix(0, 0)), Clock("DTSTART", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), "Europe/Berlin"),
				Text("DESCRIPTION", h.text), Texts("CATEGORIES", "a", h.text+"z"), Person("ATTENDEE", h.text, "a@b.example"), Text("X-EMPTY", ""))
			e.Hold(New("VALARM", Plain("ACTION", "DISPLAY"), Text("DESCRIPTION", h.text), Plain("TRIGGER", "-PT5M")))
			c := Calendar(Text("X-WR-CALNAME", h.text))
			c.Hold(e)
			out, err := c.Encode()
			if err != nil {
				t.Fatal(err)
			}
			inLines(t, out)
			v, err := ical.View(out)
			if err != nil || len(v.Series) != 1 || len(v.Findings) > 0 {
				t.Fatalf("%v, %+v", err, v)
			}
			m, text := v.Series[0].Master, strings.TrimSpace(h.want)
			got := []string{v.Name, m.Summary, m.Description, m.Categories[1], m.Alarms[0].Description, m.Attendees[0].Name}
			for i := range got {
				got[i] = strings.TrimSpace(got[i])
			}
			if d := cmp.Diff([]string{text, text, text, strings.TrimSpace(h.want + "z"), text, text}, got); d != "" {
				t.Error(d)
			}
			if m.Attendees[0].Address != "a@b.example" || m.Start.Zone != "Europe/Berlin" {
				t.Errorf("%+v, %+v", m.Attendees[0], m.Start)
			}
			lib, err := goical.NewDecoder(bytes.NewReader(out)).Decode()
			if err != nil {
				t.Fatal(err)
			}
			if s, err := lib.Children[0].Props.Text("SUMMARY"); err != nil || s != h.want {
				t.Errorf("go-ical reads %q, %v", s, err)
			}
			if s, err := lib.Children[0].Children[0].Props.Text("DESCRIPTION"); err != nil || s != h.want {
				t.Errorf("go-ical reads %q, %v", s, err)
			}
			if s := lib.Children[0].Props.Get("ATTENDEE").Value; s != "mailto:a@b.example" {
				t.Errorf("go-ical reads %q", s)
			}
		})
	}
}

// TestWritten has what is written, to the byte.
func TestWritten(t *testing.T) {
	c := &Card{Version: "4.0"}
	c.Add(Text("FN", "Ann"), Text("UID", "u"), Parts("N", "Smith;Jones", "Ann", "", "", ""), Texts("CATEGORIES", "a,b", "c"), Link("IMPP", "xmpp:a b@c.example,d;e").With("TYPE", "home", "work").With("PREF", "1"),
		Parts("ADR", "", "", "Main 5", "Berlin", "", "", "").With("LABEL", "Main 5,\n\"Berlin\"").In("item1"), Text("X-ABLabel", "Boat: one").In("item1"),
		CardDate("BDAY", Date{1985, 4, 12}), CardDate("ANNIVERSARY", Date{0, 2, 29}), Link("MEMBER", "urn:uuid:1"))
	c.AddPhoto("image/jpeg", []byte{0xff, 0xd8, 0xff, 0xe0, 0})
	want := "BEGIN:VCARD\nVERSION:4.0\nFN:Ann\nUID:u\nN:Smith\\;Jones;Ann;;;\nCATEGORIES:a\\,b,c\nIMPP;PREF=1;TYPE=home;TYPE=work:xmpp:a%20b@c.example,d;e\n" +
		"item1.ADR;LABEL=\"Main 5,^n^'Berlin^'\":;;Main 5;Berlin;;;\nitem1.X-ABLabel:Boat: one\nBDAY:19850412\nANNIVERSARY:--0229\nMEMBER:urn:uuid:1\nPHOTO:data:image/jpeg;base64,/9j/4AA=\nEND:VCARD\n"
	out, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, strings.ReplaceAll(string(out), "\r\n", "\n")); d != "" {
		t.Error(d)
	}
	for _, to := range []vcard.Version{vcard.V21, vcard.V30} {
		if _, losses, err := vcard.Convert(out, to); err != nil || slices.ContainsFunc(losses, func(l vcard.Loss) bool { return l.Gone && l.Property != "ADR" }) {
			t.Errorf("to %s: %v, %v", to, losses, err)
		}
	}
	old := &Card{Version: "3.0"}
	old.AddPhoto("image/png", []byte("x"))
	if out, err := old.Encode(); err != nil || string(out) != "BEGIN:VCARD\r\nVERSION:3.0\r\nPHOTO;ENCODING=b;TYPE=PNG:eA==\r\nEND:VCARD\r\n" {
		t.Errorf("%q, %v", out, err)
	}

	day := time.Date(2026, 3, 1, 18, 30, 0, 0, time.FixedZone("", 3600))
	zone := New("VTIMEZONE", Text("TZID", "A; B"))
	zone.Hold(New("STANDARD", Plain("TZOFFSETTO", "+0100"), Plain("TZOFFSETFROM", "+0100"), Clock("DTSTART", day, "")))
	event := New("VEVENT", UTC("DTSTAMP", day), Text("UID", "u"), Clock("DTSTART", day, "A; B"), Plain("RRULE", "FREQ=WEEKLY;BYDAY=MO,TU"), Day("EXDATE", day), Day("EXDATE", day.AddDate(0, 0, -1)),
		Person("ORGANIZER", `Kim "K" Smith, Dr.`, "k@a.example"), Person("ATTENDEE", "", "b@a.example").With("ROLE", "CHAIR").With("PARTSTAT", "ACCEPTED"))
	todo := New("VTODO", Text("UID", "t"), UTC("DTSTAMP", day), Text("RELATED-TO", "u").With("RELTYPE", "PARENT"))
	cal := Calendar()
	cal.Hold(zone, event, todo)
	want = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Sidekeep//Sidekeep//EN\nBEGIN:VTIMEZONE\nTZID:A\\; B\nBEGIN:STANDARD\nTZOFFSETTO:+0100\nTZOFFSETFROM:+0100\nDTSTART:20260301T183000\nEND:STANDARD\nEND:VTIMEZONE\n" +
		"BEGIN:VEVENT\nDTSTAMP:20260301T173000Z\nUID:u\nDTSTART;TZID=\"A; B\":20260301T183000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU\nEXDATE;VALUE=DATE:20260301\nEXDATE;VALUE=DATE:20260228\n" +
		"ORGANIZER;CN=\"Kim ^'K^' Smith, Dr.\":mailto:k@a.example\nATTENDEE;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:b@a.example\nEND:VEVENT\nBEGIN:VTODO\nUID:t\nDTSTAMP:20260301T173000Z\nRELATED-TO;RELTYPE=PARENT:u\nEND:VTODO\nEND:VCALENDAR\n"
	if out, err = cal.Encode(); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, strings.ReplaceAll(string(out), "\r\n", "\n")); d != "" {
		t.Error(d)
	}
	v, err := ical.View(out)
	if err != nil || len(v.Series) != 2 || v.Series[1].Master.Related[0].UID != "u" {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestSameEachTime: the libraries keep properties and parameters in maps.
func TestSameEachTime(t *testing.T) {
	both := func() (card, cal []byte) {
		c, e := &Card{Version: "4.0"}, New("VEVENT", Text("UID", "u"), UTC("DTSTAMP", time.Unix(0, 0)))
		for i := range 30 {
			p := Text(fmt.Sprintf("X-%d", 30-i%20), fmt.Sprint(i))
			for j := range 10 {
				p = p.With(fmt.Sprintf("X-%d", 10-j), "v", "w")
			}
			c.Add(p)
			e.Add(p)
		}
		all := Calendar()
		all.Hold(e)
		card, err := c.Encode()
		cal, err2 := all.Encode()
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		return card, cal
	}
	card, cal := both()
	n := 0
	for _, out := range [][]byte{card, cal} {
		at := 0
		for l := range contentline.Lines(out) {
			if strings.HasPrefix(l.Name, "X-") {
				if l.Value != fmt.Sprint(at) || l.Name != fmt.Sprintf("X-%d", 30-at%20) {
					t.Errorf("%s:%s in place %d", l.Name, l.Value, at)
				}
				at++
				n++
			}
		}
	}
	if n != 60 {
		t.Errorf("%d properties", n)
	}
	for range 20 {
		if card2, cal2 := both(); !bytes.Equal(card, card2) || !bytes.Equal(cal, cal2) {
			t.Fatal("not the same again")
		}
	}
}

// TestRefused: what cannot be written is an error, and never a panic.
func TestRefused(t *testing.T) {
	card := func(p ...Property) func() ([]byte, error) { return (&Card{Version: "4.0", Properties: p}).Encode }
	calendar := func(in ...*Component) func() ([]byte, error) {
		c := Calendar()
		c.Hold(in...)
		return c.Encode
	}
	event := func(p ...Property) *Component {
		return New("VEVENT", append([]Property{Text("UID", "u"), UTC("DTSTAMP", time.Unix(0, 0))}, p...)...)
	}
	deep := New("X-A")
	for range 20 {
		outer := New("X-A")
		outer.Hold(deep)
		deep = outer
	}
	for name, encode := range map[string]func() ([]byte, error){
		"no name":                   card(Text("", "x")),
		"a name with a line in it":  card(Text("X\r\nEND:VCARD", "x")),
		"a name with a colon":       card(Text("X:Y", "x")),
		"a name that ends the card": card(Text("END", "VCARD")),
		"a name that begins one":    card(Text("begin", "VCARD")),
		"a second version":          card(Text("Version", "3.0")),
		"a group with a dot":        card(Text("X", "x").In("a.b")),
		"a parameter with a colon":  card(Text("X", "x").With("A:B", "c")),
		"a parameter without value": card(Text("X", "x").With("A")),
		"a plain value of lines":    card(Plain("X", "a\nb")),
		"a plain value with NUL":    card(Plain("X", "a\x00b")),
		"a plain value, no UTF-8":   card(Plain("X", "\xff")),
		"30 February":               card(CardDate("BDAY", Date{2024, 2, 30})),
		"29 February 2023":          card(CardDate("BDAY", Date{2023, 2, 29})),
		"the month 0":               card(CardDate("BDAY", Date{2023, 0, 29})),
		"an empty calendar":         calendar(),
		"no component":              calendar(nil),
		"no UID":                    calendar(New("VEVENT", UTC("DTSTAMP", time.Unix(0, 0)))),
		"no DTSTAMP":                calendar(New("VTODO", Text("UID", "u"))),
		"two summaries":             calendar(event(Text("SUMMARY", "a"), Text("SUMMARY", "b"))),
		"an end and a length":       calendar(event(Day("DTEND", time.Unix(0, 0)), Plain("DURATION", "P1D"))),
		"lower case":                calendar(event(Text("summary", "a"))),
		"a group":                   calendar(event(Text("SUMMARY", "a").In("item1"))),
		"a component's name":        calendar(New("A\nB")),
		"too deep":                  calendar(deep),
		"an event alone":            event().Encode,
		"the year 10000":            calendar(event(Day("DTSTART", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)))),
		"the year 0":                calendar(event(UTC("DTSTART", time.Time{}.AddDate(-1, 0, 0)))),
	} {
		if out, err := encode(); err == nil || out != nil {
			t.Errorf("%s: %q", name, out)
		}
	}
	stop := errors.New("stop")
	if _, err := linesOf(func(io.Writer) error { return stop }); err != stop {
		t.Error(err)
	}
	if _, err := linesOf(func(w io.Writer) error { return goical.NewEncoder(w).Encode(nil) }); err == nil || !strings.Contains(err.Error(), "broke off") {
		t.Errorf("a panic of the library: %v", err)
	}
	w := writer{lines: []string{"a", "b"}}
	if err := w.properties([]string{"a", "b", "c"}); err == nil {
		t.Error("a line too few is no error")
	}
	if w.properties([]string{"a"}); len(w.lines) != 1 {
		t.Error(w)
	}
	if _, err := w.whole(); err == nil {
		t.Error("a line too many is no error")
	}
}

// TestUnchanged: what is given to a constructor stays as it is, and one property
// can be the beginning of two.
func TestUnchanged(t *testing.T) {
	list := []string{"a\x00", "b"}
	Texts("CATEGORIES", list...)
	Parts("N", list...)
	if list[0] != "a\x00" {
		t.Error("the list is changed")
	}
	p := Text("TEL", "1").With("A", "1").With("B", "1").With("C", "1")
	q, r := p.With("D", "q"), p.With("D", "r")
	c := Card{Version: "4.0"}
	c.Add(q, r)
	out, err := c.Encode()
	if want := "TEL;A=1;B=1;C=1;D=q:1\r\nTEL;A=1;B=1;C=1;D=r:1\r\n"; err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%q, %v", out, err)
	}
}

// FuzzText: any text comes back, from both formats.
func FuzzText(f *testing.F) {
	for _, h := range hostile {
		f.Add(h.text, h.name)
	}
	f.Fuzz(func(t *testing.T, text, param string) {
		want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(clean(text))
		c := &Card{Version: "4.0"}
		c.Add(Text("X-A", text).With("X-P", param), Text("FN", "x"))
		e := New("VEVENT", Text("UID", "u"), UTC("DTSTAMP", time.Unix(0, 0)), Text("X-A", text).With("X-P", param))
		cal := Calendar()
		cal.Hold(e)
		for _, encode := range []func() ([]byte, error){c.Encode, cal.Encode} {
			out, err := encode()
			if err != nil {
				t.Fatal(err)
			}
			inLines(t, out)
			for l := range contentline.Lines(out) {
				if !l.Is("X-A") {
					continue
				}
				if got := contentline.Unescape(l.Value); got != want {
					t.Errorf("%q, want %q", got, want)
				}
				p := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(clean(param))
				if got := l.Params[0].Values; len(got) != 1 || got[0] != p {
					t.Errorf("parameter %q, want %q", got, p)
				}
			}
		}
	})
}
