package command

import (
	"bytes"
	"strings"
	"testing"
)

// TestLiveLine: a bar where it is known of how much and there is room, and one line
// whatever the text.
func TestLiveLine(t *testing.T) {
	for _, c := range []struct {
		width       int
		text        string
		done, total int64
		want        string
	}{
		{80, "home: 4 of 9 items", 4, 9, " 44% ████████░░░░░░░░░░░░  home: 4 of 9 items"},
		{80, "home: 0 of 9 items", 0, 9, "  0% ░░░░░░░░░░░░░░░░░░░░  home: 0 of 9 items"},
		{80, "home: 9 of 9 items", 9, 9, "100% ████████████████████  home: 9 of 9 items"},
		{80, "more than was said", 12, 9, "100% ████████████████████  more than was said"},
		{80, "before it begins", -1, 9, "  0% ░░░░░░░░░░░░░░░░░░░░  before it begins"},
		{80, "reading 40 GB of 100 GB", 40_000_000_000, 100_000_000_000, " 40% ████████░░░░░░░░░░░░  reading 40 GB of 100 GB"},
		{80, "home: connecting", 0, -1, "home: connecting"},
		{80, "home: nothing", 0, 0, "home: nothing"},
		{59, "home: 4 of 9 items", 4, 9, "home: 4 of 9 items"},
		{20, "home: 4 of 9 items in a long name", 4, 9, "home: 4 of 9 items…"},
		{20, "山田山田山田山田山田山田", 4, 9, "山田山田山田山田山…"},
	} {
		var b bytes.Buffer
		l := live{on: true, out: newPrinter(&b, true), width: c.width}
		l.show(c.text, c.done, c.total)
		line, ok := strings.CutPrefix(b.String(), clearLine)
		if !ok || line != c.want || columns(line) >= c.width {
			t.Errorf("%d of %d in %d columns:\ngot  %q\nwant %q", c.done, c.total, c.width, line, c.want)
		}
		b.Reset()
		if l.end(); b.String() != clearLine {
			t.Errorf("at the end: %q", b.String())
		}
		if l.end(); b.String() != clearLine {
			t.Errorf("a second end: %q", b.String())
		}
	}
	var none live
	if none.end(); none.hasBar(9) {
		t.Error("a bar on no terminal")
	}
}
