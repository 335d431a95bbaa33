package davserver

import (
	"strings"
	"time"
)

// keep stores body as an item of f, or plays that it does.
func (c *call) keep(f *folder, body string) (stored *item, made bool, err error) {
	t, as, at := &c.s.tree, c.renamed(f, body), c.dated(f)
	kept := c.garbled(f, body)
	put := func(allow func(*item) error) (*item, bool, error) {
		return t.put(as, kept, at, kept == body, allow)
	}
	before, was := c.before(as)
	switch {
	case c.always(KeepsNothing):
		stored, made, err = c.pretend(as, body, before)
	case c.always(Late):
		if stored, made, err = c.pretend(as, body, before); err == nil {
			c.s.later.after(c.play.tune.Delay, func() { _, _, _ = put(nil) }) // nobody is told
		}
	default:
		stored, made, err = put(c.conditions())
		if err == nil && c.always(Reverts) {
			c.later(was)
		}
	}
	if err == nil && made && c.always(KeepsTwice) {
		twin := append(as[:len(as)-1:len(as)-1], "twin "+as[len(as)-1])
		_, _, err = t.put(twin, kept, at, false, nil)
	}
	return stored, made, err
}

// before is the item at seg, and what brings back the state that it is in.
func (c *call) before(seg []string) (it *item, back func()) {
	t := &c.s.tree
	_, it, _ = c.find(seg)
	if it == nil {
		return nil, func() { _ = t.remove(seg, time.Now(), nil) } // it may be gone
	}
	return it, func() { _, _, _ = t.put(seg, it.body, it.modified, false, nil) }
}

// later plays back at the next listing, or after Tune.Delay.
func (c *call) later(back func()) {
	if d := c.play.tune.Delay; d > 0 {
		c.s.later.after(d, back)
		return
	}
	s := &c.s.quirks
	s.mu.Lock()
	defer s.mu.Unlock()
	s.undo = append(s.undo, back)
}

// revert takes back what is to be taken back at a listing.
func (s *quirkState) revert() {
	s.mu.Lock()
	list := s.undo
	s.undo = nil
	s.mu.Unlock()
	for _, back := range list {
		back()
	}
}

// pretend answers for an item as if it were kept.
func (c *call) pretend(seg []string, body string, before *item) (it *item, made bool, err error) {
	if err := c.conditions()(before); err != nil {
		return nil, false, err
	}
	it = &item{body: body, name: seg[len(seg)-1]}
	it.seal()
	return it, before == nil, nil
}

// garbled is what is kept of body.
func (c *call) garbled(f *folder, body string) string {
	s := &c.s.quirks
	s.mu.Lock()
	if s.last == nil {
		s.last = map[kind]string{}
	}
	last := s.last[f.kind]
	s.last[f.kind] = body
	s.mu.Unlock()
	lines := strings.SplitAfter(body, "\n")
	switch {
	case last != "" && c.always(KeepsAnother):
		return last
	case c.always(Truncates) && f.kind == files:
		return body[:len(body)/2]
	case c.always(Truncates):
		end := len(lines) - 1 - (len(lines)-1)/4
		return strings.Join(append(lines[:2:2], lines[len(lines)-1-(end/2):]...), "")
	case f.kind != files && c.always(DropsNumbers):
		for i, l := range lines {
			switch {
			case strings.HasPrefix(l, "TEL"):
				lines[i] = strings.TrimRight(l, "\r\n")
				lines[i] = lines[i][:len(lines[i])-1] + "\r\n"
			case strings.HasPrefix(l, "DTSTART:") && len(l) > 19:
				lines[i] = l[:19] + "3" + l[20:]
			}
		}
		return strings.Join(lines, "")
	case f.kind != files && c.play.has(Normalizes):
		return normalized(lines)
	}
	return body
}

// normalized is an item as services write that keep what they know.
func normalized(lines []string) string {
	var out strings.Builder
	for _, l := range lines {
		name, value, found := strings.Cut(l, ":")
		switch {
		case strings.HasPrefix(l, "X-"):
			continue
		case found && strings.HasPrefix(name, "TEL"):
			l = "TEL;type=pref" + strings.ToLower(name[3:]) + ":" + strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(value)
		}
		out.WriteString(l)
		if strings.HasPrefix(l, "VERSION:") {
			out.WriteString("PRODID:-//normalized//EN\r\n")
		}
	}
	return strings.Replace(out.String(), "PRODID:-//normalized//EN\r\nPRODID:", "PRODID:", 1)
}

// drop answers a DELETE.
func (c *call) drop() error {
	t := &c.s.tree
	before, back := c.before(c.seg)
	pretend := c.play.has(KeepsDelete) || c.play.has(Late)
	if before != nil && pretend && (c.always(KeepsDelete) || c.always(Late)) {
		if err := c.conditions()(before); err != nil {
			return err
		}
		if c.play.has(Late) {
			seg := c.seg
			c.s.later.after(c.play.tune.Delay, func() { _ = t.remove(seg, time.Now(), nil) }) // nobody is told
		}
		return nil
	}
	if err := t.remove(c.seg, c.s.o.Now(), c.conditions()); err != nil {
		return err
	}
	if before != nil && c.always(Reverts) {
		c.later(back)
	}
	return nil
}

// fresh reports whether the ETag of an item is weak for being new.
func (p *played) fresh(it *item) bool {
	return it != nil && p.has(FreshWeak) && time.Since(it.stored) < p.tune.Delay
}

// unmodified refuses a change of an item whose time is too new to tell.
func (c *call) unmodified(it *item) error {
	if c.play.fresh(it) && (c.r.Header.Get("If-Match") != "" && c.r.Header.Get("If-Match") != "*" || c.r.Header.Get("If-Unmodified-Since") != "") {
		return errETag
	}
	return nil
}
