package vcard

import (
	"net/url"
	"slices"
	"strings"

	"sidekeep/formats/contentline"
)

// contactOf sorts the properties of a card into the fields of a Contact.
func contactOf(card *parsed) *Contact {
	c := &Contact{Card: card.Card}
	v := viewer{card: card, from: card.version("")}
	for i := range card.properties {
		p := &card.properties[i]
		v.types += len(p.types)
		if p.group != "" && p.name != "X-ABLABEL" {
			v.types++ // its label may be one
		}
		v.labels = v.labels || p.name == "LABEL"
	}
	if v.labels {
		v.free = map[string][]int{}
	}
	for i := range card.properties {
		p := &card.properties[i]
		if p.card == nil && strings.TrimSpace(p.value) == "" {
			continue
		}
		if !v.person(c, p) && !v.reach(c, p) && !v.explanatory(c, p) {
			if s, ok := shownBefore(c, p); !ok {
				c.Rest = append(c.Rest, Property{Name: p.as, Value: v.value(p, s), Line: p.line})
			}
		}
	}
	for i := range card.outside {
		p := &card.outside[i]
		c.Rest = append(c.Rest, Property{Value: Value{Text: p.value}, Line: p.line})
	}
	return c
}

// shownBefore tells whether a property only says what a Contact has in another
// place: a label, a version. The text is what is left of any other.
func shownBefore(c *Contact, p *property) (string, bool) {
	switch p.name {
	case "X-ABLABEL", "UID", "KIND", "PROFILE":
		return "", true
	case "X-ABSHOWAS":
		return "", c.Kind == "org"
	}
	return unescape(p.value), false
}

type viewer struct {
	card   *parsed
	from   Version
	labels bool             // the card has a LABEL
	free   map[string][]int // addresses that have no LABEL yet, by their types
	types  int              // how many types all properties have
	room   []string         // for the types of values, all of which share it
	split  [8]string        // the fields of the property that is being read
	parts  [7]string        // and what they say
}

// typesRoom is an empty list with room for n types.
func (v *viewer) typesRoom(n int) []string {
	if cap(v.room)-len(v.room) < n {
		v.room = make([]string, 0, max(n, min(v.types, mostTypes)))
	}
	from := len(v.room)
	v.room = v.room[:from+n]
	return v.room[from : from : from+n]
}

// value is a text with the label and the types of its property.
func (v *viewer) value(p *property, s string) Value {
	out := Value{Text: s, Pref: p.pref}
	label := v.card.label(p.group)
	if label == "" {
		label = p.labelOf()
	}
	if label != "" {
		if known := unwrap(label); known != label {
			out.Types = append(v.typesRoom(1+len(p.types)), strings.ToLower(known))
		} else {
			out.Label = label
		}
	}
	if len(p.types) > 0 && out.Types == nil {
		out.Types = v.typesRoom(len(p.types))
	}
	for _, t := range p.types {
		lower := lowerType(t)
		if rest, ok := strings.CutPrefix(lower, "x-"); ok && out.Label == "" {
			out.Label = t[len(t)-len(rest):] // as Android writes a label in vCard 3.0
			continue
		}
		if !slices.Contains(out.Types[:min(len(out.Types), mostTypes)], lower) {
			out.Types = append(out.Types, lower)
		}
	}
	return out
}

// lowerType is t in lower case; the types that most cards have cost nothing.
func lowerType(t string) string {
	switch t {
	case "HOME":
		return "home"
	case "WORK":
		return "work"
	case "CELL":
		return "cell"
	case "VOICE":
		return "voice"
	case "FAX":
		return "fax"
	case "INTERNET":
		return "internet"
	}
	return strings.ToLower(t)
}

// of is a value that also says which property it is of.
func (v *viewer) of(p *property, s string) Value {
	out := v.value(p, s)
	out.Kind = strings.TrimPrefix(p.name, "X-")
	return out
}

