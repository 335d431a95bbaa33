package command

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestClean: no name can move the cursor, forge a line or turn the text.
func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"Jördis Möwe 🐦 山田":           "Jördis Möwe 🐦 山田",
		"a\x1b[2Jb":                  "a\uFFFD[2Jb",
		"a\nsidekeep: all is lost":   "a sidekeep: all is lost",
		"a\r\tb":                     "a  b",
		"a\u009b31mb\x7f":            "a\uFFFD31mb\uFFFD",
		"exe.\u202egpj\u202c\u2066x": "exe.\uFFFDgpj\uFFFD\uFFFDx",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	var b bytes.Buffer
	newPrinter(&b, true).printf("%s %v %d\n", "x\x1b", errors.New("y\x1b"), 7)
	if got := b.String(); got != "x\uFFFD y\uFFFD 7\n" {
		t.Errorf("printf wrote %q", got)
	}
}

func TestTable(t *testing.T) {
	var b bytes.Buffer
	p := newPrinter(&b, true)
	numbers := table{head: []string{"name", "count ", ""}}
	numbers.add("山田", "7", "x\x1b")
	numbers.add("Möwe 🐦", "1,234", "")
	numbers.print(p, "> ")
	want := "> name     count\n> 山田         7  x\uFFFD\n> Möwe 🐦  1,234\n"
	if got := b.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	b.Reset()
	bare := table{head: []string{"", " "}}
	bare.add("a", "10")
	bare.add("bb", "9")
	bare.print(p, "")
	if got := b.String(); got != "a   10\nbb   9\n" {
		t.Errorf("got\n%s", got)
	}
}

// TestColumns: what a name takes on a terminal, and where it is cut.
func TestColumns(t *testing.T) {
	t.Setenv("LC_ALL", "ja_JP.UTF-8") // changes nothing
	for s, want := range map[string]int{
		"": 0, "Anna": 4, "Jördis": 6, "Jo\u0308rdis": 6, "山田": 4, "ｱｲ": 2, "Ａ": 2, "👩‍👩‍👧‍👦": 2, "🇩🇪": 2, "👍🏽": 2, "한국": 4, "นี่": 1, "“…”": 3, "a\u200bb": 2,
	} {
		if got := columns(s); got != want {
			t.Errorf("%q takes %d columns, want %d", s, got, want)
		}
	}
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{{"Anna", 4, "Anna"}, {"Annabel", 4, "Ann…"}, {"山田花子", 5, "山田…"}, {"山田花子", 4, "山…"}, {"a👩‍👩‍👧‍👦b", 3, "a…"}, {"Anna", 0, ""}} {
		if got := fit(c.s, c.n); got != c.want || columns(got) > c.n {
			t.Errorf("%q in %d columns is %q, want %q", c.s, c.n, got, c.want)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no more room") }

// TestOutputThatCannotBeWritten: a script that reads a cut-off result is told.
func TestOutputThatCannotBeWritten(t *testing.T) {
	var words bytes.Buffer
	if code := Run(t.Context(), []string{"version"}, strings.NewReader(""), broken{}, &words); code != failed {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(words.String(), "no more room") {
		t.Errorf("stderr: %s", words.String())
	}
}
