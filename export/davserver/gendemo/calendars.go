package main

import (
	"math/rand/v2"
	"strings"
)

// A calendar is one of the phone's, in the form of its phone.json.
type calendar struct {
	Folder     string   `json:"folder"`
	Name       string   `json:"name"`
	Color      string   `json:"color"`
	Order      int      `json:"order"`
	Components []string `json:"components"`
	File       string   `json:"file"`
}

var calendars = []calendar{
	{"family", "Family", "#d9663d", 1, []string{"VEVENT"}, "family.ics"},
	{"work", "Work", "#2f6fd0", 2, []string{"VEVENT"}, "work.ics"},
	{"choir", "Harbour Choir", "#8a4fbf", 3, []string{"VEVENT"}, "choir.ics"},
	{"errands", "Errands", "#2f9e6e", 4, []string{"VTODO"}, "errands.ics"},
	{"house-move", "House move", "#c99a2b", 5, []string{"VTODO"}, "house-move.ics"},
}

const hall = "Speicher 7, Brookkamp 12, Altenbrook"

// regular are the events that recur.
var regular = []series{
	{cal: "family", summary: "Swimming lesson 🏊", start: "2025-09-04 16:15", minutes: 45, where: "Hallenbad Nordwarden", alarm: "-PT45M", rule: "FREQ=WEEKLY;UNTIL=20270630T215959Z;BYDAY=TH",
		except: []string{"2025-10-16 16:15", "2025-12-25 16:15", "2026-01-01 16:15", "2026-07-23 16:15"}, changes: []change{{"2026-11-12 16:15", "2026-11-13 15:30", "Swimming lesson (moved)", false}}},
	{cal: "family", summary: "Sunday call with Grandma", start: "2024-01-07 11:00", minutes: 30, rule: "FREQ=WEEKLY;BYDAY=SU", except: []string{"2024-12-29 11:00"}},
	{cal: "family", summary: "Bins out: paper", start: "2024-01-03", rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", alarm: "-PT6H"},
	{cal: "family", summary: "Board game night", start: "2024-02-02 19:30", minutes: 180, rule: "FREQ=MONTHLY;BYDAY=1FR", except: []string{"2025-01-03 19:30"},
		changes: []change{{"2026-12-04 19:30", "2026-12-05 18:00", "Board game night at Zeynep's", false}}, where: "Home", note: "Bring one game each.\nSnacks: whoever lost last time."},
	{cal: "family", summary: "Wedding anniversary", start: "2009-06-20", rule: "FREQ=YEARLY", alarm: "-P7D"},
	{cal: "family", summary: "Chimney sweep", start: "2024-10-08 08:00", minutes: 60, rule: "FREQ=YEARLY;BYMONTH=10;BYDAY=2TU", note: "Cover the sofa; let him in by the yard."},
	{cal: "family", summary: "Flea market on the quay", start: "2024-04-14 09:00", minutes: 300, rule: "FREQ=MONTHLY;BYMONTH=4,5,6,7,8,9;BYDAY=2SU", where: "Fischkai, Altenbrook", geo: "53.544600,9.954200"},
	{cal: "family", summary: "Physiotherapy", start: "2026-10-06 17:30", minutes: 40, rule: "FREQ=WEEKLY;COUNT=12;BYDAY=TU", where: "Praxis Lüders", changes: []change{{"2026-11-03 17:30", "2026-11-03 17:30", "", true}}, alarm: "-PT1H"},
	{cal: "work", summary: "Stand-up", start: "2025-01-13 09:15", minutes: 15, rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", except: []string{"2025-04-21 09:15", "2025-05-01 09:15", "2025-12-25 09:15", "2026-05-14 09:15"},
		changes: []change{{"2026-11-18 09:15", "2026-11-18 10:00", "Stand-up (late: fire drill)", false}, {"2026-11-24 09:15", "2026-11-24 08:45", "", false}}},
	{cal: "work", summary: "Call with New York", start: "2025-02-05 10:00", minutes: 60, zone: "America/New_York", rule: "FREQ=WEEKLY;BYDAY=WE", note: "Kept at ten in New York: in the weeks between the clock changes it is an hour earlier here.",
		guests: []string{"Darnell Whitlock|darnell.whitlock@example.com", "Meera Iyengar|meera.iyengar@example.com"}, except: []string{"2025-11-26 10:00", "2025-12-24 10:00"}, alarm: "-PT10M"},
	{cal: "work", summary: "Month-end figures", start: "2024-01-31", rule: "FREQ=MONTHLY;BYMONTHDAY=-1"},
	{cal: "work", summary: "Retrospective", start: "2025-01-17 14:00", minutes: 90, rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", where: "Room Leuchtturm", changes: []change{{"2026-11-06 14:00", "2026-11-09 14:00", "Retrospective (moved to Monday)", false}}},
	{cal: "work", summary: "Quarterly review", start: "2024-03-28 13:00", minutes: 120, rule: "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1TH", where: "Big meeting room"},
	{cal: "work", summary: "Stock-taking", start: "2024-06-29", days: 2, rule: "FREQ=YEARLY"},
	{cal: "choir", summary: "Rehearsal", start: "2024-01-09 19:30", minutes: 135, rule: "FREQ=WEEKLY;BYDAY=TU", where: hall, geo: "53.543900,9.998100", alarm: "-PT1H30M",
		except:  []string{"2024-12-24 19:30", "2024-12-31 19:30", "2025-07-29 19:30", "2025-08-05 19:30", "2025-12-23 19:30", "2025-12-30 19:30", "2026-07-28 19:30"},
		changes: []change{{"2026-11-17 19:30", "2026-11-18 19:00", "Rehearsal with orchestra", false}, {"2026-12-08 19:30", "2026-12-08 18:30", "Dress rehearsal", false}}},
	{cal: "choir", summary: "Alto section", start: "2026-09-03 18:00", minutes: 75, rule: "FREQ=WEEKLY;INTERVAL=2;COUNT=8;BYDAY=TH", where: "At Haruka's"},
	{cal: "choir", summary: "Committee", start: "2024-01-15 20:00", minutes: 60, rule: "FREQ=MONTHLY;BYDAY=3MO", note: "Minutes: whoever comes last."},
	{cal: "choir", summary: "Members' meeting", start: "2024-03-02 15:00", minutes: 120, rule: "FREQ=YEARLY;BYMONTH=3;BYDAY=1SA", where: hall},
}

// single are patterns of events that happen once.
var single = map[string][]series{
	"family": {
		{summary: "Dentist: Lotte", minutes: 30, where: "Zahnarztpraxis am Fleet", alarm: "-PT2H"}, {summary: "Football: home match", minutes: 105, where: "Sportplatz am Deich"},
		{summary: "Dinner at Aslı & Barış's", minutes: 180, note: "Bring the big pan."}, {summary: "Parents' evening", minutes: 90, where: "Grundschule Brookkamp, room 2.14", alarm: "-P1D"},
		{summary: "Haircut", minutes: 45}, {summary: "Vet: Mischka's vaccination", minutes: 30, where: "Dr. med. vet. Köster"}, {summary: "Cinema", minutes: 150},
		{summary: "Jürgen's birthday party", minutes: 240, note: "Present: see list; no books, he says."}, {summary: "Day at the sea", days: 1}, {summary: "Visit from Éloïse", days: 3},
		{summary: "School holidays", days: 12}, {summary: "Car to the garage", minutes: 30, alarm: "-PT12H"}, {summary: "Bouldering", minutes: 120}, {summary: "Picnic in the Lindenhof", minutes: 150},
	},
	"work": {
		{summary: "Client workshop: Blue Door Books", minutes: 180, where: "Room Leuchtturm", guests: []string{"Harriet Ashdown|harriet.ashdown@example.com"}}, {summary: "Interview", minutes: 60, alarm: "-PT15M"},
		{summary: "Appraisal", minutes: 60}, {summary: "Train to Seehude", minutes: 95, note: "Carriage 7, seats 41, 42; ticket in the app."}, {summary: "Release day 🚀", days: 1}, {summary: "Training: first aid", minutes: 240},
		{summary: "Lunch with Kavitha", minutes: 60, where: "Hafenbäckerei Möwe"}, {summary: "Trade fair", days: 3, where: "Hall 4"}, {summary: "Budget round", minutes: 90}, {summary: "Leave", days: 5},
		{summary: "Demo for New York", minutes: 60, zone: "America/New_York", guests: []string{"Emmett Stovall|emmett.stovall@example.com"}, alarm: "-PT10M"}, {summary: "Fire drill", minutes: 30},
	},
	"choir": {
		{summary: "Concert: Songs of the Harbour", minutes: 120, where: "St. Annen, Altenbrook", alarm: "-PT3H", note: "Black, with something blue. Be there at six."}, {summary: "Extra rehearsal", minutes: 120, where: hall},
		{summary: "Choir weekend", days: 3, where: "Pension Dünenblick"}, {summary: "Singing at the old people's home", minutes: 60}, {summary: "Voice training: Rosalind", minutes: 45},
		{summary: "Wedding: we sing two songs", minutes: 90, where: "Chapel, Little Harrow"}, {summary: "Stage setup", minutes: 120}, {summary: "Advent singing on the quay", minutes: 75},
	},
}

// makeCalendar returns the objects of one calendar, one after the other.
func makeCalendar(c calendar) string {
	if c.Components[0] == "VTODO" {
		return makeTodos(c.Folder)
	}
	rnd := rand.New(rand.NewPCG(3, uint64(c.Order)))
	var all []series
	for _, s := range regular {
		if s.cal == c.Folder {
			all = append(all, s)
		}
	}
	switch c.Folder {
	case "family":
		all = append(all, birthdays()...)
		all = append(all, scatter(rnd, c.Folder, 92, true, 10, 19, single[c.Folder])...)
	case "work":
		all = append(all, scatter(rnd, c.Folder, 96, false, 9, 16, single[c.Folder])...)
	case "choir":
		all = append(all, scatter(rnd, c.Folder, 48, true, 14, 19, single[c.Folder])...)
	}
	var b strings.Builder
	for i := range all {
		b.WriteString(all[i].object(i))
	}
	return b.String()
}

// birthdays are those of some of the people whose year is known.
func birthdays() []series {
	var all []series
	for i, p := range makePeople() {
		if i%5 == 2 && p.bday && !p.yearless {
			all = append(all, series{cal: "family", summary: "🎂 " + p.shown, start: p.born.Format("2006-01-02"), rule: "FREQ=YEARLY", alarm: "PT9H"})
		}
	}
	return all
}