// person takes what a person is.
func (v *viewer) person(c *Contact, p *property) bool {
	switch p.name {
	case "FN":
		if s := unescape(p.value); s != c.Name && contentline.Shown(s) != c.Name {
			c.AltFN = append(c.AltFN, s)
		}
	case "N":
		v.names(c, p)
	case "X-PHONETIC-FIRST-NAME":
		return put(&c.Phonetic.Given, p)
	case "X-PHONETIC-MIDDLE-NAME":
		return put(&c.Phonetic.Additional, p)
	case "X-PHONETIC-LAST-NAME":
		return put(&c.Phonetic.Family, p)
	case "X-SORT-STRING":
		return put(&c.SortAs, p)
	case "X-MAIDENNAME":
		return put(&c.Maiden, p)
	case "NICKNAME":
		c.Nicknames = appendList(c.Nicknames, p.value)
	case "ORG":
		f := contentline.AppendFields(v.split[:0], p.value)
		o := Organization{Value: v.value(p, unescape(f[0]))}
		for _, unit := range f[1:] {
			if unit != "" {
				o.Units = append(o.Units, unescape(unit))
			}
		}
		c.Organizations = append(c.Organizations, o)
	case "TITLE":
		c.Titles = append(c.Titles, v.value(p, unescape(p.value)))
	case "ROLE":
		c.Roles = append(c.Roles, v.value(p, unescape(p.value)))
	case "BDAY":
		v.day(p, &c.Birthday, c)
	case "ANNIVERSARY":
		v.day(p, &c.Anniversary, c)
	case "X-ABDATE", "DEATHDATE":
		v.day(p, nil, c)
	case "GENDER":
		q := *p
		readGender(&q)
		sex, identity, _ := strings.Cut(q.value, ";")
		if identity = unescape(identity); sex != "" && identity != "" {
			sex += ", "
		}
		c.Gender = sex + identity
	case "PRONOUNS":
		c.Pronouns = append(c.Pronouns, v.value(p, unescape(p.value)))
	default:
		return false
	}
	return true
}

// put takes the text of a property that a card has once. It returns false for
// another one, which has no place but in the rest.
func put(field *string, p *property) bool {
	s := unescape(p.value)
	if *field == "" {
		*field = s
	}
	return *field == s
}

func appendList(to []string, value string) []string {
	for _, s := range contentline.List(value) {
		if s = strings.TrimSpace(unescape(s)); s != "" {
			to = append(to, s)
		}
	}
	return to
}

// names reads N; a second one is another way to write it.
func (v *viewer) names(c *Contact, p *property) {
	f := v.fields(p, " ", 5)
	n := Names{Family: f[0], Given: f[1], Additional: f[2], Prefix: f[3], Suffix: f[4]}
	if as := p.get("SORT-AS"); as != "" && c.SortAs == "" {
		c.SortAs = as
	}
	switch {
	case n == Names{}:
	case p.get("PHONETIC") != "":
		c.Phonetic = n
	case c.Names == Names{}:
		c.Names = n
	default:
		c.AltNames = append(c.AltNames, n)
	}
}

// fields are n fields of a structured value, at most seven, the parts of a list
// in one field with something between them. What stands beyond the n goes into
// the last. They are valid until the next call.
func (v *viewer) fields(p *property, between string, n int) []string {
	raw := contentline.AppendFields(v.split[:0], p.value)
	out := v.parts[:n]
	clear(out)
	for i, s := range raw {
		if v.from != V21 && strings.IndexByte(s, ',') >= 0 {
			s = strings.Join(unescapeAll(contentline.List(s)), between)
		} else {
			s = unescape(s)
		}
		switch {
		case i < n:
			out[i] = s
		case s != "":
			out[n-1] = strings.TrimSpace(out[n-1] + between + s)
		}
	}
	return out
}

// day reads a date into its field, or to the others if that is taken.
func (v *viewer) day(p *property, field **Date, c *Contact) {
	d := Date{Value: v.of(p, unescape(p.value))}
	if p.kind != "text" {
		d.Year, d.Month, d.Day, d.Time, _ = parseDate(d.Text)
		d.Time = extendedClock(d.Time)
	}
	if omit := p.get("X-APPLE-OMIT-YEAR"); omit != "" && omit == padded(d.Year, 4) || yearless(p, d.Year, d.Day) {
		d.Year = 0
	}
	if field == nil || *field != nil {
		c.Dates = append(c.Dates, d)
		return
	}
	*field = &d
}

