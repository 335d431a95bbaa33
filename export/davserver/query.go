package davserver

import (
	"net/http"
	"strings"
	"time"
)

// query answers addressbook-query (RFC 6352 s8.6) and calendar-query (RFC 4791
// s7.8). A recurring object is taken to last from its start on, so that a
// time range may name one too many and never one too few.
func (c *call) query() error {
	ns := nsCard
	if c.f.kind == cal {
		ns = nsCal
	}
	match, err := compile(c.body.child(ns, "filter"), ns)
	if err != nil {
		return err
	}
	a := c.s.newAnswer(c.w, c.r, c.play)
	a.ask(c.names(), true)
	items := c.items()
	if c.wantsData() {
		for _, it := range items {
			if c.breaks(it) {
				return refuse(http.StatusInternalServerError, "", "an item of this request cannot be read")
			}
		}
	}
	a.start()
	for _, it := range items {
		if match(it.body) && !(c.wantsData() && c.vanished(it)) {
			a.add(subject{c.f, it})
		}
	}
	a.finish("")
	return nil
}

// A filter decides about an item's body, a test about a component.
type (
	filter func(body string) bool
	test   func(comp *component) bool
)

func compile(n *node, ns string) (filter, error) {
	if n == nil || len(n.kids) == 0 {
		return func(string) bool { return true }, nil
	}
	if ns == nsCard {
		t, err := compileProps(n, ns, n.attribute("test") == "allof")
		return func(body string) bool {
			root := parseComponents(body)
			return len(root.kids) > 0 && t(root.kids[0])
		}, err
	}
	var tests []test
	for _, k := range n.kids {
		if !k.is(nsCal, "comp-filter") {
			return nil, unsupported("cal:supported-filter", k)
		}
		t, err := compileComp(k)
		if err != nil {
			return nil, err
		}
		tests = append(tests, t)
	}
	return func(body string) bool {
		root := parseComponents(body)
		for _, t := range tests {
			if !t(root) {
				return false
			}
		}
		return true
	}, nil
}

func unsupported(cond string, n *node) error {
	return refuse(http.StatusForbidden, cond, "the filter element "+n.name.Local+" is not understood here")
}

// compileComp makes a test of the components that hold the named one
// (RFC 4791 s9.7.1).
func compileComp(n *node) (test, error) {
	name := n.attribute("name")
	absent := false
	var inner []test
	for _, k := range n.kids {
		var t test
		var err error
		switch {
		case k.is(nsCal, "is-not-defined"):
			absent = true
			continue
		case k.is(nsCal, "comp-filter"):
			t, err = compileComp(k)
		case k.is(nsCal, "time-range"):
			t, err = compileRange(k)
		case k.is(nsCal, "prop-filter"):
			t, err = compileProps(&node{kids: []*node{k}}, nsCal, true)
		default:
			err = unsupported("cal:supported-filter", k)
		}
		if err != nil {
			return nil, err
		}
		inner = append(inner, t)
	}
	return func(up *component) bool {
		found := false
	next:
		for _, comp := range up.kids {
			if !strings.EqualFold(comp.name, name) {
				continue
			}
			found = true
			if absent {
				return false
			}
			for _, t := range inner {
				if !t(comp) {
					continue next
				}
			}
			return true
		}
		return absent && !found
	}, nil
}

func compileRange(n *node) (test, error) {
	from, err1 := rangeTime(n.attribute("start"), time.Time{})
	to, err2 := rangeTime(n.attribute("end"), time.Unix(1<<40, 0))
	if err1 != nil || err2 != nil {
		return nil, refuse(http.StatusBadRequest, "cal:valid-filter", "a time range has UTC times such as 20260301T000000Z")
	}
	return func(comp *component) bool {
		start, end, ok := comp.span()
		if !ok {
			return true // a to-do without dates is in every range (RFC 4791 s9.9)
		}
		return start.Before(to) && (end.After(from) || end.Equal(start) && !start.Before(from))
	}, nil
}

func rangeTime(s string, none time.Time) (time.Time, error) {
	if s == "" {
		return none, nil
	}
	return time.Parse("20060102T150405Z", s)
}

// compileProps makes one test of the prop-filters in n (RFC 6352 s10.5.1).
func compileProps(n *node, ns string, all bool) (test, error) {
	var tests []test
	for _, k := range n.kids {
		if !k.is(ns, "prop-filter") {
			return nil, unsupported(prefixes[ns]+"supported-filter", k)
		}
		t, err := compileProp(k, ns)
		if err != nil {
			return nil, err
		}
		tests = append(tests, t)
	}
	return func(comp *component) bool {
		return combine(len(tests), all, func(i int) bool { return tests[i](comp) })
	}, nil
}

// combine joins n answers; none at all is a yes.
func combine(n int, all bool, answer func(int) bool) bool {
	for i := range n {
		if answer(i) != all {
			return !all
		}
	}
	return all || n == 0
}

func compileProp(n *node, ns string) (test, error) {
	name, all := n.attribute("name"), ns == nsCal || n.attribute("test") == "allof"
	absent := false
	var tests []func(line *line) bool
	for _, k := range n.kids {
		switch {
		case k.is(ns, "is-not-defined"):
			absent = true
		case k.is(ns, "text-match"):
			m := textMatch(k, ns)
			tests = append(tests, func(l *line) bool { return m(l.value) })
		case k.is(ns, "param-filter"):
			param, m, none := strings.ToUpper(k.attribute("name")), func(string) bool { return true }, false
			for _, inner := range k.kids {
				if inner.is(ns, "is-not-defined") {
					none = true
				} else {
					m = textMatch(inner, ns)
				}
			}
			tests = append(tests, func(l *line) bool {
				v, ok := l.param(param)
				return ok != none && (none || m(v))
			})
		default:
			return nil, unsupported(prefixes[ns]+"supported-filter", k)
		}
	}
	return func(comp *component) bool {
		found := false
		for i := range comp.lines {
			l := &comp.lines[i]
			if !strings.EqualFold(l.name, name) {
				continue
			}
			found = true
			if !absent && combine(len(tests), all, func(i int) bool { return tests[i](l) }) {
				return true
			}
		}
		return absent && !found
	}, nil
}

// textMatch is the match of RFC 6352 s10.5.4; letters of either case are the
// same, except with the collation i;octet.
func textMatch(n *node, ns string) func(string) bool {
	fold := strings.ToLower
	if n.attribute("collation") == "i;octet" {
		fold = func(s string) string { return s }
	}
	want, negate := fold(n.text), n.attribute("negate-condition") == "yes"
	match := strings.Contains
	if ns == nsCard {
		switch n.attribute("match-type") {
		case "equals":
			match = func(a, b string) bool { return a == b }
		case "starts-with":
			match = strings.HasPrefix
		case "ends-with":
			match = strings.HasSuffix
		}
	}
	return func(v string) bool { return match(fold(unescape.Replace(v)), want) != negate }
}

var unescape = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`)
