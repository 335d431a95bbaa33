package screen

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// A style of type: size, line height, weight.
type style struct {
	size, line float32
	bold       bool
}

var (
	pageTitle = style{24, 32, true}
	section   = style{18, 24, true}
	cardTitle = style{16, 24, true}
	body      = style{14, 20, false}
	strong    = style{14, 20, true}
	caption   = style{13, 18, false}
	captionB  = style{13, 18, true}
)

// How a text behaves where it is too long.
type fit int

const (
	whole fit = iota // it is as wide as it is
	cut              // one line, cut with an ellipsis
	wrap             // as many lines as it takes
)

// text is a piece of text in one style. Lines have the height of the style,
// so that it stands on the grid.
type text struct {
	widget.BaseWidget
	value  string
	style  style
	colour fyne.ThemeColorName
	fit    fit
	align  fyne.TextAlign
	most   int // lines, where it wraps; 0 for as many as it takes
	lines  []string
	forW   float32 // width for which lines were made
	width  float32 // of the last layout
}

func newText(value string, s style, colour fyne.ThemeColorName, f fit) *text {
	t := &text{value: value, style: s, colour: colour, fit: f, forW: -1}
	t.ExtendBaseWidget(t)
	return t
}

func centred(t *text) *text {
	t.align = fyne.TextAlignCenter
	return t
}

// set changes the text, and redraws only if it differs.
func (t *text) set(value string) {
	if t.value != value {
		t.value, t.forW = value, -1
		t.Refresh()
	}
}

func (t *text) paint(colour fyne.ThemeColorName) {
	if t.colour != colour {
		t.colour = colour
		t.Refresh()
	}
}

// embolden changes the weight.
func (t *text) embolden(bold bool) {
	if t.style.bold != bold {
		t.style.bold, t.forW = bold, -1
		t.Refresh()
	}
}

func (t *text) measure(s string) float32 {
	return fyne.MeasureText(s, t.style.size, fyne.TextStyle{Bold: t.style.bold}).Width
}

// broken returns the lines at that width.
func (t *text) broken(width float32) []string {
	if t.forW == width {
		return t.lines
	}
	if width <= 0 && t.fit != whole { // not laid out yet
		return []string{""}
	}
	t.forW, t.lines = width, nil
	switch t.fit {
	case whole:
		t.lines = []string{t.value}
	case cut:
		t.lines = []string{t.shorten(t.value, width)}
	case wrap:
		for _, p := range strings.Split(t.value, "\n") {
			t.lines = append(t.lines, t.wrap(p, width)...)
		}
		if t.most > 0 && len(t.lines) > t.most {
			rest := strings.Join(t.lines[t.most-1:], " ")
			t.lines = append(t.lines[:t.most-1:t.most-1], t.shorten(rest, width))
		}
	}
	return t.lines
}

func (t *text) shorten(s string, width float32) string {
	if t.measure(s) <= width {
		return s
	}
	runes := []rune(s)
	lo, hi := 0, len(runes) // runes[:lo] fits, runes[:hi] does not
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; t.measure(string(runes[:mid])+"…") <= width {
			lo = mid
		} else {
			hi = mid
		}
	}
	return strings.TrimRight(string(runes[:lo]), " ") + "…"
}

func (t *text) wrap(s string, width float32) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		try := word
		if line != "" {
			try = line + " " + word
		}
		if t.measure(try) <= width {
			line = try
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for t.measure(word) > width && utf8.RuneCountInString(word) > 1 {
			head := t.fitting(word, width)
			lines, word = append(lines, head), word[len(head):]
		}
		line = word
	}
	return append(lines, line)
}

// fitting is the longest beginning of word that fits, at least one rune.
func (t *text) fitting(word string, width float32) string {
	end := 0
	for i, r := range word {
		next := i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			next = i + 1
		}
		if end > 0 && t.measure(word[:next]) > width {
			break
		}
		end = next
	}
	return word[:end]
}

// HeightFor is the height of the text at that width.
func (t *text) HeightFor(width float32) float32 {
	return float32(len(t.broken(width))) * t.style.line
}

func (t *text) MinSize() fyne.Size {
	switch t.fit {
	case whole:
		return fyne.NewSize(t.measure(t.value), t.style.line)
	case cut:
		return fyne.NewSize(0, t.style.line)
	}
	if t.width > 0 {
		return fyne.NewSize(0, t.HeightFor(t.width))
	}
	return fyne.NewSize(0, t.style.line)
}

func (t *text) CreateRenderer() fyne.WidgetRenderer {
	return &textRenderer{t: t}
}

type textRenderer struct {
	t       *text
	objects []fyne.CanvasObject
}

func (r *textRenderer) Layout(size fyne.Size) {
	r.t.width = size.Width
	r.draw(size)
}

func (r *textRenderer) draw(size fyne.Size) {
	t := r.t
	lines := t.broken(size.Width)
	for len(r.objects) < len(lines) {
		r.objects = append(r.objects, canvas.NewText("", paint(t.colour)))
	}
	r.objects = r.objects[:len(lines)]
	top := (size.Height - float32(len(lines))*t.style.line) / 2
	for i, line := range lines {
		c := r.objects[i].(*canvas.Text)
		c.Text, c.TextSize, c.TextStyle = line, t.style.size, fyne.TextStyle{Bold: t.style.bold}
		c.Color, c.Alignment = paint(t.colour), t.align
		h := c.MinSize().Height
		c.Move(fyne.NewPos(0, top+float32(i)*t.style.line+(t.style.line-h)/2))
		c.Resize(fyne.NewSize(size.Width, h))
		c.Refresh()
	}
}

func (r *textRenderer) MinSize() fyne.Size           { return r.t.MinSize() }
func (r *textRenderer) Refresh()                     { r.draw(r.t.Size()) }
func (r *textRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *textRenderer) Destroy()                     {}
