package vcard

import (
	"net/url"
	"slices"
	"strings"

	"sidekeep/formats/contentline"
)

// requiredNames adds what the target requires: FN in 3.0 and 4.0, N in 2.1 and
// 3.0. N holds FN, so that programs that show N rather than FN show the same
// name; it stays empty where that is none of a person.
func (c *conversion) requiredNames() {
	var add []property
	fn := c.first("FN")
	if c.to != V21 && fn == nil {
		add = append(add, property{name: "FN", as: "FN", value: contentline.Escape(c.Name)})
	}
	if c.to != V40 && c.first("N") == nil {
		name := ";;;;"
		switch {
		case c.Kind == "group":
			name = contentline.Escape(c.Name) + ";;;;"
		case c.Kind != "org" && fn != nil:
			name = ";" + contentline.Escape(c.Name) + ";;;"
		}
		add = append(add, property{name: "N", as: "N", value: name})
	}
	c.properties = append(add, c.properties...)
}

func (c *conversion) sortStringToN() {
	n := c.first("N")
	if n == nil {
		return
	}
	c.drop(func(p *property) bool {
		if p.name != "X-SORT-STRING" || n.get("SORT-AS") != "" {
			return false
		}
		n.put("SORT-AS", unescape(p.value))
		return true
	})
}

func (c *conversion) sortAsOfN() {
	c.replace(func(p property) []property {
		if p.name != "N" {
			return []property{p}
		}
		as := p.take("SORT-AS")
		if len(as) == 0 {
			return []property{p}
		}
		return []property{p, {name: "X-SORT-STRING", as: "SORT-STRING", value: contentline.Escape(strings.Join(as, ",")), line: p.line}}
	})
}

// labelsToAddresses gives each LABEL to the address of its group, of its types,
// or the only one; otherwise to an address that has nothing else.
func (c *conversion) labelsToAddresses() {
	free := map[string][]*property{} // addresses without a label by group and by types
	addresses, labels := 0, 0
	for p := range c.all("ADR") {
		if p.get("LABEL") != "" {
			continue
		}
		addresses++
		keys := []string{"", typesKey(p)}
		if p.group != "" {
			keys = append(keys, strings.ToLower(p.group)+".")
		}
		for _, key := range keys {
			free[key] = append(free[key], p)
		}
	}
	for range c.all("LABEL") {
		labels++
	}
	taken := map[*property]bool{}
	give := func(key string) *property {
		for len(free[key]) > 0 {
			a := free[key][0]
			if free[key] = free[key][1:]; !taken[a] {
				taken[a] = true
				return a
			}
		}
		return nil
	}
	for p := range c.all("LABEL") {
		text := unescape(p.value)
		var a *property
		if p.group != "" {
			a = give(strings.ToLower(p.group) + ".")
		}
		if a == nil {
			a = give(typesKey(p))
		}
		if a == nil && addresses == 1 && labels == 1 {
			a = give("")
		}
		if a != nil {
			a.put("LABEL", text)
			p.name, p.as = "", "LABEL"
			continue
		}
		p.name, p.as, p.value = "ADR", "ADR", ";;;;;;"
		p.put("LABEL", text)
	}
	c.drop(func(p *property) bool { return p.name == "" && p.as == "LABEL" })
}

// typesKey is the same for properties of the same types.
func typesKey(p *property) string {
	types := slices.Clone(p.types)
	for i, t := range types {
		types[i] = strings.ToLower(t)
	}
	slices.Sort(types)
	return ";" + strings.Join(types, ",")
}

func (c *conversion) labelsOfAddresses() {
	c.replace(func(p property) []property {
		if p.name != "ADR" {
			return []property{p}
		}
		text := p.take("LABEL")
		if len(text) == 0 {
			return []property{p}
		}
		label := property{name: "LABEL", as: "LABEL", types: p.types, value: contentline.Escape(strings.Join(text, ",")), line: p.line}
		if strings.Trim(p.value, ";") == "" {
			return []property{label}
		}
		return []property{p, label}
	})
}

