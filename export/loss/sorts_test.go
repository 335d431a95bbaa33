package loss

import (
	"fmt"
	"strings"
	"testing"

	"sidekeep/export"
)

// Whatever sort of content a person would miss is missed by itself, and whatever
// way to write it that services have is not.
func TestSorts(t *testing.T) {
	card := func(lines string) Content {
		return vcf(append([]string{"FN:A", "TEL:112"}, strings.Split(lines, "|")...)...)
	}
	event := func(lines string) Content {
		return ics(append([]string{"SUMMARY:Lunch", "DTSTART:20240501T100000Z", "DTEND:20240501T110000Z"}, strings.Split(lines, "|")...)...)
	}
	todo := func(lines string) Content {
		return task(append([]string{"SUMMARY:Rent"}, strings.Split(lines, "|")...)...)
	}
	alarm := func(trigger string) string {
		return "BEGIN:VALARM|ACTION:DISPLAY|TRIGGER" + trigger + "|DESCRIPTION:x|END:VALARM"
	}
	const none = "X-NOTHING:1"
	for _, x := range []struct {
		of        func(string) Content
		had, has  string
		want      string
		forgiving bool // a loss that is weak
	}{
		// Gone alone, and something else in its place.
		{of: card, had: "NOTE:Likes boats", has: none, want: "notes"},
		{of: card, had: "NOTE:Likes boats", has: "NOTE:synced by X", want: "notes"},
		{of: card, had: "NOTE:Likes boats|ORG:Yard|TITLE:Boss|URL:https://a.example", has: "ORG:Yard|TITLE:Boss|URL:https://a.example", want: "notes"},
		{of: card, had: "ORG:Yard", has: none, want: "organizations"},
		{of: card, had: "ORG:Yard;Sales", has: "ORG:Yard", want: "organizations"},
		{of: card, had: "TITLE:Boss", has: none, want: "titles"},
		{of: card, had: "TITLE:Boss", has: "TITLE:Clerk", want: "titles"},
		{of: card, had: "ROLE:Sailor", has: none, want: "titles"},
		{of: card, had: "URL:https://a.example", has: none, want: "links"},
		{of: card, had: "URL:https://a.example/1", has: "URL:https://b.example/1", want: "links"},
		{of: card, had: "NICKNAME:Bee", has: none, want: "nicknames"},
		{of: card, had: "NICKNAME:Bee", has: "NICKNAME:Cee", want: "nicknames"},
		{of: card, had: "ANNIVERSARY:20100501", has: none, want: "anniversaries"},
		{of: card, had: "ANNIVERSARY:20100501", has: "ANNIVERSARY:20100502", want: "anniversaries"},
		{of: card, had: "CATEGORIES:Friends,Sailing", has: "CATEGORIES:Friends", want: "categories"},
		{of: card, had: "RELATED;VALUE=text;TYPE=spouse:Bob", has: none, want: "relations"},
		{of: card, had: "RELATED:urn:uuid:b", has: "RELATED:urn:uuid:c", want: "relations"},
		{of: card, had: "IMPP:xmpp:a@b.example", has: none, want: "chats"},
		{of: card, had: "IMPP:xmpp:a@b.example", has: "IMPP:xmpp:c@b.example", want: "chats"},
		{of: card, had: "X-ADDRESSBOOKSERVER-KIND:group|X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1|X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:2", has: "X-ADDRESSBOOKSERVER-KIND:group|X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1", want: "members"},
		{of: card, had: "GEO:52.5;13.4", has: none, want: "places"},
		{of: card, had: "GENDER:F", has: none, want: "details"},
		{of: card, had: "KEY;ENCODING=b:AAAA", has: none, want: "details"},
		{of: card, had: "TEL;TYPE=HOME:030 1234567", has: "TEL;TYPE=WORK:030 1234567", want: "labels"},
		{of: card, had: "TEL;TYPE=HOME:030 1234567|TEL;TYPE=WORK:030 7654321", has: "TEL;TYPE=WORK:030 1234567|TEL;TYPE=HOME:030 7654321", want: "labels"},
		{of: card, had: "EMAIL;TYPE=HOME:a@b.example", has: "EMAIL:a@b.example", want: "labels"},
		{of: card, had: "ADR;TYPE=HOME:;;Rose Lane 5;Ely;;10115;", has: "ADR;TYPE=WORK:;;Rose Lane 5;Ely;;10115;", want: "labels"},
		{of: card, had: "item1.TEL:030 1234567|item1.X-ABLabel:Summer house", has: "TEL:030 1234567", want: "labels"},
		{of: card, had: "ADR:;;Rose Lane 5;Ely;;10115;", has: "ADR:;;Rose Lane 5;Bonn;;10115;", want: "addresses"},
		{of: card, had: "ADR:;;Rose Lane 5;Ely;;10115;Germany", has: "ADR:;;Rose Lane 5;Ely;;10115;", want: "addresses"},
		{of: card, had: "ADR:;;Rose Lane 5;Ely;;10115;Germany", has: "ADR:;;Rose Lane 5;Ely;;10115;France", want: "addresses"},
		{of: card, had: "ADR:;;Rose Lane 5;Ely;;10115;Österreich", has: "ADR:;;Rose Lane 5;Ely;;10115;AU", want: "addresses"},
		{of: card, had: "N:Lee;Ann;;Baroness;", has: "N:Lee;Ann;;;", want: "names"},
		{of: card, had: "TEL:030 1234567", has: "TEL:1234567", want: "numbers"},
		{of: card, had: "TEL:030 1234567", has: "TEL:+44 30 1234567", want: "numbers"},
		{of: card, had: "TEL:030 1234567", has: "TEL:+1 30 1234567", want: "numbers"},
		{of: card, had: "TEL:0301234567", has: "TEL:+1301234567", want: "numbers"},
		{of: card, had: "TEL:+49 30 1234567", has: "TEL:+1 30 1234567", want: "numbers"},
		{of: card, had: "TEL:0049301234567", has: "TEL:+44301234567", want: "numbers"},
		{of: event, had: "ATTENDEE:mailto:a@b.example", has: none, want: "guests"},
		{of: event, had: "ATTENDEE:mailto:a@b.example|ATTENDEE:mailto:c@b.example", has: "ATTENDEE:mailto:a@b.example", want: "guests"},
		{of: event, had: "ORGANIZER:mailto:a@b.example", has: none, want: "organizers"},
		{of: event, had: alarm(":-PT15M"), has: none, want: "alarms"},
		{of: event, had: alarm(":-PT15M"), has: alarm(":-PT0M"), want: "alarms"},
		{of: event, had: "DESCRIPTION:Bring the plan", has: none, want: "descriptions"},
		{of: event, had: "DESCRIPTION:Bring the plan|URL:https://a.example", has: "DESCRIPTION:Bring the plan", want: "links"},
		{of: event, had: "ATTACH:https://a.example/plan.pdf", has: none, want: "attachments"},
		{of: event, had: "ATTACH:https://a.example/plan.pdf", has: "ATTACH:https://a.example/other.pdf", want: "attachments"},
		{of: event, had: "STATUS:TENTATIVE", has: none, want: "statuses"},
		{of: event, had: "STATUS:TENTATIVE", has: "STATUS:CANCELLED", want: "statuses", forgiving: true},
		{of: event, had: none, has: "STATUS:CANCELLED", want: "statuses", forgiving: true},
		{of: todo, had: none, has: "STATUS:CANCELLED", want: "statuses", forgiving: true},
		{of: event, had: "ATTENDEE;CN=Ann Lee:mailto:a@b.example", has: "ATTENDEE:mailto:a@b.example", want: "guests"},
		{of: event, had: "ATTENDEE;CN=Ann Lee:mailto:a@b.example", has: "ATTENDEE;CN=Bob Roy:mailto:a@b.example", want: "guests"},
		{of: event, had: "ATTENDEE;CN=Ann Lee:mailto:a@b.example", has: "ATTENDEE;CN=a@b.example:mailto:a@b.example", want: "guests"},
		{of: event, had: "ATTENDEE;CN=Ann Lee:invalid:nomail", has: "ATTENDEE;CN=Bob Roy:invalid:nomail", want: "guests"},
		{of: event, had: "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example", has: "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:a@b.example", want: "guests", forgiving: true},
		{of: event, had: "ORGANIZER;CN=Ann Lee:mailto:a@b.example", has: "ORGANIZER:mailto:a@b.example", want: "organizers"},
		{of: event, had: "ATTACH;ENCODING=BASE64;VALUE=BINARY:QUFBQUFB", has: "ATTACH;ENCODING=BASE64;VALUE=BINARY:QUFB", want: "attachments"},
		{of: event, had: "CLASS:PRIVATE", has: none, want: "privacy"},
		{of: event, had: "CLASS:PRIVATE", has: "CLASS:PUBLIC", want: "privacy"},
		{of: event, had: "TRANSP:TRANSPARENT", has: none, want: "details"},
		{of: event, had: "CATEGORIES:Work", has: "CATEGORIES:Play", want: "categories"},
		{of: event, had: "CONFERENCE;VALUE=URI:https://m.example/1", has: none, want: "links"},
		{of: event, had: "GEO:52.5;13.4", has: "GEO:0;0", want: "places"},
		{of: event, had: "COMMENT:yes", has: none, want: "descriptions"},
		{of: todo, had: "RELATED-TO:1-a", has: none, want: "relations"},
		{of: todo, had: "RELATED-TO:1-a", has: "RELATED-TO:1-b", want: "relations"},
		{of: todo, had: "PRIORITY:1", has: none, want: "priorities"},
		{of: todo, had: "PRIORITY:1", has: "PRIORITY:9", want: "priorities", forgiving: true},
		{of: todo, had: "STATUS:IN-PROCESS|PERCENT-COMPLETE:50", has: none, want: "statuses"},
		{of: todo, had: "STATUS:COMPLETED|COMPLETED:20240501T100000Z", has: "STATUS:COMPLETED", want: "done"},
		{of: todo, had: "DESCRIPTION:By transfer", has: none, want: "descriptions"},
		{of: todo, had: "DUE:20240501T100000Z|RRULE:FREQ=WEEKLY", has: "DUE:20240501T100000Z", want: "series"},
		{of: todo, had: "DUE:20240501T100000Z|RRULE:FREQ=WEEKLY", has: "DUE:20240508T100000Z|RRULE:FREQ=DAILY", want: "series dates"},
		{of: todo, had: "DUE:20240501T100000Z|DTSTART:20240401T100000Z", has: "DUE:20240501T100000Z", want: "dates"},
		// The same, written in another way.
		{of: card, had: "NOTE:Likes boats", has: "NOTE:Likes boats; has a dog"},
		{of: card, had: "ORG:Yard;Sales", has: "ORG:Yard - Sales"},
		{of: card, had: "TITLE:Boss", has: "ROLE:Boss"},
		{of: card, had: "URL:https://www.a.example/", has: "URL;TYPE=home:http://a.example"},
		{of: card, had: "NICKNAME:Bee,Cee", has: "NICKNAME:Bee|NICKNAME:Cee"},
		{of: card, had: "item1.X-ABDATE:2010-05-01|item1.X-ABLabel:_$!<Anniversary>!$_", has: "ANNIVERSARY:20100501"},
		{of: card, had: "ANNIVERSARY:--0501", has: "ANNIVERSARY:1604-05-01"},
		{of: card, had: "CATEGORIES:Friends,myContacts", has: "CATEGORIES:friends"},
		{of: card, had: "X-SPOUSE:Bob", has: "RELATED;VALUE=text;TYPE=spouse:Bob"},
		{of: card, had: "X-JABBER:a@b.example", has: "IMPP:xmpp:a@b.example"},
		{of: card, had: "GEO:52.50001;13.40001", has: "GEO:geo:52.5,13.4"},
		{of: card, had: "TEL;TYPE=HOME,VOICE,PREF:030 1234567", has: "TEL;TYPE=home:+49 30 1234567"},
		{of: card, had: "TEL;TYPE=CELL:0170 1234567", has: "TEL;TYPE=iPhone,cell:0170 1234567"},
		{of: card, had: "EMAIL;TYPE=INTERNET:a@b.example", has: "EMAIL;TYPE=home:a@b.example"},
		{of: card, had: "REV:20240101T000000Z|PRODID:-//a//b|X-FOO:1|SOURCE:https://a.example|CLASS:PUBLIC", has: "REV:20250101T000000Z"},
		{of: card, had: "ADR:;;Rose Lane 5;Ely;;10115;Germany", has: "ADR:;;Rose Lane 5;Ely;;10115;Deutschland"},
		{of: card, had: "ADR:;;Rose Lane 5;Ely;;10115;Germany", has: "ADR:;;Rose Lane 5;Ely;;10115;DE"},
		{of: card, had: "ADR:;;Rose Lane 5;Ely;;10115;UK", has: "ADR:;;Rose Lane 5;Ely;;10115;Vereinigtes Königreich"},
		{of: card, had: "ADR:;;Rose Lane 5;Ely;;10115;U.S.A.", has: "ADR:;;Rose Lane 5;Ely;;10115;United States"},
		{of: card, had: "ADR:;;Rose Lane 5;Ely;;10115;The old country", has: "ADR:;;Rose Lane 5;Ely;;10115;France"},
		{of: card, had: "TEL:06 1 2345678", has: "TEL:+36 1 2345678"},
		{of: card, had: "TEL:044 55 1234 5678", has: "TEL:+52 1 55 1234 5678"},
		{of: card, had: "TEL:020 7946 0123", has: "TEL:+44 20 7946 0123"},
		{of: card, had: "N:Lee;Ann;;Dr.;", has: "N:Lee;Ann;;;"},
		{of: card, had: "N:Lee;Ann;;;", has: "N:Lee;Ann;;Prof. Dr.;"},
		{of: card, had: "TEL:06 12345678", has: "TEL:+39 06 12345678"},
		{of: event, had: "ATTENDEE;CN=Ann Lee:mailto:a@b.example", has: "ATTENDEE;CN=\"Lee, Dr. Ann\":mailto:a@b.example"},
		{of: event, had: "ATTENDEE;CN=a@b.example:mailto:a@b.example", has: "ATTENDEE:mailto:a@b.example"},
		{of: event, had: "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example", has: "ATTENDEE;PARTSTAT=DECLINED:mailto:a@b.example"},
		{of: todo, had: "DUE:20240501T100000Z|DTSTART:20240501T100000Z", has: "DUE:20240501T100000Z"},
		{of: todo, had: "DUE:20240501T100000Z|RRULE:FREQ=WEEKLY", has: "DUE:20240501T100000Z|STATUS:COMPLETED"},
		{of: event, had: "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:A@b.example", has: "ATTENDEE;PARTSTAT=ACCEPTED;CN=A:mailto:a@b.example"},
		{of: event, had: alarm(":-PT15M"), has: alarm(";VALUE=DATE-TIME:20240501T094500Z")},
		{of: event, had: alarm(";RELATED=END:-PT75M"), has: alarm(":-PT15M") + "|X-A:1"},
		{of: event, had: alarm(":-PT15M"), has: strings.Replace(alarm(":-PT15M"), "|DESC", "|ACKNOWLEDGED:20240501T100000Z|DESC", 1)},
		{of: event, had: "DESCRIPTION:<p>Bring the <b>plan</b></p>", has: "DESCRIPTION:Bring the plan"},
		{of: event, had: "STATUS:CONFIRMED|CLASS:PUBLIC|TRANSP:OPAQUE|PRIORITY:0|SEQUENCE:4|CREATED:20240101T000000Z|X-FOO:1", has: none},
		{of: event, had: "ATTACH:https://a.example/plan.pdf", has: "ATTACH;FILENAME=plan.pdf:https://b.example/77"},
		{of: todo, had: "PRIORITY:1", has: "PRIORITY:3"},
		{of: todo, had: "STATUS:NEEDS-ACTION", has: "STATUS:IN-PROCESS"},
		{of: todo, had: "PRIORITY:1|RELATED-TO;RELTYPE=PARENT:1", has: "PRIORITY:1|RELATED-TO:1"},
	} {
		list := Compare(x.of(x.had), x.of(x.has))
		if got := whats(list); got != x.want {
			t.Errorf("%s\n  to %s\n  lost %q, want %q: %+v", x.had, x.has, got, x.want, list)
		} else if x.want != "" && list[0].Weak != x.forgiving {
			t.Errorf("%s to %s: weak %v", x.had, x.has, list[0].Weak)
		}
	}
}

