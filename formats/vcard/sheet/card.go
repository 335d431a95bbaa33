package sheet

import (
	"slices"
	"strconv"
	"strings"

	"sidekeep/formats/compose"
)

// A maker makes a card of a row.
type maker struct {
	t         *table
	card      compose.Card
	name      [5]string
	phonetic  [3]string
	org       [2]string
	birth     [3]string
	sort      string
	addresses []address
	notes     []string
	unknown   []string // cells of columns that are not known: "Heading: cell"
	groups    int
}

type address struct {
	key       string // where its parts come from
	types     []string
	label     string
	fields    [7]string
	formatted string
}

// card makes a card of vCard 3.0; nil if the row says nothing.
func (t *table) card(cells []string) ([]byte, error) {
	m := &maker{t: t, card: compose.Card{Version: "4.0"}}
	groups := map[string]map[string]string{}
	var order []string
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		if i >= len(t.columns) {
			m.unknown = append(m.unknown, cell)
			continue
		}
		c := &t.columns[i]
		switch {
		case c.group != "":
			key := c.group + strconv.Itoa(c.number)
			if groups[key] == nil {
				groups[key] = map[string]string{"group": c.group, "heading": c.heading}
				order = append(order, key)
			}
			groups[key][c.part] = cell
		case dull[letters(c.heading)+"="+cell]:
		case c.meaning != "":
			m.cell(c, cell)
		default:
			m.unknown = append(m.unknown, c.heading+": "+cell)
		}
	}
	for _, key := range order {
		m.numbered(groups[key]["group"], groups[key])
	}
	return m.finish()
}

// labelled adds a property of a label as Google and people write it: a type that
// vCard knows, or one's own.
func (m *maker) labelled(p compose.Property, label string) {
	label, pref := strings.CutPrefix(strings.TrimSpace(label), "* ")
	if pref = pref || label == "*"; pref {
		p = p.With("PREF", "1")
	}
	label = strings.TrimPrefix(label, "*")
	types, own := typesOf(label)
	p = typed(p, types)
	if own == "" {
		m.card.Add(p)
		return
	}
	m.groups++
	group := "item" + strconv.Itoa(m.groups)
	m.card.Add(p.In(group), compose.Text("X-ABLabel", own).In(group))
}

// typed is p with its types, if it has any.
func typed(p compose.Property, types []string) compose.Property {
	if len(types) == 0 {
		return p
	}
	return p.With("TYPE", types...)
}

// typesOf are the types that a label stands for, or the label itself.
func typesOf(label string) (types []string, own string) {
	switch letters(label) {
	case "", "other":
		return nil, ""
	case "mobile", "cell":
		return []string{"cell"}, ""
	case "home", "work", "main", "pager", "fax", "car", "isdn", "textphone", "cell1":
		return []string{letters(label)}, ""
	case "homefax":
		return []string{"home", "fax"}, ""
	case "workfax":
		return []string{"work", "fax"}, ""
	case "workmobile":
		return []string{"work", "cell"}, ""
	}
	return nil, label
}

// values are the values of a cell, of which Google puts several into one.
func values(cell string) []string {
	var out []string
	for s := range strings.SplitSeq(cell, " ::: ") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// cell takes a cell of a fixed column.
func (m *maker) cell(c *column, cell string) {
	name, rest, _ := strings.Cut(c.meaning, " ")
	name, part, _ := strings.Cut(name, ".")
	label := ""
	if own, ok := strings.CutPrefix(rest, "="); ok {
		label, rest = own, ""
	}
	types := strings.Fields(rest)
	switch name {
	case "N":
		join(&m.name[index(part)], cell, " ")
	case "PHONETIC":
		join(&m.phonetic[index(part)], cell, " ")
	case "ORG":
		join(&m.org[index(part)], cell, ", ")
	case "SORT-AS":
		m.sort = cell
	case "ADR":
		m.addressPart(rest, cell)
	case "BDAY", "ANNIVERSARY":
		if part != "" {
			m.birth[index(part)] = cell
			return
		}
		m.date(name, cell, c.heading, "")
	case "NOTE":
		m.notes = append(m.notes, cell)
	case "CATEGORIES":
		m.categories(cell)
	case "RELATED":
		for _, s := range values(cell) {
			m.labelled(typed(compose.Text(name, s).With("VALUE", "text"), types), label)
		}
	case "PHOTO":
		if strings.Contains(cell, "://") {
			m.card.Add(compose.Link(name, cell))
		} else {
			m.unknown = append(m.unknown, c.heading+": "+cell)
		}
	case "IMPP":
		m.chat(cell, "", "")
	case "URL", "FBURL":
		for _, s := range values(cell) {
			m.card.Add(typed(compose.Link(name, s), types))
		}
	default:
		for _, s := range values(cell) {
			m.labelled(typed(compose.Text(name, s), types), label)
		}
	}
}

func index(part string) int {
	n, _ := strconv.Atoi(part)
	return n
}

func join(to *string, s, between string) {
	if *to != "" {
		*to += between
	}
	*to += s
}

// addressPart takes a part of an address: "home.3" is the city of the one at
// home.
func (m *maker) addressPart(meaning, cell string) {
	types, part, _ := strings.Cut(meaning, ".")
	a := m.address("fixed " + types)
	if types != "" {
		a.types = []string{types}
	}
	join(&a.fields[index(part)], cell, "\n")
}

func (m *maker) address(key string) *address {
	for i := range m.addresses {
		if m.addresses[i].key == key {
			return &m.addresses[i]
		}
	}
	m.addresses = append(m.addresses, address{key: key})
	return &m.addresses[len(m.addresses)-1]
}

// categories takes groups: "* myContacts ::: Friends" of Google, "a;b" of
// Outlook, "a,b" of others. The group of all contacts says nothing.
func (m *maker) categories(cell string) {
	list := values(cell)
	if len(list) == 1 {
		list = strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == ',' })
	}
	var out []string
	for _, s := range list {
		s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "* "))
		if s != "" && !strings.EqualFold(s, "myContacts") {
			out = append(out, s)
		}
	}
	if len(out) > 0 {
		m.card.Add(compose.Texts("CATEGORIES", out...))
	}
}

