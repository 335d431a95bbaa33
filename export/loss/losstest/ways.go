package losstest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sidekeep/export"
)

// A Way is something that a service or a person does to the data.
type Way struct {
	Name string
	Loss bool
	// Days is how many exports, one a day, it takes; 1 if it is done at once. A
	// loss has to be noticed by then.
	Days int
	// Alone is set if it cannot be mixed with another way.
	Alone bool
	// Before, if it is not nil, makes the phone fit before its first export.
	Before func(p *Phone)
	Do     func(p *Phone, day int)
}

// some is a part of things that is beyond every threshold: five at least, and a
// quarter.
func (p *Phone) some(kind export.Kind) []*Thing {
	list := p.Of(kind)
	n := max(5, len(list)/4+1+p.IntN(max(1, len(list)*3/4)))
	p.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	return list[:min(n, len(list))]
}

// few is a part of things that is below every threshold, also twice.
func (p *Phone) few(kind export.Kind) []*Thing {
	list := p.Of(kind)
	n := min(max(2, p.IntN(max(1, len(list)/11))), len(list))
	p.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	return list[:n]
}

// each makes a way of changing some things of a kind.
func each(kind export.Kind, do func(p *Phone, t *Thing)) func(*Phone, int) {
	return func(p *Phone, _ int) {
		for _, t := range p.some(kind) {
			do(p, t)
		}
	}
}

// rotate gives each of some things what the next one had.
func rotate(kind export.Kind, swap func(to, from *Thing)) func(*Phone, int) {
	return func(p *Phone, _ int) {
		list := p.some(kind)
		was := make([]Thing, len(list))
		for i, t := range list {
			was[i] = *t
		}
		for i, t := range list {
			swap(t, &was[(i+1)%len(list)])
		}
	}
}

func gone(kind export.Kind) func(*Phone, int) {
	return func(p *Phone, _ int) { p.Drop(p.some(kind)) }
}

// restyle changes how the service writes everything.
func restyle(do func(s *Style)) func(*Phone, int) {
	return func(p *Phone, _ int) { do(&p.Style) }
}

func (p *Phone) newIDs() {
	for _, t := range p.Things {
		t.ID = strings.Replace(t.ID, "/"+t.Collection+"/", "/"+t.Collection+"/new-", 1)
		if t.Kind == export.Photos { // files keep their names
			t.ID = strings.Replace(t.ID, "/new-", "/new/", 1)
		}
	}
}

func (p *Phone) newUIDs() {
	for _, t := range p.Things {
		t.UID = "new-" + t.UID
	}
}

func (p *Phone) migrate() {
	p.Style = Style{Version: "4.0", LastFirst: true, Plus: true, Spaced: true, JPEG: true, UTC: true}
	for _, t := range p.Things {
		t.Collection = "new" + t.Collection
	}
	p.newIDs()
	p.newUIDs()
}

// Ways are all that is modelled.
func Ways() []Way {
	return append(losses(), life()...)
}

