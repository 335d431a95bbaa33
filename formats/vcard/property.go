package vcard

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"sidekeep/formats/contentline"
)

// A property is a line of a card with its parameters sorted out, so that the
// versions no longer differ in them.
type property struct {
	group  string
	name   string // canonical: as vCard 4.0 has it, in upper case; "" for a line that is no property
	as     string // as delivered
	types  []string
	pref   int    // 1 to 100; 0 if nothing is said
	value  string // in UTF-8, not encoded, escapes with a backslash as delivered
	kind   string // VALUE in lower case; "" if nothing is said
	base64 bool
	old    bool                // there are parameters without a value
	params []contentline.Param // all others, but for ENCODING and CHARSET
	card   []byte              // of AGENT: the card within the card
	line   int
	media  *media // of pictures, sounds and keys, once their value has been read
}

// set makes p the property of a line, whose name in upper case and text are
// given.
func (p *property) set(l *contentline.Line, upper, text string) {
	p.group, p.as, p.value, p.line = l.Group, l.Name, text, l.Number
	p.name = canonical(upper)
	for i := range l.Params {
		p.param(&l.Params[i])
	}
	if p.name == "X-ANDROID-CUSTOM" {
		p.android()
	}
}

// param sorts a parameter into the fields of the property.
func (p *property) param(q *contentline.Param) {
	name := strings.ToUpper(q.Name)
	if q.Values == nil {
		p.bare(q.Name, name)
		return
	}
	switch name {
	case "TYPE":
		if p.types == nil {
			if areTypes(q.Values) {
				p.types = q.Values[:len(q.Values):len(q.Values)]
				return
			}
			p.types = make([]string, 0, len(q.Values))
		}
		for _, v := range q.Values {
			if strings.IndexByte(v, ',') < 0 {
				p.addType(strings.TrimSpace(v))
				continue
			}
			for v := range strings.SplitSeq(v, ",") { // TYPE="home,cell", which is one value by the letter
				p.addType(strings.TrimSpace(v))
			}
		}
	case "PREF":
		if n, err := strconv.Atoi(q.Values[0]); err == nil && n >= 1 && n <= 100 {
			p.pref = n
		}
	case "ENCODING":
		v := strings.ToUpper(q.Values[0])
		p.base64 = p.base64 || v == "B" || v == "BASE64"
	case "CHARSET":
	case "VALUE":
		if p.kind = strings.ToLower(q.Values[0]); p.kind == "url" {
			p.kind = "uri"
		}
	case "LABEL":
		// RFC 6350 section 6.3.1 has line breaks in it as in a text.
		p.params = append(p.params, contentline.Param{Name: q.Name, Values: []string{lineBreaks.Replace(strings.Join(q.Values, ","))}})
	default:
		if label, ok := androidLabel(name, q); ok {
			p.params = append(p.params, contentline.Param{Name: "X-CUSTOM", Values: []string{label}})
			return
		}
		if rest, ok := strings.CutPrefix(name, "X-"); ok && newParams[rest] {
			p.params = append(p.params, contentline.Param{Name: rest, Values: q.Values})
			return
		}
		p.params = append(p.params, *q)
	}
}

// areTypes tells whether the values, one or two, are types as they are.
func areTypes(values []string) bool {
	for _, v := range values {
		for i := range len(v) {
			if c := v[i]; c == ',' || c == ' ' || c == '\t' || c >= utf8.RuneSelf && len(values) > 1 {
				return false
			}
		}
		if v == "" || strings.EqualFold(v, "PREF") || len(values) > 1 && strings.TrimSpace(v) != v {
			return false
		}
	}
	return len(values) == 1 || len(values) == 2 && !strings.EqualFold(values[0], values[1])
}

var lineBreaks = strings.NewReplacer(`\n`, "\n", `\N`, "\n")

// bare takes a parameter without a value, as vCard 2.1 has them: a type, an
// encoding, or what a value is.
func (p *property) bare(as, name string) {
	p.old = true
	switch name {
	case "BASE64", "B":
		p.base64 = true
	case "QUOTED-PRINTABLE", "8BIT", "7BIT", "":
	case "URL", "URI":
		p.kind = "uri"
	case "INLINE", "CONTENT-ID", "CID":
		p.kind = strings.ToLower(name)
	default:
		p.addType(as)
	}
}

// mostTypes is how many types are searched for one that is there already.
const mostTypes = 100

func (p *property) addType(t string) {
	switch {
	case t == "":
	case strings.EqualFold(t, "PREF"):
		if p.pref == 0 {
			p.pref = 1
		}
	case len(p.types) > mostTypes || !p.is(t):
		p.types = append(p.types, t)
	}
}

// is tells whether t is among the types.
func (p *property) is(t string) bool {
	for _, have := range p.types {
		if strings.EqualFold(have, t) {
			return true
		}
	}
	return false
}

