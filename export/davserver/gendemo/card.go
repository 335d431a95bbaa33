package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"sidekeep/formats/compose"
)

var (
	works = []string{"Hafenkontor Nord", "Lichtwerk Studio", "Example Shipping", "Museum of Small Things", "Stadtgärtnerei", "Northlight Optics", "Blue Door Books"}
	roles = []string{"Bookkeeper", "Nurse", "Teacher", "Carpenter", "Translator", "Baker", "Physiotherapist", "Engineer", "Gardener", "Pharmacist"}
	notes = []string{
		"Sings the second alto part. Bring back the blue score.", "Allergic to nuts; hazelnuts most of all.", "Met on the ferry.\nLikes rye bread, hates coriander.",
		"Has our spare key.", "Ring twice, the bell is weak.", "Knows a good electrician, surname begins with K; ask again.", "Vegetarian. Two children: Jule & Piet.",
		"Old address until March 2027.", "Prefers text messages", "Borrowed the drill 🛠️ in May",
	}
	labels = []string{"Boat", "Weekend cottage", "Ferienhaus", "Band", "Reception", "Mamas Handy"}
)

// product is the PRODID of the phone.
const product = "-//Example//Phone 3.2//EN"

// A card is one on its way, of a version.
type card struct {
	compose.Card
	item int // the last group
}

func newCard(version string) *card {
	c := &card{Card: compose.Card{Version: version}}
	if version == "3.0" {
		c.Add(compose.Plain("PRODID", product))
	}
	return c
}

func (c *card) v4() bool { return c.Version == "4.0" }

// labelled adds a property in a group of its own, and what tells of it.
func (c *card) labelled(p compose.Property, with ...compose.Property) {
	c.item++
	group := fmt.Sprintf("item%d", c.item)
	c.Add(p.In(group))
	for _, q := range with {
		c.Add(q.In(group))
	}
}