func losses() []Way {
	const people, events, todos, photos = export.Contacts, export.Events, export.Todos, export.Photos
	list := []Way{
		{Name: "people gone", Do: gone(people)},
		{Name: "events gone", Do: gone(events)},
		{Name: "to-dos gone", Do: gone(todos)},
		{Name: "photos gone", Do: gone(photos)},
		{Name: "everything gone", Do: func(p *Phone, _ int) { p.Things = nil }},
		{Name: "other people under the old UIDs", Do: func(p *Phone, _ int) {
			for _, t := range p.some(people) {
				o := p.Person("book")
				p.Drop([]*Thing{o})
				o.ID, o.UID, o.Collection = t.ID, t.UID, t.Collection
				*t = *o
			}
		}},
		{Name: "people rotated under their UIDs", Alone: true, Do: rotate(people, func(to, from *Thing) {
			id, uid := to.ID, to.UID
			*to = *from
			to.ID, to.UID = id, uid
		})},
		{Name: "names rotated", Do: rotate(people, func(to, from *Thing) { to.Given, to.Family = from.Given+"a", from.Family })},
		{Name: "Unknown", Do: each(people, func(_ *Phone, t *Thing) { t.Given, t.Family = "Unknown", "" })},
		{Name: "question marks", Do: each(people, func(_ *Phone, t *Thing) { t.Given, t.Family = "????", "???" })},
		{Name: "blank names", Do: each(people, func(_ *Phone, t *Thing) { t.Given, t.Family = "", "" })},
		{Name: "first names only", Do: each(people, func(_ *Phone, t *Thing) { t.Family = "" })},
		{Name: "numbers rotated", Do: rotate(people, func(to, from *Thing) { to.Phones = from.Phones })},
		{Name: "numbers all equal", Do: each(people, func(_ *Phone, t *Thing) { t.Phones = []string{"0301111111", "0301111111"} })},
		{Name: "a digit short", Do: each(people, func(_ *Phone, t *Thing) { t.Phones = []string{t.Phones[0][:9], t.Phones[1]} })},
		{Name: "numbers gone", Do: each(people, func(_ *Phone, t *Thing) { t.Phones = nil })},
		{Name: "mail addresses gone", Do: each(people, func(_ *Phone, t *Thing) { t.Emails = nil })},
		{Name: "mail addresses rotated", Do: rotate(people, func(to, from *Thing) { to.Emails = from.Emails })},
		{Name: "addresses gone", Do: each(people, func(_ *Phone, t *Thing) { t.Street = "" })},
		{Name: "addresses rotated", Do: rotate(people, func(to, from *Thing) { to.Street, to.City, to.Code = from.Street, from.City, from.Code })},
		{Name: "birthdays a day late", Do: each(people, func(_ *Phone, t *Thing) { t.Birthday = t.Birthday[:8] + "28" })},
		{Name: "notes gone", Do: each(people, func(_ *Phone, t *Thing) { t.Note = "" })},
		{Name: "portraits gone", Do: each(people, func(_ *Phone, t *Thing) { t.Face = 0 })},
		{Name: "portraits 1x1", Do: each(people, func(_ *Phone, t *Thing) { t.Face = -1 })},
		{Name: "one portrait for all", Do: each(people, func(_ *Phone, t *Thing) { t.Face = 777777 })},
		{Name: "portraits rotated", Do: rotate(people, func(to, from *Thing) { to.Face = from.Face })},
		{Name: "an hour late", Do: each(events, func(_ *Phone, t *Thing) { t.Start = t.Start.Add(time.Hour) })},
		{Name: "a day late", Do: each(events, func(_ *Phone, t *Thing) { t.Start = t.Start.AddDate(0, 0, 1) })},
		{Name: "all on one day", Do: each(events, func(_ *Phone, t *Thing) { t.Start = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC) })},
		{Name: "events of the whole day", Do: each(events, func(_ *Phone, t *Thing) { t.AllDay = true })},
		{Name: "events without a length", Do: each(events, func(_ *Phone, t *Thing) { t.Lasts = 0 })},
		{Name: "Busy", Do: each(events, func(_ *Phone, t *Thing) { t.Summary = "Busy" })},
		{Name: "titles rotated", Do: rotate(events, func(to, from *Thing) { to.Summary = from.Summary })},
		{Name: "places gone", Do: each(events, func(_ *Phone, t *Thing) { t.Place = "" })},
		{Name: "descriptions gone", Do: each(events, func(_ *Phone, t *Thing) { t.Text = "" })},
		{Name: "never due", Do: each(todos, func(_ *Phone, t *Thing) { t.Due = time.Time{} })},
		{Name: "titles of to-dos gone", Do: each(todos, func(_ *Phone, t *Thing) { t.Summary = "" })},
		{Name: "titles at work gone", Do: each(people, func(_ *Phone, t *Thing) { t.Title = "" })},
		{Name: "firms gone", Do: each(people, func(_ *Phone, t *Thing) { t.Org = "" })},
		{Name: "firms rotated", Do: rotate(people, func(to, from *Thing) { to.Org = from.Org })},
		{Name: "pages gone", Do: each(people, func(_ *Phone, t *Thing) { t.Page = "" })},
		{Name: "nicknames gone", Do: each(people, func(_ *Phone, t *Thing) { t.Nick = "" })},
		{Name: "messengers gone", Do: each(people, func(_ *Phone, t *Thing) { t.Chat = "" })},
		{Name: "messengers rotated", Do: rotate(people, func(to, from *Thing) { to.Chat = from.Chat })},
		{Name: "anniversaries gone", Do: each(people, func(_ *Phone, t *Thing) { t.Married = "" })},
		{Name: "categories gone", Do: each(people, func(_ *Phone, t *Thing) { t.Group = "" })},
		{Name: "relations gone", Do: each(people, func(_ *Phone, t *Thing) { t.Friend = "" })},
		{Name: "labels swapped", Do: each(people, func(_ *Phone, t *Thing) { t.Swapped = true })},
		{Name: "cities replaced", Do: each(people, func(_ *Phone, t *Thing) { t.City = "Oslo" })},
		{Name: "notes all the same", Do: each(people, func(_ *Phone, t *Thing) { t.Note = "synchronized" })},
		{Name: "another country", Alone: true, Do: each(people, func(_ *Phone, t *Thing) {
			t.Phones = []string{"+1" + t.Phones[0][1:], "+1" + t.Phones[1][1:]}
		})},
		{Name: "guests gone", Do: each(events, func(_ *Phone, t *Thing) { t.Guests = nil })},
		{Name: "guests rotated", Do: rotate(events, func(to, from *Thing) { to.Guests = from.Guests })},
		{Name: "alarms gone", Do: each(events, func(_ *Phone, t *Thing) { t.Alarm = 0 }), Before: comingEvents},
		{Name: "alarms at the start", Do: each(events, func(_ *Phone, t *Thing) { t.Alarm = 1 }), Before: comingEvents},
		{Name: "links gone", Do: each(events, func(_ *Phone, t *Thing) { t.Link = "" })},
		{Name: "attachments gone", Do: each(events, func(_ *Phone, t *Thing) { t.File = "" })},
		{Name: "all public", Do: each(events, func(_ *Phone, t *Thing) { t.Class = "" })},
		{Name: "series shortened", Before: series, Do: each(events, func(_ *Phone, t *Thing) { t.Count /= 2 })},
		{Name: "series that end", Before: series, Do: each(events, func(_ *Phone, t *Thing) { t.Count = 3 })},
		{Name: "what was left out is back", Before: series, Do: each(events, func(_ *Phone, t *Thing) { t.Off = 0 })},
		{Name: "another one is left out", Before: series, Do: each(events, func(_ *Phone, t *Thing) { t.Off++ })},
		{Name: "exceptions gone", Before: series, Do: each(events, func(_ *Phone, t *Thing) { t.Moved = 0 })},
		{Name: "the few series shortened", Alone: true, Before: func(p *Phone) {
			for i, t := range p.Of(events) {
				if t.Weekly = i%8 == 0; t.Weekly {
					t.Count = 20
				}
			}
		}, Do: func(p *Phone, _ int) {
			for _, t := range p.Of(events) {
				t.Count /= 2
			}
		}},
		{Name: "parents gone", Do: each(todos, func(_ *Phone, t *Thing) { t.Parent = "" })},
		{Name: "priorities gone", Do: each(todos, func(_ *Phone, t *Thing) { t.Urgent = 0 })},
		{Name: "photos replaced", Do: each(photos, func(p *Phone, t *Thing) { t.Picture += 1e6 })},
		{Name: "photos thumbnails", Do: each(photos, func(_ *Phone, t *Thing) { t.Size = 2 })},
		{Name: "the few portraits gone", Alone: true, Before: func(p *Phone) {
			for i, t := range p.Of(people) {
				if i%6 > 0 {
					t.Face = 0
				}
			}
		}, Do: func(p *Phone, _ int) {
			for _, t := range p.Of(people) {
				t.Face = 0
			}
		}},
		// Little by little.
		{Name: "people churn, 19 % a day", Days: 3, Alone: true, Do: churn(people, 19)},
		{Name: "photos churn, 10 % a day", Days: 4, Alone: true, Do: churn(photos, 10)},
		{Name: "past events churn, 5 % a day", Days: 8, Alone: true, Do: churn(events, 5)},
		{Name: "people drip, 1 % a day", Days: 32, Alone: true, Do: drip(people, 1, 0)},
		{Name: "people drip, 2 % a week", Days: 90, Alone: true, Do: drip(people, 2, 7)},
		{Name: "to-dos drip, 2 % a day", Days: 20, Alone: true, Do: drip(todos, 2, 0)},
		{Name: "names drip, 1 % a day", Days: 32, Alone: true, Do: func(p *Phone, _ int) {
			n := 0
			for _, t := range p.Of(people) {
				if t.Given != "Unknown" && n < share(len(p.Of(people)), 1) {
					t.Given, t.Family, n = "Unknown", "", n+1
				}
			}
		}},
	}
	for i := range list {
		list[i].Loss, list[i].Days = true, max(list[i].Days, 1)
	}
	return list
}