// get is the first value of a parameter, "" if there is none.
func (p *property) get(name string) string {
	for i := range p.params {
		if strings.EqualFold(p.params[i].Name, name) && len(p.params[i].Values) > 0 {
			return p.params[i].Values[0]
		}
	}
	return ""
}

// take removes a parameter and returns its values.
func (p *property) take(name string) []string {
	for i := range p.params {
		if strings.EqualFold(p.params[i].Name, name) {
			values := p.params[i].Values
			p.params = append(p.params[:i:i], p.params[i+1:]...)
			return values
		}
	}
	return nil
}

// put adds a parameter.
func (p *property) put(name string, values ...string) {
	p.params = append(p.params[:len(p.params):len(p.params)], contentline.Param{Name: name, Values: values})
}

// androidLabel reads how Android writes a label of one's own in vCard 2.1:
// TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,Summer=20house):1.
func androidLabel(name string, q *contentline.Param) (string, bool) {
	if !strings.HasPrefix(name, "X-CUSTOM(") {
		return "", false
	}
	all := q.Name + "=" + strings.Join(q.Values, ",")
	all = strings.TrimSuffix(all[len("X-CUSTOM("):], ")")
	label := all[strings.LastIndexByte(all, ',')+1:]
	if !strings.Contains(strings.ToUpper(all), "QUOTED-PRINTABLE") {
		return label, true
	}
	for l := range contentline.Lines([]byte("X;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:" + label)) {
		return l.Text(), true
	}
	return label, true
}

// android makes what it is of X-ANDROID-CUSTOM, in which Android keeps what
// vCard 2.1 and 3.0 have no property for: what, the value, the number of a
// type, and the label of type 0.
func (p *property) android() {
	f := append(contentline.Fields(p.value), "", "", "")
	value, typ, label := f[1], f[2], unescape(f[3])
	if strings.TrimSpace(value) == "" {
		return
	}
	switch strings.TrimPrefix(f[0], "vnd.android.cursor.item/") {
	case "nickname":
		p.name, label = "NICKNAME", ""
		value = contentline.Escape(unescape(value))
	case "contact_event":
		switch typ {
		case "1":
			p.name = "ANNIVERSARY"
		case "3":
			p.name = "BDAY"
		default:
			p.name = "X-ABDATE"
		}
	case "relation":
		p.name, p.kind = "RELATED", "text"
		if n, err := strconv.Atoi(typ); err == nil && n > 0 && n < len(androidRelations) {
			label = androidRelations[n]
		}
		for _, k := range kin {
			if strings.EqualFold(k.label, label) {
				p.addType(k.typ)
				label = "_$!<" + k.label + ">!$_"
				break
			}
		}
	default:
		return
	}
	p.value = value
	if label != "" {
		p.params = append(p.params, contentline.Param{Name: "X-CUSTOM", Values: []string{label}})
	}
}

// androidRelations are Android's types of relations by their numbers.
var androidRelations = []string{"", "Assistant", "Brother", "Child", "Domestic partner", "Father", "Friend", "Manager", "Mother", "Parent", "Partner", "Referred by", "Relative", "Sister", "Spouse"}

// labelOf is the label of one's own that the property carries itself.
func (p *property) labelOf() string {
	for _, name := range [...]string{"X-CUSTOM", "X-LABEL"} {
		if s := p.get(name); s != "" {
			return s
		}
	}
	return ""
}

// anniversaries makes X-ABDATE, which Apple labels, the ANNIVERSARY that it is.
func (p *parsed) anniversaries() {
	for i := range p.properties {
		q := &p.properties[i]
		if q.name == "X-ABDATE" && strings.EqualFold(unwrap(p.label(q.group)), "Anniversary") {
			q.name = "ANNIVERSARY"
		}
	}
}

// label is the value of X-ABLabel in a group, "" if there is none.
func (p *parsed) label(group string) string {
	if group == "" {
		return ""
	}
	if p.labels == nil && len(p.properties) <= mostTypes {
		for i := range p.properties {
			if q := &p.properties[i]; q.name == "X-ABLABEL" && strings.EqualFold(q.group, group) {
				return strings.TrimSpace(unescape(q.value))
			}
		}
		return ""
	}
	p.learnLabels()
	return p.labels[strings.ToLower(group)]
}

// learnLabels keeps the labels in a map, once a card is long or gets more.
func (p *parsed) learnLabels() {
	if p.labels != nil {
		return
	}
	p.labels = map[string]string{}
	for i := range p.properties {
		if q := &p.properties[i]; q.name == "X-ABLABEL" && q.group != "" {
			p.setLabel(q.group, strings.TrimSpace(unescape(q.value)))
		}
	}
}

// setLabel takes the first label of a group.
func (p *parsed) setLabel(group, label string) {
	if group = strings.ToLower(group); p.labels[group] == "" {
		p.labels[group] = label
	}
}

// unwrap is an Apple label without the marks of one that Apple translates.
func unwrap(label string) string {
	if s, ok := strings.CutPrefix(label, "_$!<"); ok {
		return strings.TrimSuffix(s, ">!$_")
	}
	return label
}
