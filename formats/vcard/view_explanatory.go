package vcard

import (
	"encoding/base64"
	"strings"

	"sidekeep/formats/contentline"
)

// explanatory takes what explains further who somebody is (RFC 6350 section 6.7),
// and pictures, places and relations.
func (v *viewer) explanatory(c *Contact, p *property) bool {
	switch p.name {
	case "NOTE":
		c.Notes = append(c.Notes, v.value(p, unescape(p.value)))
	case "CATEGORIES":
		c.Categories = appendList(c.Categories, p.value)
	case "RELATED", "X-SPOUSE", "X-CHILD", "X-ASSISTANT", "X-MANAGER", "X-EVOLUTION-ASSISTANT", "X-EVOLUTION-MANAGER", "X-KADDRESSBOOK-X-ASSISTANTSNAME", "X-KADDRESSBOOK-X-MANAGERSNAME":
		c.Related = append(c.Related, v.related(p))
	case "MEMBER":
		c.Members = append(c.Members, unescapeURI(p.value))
	case "PHOTO":
		c.Photos = append(c.Photos, v.media(p))
	case "LOGO":
		c.Logos = append(c.Logos, v.media(p))
	case "SOUND":
		if p.is("X-IRMC-N") {
			f := append(contentline.Fields(p.value), "", "")
			c.Phonetic = Names{Family: unescape(f[0]), Given: unescape(f[1]), Additional: unescape(f[2])}
			return true
		}
		c.Sounds = append(c.Sounds, v.media(p))
	case "KEY":
		c.Keys = append(c.Keys, v.media(p))
	case "AGENT":
		c.Agents = append(c.Agents, v.agent(p))
	case "GEO", "TZ", "BIRTHPLACE", "DEATHPLACE":
		c.Places = append(c.Places, v.place(p))
	case "LANG", "LANGUAGE":
		c.Languages = append(c.Languages, v.value(p, unescape(p.value)))
	case "REV":
		return put(&c.Revised, p)
	case "PRODID":
		return put(&c.Product, p)
	default:
		return false
	}
	return true
}

func (v *viewer) related(p *property) Value {
	out := v.of(p, unescape(p.value))
	if p.name != "RELATED" {
		for _, word := range [...]string{"SPOUSE", "CHILD", "ASSISTANT", "MANAGER"} {
			if strings.Contains(p.name, word) {
				out.Types = append(out.Types, strings.ToLower(word))
			}
		}
	}
	if rest, ok := strings.CutPrefix(out.Text, cardURI); ok {
		if raw, err := base64.StdEncoding.DecodeString(rest); err == nil {
			if card, err := Read(raw); err == nil {
				out.Text = card.Name
			}
		}
	}
	return out
}

func (v *viewer) agent(p *property) Value {
	q := *p
	readAgent(&q)
	if q.card == nil {
		return v.value(p, unescape(p.value))
	}
	card, err := Read(q.card)
	if err != nil || card.Name == "" {
		return v.value(p, contentline.Shown(string(q.card)))
	}
	return v.value(p, card.Name)
}

func (v *viewer) place(p *property) Value {
	q := *p
	if p.name == "GEO" {
		readPosition(&q)
		return v.of(p, unescape(strings.TrimPrefix(q.value, "geo:")))
	}
	if p.name == "TZ" {
		readZone(&q)
		writeZone(&q, V30)
		return v.of(p, unescape(q.value))
	}
	return v.of(p, unescape(p.value))
}

func (v *viewer) media(p *property) Media {
	q := *p
	q.types = append([]string(nil), p.types...)
	m := readMedia(&q)
	return Media{Value: v.value(&q, m.link+m.text), Type: m.typ, encoded: m.encoded}
}

// envelope is the address in lines.
func (a *Address) envelope() string {
	var b strings.Builder
	b.Grow(len(a.POBox) + len(a.Extended) + len(a.Street) + len(a.Code) + len(a.City) + len(a.Region) + len(a.Country) + 6)
	line := func(parts ...string) {
		start := true
		for _, s := range parts {
			switch {
			case s == "":
				continue
			case !start:
				b.WriteByte(' ')
			case b.Len() > 0:
				b.WriteByte('\n')
			}
			start = false
			b.WriteString(s)
		}
	}
	line(a.POBox)
	line(a.Extended)
	line(a.Street)
	line(a.Code, a.City, a.Region)
	line(a.Country)
	return b.String()
}