// series makes all events series.
func series(p *Phone) {
	for i, t := range p.Of(export.Events) {
		t.Weekly, t.Count, t.Off, t.Moved = true, 10+i%30, 2+i%3, 6+i%3
	}
}

// comingEvents lets all events take place yet.
func comingEvents(p *Phone) {
	for _, t := range p.Of(export.Events) {
		t.Start = t.Start.AddDate(2, 0, 0)
	}
}

// share is p % of n, one at least.
func share(n, p int) int { return max(1, (n*p+99)/100) }

// churn takes p % of what was there first a day and adds as much junk.
func churn(kind export.Kind, percent int) func(*Phone, int) {
	return func(p *Phone, day int) {
		list := p.Of(kind)
		n := share(len(list), percent)
		p.Drop(list[:n])
		for range n {
			switch kind {
			case export.Contacts:
				p.Person("book")
			case export.Events:
				p.Event("cal", -1)
			default:
				p.Photo("camera")
			}
		}
	}
}

// drip takes p % a day, or each so many days.
func drip(kind export.Kind, percent, every int) func(*Phone, int) {
	return func(p *Phone, day int) {
		if every == 0 || day%every == 0 {
			list := p.Of(kind)
			p.Drop(list[:min(len(list), share(len(list), percent))])
		}
	}
}

