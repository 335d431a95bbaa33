package davserver

import (
	"strings"
	"time"
)

// A component is what a query looks at: a card, an event, or the whole body,
// which holds the outermost ones.
type component struct {
	name  string
	lines []line
	kids  []*component
}

// A line is one content line without folds.
type line struct{ name, params, value string }

// param returns a parameter's value without quotes.
func (l *line) param(name string) (string, bool) {
	for _, p := range strings.Split(l.params, ";") {
		key, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(key, name) {
			return strings.Trim(value, `"`), true
		}
	}
	return "", false
}

// parseComponents reads body as far as it can be understood.
func parseComponents(body string) *component {
	root := &component{}
	stack := []*component{root}
	for body != "" {
		var text string
		text, body = unfold(body)
		l := parseLine(text)
		top := stack[len(stack)-1]
		switch {
		case strings.EqualFold(l.name, "BEGIN") && len(stack) < maxNesting:
			c := &component{name: strings.TrimSpace(l.value)}
			top.kids = append(top.kids, c)
			stack = append(stack, c)
		case strings.EqualFold(l.name, "END"):
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
		case l.name != "":
			top.lines = append(top.lines, l)
		}
	}
	return root
}

// unfold takes the first line off body, with the folds in it undone.
func unfold(body string) (text, rest string) {
	text, rest, _ = strings.Cut(body, "\n")
	text = strings.TrimSuffix(text, "\r")
	if rest == "" || rest[0] != ' ' && rest[0] != '\t' {
		return text, rest
	}
	var b strings.Builder
	b.WriteString(text)
	for rest != "" && (rest[0] == ' ' || rest[0] == '\t') {
		text, rest, _ = strings.Cut(rest[1:], "\n")
		b.WriteString(strings.TrimSuffix(text, "\r"))
	}
	return b.String(), rest
}

func parseLine(text string) line {
	quoted := false
	for i := range len(text) {
		switch text[i] {
		case '"':
			quoted = !quoted
		case ':':
			if quoted {
				continue
			}
			name, params, _ := strings.Cut(text[:i], ";")
			if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
				name = name[dot+1:]
			}
			return line{name, params, text[i+1:]}
		}
	}
	return line{}
}

func (c *component) first(name string) *line {
	for i := range c.lines {
		if strings.EqualFold(c.lines[i].name, name) {
			return &c.lines[i]
		}
	}
	return nil
}

// span is the time that a component takes; false if it says nothing of time.
// A time of a zone is taken to be up to a day away from UTC's, which the span
// is made longer by.
func (c *component) span() (start, end time.Time, ok bool) {
	start, known := c.time("DTSTART")
	end, ends := c.time("DTEND")
	if !ends {
		end, ends = c.time("DUE")
	}
	switch {
	case !known && !ends:
		return start, end, false
	case !known:
		start = end
	case !ends:
		end = start
		if l := c.first("DURATION"); l != nil {
			end = start.Add(duration(l.value))
		} else if l := c.first("DTSTART"); len(l.value) == 8 {
			end = start.AddDate(0, 0, 1)
		}
	}
	if c.first("RRULE") != nil || c.first("RDATE") != nil {
		end = time.Unix(1<<40, 0)
	}
	for _, name := range []string{"DTSTART", "DTEND", "DUE"} {
		if l := c.first(name); l != nil && !strings.HasSuffix(l.value, "Z") {
			return start.Add(-14 * time.Hour), end.Add(14 * time.Hour), true
		}
	}
	return start, end, true
}

func (c *component) time(name string) (time.Time, bool) {
	l := c.first(name)
	if l == nil {
		return time.Time{}, false
	}
	for _, layout := range []string{"20060102T150405Z", "20060102T150405", "20060102"} {
		if t, err := time.Parse(layout, strings.TrimSpace(l.value)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// duration reads an RFC 5545 s3.3.6 duration as far as it is one.
func duration(s string) time.Duration {
	var d, n time.Duration
	units := map[rune]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour, 'H': time.Hour, 'M': time.Minute, 'S': time.Second}
	for _, r := range s {
		if r >= '0' && r <= '9' && n < 1e6 {
			n = n*10 + time.Duration(r-'0')
		} else if u, ok := units[r]; ok {
			d, n = d+n*u, 0
		}
	}
	return d
}
