package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
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

// card writes person i as a phone does. Some come from other programs and are
// in vCard 4.0.
func (p person) card(rnd *rand.Rand, i int) string {
	w, v4 := &writer{}, i%41 == 7
	item := 0
	w.line("BEGIN:VCARD")
	if v4 {
		w.line("VERSION:4.0")
	} else {
		w.line("VERSION:3.0")
		w.line("PRODID:-//Example//Phone 3.2//EN")
	}
	w.line("N:%s;%s;;;", escape.Replace(p.family), escape.Replace(p.given))
	w.line("FN:%s", escape.Replace(p.shown))
	if rnd.IntN(6) == 0 {
		short := []rune(p.given)
		w.line("NICKNAME:%s", string(short[:min(3, len(short))]))
	}
	if rnd.IntN(3) == 0 {
		w.line("ORG:%s;", escape.Replace(pick(rnd, works)))
		w.line("TITLE:%s", pick(rnd, roles))
	}
	p.ways(w, rnd, v4, i, &item)
	p.address(w, rnd, v4, &item)
	p.birthday(w, v4, i)
	if rnd.IntN(12) == 0 {
		item++
		w.line("item%d.URL:https://www.example.com/~%s", item, strings.ToLower(p.uid[:6]))
		w.line("item%d.X-ABLabel:_$!<HomePage>!$_", item)
	}
	if rnd.IntN(14) == 0 {
		item++
		w.line("item%d.X-ABDATE;type=pref:%d-%02d-%02d", item, 1985+rnd.IntN(38), 1+rnd.IntN(12), 1+rnd.IntN(28))
		w.line("item%d.X-ABLabel:_$!<Anniversary>!$_", item)
	}
	if rnd.IntN(6) == 0 {
		w.line("NOTE:%s", escape.Replace(pick(rnd, notes)))
	}
	if len(p.groups) > 0 && rnd.IntN(3) == 0 {
		w.line("CATEGORIES:%s", groups[p.groups[0]])
	}
	if i%11 != 5 {
		photoLine(w, v4, portrait(p.f))
	}
	if v4 {
		w.line("REV:2025%02d%02dT0%d1500Z", 1+rnd.IntN(12), 1+rnd.IntN(28), rnd.IntN(10))
	} else {
		w.line("REV:2026-%02d-%02dT0%d:15:00Z", 1+rnd.IntN(10), 1+rnd.IntN(28), rnd.IntN(10))
	}
	if v4 {
		w.line("UID:urn:uuid:%s", strings.ToLower(p.uid))
	} else {
		w.line("UID:%s", p.uid)
	}
	w.line("END:VCARD")
	return w.b.String()
}

// address writes the address of most.
func (p person) address(w *writer, rnd *rand.Rand, v4 bool, item *int) {
	if rnd.IntN(5) >= 3 {
		return
	}
	l := lands[p.land]
	street := fmt.Sprintf("%s %d", pick(rnd, l.streets), 1+rnd.IntN(120))
	if l.numberFirst {
		street = fmt.Sprintf("%d %s", 1+rnd.IntN(120), pick(rnd, l.streets))
	}
	town, region, _ := strings.Cut(pick(rnd, l.towns), ", ")
	*item++
	w.line("item%d.ADR;%s:;;%s;%s;%s;%s;%s", *item, typ(v4, "HOME", true), escape.Replace(street), escape.Replace(town), region, digits(rnd, l.postcode), l.name)
	if !v4 {
		w.line("item%d.X-ABADR:%s", *item, strings.ToLower(p.land))
	}
}

// typ are the TYPE parameters of a version.
func typ(v4 bool, what string, pref bool) string {
	switch {
	case v4 && pref:
		return "PREF=1;TYPE=" + strings.ToLower(what)
	case v4:
		return "TYPE=" + strings.ToLower(what)
	case pref:
		return "type=" + what + ";type=pref"
	}
	return "type=" + what
}

// ways writes telephone numbers and addresses of e-mail.
func (p person) ways(w *writer, rnd *rand.Rand, v4 bool, i int, item *int) {
	l := lands[p.land]
	if v4 {
		w.line("TEL;VALUE=uri;PREF=1;TYPE=cell:tel:%s", strings.NewReplacer(" ", "-").Replace(digits(rnd, l.mobile)))
	} else {
		w.line("TEL;type=CELL;type=VOICE;type=pref:%s", digits(rnd, l.mobile))
		if rnd.IntN(3) == 0 {
			w.line("TEL;type=HOME;type=VOICE:%s", digits(rnd, l.home))
		}
		if rnd.IntN(5) == 0 {
			w.line("TEL;type=WORK;type=VOICE:%s", digits(rnd, l.home))
		}
	}
	if rnd.IntN(7) == 0 {
		*item++
		w.line("item%d.TEL:%s", *item, digits(rnd, l.home))
		w.line("item%d.X-ABLabel:%s", *item, pick(rnd, labels))
	}
	if rnd.IntN(6) > 0 {
		kind := "type=INTERNET;type=HOME;type=pref"
		if v4 {
			kind = "PREF=1;TYPE=home"
		}
		w.line("EMAIL;%s:%s@%s", kind, mailName(p, i), l.domain)
	}
}

// birthday writes it with its year or, as programs do in three ways, without.
func (p person) birthday(w *writer, v4 bool, i int) {
	switch {
	case !p.bday:
	case p.yearless && v4:
		w.line("BDAY:--%s", p.born.Format("0102"))
	case p.yearless && i%2 == 0:
		w.line("BDAY;X-APPLE-OMIT-YEAR=1604:1604-%s", p.born.Format("01-02"))
	case p.yearless:
		w.line("BDAY;value=date:--%s", p.born.Format("0102"))
	case v4:
		w.line("BDAY:%s", p.born.Format("20060102"))
	default:
		w.line("BDAY;value=date:%s", p.born.Format("2006-01-02"))
	}
}

// card writes a firm.
func (f firm) card(rnd *rand.Rand, i int) string {
	w, l := &writer{}, lands[f.land]
	w.line("BEGIN:VCARD")
	w.line("VERSION:3.0")
	w.line("PRODID:-//Example//Phone 3.2//EN")
	w.line("N:;;;;")
	w.line("FN:%s", escape.Replace(f.name))
	w.line("ORG:%s;", escape.Replace(f.name))
	w.line("TEL;type=WORK;type=VOICE;type=pref:%s", digits(rnd, l.home))
	w.line("EMAIL;type=INTERNET;type=WORK;type=pref:office%02d@%s", i+1, l.domain)
	w.line("NOTE:%s", escape.Replace(f.what))
	w.line("X-ABShowAs:COMPANY")
	photoLine(w, false, sign(f.letters, uint64(i+500)))
	w.line("REV:2025-%02d-11T09:15:00Z", 1+i)
	w.line("UID:%s", uid("firm", f.name))
	w.line("END:VCARD")
	return w.b.String()
}