func life() []Way {
	const people, events, todos, photos = export.Contacts, export.Events, export.Todos, export.Photos
	list := []Way{
		{Name: "Last, First", Do: restyle(func(s *Style) { s.LastFirst = true })},
		{Name: "+49 for 0", Do: restyle(func(s *Style) { s.Plus = true })},
		{Name: "numbers in groups", Do: restyle(func(s *Style) { s.Spaced = true })},
		{Name: "vCard 4.0", Do: restyle(func(s *Style) { s.Version = "4.0" })},
		{Name: "vCard 2.1", Do: restyle(func(s *Style) { s.Version = "2.1" })},
		{Name: "series that end with a date", Before: series, Do: restyle(func(s *Style) { s.Until = true })},
		{Name: "series in UTC", Before: series, Do: restyle(func(s *Style) { s.UTC, s.Until = true, true })},
		{Name: "series go on", Before: series, Do: each(events, func(_ *Phone, t *Thing) { t.Count += 10 })},
		{Name: "UTC", Do: restyle(func(s *Style) { s.UTC = true })},
		{Name: "portraits encoded anew", Do: restyle(func(s *Style) { s.JPEG = true })},
		{Name: "new UIDs", Do: func(p *Phone, _ int) { p.newUIDs() }},
		{Name: "new IDs", Do: func(p *Phone, _ int) { p.newIDs() }},
		{Name: "a new phone", Do: func(p *Phone, _ int) { p.newIDs(); p.newUIDs() }},
		{Name: "a migration", Do: func(p *Phone, _ int) { p.migrate() }},
		{Name: "a big import", Do: func(p *Phone, _ int) {
			for range 40 {
				p.Person("book")
				p.Event("cal", 1)
				p.Photo("camera")
			}
		}},
		{Name: "a moved book", Do: func(p *Phone, _ int) {
			for _, t := range p.some(people) {
				t.Collection, t.ID = "other", strings.Replace(t.ID, "/book/", "/other/", 1)
			}
		}},
		{Name: "an album moved", Do: func(p *Phone, _ int) {
			for _, t := range p.some(photos) {
				t.Collection, t.ID = "album", strings.Replace(t.ID, "/camera/", "/album/", 1)
			}
		}},
		{Name: "a few edits", Do: func(p *Phone, _ int) {
			for _, t := range p.few(people) {
				if len(t.Phones) > 1 {
					t.Phones = []string{fmt.Sprintf("030%07d", p.IntN(1e7)), t.Phones[1]}
				}
			}
			for _, t := range p.few(events) {
				t.Start = t.Start.Add(time.Hour)
			}
		}},
		{Name: "a few removed", Do: func(p *Phone, _ int) { p.Drop(p.few(people)); p.Drop(p.few(photos)) }},
		{Name: "numbers added", Do: each(people, func(p *Phone, t *Thing) {
			t.Phones = append(slices.Clone(t.Phones), fmt.Sprintf("040%07d", p.IntN(1e7)))
		})},
		{Name: "to-dos done", Do: each(todos, func(_ *Phone, t *Thing) { t.Done = true })},
		{Name: "captions", Do: each(photos, func(p *Phone, t *Thing) { t.Caption = 1 + p.IntN(1e6) })},
		{Name: "duplicates joined", Before: func(p *Phone) {
			list := p.Of(people)
			for i := 0; i+1 < len(list); i += 4 {
				list[i+1].Given, list[i+1].Family = list[i].Given, list[i].Family
				list[i+1].Street, list[i+1].Birthday, list[i+1].Note, list[i+1].Face = "", "", "", 0
				o := list[i+1]
				o.Nick, o.Org, o.Title, o.Page, o.Chat, o.Married, o.Friend = "", "", "", "", "", "", ""
			}
		}, Do: func(p *Phone, day int) {
			list := p.Of(people)
			for i := 0; i+1 < len(list); i += 4 {
				list[i].Phones = append(slices.Clone(list[i].Phones), list[i+1].Phones...)
				list[i].Emails = append(slices.Clone(list[i].Emails), list[i+1].Emails...)
				p.Drop(list[i+1 : i+2])
			}
		}, Alone: true},
		// Days of a life.
		{Name: "to-dos come and go", Days: 40, Alone: true, Do: func(p *Phone, _ int) {
			list := p.Of(todos)
			n := min(2, len(list))
			p.Drop(list[:n])
			for range n {
				p.Todo("tasks")
			}
		}},
		{Name: "coming events come and go", Days: 60, Alone: true, Do: func(p *Phone, day int) {
			for _, t := range p.Of(events) {
				if t.Start.After(p.now) && p.IntN(4) == 0 {
					p.Drop([]*Thing{t})
				}
			}
			p.Event("cal", 1)
			p.Event("cal", 1)
		}},
		{Name: "a busy year", Days: 52, Alone: true, Do: func(p *Phone, day int) {
			p.Sleep(6)
			if list := p.Of(people); day%10 == 0 && len(list) > 60 {
				p.Drop(list[:1])
			}
			p.Person("book")
			p.Photo("camera")
			p.Event("cal", -1)
			if list := p.Of(events); len(list) > 0 {
				list[p.IntN(len(list))].Text += " and more"
			}
		}},
	}
	for i := range list {
		list[i].Days = max(list[i].Days, 1)
	}
	return list
}
