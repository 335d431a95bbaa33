package loss

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sidekeep/export"
)

// details are what an item says besides what is compared by itself, by sort: a
// constant of package export.
type details map[string][]detail

// A detail is one value.
type detail struct {
	text  string   // for people
	words phrase   // of a free text: nearly all words have to be there
	keys  []string // of another value: one of them has to be there
	ref   bool     // it names another item, which has another UID after a migration
	weak  bool     // people change it themselves, and many at once
}

func (c *Content) detail(sort string, d detail) {
	if c.details == nil {
		c.details = details{}
	}
	c.details[sort] = append(c.details[sort], d)
}

// say notes free texts.
func (c *Content) say(sort string, texts ...string) {
	for _, s := range texts {
		d := detail{text: strings.TrimSpace(s), words: say(s)}
		if d.words.empty() {
			d.keys = []string{d.text}
		}
		if d.text != "" {
			c.detail(sort, d)
		}
	}
}

// value notes a value that is the same if one of its keys is.
func (c *Content) value(sort, text string, keys ...string) {
	keys = slices.DeleteFunc(keys, func(s string) bool { return s == "" })
	if len(keys) > 0 {
		c.detail(sort, detail{text: strings.TrimSpace(text), keys: keys})
	}
}

// refer notes the UID of another item.
func (c *Content) refer(sort, uid string) {
	key := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(uid)), "urn:"), "uuid:")
	if key != "" {
		c.detail(sort, detail{text: uid, keys: []string{key}, ref: true})
	}
}

// details compares all details by sort.
func (c *comparing) details() {
	sorts := make([]string, 0, len(c.had.details))
	for sort := range c.had.details {
		sorts = append(sorts, sort)
	}
	slices.Sort(sorts)
	for _, sort := range sorts {
		had, has := c.had.details[sort], c.has.details[sort]
		gone, weak := c.missing(had, has)
		if len(gone) == 0 {
			continue
		}
		c.lose(sort, list(gone), list(added(had, has)))
		last := &c.lost[len(c.lost)-1]
		last.Weak = weak && len(has) > 0
		if sort == export.LostCategories || sort == export.LostMembers {
			last.of = len(had)
			for _, d := range gone {
				last.gone = append(last.gone, d.keys...)
			}
		}
	}
	c.labels()
}

// list is how details are told.
func list(of []detail) string {
	var texts []string
	for _, d := range of {
		texts = append(texts, d.text)
	}
	return strings.Join(texts, ", ")
}

// missing are the details of one sort that are not there any more; weak if all
// of them are what people change themselves.
func (c *comparing) missing(had, has []detail) (gone []detail, weak bool) {
	there := allWords(has)
	weak = true
	refs, kept := 0, 0
	for _, d := range had {
		if d.ref {
			refs++
		}
		if d.within(has, there) {
			kept++
			continue
		}
		gone, weak = append(gone, d), weak && d.weak
	}
	if refs == len(had) && kept == 0 && len(has) >= len(had) && c.had.uid != c.has.uid {
		return nil, false // all items have other UIDs
	}
	return gone, weak
}

// added are the details of one sort that were not there before.
func added(had, has []detail) (list []detail) {
	there := allWords(had)
	for _, d := range has {
		if !d.within(had, there) {
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		return has
	}
	return list
}

func allWords(list []detail) phrase {
	var p phrase
	for _, d := range list {
		p = p.and(d.words)
	}
	return p
}

// within reports whether d is among others, which say there together.
func (d *detail) within(others []detail, there phrase) bool {
	if len(d.keys) > 0 {
		return slices.ContainsFunc(others, func(o detail) bool {
			return slices.ContainsFunc(d.keys, func(k string) bool { return slices.Contains(o.keys, k) })
		})
	}
	return torn(d.text) || len(d.words.missing(there))*4 <= len(d.words.words)
}

// labels compares what numbers and addresses are for.
func (c *comparing) labels() {
	var gone, now []string
	compare := func(value string, had, has []string) {
		for _, s := range had {
			if !slices.Contains(has, s) {
				gone = append(gone, value+" ("+s+")")
				now = append(now, has...)
				return
			}
		}
	}
	for _, n := range c.had.phones {
		var has []string
		found := false
		for _, o := range c.has.phones {
			if n.same(o) {
				found, has = true, append(has, o.labels...)
			}
		}
		if found {
			compare(n.text, n.labels, has)
		}
	}
	for i, s := range c.had.emails {
		var has []string
		found := false
		for k, o := range c.has.emails {
			if o == s {
				found, has = true, append(has, c.has.mailLabels[k]...)
			}
		}
		if found {
			compare(s, c.had.mailLabels[i], has)
		}
	}
	for _, a := range c.had.addresses {
		var has []string
		found := false
		for _, o := range c.has.addresses {
			if a.same(o) {
				found, has = true, append(has, o.labels...)
			}
		}
		if found {
			compare(a.text, a.labels, has)
		}
	}
	if len(gone) > 0 {
		c.lose(export.LostLabels, strings.Join(gone, ", "), strings.Join(now, ", "))
	}
}

// count notes n details of which only the number is compared.
func (c *Content) count(what string, n int) {
	for i := range n {
		c.value(export.LostDetails, what, fmt.Sprint(what, " ", i))
	}
}

// other notes a property that nothing else speaks of. What programs note for
// themselves, and extensions, are nobody's data.
func (c *Content) other(name, text string) {
	name = strings.ToUpper(name)
	if strings.HasPrefix(name, "X-") || slices.Contains(bookkeeping, name) {
		return
	}
	c.say(export.LostDetails, text)
}

// bookkeeping are properties that programs keep for themselves.
var bookkeeping = strings.Fields(`VERSION PRODID REV UID SOURCE NAME PROFILE KIND CLIENTPIDMAP MAILER CLASS SORT-STRING XML TZ LABEL CREATED LANGUAGE
	DTSTAMP LAST-MODIFIED SEQUENCE REQUEST-STATUS REFRESH-INTERVAL METHOD CALSCALE RECURRENCE-ID RRULE EXRULE RDATE EXDATE DTSTART DTEND DURATION TRANSP TZID`)

// link is the address of a page as it is compared.
func link(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, p := range []string{"https://", "http://", "www."} {
		s = strings.TrimPrefix(s, p)
	}
	return strings.TrimRight(s, "/")
}

// spot is a place on the earth to a hundred metres.
func spot(s string) string {
	s = strings.TrimPrefix(strings.ToLower(s), "geo:")
	var list []string
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' }) {
		x, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			break
		}
		list = append(list, strconv.FormatFloat(x, 'f', 3, 64))
	}
	return strings.Join(list, ",")
}
