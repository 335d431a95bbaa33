package vcard

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"sidekeep/formats/contentline"
)

// steps are what a conversion does to the card as a whole, in this order,
// while its values are in the form of vCard 4.0.
func steps() []step {
	return []step{
		{"", "", "", (*conversion).notes},              // lines that are no property -> NOTE
		{"", "", "", (*conversion).phoneticSounds},     // SOUND;X-IRMC-N -> X-PHONETIC-LAST-NAME and the like
		{"", "", "", (*conversion).ownLabels},          // TEL;X-CUSTOM -> item1.TEL, item1.X-ABLabel
		{"", "", "", (*conversion).agents},             // the card within the card
		{"", V40, "", (*conversion).agentsToRelated},   // AGENT -> RELATED;TYPE=agent
		{V40, "", "", (*conversion).relatedToAgents},   // RELATED;TYPE=agent -> AGENT
		{"", V40, "", (*conversion).messengersToIMPP},  // X-JABBER -> IMPP:xmpp:
		{"", V21, "", (*conversion).messengersOfOld},   // IMPP:xmpp: -> X-JABBER
		{"", V40, "", (*conversion).relatedTypes},      // X-ABLabel:_$!<Spouse>!$_, X-SPOUSE -> RELATED;TYPE=spouse
		{"", "", V40, (*conversion).relatedLabels},     // RELATED;TYPE=spouse -> X-ABLabel:_$!<Spouse>!$_
		{V40, "", "", (*conversion).socialTypes},       // SOCIALPROFILE;SERVICE-TYPE=x -> X-SOCIALPROFILE;TYPE=x
		{"", V40, "", (*conversion).companyToKind},     // X-ABShowAs:COMPANY -> KIND:org
		{"", "", V40, (*conversion).kindToCompany},     // KIND:org -> X-ABShowAs:COMPANY; KIND:individual goes
		{"", "", "", (*conversion).requiredNames},      // FN and N
		{"", V40, "", (*conversion).sortStringToN},     // SORT-STRING -> N;SORT-AS=
		{V40, "", "", (*conversion).sortAsOfN},         // N;SORT-AS= -> SORT-STRING
		{"", V40, "", (*conversion).labelsToAddresses}, // LABEL -> ADR;LABEL=
		{"", "", V40, (*conversion).labelsOfAddresses}, // ADR;LABEL= -> LABEL
		{"", "", V40, (*conversion).preferences},       // PREF=1 to 100 -> TYPE=pref for the first
		{"", "", "", (*conversion).internet},           // EMAIL;TYPE=INTERNET is for 2.1
		{"", V40, "", (*conversion).constants},         // PROFILE:VCARD goes
	}
}

// A step is done for cards of one version, or for a target, or unless it is the
// target; "" says nothing.
type step struct {
	from, to, not Version
	do            func(*conversion)
}

func decimal(n int) string { return strconv.Itoa(n) }

// all yields the properties of a canonical name.
func (c *conversion) all(name string) func(yield func(*property) bool) {
	return func(yield func(*property) bool) {
		for i := range c.properties {
			if c.properties[i].name == name && !yield(&c.properties[i]) {
				return
			}
		}
	}
}

func (c *conversion) first(name string) *property {
	for p := range c.all(name) {
		return p
	}
	return nil
}

// replace puts what f returns in the place of each property.
func (c *conversion) replace(f func(p property) []property) {
	out := make([]property, 0, len(c.properties)+4)
	for _, p := range c.properties {
		out = append(out, f(p)...)
	}
	c.properties = out
}

func (c *conversion) drop(gone func(p *property) bool) {
	c.properties = slices.DeleteFunc(c.properties, func(p property) bool { return gone(&p) })
}

// newGroup is a name for a group that the card does not have yet.
func (c *conversion) newGroup() string {
	if c.groups == 0 {
		for i := range c.properties {
			if n, err := strconv.Atoi(strings.TrimPrefix(strings.ToLower(c.properties[i].group), "item")); err == nil && n < 1<<30 {
				c.groups = max(c.groups, n)
			}
		}
	}
	c.groups++
	return "item" + decimal(c.groups)
}

// labelled adds an X-ABLabel to a property, in its group or a new one.
func (c *conversion) labelled(p property, label string) []property {
	if p.group == "" {
		p.group = c.newGroup()
	}
	c.learnLabels()
	c.setLabel(p.group, label)
	return []property{p, {group: p.group, name: "X-ABLABEL", as: "X-ABLabel", value: contentline.Escape(label)}}
}

func (c *conversion) notes() {
	for i := range c.properties {
		if p := &c.properties[i]; p.as == "" && p.name == "" {
			p.value = contentline.Escape(p.value)
			c.lost(p, "it is no property: it becomes a note", false)
			p.name = "NOTE"
		}
	}
}

// phoneticSounds makes names of the SOUND in which phones in Japan keep how a
// name is read: family and given name with a semicolon between.
func (c *conversion) phoneticSounds() {
	c.replace(func(p property) []property {
		if p.name != "SOUND" || !p.is("X-IRMC-N") {
			return []property{p}
		}
		var out []property
		for i, field := range contentline.Fields(p.value) {
			if s := unescape(field); s != "" && i < len(irmcNames) {
				out = append(out, property{name: irmcNames[i], as: irmcNames[i], value: contentline.Escape(s), line: p.line})
			}
		}
		return out
	})
}

var irmcNames = []string{"X-PHONETIC-LAST-NAME", "X-PHONETIC-FIRST-NAME", "X-PHONETIC-MIDDLE-NAME"}

