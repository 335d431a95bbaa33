package ical_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
)

var event = "BEGIN:VEVENT\nUID:1\nSUMMARY:x\n y\nBEGIN:VALARM\nEND:VALARM\nEND:VEVENT\n"

func TestParts(t *testing.T) {
	zone := crlf(berlin)
	other := strings.Replace(zone, "+0100", "+0300", 1)
	tests := []struct {
		name, in, wrapper string
		Set, components   int
	}{
		{"plain", in(event), `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//a//b\n\cEND:VCALENDAR\n`, 0, 1},
		{"zone and two components", in(berlin + event + event), `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//a//b\n\z{Mine}\c\cEND:VCALENDAR\n`, 1, 2},
		{"a zone twice", in(berlin + event + berlin[1:]), `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//a//b\n\z{Mine}\c\z{Mine}END:VCALENDAR\n`, 1, 1},
		{"another zone of the same name", crlf("BEGIN:VCALENDAR\n"+event) + zone + other + "END:VCALENDAR\r\n", "", 1, 1},
		{"a zone without a name", in(event + strings.Replace(berlin[1:], "TZID:Mine\n", "", 1)), "", 0, 1},
		{"a name that needs escapes", in(strings.Replace(berlin, "Mine", "a}\\\\ü\tb", 1) + event), `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//a//b\n\z{a\x7d\\ü\x09b}\cEND:VCALENDAR\n`, 1, 1},
		{"text everywhere", "hello\r\n" + crlf("BEGIN:VCALENDAR\nX-A:\\n\x00\u200b\n\n"+event+"X-B:1\n\n"+event+"END:VCALENDAR\nbye\n"), `hello\nBEGIN:VCALENDAR\nX-A:\\n\x00\xe2\x80\x8b\n\n\cX-B:1\n\n\cEND:VCALENDAR\nbye\n`, 0, 2},
		{"not in published form", "BEGIN:VCALENDAR\n" + event + "END:VCALENDAR", `BEGIN:VCALENDAR\x0a\cEND:VCALENDAR`, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := ical.Parts([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Zones) != tt.Set || len(p.Components) != tt.components || tt.wrapper != "" && p.Wrapper != tt.wrapper {
				t.Errorf("%d zones, %d components, wrapper %s", len(p.Zones), len(p.Components), p.Wrapper)
			}
			rejoins(t, []byte(tt.in), p)
		})
	}
}

// rejoins checks that the pieces of raw give raw back.
func rejoins(t *testing.T, raw []byte, p ical.Pieces) {
	t.Helper()
	if i := strings.IndexFunc(p.Wrapper, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("the wrapper is not printable: %q", p.Wrapper)
	}
	zones := map[string][]byte{}
	for _, z := range p.Zones {
		zones[z.ID] = z.Raw
	}
	got, err := ical.Join(p.Wrapper, zones, p.Components)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, raw) {
		t.Fatalf("joined: %q\nwant    %q", got, raw)
	}
}

