package main

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"sidekeep/formats/compose"
)

// cards is how many cards the phone holds, groups among them.
const cards = 250

// A person is one card on its way.
type person struct {
	given, family, shown string
	f                    face
	land                 string
	groups               []int
	uid                  string
	born                 time.Time
	bday                 bool // the card tells
	yearless             bool // without the year
}

// groups are the groups of the address book; Family's members are the owner's.
var groups = []string{"Family", "Choir", "Neighbours", "School run"}

// uid is a UUID that follows from what it is for.
func uid(parts ...any) string {
	h := sha256.Sum256([]byte(fmt.Sprint(parts...)))
	h[6], h[8] = h[6]&0x0f|0x40, h[8]&0x3f|0x80
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16]))
}

// makePeople makes the people of all cultures, in a fixed order.
func makePeople() []person {
	rnd := rand.New(rand.NewPCG(250, 1))
	var all []person
	seen := map[string]bool{}
	for ci, cu := range cultures {
		for n, tries := 0, 0; n < cu.share; tries++ {
			woman := tries%2 == 0
			given := pick(rnd, cu.men)
			if woman {
				given = pick(rnd, cu.women)
			}
			family := pick(rnd, cu.families)
			if cu.feminine && woman {
				family = feminine(family)
			}
			if seen[given+family] {
				if tries > 500 {
					panic("too few names in culture " + family)
				}
				continue
			}
			seen[given+family] = true
			shown := given + " " + family
			if cu.last {
				shown = family + " " + given
				if given[0] >= 0xe3 { // Han, Kana and Hangul stand without a space
					shown = family + given
				}
			}
			p := person{given: given, family: family, shown: shown, land: cu.land, uid: uid("person", ci, given, family)}
			p.f = face{uint64(len(all) + 1), woman, cu.tones[0] + rnd.IntN(cu.tones[1]-cu.tones[0]+1), rnd.IntN(7) == 0, woman && rnd.Float64() < cu.covered}
			year := 1938 + rnd.IntN(66)
			if p.f.old {
				year = 1932 + rnd.IntN(30)
			}
			p.born = time.Date(year, time.Month(1+rnd.IntN(12)), 1+rnd.IntN(28), 0, 0, 0, 0, time.UTC)
			p.yearless = len(all)%9 == 4
			p.bday = p.yearless || rnd.IntN(10) < 6
			for g := range groups {
				if rnd.IntN(8) == 0 {
					p.groups = append(p.groups, g)
				}
			}
			all = append(all, p)
			n++
		}
	}
	return all
}

// feminine is the form that a woman's name has.
func feminine(family string) string {
	if s, ok := strings.CutSuffix(family, "ski"); ok {
		return s + "ska"
	}
	if strings.HasSuffix(family, "в") {
		return family + "а"
	}
	return family
}

func pick[T any](rnd *rand.Rand, from []T) T { return from[rnd.IntN(len(from))] }

// digits puts digits in the place of each x.
func digits(rnd *rand.Rand, pattern string) string {
	b := []byte(pattern)
	for i := range b {
		if b[i] == 'x' {
			b[i] = byte('0' + rnd.IntN(10))
		}
	}
	return string(b)
}

// makeContacts returns all cards, one after the other.
func makeContacts() string {
	rnd := rand.New(rand.NewPCG(250, 2))
	people := makePeople()
	all := make([]string, 0, cards)
	for i, p := range people {
		c := p.card(rnd, i)
		if i%83 == 40 { // brought over from an older phone, with its line ends
			c = strings.ReplaceAll(c, "\r\n", "\n")
		}
		all = append(all, c)
	}
	for i, f := range firms {
		all = append(all, f.card(rnd, i))
	}
	for g, name := range groups {
		c := newCard("3.0")
		c.Add(compose.Parts("N", name, "", "", "", ""), compose.Text("FN", name), compose.Plain("X-ADDRESSBOOKSERVER-KIND", "group"))
		for _, p := range people {
			for _, in := range p.groups {
				if in == g {
					c.Add(compose.Link("X-ADDRESSBOOKSERVER-MEMBER", "urn:uuid:"+p.uid))
				}
			}
		}
		c.Add(compose.Plain("REV", "2026-10-03T08:15:00Z"), compose.Text("UID", uid("group", name)))
		all = append(all, must(c.Encode()))
	}
	if len(all) != cards {
		panic(fmt.Sprintf("%d cards were made, not %d", len(all), cards))
	}
	rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return strings.Join(all, "")
}

// latin spells the letters that have no accent to leave out.
var latin = strings.NewReplacer("ı", "i", "ø", "o", "ł", "l", "ß", "ss", "þ", "th", "đ", "d", "æ", "ae", "œ", "oe", "ð", "d", "ä", "ae", "ö", "oe", "ü", "ue")

// mailName is what stands before the @ of an address.
func mailName(p person, i int) string {
	ascii := func(s string) string {
		var b strings.Builder
		for _, r := range norm.NFD.String(latin.Replace(strings.ToLower(s))) {
			if r >= 'a' && r <= 'z' {
				b.WriteRune(r)
			}
		}
		return b.String()
	}
	g, f := ascii(p.given), ascii(p.family)
	if len(g) < 2 || len(f) < 2 {
		return fmt.Sprintf("p%03d", i+1)
	}
	return g + "." + f
}