func (c *conversion) ownLabels() {
	c.replace(func(p property) []property {
		label := p.get("X-CUSTOM")
		if label == "" || c.label(p.group) != "" {
			return []property{p}
		}
		p.take("X-CUSTOM")
		return c.labelled(p, label)
	})
}

// agents converts the cards within the card.
func (c *conversion) agents() {
	for p := range c.all("AGENT") {
		if p.card == nil {
			continue
		}
		inner, err := parse(p.card)
		if err == nil && c.depth < deepest {
			out, losses, _ := convert(inner, c.from, c.to, c.depth+1)
			p.card = out
			for _, l := range losses {
				l.Line = p.line
				c.losses = append(c.losses, l)
			}
			continue
		}
		c.lost(p, "the card within it is kept as a text, in X-AGENT", false)
		p.name, p.as, p.value, p.kind, p.card = "X-AGENT", "X-AGENT", contentline.Escape(string(p.card)), "", nil
	}
}

const cardURI = "data:text/vcard;base64,"

func (c *conversion) agentsToRelated() {
	for p := range c.all("AGENT") {
		p.name = "RELATED"
		p.addType("agent")
		if p.card == nil {
			continue
		}
		c.lost(p, "the card within it becomes data in RELATED, which few programs show", false)
		p.value, p.kind, p.card = cardURI+base64.StdEncoding.EncodeToString(p.card), "uri", nil
	}
}

func (c *conversion) relatedToAgents() {
	for p := range c.all("RELATED") {
		if !p.is("agent") || p.kind != "uri" {
			continue
		}
		p.name = "AGENT"
		p.types = slices.DeleteFunc(slices.Clone(p.types), func(t string) bool { return strings.EqualFold(t, "agent") })
		encoded, ok := strings.CutPrefix(p.value, cardURI)
		if !ok {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			continue
		}
		if inner, err := parse(raw); err == nil && c.depth < deepest {
			p.card, _, _ = convert(inner, V40, c.to, c.depth+1)
			p.value, p.kind = "", ""
		}
	}
}

// socialTypes names the service as Apple does.
func (c *conversion) socialTypes() {
	for p := range c.all("SOCIALPROFILE") {
		if s := p.take("SERVICE-TYPE"); len(s) > 0 {
			p.addType(strings.ToLower(s[0]))
		}
		if s := p.take("USERNAME"); len(s) > 0 {
			p.put("x-user", s...)
		}
	}
}

func (c *conversion) companyToKind() {
	if c.Kind != "org" || c.first("KIND") != nil {
		return
	}
	for p := range c.all("X-ABSHOWAS") {
		p.name, p.value = "KIND", "org"
	}
}

func (c *conversion) kindToCompany() {
	c.replace(func(p property) []property {
		if p.name != "KIND" {
			return []property{p}
		}
		switch strings.ToLower(strings.TrimSpace(p.value)) {
		case "individual":
			return nil
		case "org":
			p.name, p.as, p.value = "X-ABSHOWAS", "X-ABShowAs", "COMPANY"
		}
		return []property{p}
	})
}

// preferences leaves TYPE=pref to the most preferred property of each name.
func (c *conversion) preferences() {
	if c.from != V40 {
		return
	}
	best := map[string]int{}
	for i := range c.properties {
		if p := &c.properties[i]; p.pref > 0 && (best[p.name] == 0 || p.pref < best[p.name]) {
			best[p.name] = p.pref
		}
	}
	for i := range c.properties {
		if p := &c.properties[i]; p.pref > best[p.name] {
			c.lost(p, "vCard "+string(c.to)+" knows only one preferred value: the order of the others goes", false)
			p.pref = 0
		}
	}
}

func (c *conversion) internet() {
	for p := range c.all("EMAIL") {
		switch {
		case c.to == V21 && len(p.types) == 0:
			p.types = []string{"INTERNET"}
		case c.to == V40:
			p.types = slices.DeleteFunc(slices.Clone(p.types), func(t string) bool { return strings.EqualFold(t, "INTERNET") })
		}
	}
}

func (c *conversion) constants() {
	c.drop(func(p *property) bool {
		return p.name == "PROFILE" && strings.EqualFold(strings.TrimSpace(p.value), "VCARD")
	})
}

// alternative tells whether the card has the property already as often as the
// target allows: others are kept as X-ALT-FN and the like.
func (c *conversion) alternative(p *property) bool {
	r := byName[p.name]
	if r == nil || r.limit == 0 {
		return false
	}
	if c.to == V40 {
		return c.repeated(r, p)
	}
	c.written[r]++
	return c.written[r] > r.limit
}

// repeated tells whether the card has p already, of which vCard 4.0 has one.
// Properties of one ALTID are one (RFC 6350 section 5.4).
func (c *conversion) repeated(r *rule, p *property) bool {
	if !single[r.v40] {
		return false
	}
	id := p.get("ALTID")
	first, again := c.firsts[r]
	if !again {
		c.firsts[r] = id
	}
	return again && (id == "" || id != first)
}

// repeats tells whether a property is there more often than vCard 4.0 has it.
func (p *parsed) repeats() bool {
	c := conversion{firsts: map[*rule]string{}}
	for i := range p.properties {
		q := &p.properties[i]
		if r := byName[q.name]; r != nil && !q.empty() && !strings.HasPrefix(strings.ToUpper(q.as), "X-ALT-") && c.repeated(r, q) {
			return true
		}
	}
	return false
}