func TestJoinRefuses(t *testing.T) {
	one := [][]byte{[]byte("x")}
	for _, tt := range []struct {
		wrapper    string
		components [][]byte
	}{
		{`a\c\c`, one}, {`a`, one}, {`\z{A}`, nil}, {`\z{A`, nil}, {`\z`, nil}, {`\x4`, nil}, {`\xzz`, nil}, {`\`, nil}, {`\q`, nil}, {`\z{a\c}`, one}, {`\z{\`, nil},
	} {
		if got, err := ical.Join(tt.wrapper, nil, tt.components); err == nil {
			t.Errorf("%s gives %q", tt.wrapper, got)
		}
	}
}

// TestMerger merges many objects and rebuilds each from the file alone and its
// wrapper.
func TestMerger(t *testing.T) {
	type entry struct {
		raw                   []byte
		wrapper               string
		ParseOffset, Duration int64
	}
	zone := func(n int) string { return strings.Replace(berlin, "Mine", fmt.Sprintf("Zone %d", n), 1) }
	var file bytes.Buffer
	m := ical.NewMerger(&file, strings.Repeat("Famílie; a,b\n", 10)+"\x00")
	var entries []entry
	for i := range 500 {
		body := fmt.Sprintf("BEGIN:VEVENT\nUID:%d\nSUMMARY:ä%d\nEND:VEVENT\n", i, i)
		if i%3 == 0 {
			body += "\nX-BETWEEN:1\n" + strings.Replace(body, "UID", "RECURRENCE-ID:20200101\nUID", 1)
		}
		if i%5 < 3 {
			body += zone(i % 7)[1:]
		}
		raw := []byte(strings.Replace(in(body), "-//a//b", fmt.Sprintf("-//%d", i%4), 1))
		p, err := ical.Parts(raw)
		if err != nil {
			t.Fatal(err)
		}
		offset, length, err := m.Add(p)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry{raw, p.Wrapper, offset, length})
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	merged := file.Bytes()
	if got, _ := ical.Published(merged); !bytes.Equal(got, merged) {
		t.Error("the merged file is not in published form")
	}
	if n := bytes.Count(merged, []byte("BEGIN:VTIMEZONE")); n != 7 {
		t.Errorf("%d zones in the file, want 7", n)
	}
	whole, err := ical.Parts(merged)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.Components) != 667 {
		t.Errorf("%d components in the file", len(whole.Components))
	}
	for l := range contentline.Lines(merged) {
		if l.Is("X-WR-CALNAME") && contentline.Unescape(l.Value) != strings.Repeat("Famílie; a,b\n", 10) {
			t.Errorf("the name is %q", l.Value)
		}
		if i := bytes.IndexByte(l.Raw, '\n'); l.Number < 10 && i > 77 {
			t.Errorf("a line of %d octets", i)
		}
	}
	zones, err := ical.Zones(bytes.NewReader(merged))
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		components, err := ical.Cut(merged[e.ParseOffset : e.ParseOffset+e.Duration])
		if err != nil {
			t.Fatal(err)
		}
		got, err := ical.Join(e.wrapper, zones, components)
		if err != nil || !bytes.Equal(got, e.raw) {
			t.Fatalf("object %d: %v\n%s", i, err, cmp.Diff(string(e.raw), string(got)))
		}
	}
}

func pieces(t *testing.T, s string) ical.Pieces {
	t.Helper()
	p, err := ical.Parts([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMergerClash(t *testing.T) {
	var file bytes.Buffer
	m := ical.NewMerger(&file, "")
	if _, _, err := m.Add(pieces(t, in(berlin+event))); err != nil {
		t.Fatal(err)
	}
	before := file.Len()
	fresh := strings.Replace(berlin, "Mine", "Fresh", 1)
	_, _, err := m.Add(pieces(t, in(fresh+strings.Replace(berlin, "+0100", "+0300", 1)+event)))
	if !errors.Is(err, ical.ErrZoneClash) || file.Len() != before {
		t.Errorf("%v, %d bytes were written", err, file.Len()-before)
	}
	offset, length, err := m.Add(pieces(t, in(berlin+event)))
	if err != nil || offset != int64(before) || string(file.Bytes()[offset:offset+length]) != crlf(event) {
		t.Errorf("after a clash: %d, %d, %v", offset, length, err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ical.Read(file.Bytes()); err != nil {
		t.Error(err)
	}
}

type fullDisk struct{ left int }

var errFull = errors.New("full")

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(d.left, len(p))
	d.left -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestMergerErrors(t *testing.T) {
	for left := range 300 {
		m := ical.NewMerger(&fullDisk{left}, "x")
		_, _, err := m.Add(pieces(t, in(event)))
		if err == nil {
			_, _, err = m.Add(pieces(t, in(event)))
		}
		if closed := m.Close(); err != nil && !errors.Is(closed, errFull) || closed == nil {
			if err != nil || left < 200 {
				t.Errorf("%d bytes are left: %v, %v", left, err, closed)
			}
		}
	}
	m := ical.NewMerger(&bytes.Buffer{}, "")
	for _, p := range []ical.Pieces{{}, pieces(t, "BEGIN:VCALENDAR\n"+event+"END:VCALENDAR\n")} {
		if _, _, err := m.Add(p); err == nil {
			t.Errorf("took %+v", p)
		}
	}
}

func TestCutRefuses(t *testing.T) {
	for _, s := range []string{"", "BEGIN:VEVENT\r\n", crlf(event) + "X:1\r\n", "\r\n" + crlf(event), in(event), "END:VEVENT\r\n"} {
		if got, err := ical.Cut([]byte(s)); err == nil {
			t.Errorf("%q gives %q", s, got)
		}
	}
}

// FuzzParts: no panic; what can be taken apart gives the same bytes back, on
// its own and out of a merged file.
func FuzzParts(f *testing.F) {
	for _, tt := range reads {
		f.Add([]byte(tt.in))
	}
	for _, tt := range refused {
		if len(tt.in) < 1<<10 {
			f.Add([]byte(tt.in))
		}
	}
	f.Fuzz(func(t *testing.T, delivered []byte) {
		o, readErr := ical.Read(delivered)
		if readErr != nil && readErr.Error() == "" {
			t.Fatal("an error without words")
		}
		raw, err := ical.Published(delivered)
		if err != nil {
			t.Fatal(err)
		}
		p, err := ical.Parts(raw)
		if err != nil {
			return
		}
		rejoins(t, raw, p)
		if again, err := ical.Read(raw); err != nil || readErr == nil && o.Component != again.Component {
			t.Fatalf("delivered %+v, %v; published %+v, %v", o, readErr, again, err)
		}
		var file bytes.Buffer
		m := ical.NewMerger(&file, "x")
		offset, length, err := m.Add(p)
		if err != nil || m.Close() != nil {
			t.Fatal(err)
		}
		components, err := ical.Cut(file.Bytes()[offset : offset+length])
		if err != nil || len(components) != len(p.Components) {
			t.Fatalf("%q is cut into %q, %v", p.Components, components, err)
		}
		zones, err := ical.Zones(&file)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ical.Join(p.Wrapper, zones, components); err != nil || !bytes.Equal(got, raw) {
			t.Fatalf("from the merged file: %q, %v\nwant %q", got, err, raw)
		}
	})
}
