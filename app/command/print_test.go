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
