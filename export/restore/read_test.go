package restore

import (
	"fmt"
	"testing"

	"sidekeep/export"
)

func TestSame(t *testing.T) {
	card := func(s string) []byte { return []byte("BEGIN:VCARD\r\nVERSION:3.0\r\n" + s + "END:VCARD\r\n") }
	for _, c := range []struct {
		has, written []byte
		same         bool
	}{
		{card("UID:1\r\nFN:A\r\nREV:1\r\n"), card("FN:A\r\n"), true},
		{card("UID:1\r\nFN:A\r\nX-SERVER:1\r\n"), card("UID:1\r\nFN:A\r\n"), true},
		{card("UID:1\r\nFN:A\r\n"), card("UID:1\r\nFN:A\r\nTEL:1\r\n"), false},
		{card("UID:1\r\nFN:A\r\nTEL:2\r\n"), card("UID:1\r\nFN:A\r\nTEL:1\r\n"), false},
		{card("UID:1\r\n"), card("UID:2\r\n"), false},
		{[]byte("no card"), []byte("no card"), true},
		{[]byte("no card"), []byte("none either"), false},
	} {
		if got := Same(export.Contacts, c.has, c.written); got != c.same {
			t.Errorf("%q, written %q: %v", c.has, c.written, got)
		}
	}
}

func TestNewUIDs(t *testing.T) {
	a := uidOf("copy", "a")
	if a != uidOf("copy", "a") || a == uidOf("copy", "b") || len(a) != 36 || a[14] != '8' {
		t.Errorf("%s", a)
	}
	series := []byte("BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\n 23\r\nSUMMARY:a\r\nBEGIN:VALARM\r\nUID:alarm\r\nEND:VALARM\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:123\r\nRECURRENCE-ID:20260101\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
	want := "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:new\r\nSUMMARY:a\r\nBEGIN:VALARM\r\nUID:alarm\r\nEND:VALARM\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:new\r\nRECURRENCE-ID:20260101\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	if got := string(renamed(export.Events, series, "new")); got != want {
		t.Errorf("%q", got)
	}
	for in, want := range map[string]string{
		"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nUID:1\r\nEND:VCARD\r\n": "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:new\r\nFN:A\r\nEND:VCARD\r\n",
		"BEGIN:VCARD\r\nN:A\r\nEND:VCARD\r\n":                          "BEGIN:VCARD\r\nUID:new\r\nN:A\r\nEND:VCARD\r\n",
	} {
		if got := string(renamed(export.Contacts, []byte(in), "new")); got != want {
			t.Errorf("%q", got)
		}
	}
}

// TestPreparedForTarget: what is written is what the target says it takes.
func TestPreparedForTarget(t *testing.T) {
	for _, c := range []struct {
		version string
		takes   []string
		own     bool
		want    string
	}{
		{"3.0", nil, false, ""}, {"4.0", nil, false, "3.0"}, {"2.1", nil, false, "3.0"}, {"4.0", nil, true, ""},
		{"4.0", []string{"3.0"}, true, "3.0"}, {"4.0", []string{"3.0", "4.0"}, false, ""}, {"2.1", []string{"3.0", "4.0"}, false, "4.0"},
		{"3.0", []string{"4.0"}, false, "4.0"},
	} {
		if got := versionFor(c.version, export.Limits{VCard: c.takes}, c.own); string(got) != c.want {
			t.Errorf("%s for %v (own: %v) becomes %q, not %q", c.version, c.takes, c.own, got, c.want)
		}
	}
	if _, err := prepare(export.Todos, todo(1), export.Limits{Components: []string{"VEVENT"}}, true, ""); fmt.Sprint(err) != "the source does not take items of this kind: it takes no to-dos" {
		t.Errorf("%v", err)
	}
}
