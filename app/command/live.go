package command

import (
	"bytes"
	"strings"

	"github.com/schollz/progressbar/v3"
)

// A live is one line of a terminal that is kept up to date. The zero live is no
// terminal.
type live struct {
	on    bool
	out   *printer
	width int // columns
	shown bool
}

// live is the line of stderr, if that is a terminal and anything is to be shown
// there.
func (s *session) live() live {
	if s.quiet || s.progress == "json" {
		return live{}
	}
	width, on := isTerminal(s.stderr.out)
	return live{on: on, out: s.stderr, width: width}
}

const (
	clearLine = "\r\x1b[K"
	barWidth  = 20 // columns of the bar itself
	barFrom   = 60 // narrower terminals have no room for it
)

// hasBar reports whether a bar, with its per cent, is shown of so many.
func (l *live) hasBar(total int64) bool { return l.on && total > 0 && l.width >= barFrom }

// show shows how much is done, as a bar if it is known of how much, and text. It
// never takes a second line.
func (l *live) show(text string, done, total int64) {
	bar := ""
	if l.hasBar(total) {
		bar = drawnBar(min(max(done, 0), total), total) + "  "
	}
	l.shown = true
	l.out.raw(clearLine + bar + fit(text, l.width-1-columns(bar)))
}

// end takes the line away.
func (l *live) end() {
	if l.shown {
		l.out.raw(clearLine)
	}
	l.shown = false
}

// drawnBar is a bar behind its per cent, of one width: " 44% ████████░░░░░░░░░░░░".
func drawnBar(done, total int64) string {
	var b bytes.Buffer
	bar := progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(&b), progressbar.OptionSetWidth(barWidth), progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionSetElapsedTime(false), progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░"}))
	if err := bar.Set64(done); err != nil {
		return ""
	}
	drawn := strings.TrimRight(b.String(), "\r ")
	return strings.TrimPrefix(drawn[strings.LastIndexByte(drawn, '\r')+1:], " ")
}