// must is what was encoded; the tables here hold nothing that cannot be.
func must(encoded []byte, err error) string {
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

// card writes person i as a phone does. Some come from other programs and are
// in vCard 4.0.
func (p person) card(rnd *rand.Rand, i int) string {
	c := newCard("3.0")
	if i%41 == 7 {
		c = newCard("4.0")
	}
	c.Add(compose.Parts("N", p.family, p.given, "", "", ""), compose.Text("FN", p.shown))
	if rnd.IntN(6) == 0 {
		short := []rune(p.given)
		c.Add(compose.Texts("NICKNAME", string(short[:min(3, len(short))])))
	}
	if rnd.IntN(3) == 0 {
		c.Add(compose.Parts("ORG", pick(rnd, works), ""), compose.Text("TITLE", pick(rnd, roles)))
	}
	p.ways(c, rnd, i)
	p.address(c, rnd)
	p.birthday(c, i)
	if rnd.IntN(12) == 0 {
		c.labelled(compose.Link("URL", "https://www.example.com/~"+strings.ToLower(p.uid[:6])), compose.Text("X-ABLabel", "_$!<HomePage>!$_"))
	}
	if rnd.IntN(14) == 0 {
		day := fmt.Sprintf("%d-%02d-%02d", 1985+rnd.IntN(38), 1+rnd.IntN(12), 1+rnd.IntN(28))
		c.labelled(compose.Plain("X-ABDATE", day).With("type", "pref"), compose.Text("X-ABLabel", "_$!<Anniversary>!$_"))
	}
	if rnd.IntN(6) == 0 {
		c.Add(compose.Text("NOTE", pick(rnd, notes)))
	}
	if len(p.groups) > 0 && rnd.IntN(3) == 0 {
		c.Add(compose.Texts("CATEGORIES", groups[p.groups[0]]))
	}
	if i%11 != 5 {
		c.AddPhoto("image/jpeg", portrait(p.f))
	}
	if c.v4() {
		c.Add(compose.Plain("REV", fmt.Sprintf("2025%02d%02dT0%d1500Z", 1+rnd.IntN(12), 1+rnd.IntN(28), rnd.IntN(10))), compose.Link("UID", "urn:uuid:"+strings.ToLower(p.uid)))
	} else {
		c.Add(compose.Plain("REV", fmt.Sprintf("2026-%02d-%02dT0%d:15:00Z", 1+rnd.IntN(10), 1+rnd.IntN(28), rnd.IntN(10))), compose.Text("UID", p.uid))
	}
	return must(c.Encode())
}

// address writes the address of most.
func (p person) address(c *card, rnd *rand.Rand) {
	if rnd.IntN(5) >= 3 {
		return
	}
	l := lands[p.land]
	street := fmt.Sprintf("%s %d", pick(rnd, l.streets), 1+rnd.IntN(120))
	if l.numberFirst {
		street = fmt.Sprintf("%d %s", 1+rnd.IntN(120), pick(rnd, l.streets))
	}
	town, region, _ := strings.Cut(pick(rnd, l.towns), ", ")
	a := c.typed(compose.Parts("ADR", "", "", street, town, region, digits(rnd, l.postcode), l.name), true, "HOME")
	if c.v4() {
		c.labelled(a)
	} else {
		c.labelled(a, compose.Text("X-ABADR", strings.ToLower(p.land)))
	}
}

// typed is p with types as the card's version has them: in vCard 4.0 the last
// alone, in lower case, and a preference of its own.
func (c *card) typed(p compose.Property, pref bool, types ...string) compose.Property {
	switch {
	case c.v4() && pref:
		return p.With("PREF", "1").With("TYPE", strings.ToLower(types[len(types)-1]))
	case c.v4():
		return p.With("TYPE", strings.ToLower(types[len(types)-1]))
	case pref:
		types = append(types, "pref")
	}
	return p.With("type", types...)
}

// ways writes telephone numbers and addresses of e-mail.
func (p person) ways(c *card, rnd *rand.Rand, i int) {
	l := lands[p.land]
	if c.v4() {
		c.Add(c.typed(compose.Link("TEL", "tel:"+strings.ReplaceAll(digits(rnd, l.mobile), " ", "-")).With("VALUE", "uri"), true, "CELL"))
	} else {
		c.Add(c.typed(compose.Text("TEL", digits(rnd, l.mobile)), true, "CELL", "VOICE"))
		if rnd.IntN(3) == 0 {
			c.Add(c.typed(compose.Text("TEL", digits(rnd, l.home)), false, "HOME", "VOICE"))
		}
		if rnd.IntN(5) == 0 {
			c.Add(c.typed(compose.Text("TEL", digits(rnd, l.home)), false, "WORK", "VOICE"))
		}
	}
	if rnd.IntN(7) == 0 {
		c.labelled(compose.Text("TEL", digits(rnd, l.home)), compose.Text("X-ABLabel", pick(rnd, labels)))
	}
	if rnd.IntN(6) > 0 {
		c.Add(c.typed(compose.Text("EMAIL", mailName(p, i)+"@"+l.domain), true, "INTERNET", "HOME"))
	}
}

// birthday writes it with its year or, as programs do in three ways, without.
func (p person) birthday(c *card, i int) {
	switch {
	case !p.bday:
	case c.v4() && p.yearless:
		c.Add(compose.CardDate("BDAY", compose.Date{Month: int(p.born.Month()), Day: p.born.Day()}))
	case c.v4():
		c.Add(compose.CardDate("BDAY", compose.Date{Year: p.born.Year(), Month: int(p.born.Month()), Day: p.born.Day()}))
	case p.yearless && i%2 == 0:
		c.Add(compose.Plain("BDAY", "1604-"+p.born.Format("01-02")).With("X-APPLE-OMIT-YEAR", "1604"))
	case p.yearless:
		c.Add(compose.Plain("BDAY", "--"+p.born.Format("0102")).With("value", "date"))
	default:
		c.Add(compose.Plain("BDAY", p.born.Format("2006-01-02")).With("value", "date"))
	}
}

// card writes a firm.
func (f firm) card(rnd *rand.Rand, i int) string {
	c, l := newCard("3.0"), lands[f.land]
	c.Add(compose.Parts("N", "", "", "", "", ""), compose.Text("FN", f.name), compose.Parts("ORG", f.name, ""),
		c.typed(compose.Text("TEL", digits(rnd, l.home)), true, "WORK", "VOICE"),
		c.typed(compose.Text("EMAIL", fmt.Sprintf("office%02d@%s", i+1, l.domain)), true, "INTERNET", "WORK"),
		compose.Text("NOTE", f.what), compose.Plain("X-ABShowAs", "COMPANY"))
	c.AddPhoto("image/jpeg", sign(f.letters, uint64(i+500)))
	c.Add(compose.Plain("REV", fmt.Sprintf("2025-%02d-11T09:15:00Z", 1+i)), compose.Text("UID", uid("firm", f.name)))
	return must(c.Encode())
}