// reach takes how a person is reached.
func (v *viewer) reach(c *Contact, p *property) bool {
	switch p.name {
	case "TEL":
		if c.Phones == nil {
			c.Phones = make([]Value, 0, 2)
		}
		c.Phones = append(c.Phones, v.value(p, readPhone(unescape(p.value))))
	case "EMAIL":
		s := unescape(p.value)
		if hasScheme(s, "mailto") {
			s = s[len("mailto:"):]
		}
		c.Emails = append(c.Emails, v.value(p, s))
	case "ADR":
		if v.labels && p.get("LABEL") == "" {
			key := typesKey(p)
			v.free[key] = append(v.free[key], len(c.Addresses))
		}
		c.Addresses = append(c.Addresses, v.address(p))
	case "LABEL":
		v.label(c, p)
	case "IMPP":
		c.addChat(v.chat(p, p.get("SERVICE-TYPE"), ""))
	case "X-SOCIALPROFILE", "SOCIALPROFILE":
		c.Profiles = append(c.Profiles, v.profile(p))
	case "X-TWITTER", "X-FACEBOOK", "X-LINKEDIN", "X-INSTAGRAM", "X-MASTODON", "X-FLICKR", "X-MYSPACE", "X-SINAWEIBO", "X-WEIBO", "X-WECHAT", "X-WHATSAPP", "X-SIGNAL":
		s := unescapeURI(p.value)
		c.Profiles = append(c.Profiles, Profile{Value: v.of(p, s), Service: strings.ToLower(p.as[len("X-"):]), User: s})
	case "URL", "FBURL", "CALURI", "CALADRURI", "CONTACT-URI", "ORG-DIRECTORY", "SOURCE":
		c.URLs = append(c.URLs, v.of(p, unescapeURI(p.value)))
	default:
		if !strings.HasPrefix(p.name, "X-") {
			return false // as no messenger's is
		}
		for _, s := range services {
			if s.property == p.name {
				c.addChat(v.chat(p, s.name, s.scheme))
				return true
			}
		}
		return false
	}
	return true
}

func (v *viewer) address(p *property) Address {
	f := v.fields(p, ", ", 7)
	a := Address{
		Value: v.value(p, p.get("LABEL")),
		POBox: f[0], Extended: f[1], Street: f[2], City: f[3], Region: f[4], Code: f[5], Country: f[6],
	}
	if a.Text == "" {
		a.Text = a.envelope()
	}
	return a
}

// label gives a LABEL to the address of the same types that has none of its
// own, otherwise to an address that has nothing else.
func (v *viewer) label(c *Contact, p *property) {
	key := typesKey(p)
	if free := v.free[key]; len(free) > 0 {
		c.Addresses[free[0]].Text = unescape(p.value)
		v.free[key] = free[1:]
		return
	}
	c.Addresses = append(c.Addresses, Address{Value: v.value(p, unescape(p.value))})
}

// addChat adds an address unless the card has it already, as Apple writes all
// of them twice: as IMPP, and as X-JABBER and the like.
func (c *Contact) addChat(p Profile) {
	for i := range c.Chats[:min(len(c.Chats), mostTypes)] {
		if have := &c.Chats[i]; have.User == p.User && have.Service == p.Service && have.Kind != p.Kind {
			for _, t := range p.Types {
				if !slices.Contains(have.Types, t) {
					have.Types = append(have.Types, t)
				}
			}
			return
		}
	}
	c.Chats = append(c.Chats, p)
}

func (v *viewer) chat(p *property, service, scheme string) Profile {
	s := unescapeURI(p.value)
	out := Profile{Value: v.of(p, s), Service: service, User: s}
	have := schemeOf(s)
	if have != "" && (scheme == "" || have == scheme) {
		out.User = s[len(have)+1:]
		if un, err := url.PathUnescape(out.User); err == nil {
			out.User = un
		}
		out.User, _, _ = strings.Cut(strings.TrimPrefix(out.User, "//"), "?")
	}
	for _, s := range services {
		if out.Service == "" && s.scheme == have {
			out.Service = s.name
		}
	}
	return out
}

func (v *viewer) profile(p *property) Profile {
	s := unescapeURI(p.value)
	out := Profile{Value: v.of(p, s), Service: p.get("SERVICE-TYPE"), User: p.get("x-user") + p.get("USERNAME")}
	if out.Service == "" && len(out.Types) > 0 {
		out.Service = out.Types[0]
		for _, t := range out.Types {
			if t != "home" && t != "work" {
				out.Service = t
				break
			}
		}
	}
	return out
}