// messengersToIMPP makes one IMPP of X-JABBER and the like. One that the card
// has already is not written twice.
func (c *conversion) messengersToIMPP() {
	c.replace(func(p property) []property {
		for _, s := range services {
			if s.property != p.name || strings.TrimSpace(p.value) == "" {
				continue
			}
			handle := unescapeURI(p.value)
			if schemeOf(handle) != s.scheme {
				handle = s.scheme + ":" + strings.ReplaceAll(handle, "%", "%25")
			}
			p.name, p.value = "IMPP", contentline.EscapeURI(handle)
			if s.name != "" && p.get("SERVICE-TYPE") == "" {
				p.put("SERVICE-TYPE", s.name)
			}
			break
		}
		return []property{p}
	})
	c.once("IMPP")
}

// once leaves one of several properties of a name that say the same.
func (c *conversion) once(name string) {
	seen := map[string]int{}
	var out []property
	for _, p := range c.properties {
		if p.name != name {
			out = append(out, p)
			continue
		}
		i, ok := seen[p.value]
		if !ok {
			seen[p.value] = len(out)
			out = append(out, p)
			continue
		}
		for _, t := range p.types {
			out[i].addType(t)
		}
		if out[i].pref == 0 {
			out[i].pref = p.pref
		}
	}
	c.properties = out
}

func (c *conversion) messengersOfOld() {
	for p := range c.all("IMPP") {
		scheme, service := schemeOf(p.value), p.get("SERVICE-TYPE")
		for _, s := range services {
			if scheme != s.scheme || service != "" && !strings.EqualFold(service, s.name) || s.name == "" {
				continue
			}
			handle := p.value[len(scheme)+1:]
			if un, err := url.PathUnescape(handle); err == nil {
				handle = un
			}
			p.take("SERVICE-TYPE")
			c.lost(p, "vCard 2.1 has no IMPP: it is kept as "+s.property, false)
			p.name, p.as, p.value = s.property, s.property, handle
			break
		}
	}
	for _, s := range services {
		c.once(s.property)
	}
}

// relatedTypes gives related people the type that their label stands for.
func (c *conversion) relatedTypes() {
	for p := range c.all("X-SPOUSE") {
		if strings.TrimSpace(p.value) != "" {
			p.name, p.kind, p.value = "RELATED", "text", contentline.Escape(unescape(p.value))
			p.addType("spouse")
		}
	}
	for p := range c.all("RELATED") {
		label := unwrap(c.label(p.group))
		for _, k := range kin {
			if strings.EqualFold(k.label, label) {
				p.addType(k.typ)
				break
			}
		}
	}
}

// relatedLabels gives related people the label that their type stands for.
func (c *conversion) relatedLabels() {
	c.replace(func(p property) []property {
		if p.name != "RELATED" || len(p.types) == 0 {
			return []property{p}
		}
		for i, t := range p.types {
			for _, k := range kin {
				if !strings.EqualFold(k.typ, t) {
					continue
				}
				have := unwrap(c.label(p.group))
				if have != "" && !slices.ContainsFunc(kin, func(o kinship) bool { return o.typ == k.typ && strings.EqualFold(o.label, have) }) {
					return []property{p}
				}
				p.types = slices.Delete(slices.Clone(p.types), i, i+1)
				if have != "" {
					return []property{p}
				}
				if label := labelFor(k.typ); label != "" {
					return c.labelled(p, label)
				}
			}
		}
		return []property{p}
	})
}

// labelFor is the label for a type of RELATED: one that Apple translates, or
// the type itself.
func labelFor(typ string) string {
	label := ""
	for _, k := range kin {
		switch {
		case k.typ == typ && k.back:
			return "_$!<" + k.label + ">!$_"
		case strings.EqualFold(k.label, typ):
			label = k.label
		}
	}
	return label
}