// date takes a date, or keeps what is none as a note.
func (m *maker) date(name, cell, heading, label string) {
	if d, ok := m.t.date(cell); ok {
		m.labelled(compose.CardDate(name, d), label)
	} else {
		m.unknown = append(m.unknown, heading+": "+cell)
	}
}

func (m *maker) chat(cell, service, label string) {
	scheme := map[string]string{
		"aim": "aim", "icq": "icq", "jabber": "xmpp", "xmpp": "xmpp", "googletalk": "xmpp", "hangouts": "xmpp", "msn": "msnim",
		"yahoo": "ymsgr", "skype": "skype", "qq": "qq", "telegram": "tg", "matrix": "matrix",
	}[letters(service)]
	if scheme == "" {
		scheme = "im"
	}
	for _, s := range values(cell) {
		if !strings.Contains(s, ":") {
			s = scheme + ":" + strings.ReplaceAll(s, "%", "%25")
		}
		p := compose.Link("IMPP", s)
		if service != "" {
			p = p.With("SERVICE-TYPE", service)
		}
		m.labelled(p, label)
	}
}

// numbered takes the columns of one number: "Phone 2 - Label" and so on.
func (m *maker) numbered(group string, parts map[string]string) {
	for _, one := range each(parts) {
		m.one(group, one)
	}
}

// each takes a numbered field apart that holds several, as Google writes them
// with ::: between: each of its columns has as many parts.
func each(parts map[string]string) []map[string]string {
	n := 1
	for _, cell := range parts {
		n = max(n, len(several(cell)))
	}
	if n == 1 {
		return []map[string]string{parts}
	}
	list := make([]map[string]string, n)
	for i := range list {
		list[i] = map[string]string{}
		for part, cell := range parts {
			s := ""
			if of := several(cell); i < len(of) {
				s = of[i]
			} else if part == "label" || part == "type" || part == "service" {
				s = strings.TrimPrefix(of[len(of)-1], "* ") // only the first is the preferred one
			}
			if s != "" {
				list[i][part] = s
			}
		}
		list[i]["group"], list[i]["heading"] = parts["group"], parts["heading"]
	}
	return list
}

// several are the parts of a cell, also empty ones, so that each keeps its place.
func several(cell string) []string {
	list := strings.Split(" "+cell+" ", " ::: ")
	for i, s := range list {
		list[i] = strings.TrimSpace(s)
	}
	return list
}

// one takes one value of a numbered field.
func (m *maker) one(group string, parts map[string]string) {
	label := parts["label"]
	if label == "" {
		label = parts["type"]
	}
	used := []string{"label", "type", "group", "heading", "value"}
	value := parts["value"]
	switch group {
	case "EMAIL", "TEL", "URL":
		for _, s := range values(value) {
			p := compose.Text(group, s)
			if group == "URL" {
				p = compose.Link(group, s)
			}
			m.labelled(p, label)
			label = strings.TrimPrefix(label, "* ") // only the first is the preferred one
		}
	case "RELATED":
		own := strings.TrimPrefix(label, "* ")
		if own != "" {
			own = "_$!<" + strings.ToUpper(own[:1]) + own[1:] + ">!$_"
		}
		for _, s := range values(value) {
			m.labelled(compose.Text(group, s).With("VALUE", "text"), own)
		}
	case "EVENT":
		name := "X-ABDATE"
		if letters(label) == "anniversary" && !slices.ContainsFunc(m.card.Properties, func(p compose.Property) bool { return p.Name() == "ANNIVERSARY" }) {
			name, label = "ANNIVERSARY", ""
		}
		if value != "" {
			m.date(name, value, "Event "+label, label)
		}
	case "IMPP":
		m.chat(value, parts["service"], label)
		used = append(used, "service")
	case "ADR":
		used = append(used, m.numberedAddress(parts, label)...)
	case "ORG":
		used = append(used, "name", "department", "title", "jobdescription")
		m.organization(parts)
	case "CUSTOM":
		if label == fullName && value != "" {
			m.card.Add(compose.Text("FN", value))
		} else if value != "" {
			m.unknown = append(m.unknown, strings.TrimSuffix(label+": ", ": ")+": "+value)
		}
	}
	for part, s := range parts {
		if !slices.Contains(used, part) {
			m.unknown = append(m.unknown, strings.SplitN(parts["heading"], " - ", 2)[0]+" "+part+": "+s)
		}
	}
}

func (m *maker) numberedAddress(parts map[string]string, label string) (used []string) {
	names := []string{"pobox", "extendedaddress", "street", "city", "region", "postalcode", "country"}
	a := address{key: parts["heading"], formatted: parts["formatted"], label: label}
	for i, name := range names {
		a.fields[i] = parts[name]
	}
	m.addresses = append(m.addresses, a)
	return append(names, "formatted")
}

func (m *maker) organization(parts map[string]string) {
	if m.org[0] == "" && m.org[1] == "" {
		m.org = [2]string{parts["name"], parts["department"]}
	} else if parts["name"]+parts["department"] != "" {
		m.card.Add(compose.Parts("ORG", parts["name"], parts["department"]))
	}
	if s := parts["title"]; s != "" {
		m.card.Add(compose.Text("TITLE", s))
	}
	if s := parts["jobdescription"]; s != "" {
		m.card.Add(compose.Text("ROLE", s))
	}
}
