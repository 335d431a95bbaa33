package loss

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"sidekeep/export"
)

// picture draws a face of its own for each n, w by h pixels.
func picture(n, w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8((x*8/w*(n*37%11+3) + y*8/h*(n*53%13+5)) * 17)
			m.Set(x, y, color.RGBA{v, v ^ 0x55, 255 - v, 255})
		}
	}
	return m
}

func pngOf(m image.Image) string {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func jpegOf(m image.Image, quality int) string {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func vcf(lines ...string) Content {
	return Read(export.Contacts, []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\n"+strings.Join(lines, "\r\n")+"\r\nEND:VCARD\r\n"))
}

func ics(lines ...string) Content {
	return Read(export.Events, []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n"+strings.Join(lines, "\r\n")+"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
}

func task(lines ...string) Content {
	return Read(export.Todos, []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\nUID:1\r\n"+strings.Join(lines, "\r\n")+"\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"))
}

func whats(list []Lost) string {
	var out []string
	for _, l := range list {
		out = append(out, l.What)
	}
	return strings.Join(out, " ")
}

func TestCompare(t *testing.T) {
	portrait := func(data string) string { return "PHOTO;ENCODING=b:" + data }
	face := picture(1, 96, 96)
	berlin := "BEGIN:VTIMEZONE\r\nTZID:Home\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
	zoned := Read(export.Events, []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"+berlin+"BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Lunch\r\nDTSTART;TZID=Home:20240501T120000\r\nDTEND;TZID=Home:20240501T130000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	for _, x := range []struct {
		had, has Content
		want     string
	}{
		// Names.
		{vcf("FN:Anna Berg", "N:Berg;Anna;;;"), vcf("FN:Berg, Anna", "N:Berg;Anna;;;"), ""},
		{vcf("FN:Anna Berg"), vcf("N:Berg;Anna;;;", "FN:ANNA BERG"), ""},
		{vcf("FN:Dr. Anna Berg", "N:Berg;Anna;;Dr.;"), vcf("FN:Anna Berg", "N:Berg;Anna;;;"), ""},
		{vcf("FN:Anna M. Berg"), vcf("FN:Anna Berg"), ""},
		{vcf("FN:Zoë Müller"), vcf("FN:Zoe\u0308 Mu\u0308ller"), ""},
		{vcf("FN:Zoë Müller"), vcf("FN:Zoe Mueller"), ""},
		{vcf("FN:Anna-Maria O'Brien"), vcf("FN:Annamaria O’Brien"), ""},
		{vcf("FN:山田太郎"), vcf("FN:山田 太郎", "N:山田;太郎;;;"), ""},
		{vcf("FN:Anna Berg"), vcf("FN:Anna Berg (Yard)"), ""},
		{vcf("FN:ZoÃ« MÃ¼ller"), vcf("FN:Zoë Müller"), ""},
		{vcf("FN:anna@example.org", "EMAIL:anna@example.org"), vcf("FN:anna", "EMAIL:anna@example.org"), ""},
		{vcf("FN:anna@example.org", "EMAIL:anna@example.org"), vcf("FN:", "EMAIL:anna@example.org"), "names"},
		{vcf("FN:Acme", "ORG:Acme"), vcf("FN:", "ORG:Acme"), "names"},
		{vcf("FN:Anna Berg", "N:Berg;Anna;;;"), vcf("FN:Bert Arndt", "N:Arndt;Bert;;;"), "names"},
		{vcf("FN:Anna Berg", "N:Berg;Anna;;;"), vcf("FN:Bert Arndt", "N:Berg;Anna;;;"), "names"},
		{vcf("FN:Anna Berg", "N:Berg;Anna;;;"), vcf("FN:Anna Berg", "N:Arndt;Bert;;;"), "names"},
		{vcf("FN:Anna Berg", "N:Berg;Anna;;;"), vcf("FN:Unknown", "N:;;;;"), "names"},
		{vcf("FN:Anna Berg", "N:Berg;Anna;;;"), vcf("FN:Unknown", "N:Berg;Anna;;;"), "names"},
		{vcf("FN:Anna Berg"), vcf("FN:????"), "names"},
		{vcf("FN:Anna Berg"), vcf("FN:"), "names"},
		{vcf("FN:Zoë Müller"), vcf("FN:ZoÃ« MÃ¼ller"), "names"},
		{vcf("FN:Zoë Müller"), vcf("FN:Zo? M?ller"), "names"},
		{vcf("FN:Anna Berg"), vcf("FN:Anna"), "names"},
		{vcf("FN:Acme", "ORG:Acme"), vcf("FN:Unknown", "ORG:Acme"), "names"},
		// Numbers and mail addresses.
		{vcf("FN:A", "TEL:030 1234567"), vcf("FN:A", "TEL:+49 30 1234567"), ""},
		{vcf("FN:A", "TEL:030 1234567"), vcf("FN:A", "TEL;TYPE=CELL:tel:+49-30-123-4567"), ""},
		{vcf("FN:A", "TEL:030/1234567"), vcf("FN:A", "TEL:+49 (0)30 1234567"), ""},
		{vcf("FN:A", "TEL:0049 30 123456"), vcf("FN:A", "TEL:+4930123456"), ""},
		{vcf("FN:A", "TEL:(555) 123-4567"), vcf("FN:A", "TEL:+1 555 123 4567"), ""},
		{vcf("FN:A", "TEL:8 912 345-67-89"), vcf("FN:A", "TEL:+7 912 345 67 89"), ""},
		{vcf("FN:A", "TEL:112"), vcf("FN:A", "TEL:112", "TEL:030 1234567"), ""},
		{vcf("FN:A", "TEL:+1 555 123 4567 x12"), vcf("FN:A", "TEL:+1-555-123-4567 ext. 12"), ""},
		{vcf("FN:A", "EMAIL:Anna@Example.org"), vcf("FN:A", "EMAIL;TYPE=INTERNET:anna@example.org"), ""},
		{vcf("FN:A", "TEL:030 1234567"), vcf("FN:A", "TEL:030 123456"), "numbers"},
		{vcf("FN:A", "TEL:+49 30 1234567"), vcf("FN:A", "TEL:+49 40 1234567"), "numbers"},
		{vcf("FN:A", "TEL:030 1234567"), vcf("FN:A", "TEL:030 7123456"), "numbers"},
		{vcf("FN:A", "TEL:112"), vcf("FN:A", "TEL:113"), "numbers"},
		{vcf("FN:A", "TEL:030 1234567"), vcf("FN:A", "TEL:000000000"), "numbers"},
		{vcf("FN:A", "TEL:1", "TEL:2"), vcf("FN:A", "TEL:1"), "numbers"},
		{vcf("FN:A", "EMAIL:anna@example.org"), vcf("FN:A", "EMAIL:bert@example.org"), "mails"},
		// Other people.
		{vcf("FN:Anna Berg", "TEL:030 1234567"), vcf("FN:Bert Arndt", "TEL:040 7654321"), "others names numbers"},
		{ics("SUMMARY:Lunch", "DTSTART:20240501T100000Z"), ics("SUMMARY:Rent", "DTSTART:20230501T100000Z"), "others names dates"},
		// Addresses, birthdays, details.
		{vcf("FN:A", "ADR:;;Hauptstraße 5;Berlin;;10115;Germany"), vcf("FN:A", "ADR;TYPE=HOME:;;Hauptstr. 5;Berlin;;10115;DE"), ""},
		{vcf("FN:A", "ADR:;;Rose Lane 5;Ely;;10115;"), vcf("FN:A"), "addresses"},
		{vcf("FN:A", "ADR:;;Rose Lane 5;Ely;;10115;"), vcf("FN:A", "ADR:;;Rose Lane 6;Ely;;10115;"), "addresses"},
		{vcf("FN:A", "ADR:;;Rose Lane;Ely;;;"), vcf("FN:A", "ADR:;;Oak Lane;Ely;;;"), "addresses"},
		{vcf("FN:A", "BDAY:1980-05-01"), vcf("FN:A", "BDAY;VALUE=date:19800501"), ""},
		{vcf("FN:A", "BDAY:--0501"), vcf("FN:A", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-01"), ""},
		{vcf("FN:A", "BDAY:1980-05-01"), vcf("FN:A", "BDAY:--0501"), "birthdays"},
		{vcf("FN:A", "BDAY:1980-05-01"), vcf("FN:A", "BDAY:1980-05-02"), "birthdays"},
		{vcf("FN:A", "NOTE:Likes boats and the sea"), vcf("FN:A", "NOTE:Likes boats\\, and the sea.", "ROLE:Sailor"), ""},
		{vcf("FN:A", "NOTE:Likes boats", "ORG:Yard"), vcf("FN:A", "ORG:Yard"), "notes"},
		// Portraits.
		{vcf("FN:A", portrait(pngOf(face))), vcf("FN:A", portrait(jpegOf(face, 60))), ""},
		{vcf("FN:A", portrait(jpegOf(face, 90))), vcf("FN:A", portrait(jpegOf(picture(1, 80, 80), 50))), ""},
		{vcf("FN:A", "PHOTO;VALUE=uri:https://a.example/1"), vcf("FN:A", "PHOTO;VALUE=uri:https://a.example/2"), ""},
		{vcf("FN:A", "PHOTO;VALUE=uri:https://a.example/1"), vcf("FN:A", portrait(pngOf(face))), ""},
		{vcf("FN:A", portrait(pngOf(face))), vcf("FN:A", "PHOTO;VALUE=uri:https://a.example/1"), "portraits"},
		{vcf("FN:A", portrait(pngOf(face))), vcf("FN:A"), "portraits"},
		{vcf("FN:A", portrait(pngOf(face))), vcf("FN:A", portrait(pngOf(picture(1, 1, 1)))), "portraits"},
		{vcf("FN:A", portrait(pngOf(face))), vcf("FN:A", portrait(pngOf(picture(4, 96, 96)))), "portraits"},
		// Events.
		{ics("SUMMARY:Lunch", "DTSTART:20240501T100000Z", "DTEND:20240501T110000Z"), zoned, ""},
		{zoned, ics("SUMMARY:Lunch", "DTSTART:20240501T100000Z", "DURATION:PT1H"), ""},
		{ics("SUMMARY:Lunch", "DTSTART:20240501T120000"), zoned, ""},
		{ics("SUMMARY:Lunch", "DTSTART;VALUE=DATE:20240501"), ics("SUMMARY:Lunch", "DTSTART;VALUE=DATE:20240501", "DTEND;VALUE=DATE:20240502"), ""},
		{ics("SUMMARY:Lunch", "DTSTART:20240501T120000Z", "RRULE:FREQ=WEEKLY;COUNT=5"), ics("SUMMARY:Lunch", "DTSTART:20240501T120000Z", "RRULE:BYDAY=WE;FREQ=WEEKLY;INTERVAL=1;UNTIL=20250101T000000Z"), ""},
		{zoned, ics("SUMMARY:Lunch", "DTSTART:20240501T110000Z", "DTEND:20240501T120000Z"), "dates"},
		{zoned, ics("SUMMARY:Lunch", "DTSTART:20240502T100000Z", "DTEND:20240502T110000Z"), "dates"},
		{ics("SUMMARY:Lunch", "DTSTART:20240501T120000"), ics("SUMMARY:Lunch", "DTSTART:20240501T130000"), "dates"},
		{ics("SUMMARY:Lunch", "DTSTART;VALUE=DATE:20240501"), ics("SUMMARY:Lunch", "DTSTART:20240501T000000Z"), "dates"},
		{zoned, ics("SUMMARY:Lunch", "DTSTART:20240501T100000Z"), "dates"},
		{ics("SUMMARY:Lunch", "DTSTART:20240501T120000Z", "RRULE:FREQ=WEEKLY"), ics("SUMMARY:Lunch", "DTSTART:20240501T120000Z"), "dates"},
		{ics("SUMMARY:Lunch"), ics("SUMMARY:Busy"), "names"},
		{ics("SUMMARY:Lunch", "LOCATION:Pier 5"), ics("SUMMARY:Lunch", "LOCATION:Pier 5\\, Berlin"), ""},
		{ics("SUMMARY:Lunch", "LOCATION:Pier 5"), ics("SUMMARY:Lunch"), "places"},
		{ics("SUMMARY:Lunch", "LOCATION:Pier 5"), ics("SUMMARY:Lunch", "LOCATION:Office 2"), "places"},
		{ics("SUMMARY:Lunch", "DESCRIPTION:Bring the plan"), ics("SUMMARY:Lunch"), "descriptions"},
		// To-dos.
		{task("SUMMARY:Rent", "DUE:20240501T100000Z"), task("SUMMARY:Rent", "DUE:20240501T100000Z", "STATUS:COMPLETED"), ""},
		{task("SUMMARY:Rent", "STATUS:COMPLETED"), task("SUMMARY:Rent", "STATUS:NEEDS-ACTION"), "done"},
		{task("SUMMARY:Rent", "DUE:20240501T100000Z"), task("SUMMARY:Rent"), "dates"},
		{Content{}, vcf("FN:A", "TEL:1"), ""},
	} {
		if got := whats(Compare(x.had, x.has)); got != x.want {
			t.Errorf("%+v\n  to %+v\n  lost %q, want %q", x.had, x.has, got, x.want)
		}
	}
	if l := Compare(task("SUMMARY:Rent", "DUE:20240501T100000Z"), task("SUMMARY:Rent", "DUE:20240502T100000Z")); len(l) != 1 || !l[0].Weak {
		t.Errorf("a to-do that was put off: %+v", l)
	}
	for _, k := range export.Kinds() {
		if c := Read(k, []byte("no such thing")); !c.shown.empty() || len(c.details) > 0 {
			t.Errorf("nonsense as %s: %+v", k, c)
		}
	}
}

// versions are the same person and event as different programs write them.
func TestCompareVersions(t *testing.T) {
	face := jpegOf(picture(3, 64, 64), 80)
	v21 := "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Zo=C3=AB\r\nTEL;CELL:030 1234567\r\nTEL;WORK;VOICE:0301234568\r\nEMAIL;INTERNET:zoe@example.org\r\nADR;HOME;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;Hauptstra=C3=9Fe 5;Berlin;;10115;Germany\r\nBDAY:19800501\r\nNOTE:Likes boats\r\nPHOTO;ENCODING=BASE64;JPEG:" + face + "\r\n\r\nEND:VCARD\r\n"
	v3 := "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoë Müller\r\nN:Müller;Zoë;;;\r\nTEL;TYPE=CELL:+49 30 1234567\r\nTEL;TYPE=WORK,VOICE:+49301234568\r\nEMAIL;TYPE=INTERNET:zoe@example.org\r\nADR;TYPE=HOME:;;Hauptstraße 5;Berlin;;10115;Germany\r\nBDAY:1980-05-01\r\nNOTE:Likes boats\r\nPHOTO;ENCODING=b;TYPE=JPEG:" + face + "\r\nEND:VCARD\r\n"
	v4 := "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Müller\\, Zoë\r\nN:Müller;Zoë;;;\r\nTEL;VALUE=uri;TYPE=cell:tel:+49-30-1234567\r\nTEL;VALUE=uri;TYPE=\"work,voice\":tel:+49-30-1234568\r\nEMAIL:zoe@example.org\r\nADR;TYPE=home:;;Hauptstr. 5;Berlin;;10115;DE\r\nBDAY:19800501\r\nNOTE:Likes boats\r\nPHOTO:data:image/jpeg;base64," + face + "\r\nEND:VCARD\r\n"
	all := []string{v21, v3, v4}
	for i, had := range all {
		for k, has := range all {
			if l := Compare(Read(export.Contacts, []byte(had)), Read(export.Contacts, []byte(has))); len(l) > 0 {
				t.Errorf("from %d to %d: %+v", i, k, l)
			}
			if Gained(Read(export.Contacts, []byte(had)), Read(export.Contacts, []byte(has))) {
				t.Errorf("from %d to %d something was gained", i, k)
			}
		}
	}
}

// changed asks about n items that have changed, with rest others.
func changed(kind export.Kind, n, rest int, before, now func(i int) string) Question {
	q := ask(nil)
	bodies := map[int64]string{}
	for i := range n {
		b := Fact{Version: int64(i + 1), Collection: 1, Kind: kind, UID: fmt.Sprint(i), Name: fmt.Sprint("Item ", i), Body: fmt.Sprint("b", i)}
		c := b
		c.Version, c.Body = int64(i+10001), fmt.Sprint("n", i)
		bodies[b.Version], bodies[c.Version] = before(i), now(i)
		q.Changes = append(q.Changes, Change{Item: int64(i + 1), Before: &b, Now: &c})
	}
	for _, m := range []map[Group]int{q.Had, q.Has} {
		m[Group{Collection: 1}], m[Group{Kind: kind}] = n+rest, n+rest
	}
	q.Content = func(f Fact) (Content, error) { return Read(kind, []byte(bodies[f.Version])), nil }
	return q
}

// From 5 items and 20 % on, content that is lost is a loss; half of that is
// noticed.
func TestHollow(t *testing.T) {
	is := func(s string, args ...any) func(int) string {
		return func(i int) string {
			return "BEGIN:VCARD\r\nVERSION:3.0\r\n" + strings.ReplaceAll(s, "#", fmt.Sprint(100+i)) + "\r\nEND:VCARD\r\n"
		}
	}
	face := func(i int) string { return "FN:A\r\nPHOTO;ENCODING=b:" + pngOf(picture(i, 32, 32)) }
	for name, x := range map[string]struct {
		before, now func(int) string
		want        string
	}{
		"names":     {is("FN:Ann #"), is("FN:Unknown"), export.LostNames},
		"numbers":   {is("FN:Ann #\r\nTEL:030 5550#"), is("FN:Ann #\r\nTEL:030 55501"), export.LostNumbers},
		"others":    {is("FN:Ann #\r\nTEL:030 5550#"), func(i int) string { return is(fmt.Sprintf("FN:Bo %d\r\nTEL:040 66%d", 900+i, 900+i))(i) }, export.LostOthers},
		"portraits": {func(i int) string { return is(face(i))(i) }, func(i int) string { return is(face((i + 1) % 5))(i) }, export.LostPortraits},
		"one face for all": {func(i int) string {
			return is("FN:A\r\nPHOTO;ENCODING=b:" + base64.StdEncoding.EncodeToString([]byte{1, 2, byte(i)}))(i)
		},
			is("FN:A\r\nPHOTO;ENCODING=b:CQkJ"), export.LostPortraits},
		"nothing": {is("FN:Ann #\r\nTEL:030 55501#"), is("FN:#, Ann\r\nTEL:+49 30 55501#"), ""},
	} {
		for _, n := range []struct {
			changed, rest int
			held, noticed bool
		}{{5, 20, true, false}, {4, 0, false, false}, {5, 21, false, true}, {5, 45, false, true}, {5, 46, false, false}} {
			v := judged(t, changed(export.Contacts, n.changed, n.rest, x.before, x.now))
			if n.held = n.held && x.want != ""; (v.Loss != nil) != n.held || (len(v.Notice) > 0) != (n.noticed && x.want != "") {
				t.Errorf("%s, %d of %d: %+v, notice %+v", name, n.changed, n.changed+n.rest, v.Loss, v.Notice)
			} else if n.held {
				if r := v.Loss.Reasons[0]; r.Rule != export.RuleHollow || r.What != x.want || r.Lost != 5 || r.Had != 25 {
					t.Errorf("%s: %+v", name, r)
				}
			}
		}
	}
	// Half of the to-dos may be put off at once, but not all.
	due := func(day int) func(int) string {
		return func(i int) string {
			return fmt.Sprintf("BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:T%d\r\nDUE:202405%02dT100000Z\r\nEND:VTODO\r\nEND:VCALENDAR\r\n", i, i+day)
		}
	}
	for rest, held := range map[int]bool{0: true, 10: true, 11: false} {
		if v := judged(t, changed(export.Todos, 10, rest, due(1), due(2))); (v.Loss != nil) != held {
			t.Errorf("10 of %d to-dos put off: %+v", 10+rest, v.Loss)
		}
	}
}

// Photos are lost if they show something else, unless they are elsewhere.
func TestPictures(t *testing.T) {
	ask := func(now func(i int) string) Question {
		q := changed(export.Photos, 20, 0, func(int) string { return "" }, func(int) string { return "" })
		for i := range q.Changes {
			q.Changes[i].Before.UID, q.Changes[i].Now.UID = "", ""
			q.Changes[i].Now.Body = now(i)
		}
		return q
	}
	v := judged(t, ask(func(i int) string { return fmt.Sprint("other ", i) }))
	if v.Loss == nil || v.Loss.Reasons[0].What != export.LostPictures {
		t.Errorf("replaced: %+v", v.Loss)
	}
	q := ask(func(i int) string { return fmt.Sprint("captioned ", i) })
	q.SamePicture = func(Fact, Fact) (bool, error) { return true, nil }
	if v := judged(t, q); v.Loss != nil || len(v.Notice) > 0 {
		t.Errorf("captions: %+v, %+v", v.Loss, v.Notice)
	}
	v = judged(t, ask(func(i int) string { return fmt.Sprint("b", (i+1)%20) }))
	if v.Loss != nil || len(v.Notice) != 1 || v.Notice[0].Rule != export.RuleChanged || v.Notice[0].Lost != 20 {
		t.Errorf("renumbered: %+v, %+v", v.Loss, v.Notice)
	}
}

// Of an account that is held, whatever its files have kept counts until it is
// back.
func TestKept(t *testing.T) {
	changes := lost(2)
	changes[0].Kept = true
	if v := judged(t, ask(map[int64]int{1: 98}, changes...)); v.Loss == nil || v.Loss.Reasons[0].Lost != 2 {
		t.Errorf("1 of 100 is still gone: %+v", v.Loss)
	}
	q := changed(export.Contacts, 6, 94, func(i int) string { return fmt.Sprintf("BEGIN:VCARD\r\nFN:Ann %d\r\nEND:VCARD\r\n", i) },
		func(int) string { return "BEGIN:VCARD\r\nFN:X\r\nEND:VCARD\r\n" })
	if v := judged(t, q); v.Loss != nil {
		t.Errorf("%+v", v.Loss)
	}
	for i := range 5 {
		if v := judged(t, q); v.Loss != nil {
			t.Errorf("%d of 100 are still hollow: %+v", i, v.Loss)
		}
		q.Changes[i].Kept = true
	}
	if v := judged(t, q); v.Loss == nil || v.Loss.Reasons[0].Rule != export.RuleHollow {
		t.Errorf("5 of 100 are still hollow: %+v", v.Loss)
	}
}

// Two cards of one person that were joined are no loss.
func TestJoined(t *testing.T) {
	q := ask(map[int64]int{1: 10})
	bodies := map[int64]string{}
	card := func(version int64, name string, lines ...string) *Fact {
		bodies[version] = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:" + name + "\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCARD\r\n"
		return &Fact{Version: version, Collection: 1, Kind: export.Contacts, UID: fmt.Sprint("u", version), Name: name, Body: fmt.Sprint(version)}
	}
	var there []Fact
	for i := range int64(10) {
		q.Changes = append(q.Changes, Change{Item: i, Before: card(i+1, fmt.Sprint("A. Berg", i), fmt.Sprint("TEL:030 555100", i))})
		there = append(there, *card(i+101, fmt.Sprint("Anna Berg", i), fmt.Sprint("TEL:+49 30 555100", i), "TEL:112"))
	}
	q.Had[Group{Collection: 1}], q.Had[Group{Kind: export.Contacts}] = 20, 20
	q.Present = func(export.Kind) ([]Fact, error) { return there, nil }
	q.Content = func(f Fact) (Content, error) { return Read(f.Kind, []byte(bodies[f.Version])), nil }
	if v := judged(t, q); v.Loss != nil {
		t.Errorf("%+v", v.Loss)
	}
	there = there[:4]
	if v := judged(t, q); v.Loss == nil || v.Loss.Reasons[0].Lost != 6 {
		t.Errorf("%+v", v.Loss)
	}
}

// A value that few people have is lost if half of them have lost it.
func TestScarce(t *testing.T) {
	for _, x := range []struct {
		lost, left int
		want       bool
	}{{6, 0, true}, {6, 6, true}, {6, 7, false}, {4, 0, false}} {
		q := changed(export.Contacts, x.lost, 194, func(i int) string {
			return fmt.Sprintf("BEGIN:VCARD\r\nFN:Ann %d\r\nBDAY:1980-05-01\r\nEND:VCARD\r\n", i)
		}, func(i int) string { return fmt.Sprintf("BEGIN:VCARD\r\nFN:Ann %d\r\nEND:VCARD\r\n", i) })
		content := q.Content
		q.Content = func(f Fact) (Content, error) {
			if f.Version >= 50000 {
				return vcf("FN:Bo", "BDAY:1970-01-01"), nil
			}
			return content(f)
		}
		q.Present = func(export.Kind) (list []Fact, err error) {
			for i := range x.left {
				list = append(list, Fact{Version: int64(50000 + i), Kind: export.Contacts})
			}
			return list, nil
		}
		v := judged(t, q)
		if (v.Loss != nil) != x.want {
			t.Errorf("%d of %d: %+v", x.lost, x.lost+x.left, v.Loss)
		} else if v.Loss != nil && v.Loss.Reasons[0].What != export.LostBirthdays {
			t.Errorf("%+v", v.Loss.Reasons)
		}
	}
}