// A group and a to-do that name others by their UIDs lose nothing when a
// migration gives all of them new ones.
func TestReferences(t *testing.T) {
	group := func(uid string, members ...string) Content {
		text := "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:Friends\r\nUID:" + uid + "\r\n"
		for _, m := range members {
			text += "MEMBER:urn:uuid:" + m + "\r\n"
		}
		return Read(export.Contacts, []byte(text+"END:VCARD\r\n"))
	}
	for _, x := range []struct {
		had, has Content
		want     string
	}{
		{group("g", "a", "b"), group("new-g", "new-a", "new-b"), ""},
		{group("g", "a", "b"), group("new-g", "new-a"), "members"},
		{group("g", "a", "b"), group("g", "x", "y"), "members"},
		{group("g", "a", "b"), group("g"), "members"},
	} {
		if got := whats(Compare(x.had, x.has)); got != x.want {
			t.Errorf("%+v to %+v: lost %q, want %q", x.had.details, x.has.details, got, x.want)
		}
	}
}

// A series is its occurrences, however its rule is written.
func TestSeries(t *testing.T) {
	series := func(lines string) Content {
		text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
		for i, part := range strings.Split(lines, "||") {
			text += "BEGIN:VEVENT\r\nUID:1\r\n"
			if i == 0 {
				text += "SUMMARY:Swim\r\n"
			}
			if !strings.Contains(part, "DTSTART") {
				text += "DTSTART:20240501T100000Z\r\n"
			}
			text += strings.ReplaceAll(part, "|", "\r\n") + "\r\nEND:VEVENT\r\n"
		}
		return Read(export.Events, []byte(text+"END:VCALENDAR\r\n"))
	}
	const (
		moved = "||RECURRENCE-ID:20240508T100000Z|DTSTART:20240508T150000Z|SUMMARY:Swim"
		named = "||RECURRENCE-ID:20240508T100000Z|DTSTART:20240508T100000Z|SUMMARY:Dive"
		long  = "||RECURRENCE-ID:20240508T100000Z|DTSTART:20240508T100000Z|DTEND:20240508T120000Z|SUMMARY:Dive"
		same  = "||RECURRENCE-ID:20240508T100000Z|DTSTART:20240508T100000Z|SUMMARY:Swim"
		off   = "||RECURRENCE-ID:20240508T100000Z|DTSTART:20240508T100000Z|SUMMARY:Swim|STATUS:CANCELLED"
	)
	for _, x := range []struct{ had, has, want string }{
		{"RRULE:FREQ=WEEKLY;COUNT=10", "RRULE:FREQ=WEEKLY;COUNT=5", "series"},
		{"RRULE:FREQ=WEEKLY;COUNT=10", "RRULE:FREQ=WEEKLY;COUNT=1", "series"},
		{"RRULE:FREQ=WEEKLY;UNTIL=20250501T100000Z", "RRULE:FREQ=WEEKLY;UNTIL=20240601T100000Z", "series"},
		{"RRULE:FREQ=WEEKLY", "RRULE:FREQ=WEEKLY;UNTIL=20240601T100000Z", "series"},
		{"RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY;UNTIL=20340601T100000Z", "series"},
		{"RRULE:FREQ=DAILY;UNTIL=20400101T100000Z", "RRULE:FREQ=DAILY;UNTIL=20340601T100000Z", "series"},
		{"RRULE:FREQ=YEARLY", "RRULE:FREQ=YEARLY;COUNT=2", "series"},
		{"RRULE:FREQ=WEEKLY;BYDAY=MO,WE", "RRULE:FREQ=WEEKLY;BYDAY=WE", "series"},
		{"RRULE:FREQ=WEEKLY;BYDAY=WE", "RRULE:FREQ=WEEKLY;BYDAY=TH", "series"},
		{"RRULE:FREQ=WEEKLY;COUNT=10|EXDATE:20240508T100000Z", "RRULE:FREQ=WEEKLY;COUNT=10", "series"},
		{"RRULE:FREQ=WEEKLY;COUNT=10|EXDATE:20240508T100000Z", "RRULE:FREQ=WEEKLY;COUNT=10|EXDATE:20240515T100000Z", "series"},
		{"RRULE:FREQ=WEEKLY;COUNT=10|EXDATE:20240508T100000Z", "RRULE:FREQ=WEEKLY;COUNT=10|EXDATE:20240508T100000Z,20240515T100000Z", "series"},
		{"RRULE:FREQ=WEEKLY|RDATE:20240509T100000Z", "RRULE:FREQ=WEEKLY", "series"},
		{"RDATE:20240509T100000Z,20240510T100000Z", "RDATE:20240509T100000Z", "series"},
		{"RRULE:FREQ=WEEKLY;COUNT=10" + moved, "RRULE:FREQ=WEEKLY;COUNT=10", "exceptions"},
		{"RRULE:FREQ=WEEKLY;COUNT=10" + named, "RRULE:FREQ=WEEKLY;COUNT=10", "exceptions"},
		{"RRULE:FREQ=WEEKLY;COUNT=10" + moved, "RRULE:FREQ=WEEKLY;COUNT=10" + same, "exceptions"},
		{"RRULE:FREQ=WEEKLY;COUNT=10" + moved, "RRULE:FREQ=WEEKLY;COUNT=10" + strings.Replace(moved, "ID:20240508", "ID:20240515", 1), "exceptions"},
		{"RRULE:FREQ=WEEKLY;COUNT=10" + long, "RRULE:FREQ=WEEKLY;COUNT=10" + named, "exceptions"},
		{"RRULE:FREQ=WEEKLY;COUNT=10" + long, "RRULE:FREQ=WEEKLY;COUNT=10" + strings.Replace(long, "12", "13", 1), "exceptions"},
		{"RRULE:FREQ=WEEKLY;COUNT=10" + off, "RRULE:FREQ=WEEKLY;COUNT=10", "series"},
		// The same series.
		{"RRULE:FREQ=WEEKLY;COUNT=10", "RRULE:FREQ=WEEKLY;UNTIL=20240703T100000Z", ""},
		{"RRULE:FREQ=WEEKLY;UNTIL=20240703T100000Z", "RRULE:COUNT=10;INTERVAL=1;WKST=MO;BYDAY=WE;FREQ=WEEKLY", ""},
		{"RRULE:FREQ=WEEKLY;UNTIL=20240703", "RRULE:FREQ=WEEKLY;UNTIL=20240703T235959Z", ""},
		{"RRULE:FREQ=YEARLY", "RRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", ""},
		{"RRULE:FREQ=WEEKLY;COUNT=5", "RRULE:FREQ=WEEKLY;COUNT=10", ""},
		{"RRULE:FREQ=WEEKLY;COUNT=10|EXDATE:20240508T100000Z,20240515T100000Z", "RRULE:FREQ=WEEKLY;COUNT=10|EXDATE:20240515T100000Z|EXDATE:20240508T100000Z", ""},
		{"RRULE:FREQ=WEEKLY;COUNT=10|EXDATE:20240508T100000Z", "RRULE:FREQ=WEEKLY;COUNT=10" + off, ""},
		{"RRULE:FREQ=WEEKLY;COUNT=10" + off, "RRULE:FREQ=WEEKLY;COUNT=10|EXDATE:20240508T100000Z", ""},
		{"RRULE:FREQ=WEEKLY;COUNT=10" + same, "RRULE:FREQ=WEEKLY;COUNT=10", ""},
		{"RRULE:FREQ=WEEKLY;COUNT=10" + moved, "RRULE:FREQ=WEEKLY;UNTIL=20240703T100000Z" + moved, ""},
	} {
		if got := whats(Compare(series(x.had), series(x.has))); got != x.want {
			t.Errorf("%s\n  to %s\n  lost %q, want %q: %+v", x.had, x.has, got, x.want, Compare(series(x.had), series(x.has)))
		}
	}
}

