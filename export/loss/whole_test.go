package loss

import (
	"fmt"
	"strings"
	"testing"

	"sidekeep/export"
)

// people is a book of n people, as said by text, before and now; text returns a
// whole card but for its ends.
func people(n int, before, now func(i int) string) Question {
	card := func(text func(int) string) func(int) string {
		return func(i int) string {
			return fmt.Sprintf("BEGIN:VCARD\r\nUID:p%d\r\nFN:Ann %d\r\n%s\r\nEND:VCARD\r\n", i, i, strings.ReplaceAll(text(i), "|", "\r\n"))
		}
	}
	q := changed(export.Contacts, n, 0, card(before), card(now))
	q.Present = func(export.Kind) (list []Fact, _ error) {
		for _, c := range q.Changes {
			list = append(list, *c.Now)
		}
		return list, nil
	}
	return q
}

// told is what is done about a change: "held", "noticed" or "".
func told(t *testing.T, q Question) string {
	t.Helper()
	switch v := judged(t, q); {
	case v.Loss != nil:
		return "held"
	case len(v.Notice) > 0:
		return "noticed"
	}
	return ""
}

func TestOneTag(t *testing.T) {
	tags := func(of ...string) func(int) string {
		return func(i int) string {
			if s := of[i%len(of)]; s != "" {
				return "CATEGORIES:" + s
			}
			return "X-NOTHING:1"
		}
	}
	for _, x := range []struct {
		what        string
		before, now func(int) string
		want        string
	}{
		{"one of two taken off all", tags("Friends,Club"), tags("Club"), "noticed"},
		{"one taken off two thirds", tags("Friends", "Friends", "Club"), tags("", "", "Club"), "noticed"},
		{"one renamed", tags("Friends", "Friends", "Club"), tags("Freunde", "Freunde", "Club"), "noticed"},
		{"the only one taken off", tags("Friends", "Friends", ""), tags(""), "held"},
		{"all taken off", tags("Friends", "Club"), tags(""), "held"},
		{"two of three taken off", tags("Friends", "Club", "Work"), tags("", "", "Work"), "held"},
		{"one taken off half of those that have it", tags("Friends", "Friends", "Club"), tags("", "Friends", "Club"), "held"},
		{"all others", tags("Friends", "Club", "Work"), tags("imported"), "held"},
		{"one put on", tags("Friends", "Club"), tags("Friends,Work", "Club,Work"), ""},
	} {
		if got := told(t, people(30, x.before, x.now)); got != x.want {
			t.Errorf("%s: %q, want %q", x.what, got, x.want)
		}
	}
	v := judged(t, people(30, tags("Friends,Club"), tags("Club")))
	if r := v.Notice[0]; r.What != export.LostCategories || r.Lost != 30 || r.Rule != export.RuleHollow {
		t.Errorf("%+v", r)
	}
	// It does not hide what else is lost.
	note := func(text string, tag string) func(int) string {
		return func(int) string { return text + "|CATEGORIES:" + tag }
	}
	if got := told(t, people(30, note("NOTE:Likes boats", "Friends,Club"), note("X-NOTHING:1", "Club"))); got != "held" {
		t.Errorf("with the notes: %q", got)
	}
}

func TestMembers(t *testing.T) {
	groups := func(sizes ...int) func(int) string {
		return func(i int) string {
			if i >= len(sizes) {
				return "TEL:112"
			}
			text := "X-ADDRESSBOOKSERVER-KIND:group"
			for k := range max(sizes[i], -sizes[i]) {
				text += fmt.Sprintf("|X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:%dp%d", min(sizes[i], 0), 10+k)
			}
			return text
		}
	}
	for _, x := range []struct {
		before, now func(int) string
		want        string
	}{
		{groups(20, 8), groups(0, 8), "noticed"},
		{groups(20, 8), groups(3, 8), "noticed"},
		{groups(20, 8, 7), groups(0, 0, 7), "held"},
		{groups(20), groups(0), "held"},
		{groups(20), groups(1), "held"},
		{groups(-20), groups(20), "held"}, // others
		{groups(20), groups(12), "noticed"},
		{groups(20), groups(17), ""},
		{groups(4), groups(0), ""},
		{groups(20, 20, 20, 20, 20, 20, 20), groups(15, 15, 15, 15, 15, 15, 15), "held"},
	} {
		if got := told(t, people(30, x.before, x.now)); got != x.want {
			t.Errorf("%.200q to %.200q: %q, want %q", x.before(0), x.now(0), got, x.want)
		}
	}
}

// A number that had no code of a country is another one with that of a country
// that nearly nobody else is of.
func TestHome(t *testing.T) {
	of := func(lines string) func(int) string {
		return func(i int) string { return strings.ReplaceAll(lines, "#", fmt.Sprint(1000000+i*7919)) }
	}
	for _, x := range []struct{ before, now, want string }{
		{"TEL:0170 #|TEL:+49 30 #", "TEL:+33 170 #|TEL:+49 30 #", "held"},
		{"TEL:0170 #|TEL:+49 30 #", "TEL:+49 170 #|TEL:+49 30 #", ""},
		{"TEL:0170 #|ADR:;;Rose Lane 5;Ulm;;10115;Germany", "TEL:+43 170 #|ADR:;;Rose Lane 5;Ulm;;10115;Germany", "held"},
		{"TEL:0170 #|ADR:;;Rose Lane 5;Wien;;1011;Austria", "TEL:+43 170 #|ADR:;;Rose Lane 5;Wien;;1011;Österreich", ""},
		{"TEL:0170 #", "TEL:+43 170 #", ""}, // nothing tells
	} {
		if got := told(t, people(30, of(x.before), of(x.now))); got != x.want {
			t.Errorf("%s to %s: %q, want %q", x.before, x.now, got, x.want)
		}
	}
}