// A reason names all sorts that were lost, with how many lost them.
func TestSortsTold(t *testing.T) {
	q := changed(export.Contacts, 10, 0, func(i int) string {
		return fmt.Sprintf("BEGIN:VCARD\r\nFN:Ann %d\r\nEMAIL:a%d@b.example\r\nNOTE:met %d\r\nEND:VCARD\r\n", i, i, i)
	}, func(i int) string {
		note := fmt.Sprintf("NOTE:met %d\r\n", i)
		if i < 6 {
			note = "NOTE:synced\r\n"
		}
		return fmt.Sprintf("BEGIN:VCARD\r\nFN:Ann %d\r\n%sEND:VCARD\r\n", i, note)
	})
	v := judged(t, q)
	if v.Loss == nil {
		t.Fatal("no loss")
	}
	r := v.Loss.Reasons[0]
	if want := []export.Sort{{What: "mails", Lost: 10}, {What: "notes", Lost: 6, Replaced: 6}}; fmt.Sprint(r.Sorts) != fmt.Sprint(want) || r.What != "mails" || r.Lost != 10 {
		t.Errorf("%+v", r)
	}
	if n := len(r.Examples); n != export.MaxExamples || r.Examples[n-1].What != "notes" || r.Examples[n-1].Now != "synced" {
		t.Errorf("%+v", r.Examples)
	}
}
