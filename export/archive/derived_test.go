package archive_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

// TestReadAgain: what another program writes into the history of an item is told
// by a verification, because the bytes say something else, and set right by a
// repair, also of earlier versions.
func TestReadAgain(t *testing.T) {
	from := agedArchive(t)
	want := rowsOf(t, from)
	for name, change := range map[string]string{
		"name":                "UPDATE version SET name = 'Somebody else' WHERE version IN (SELECT version FROM version WHERE blob IS NOT NULL ORDER BY version LIMIT 3)",
		"UID":                 "UPDATE version SET uid = uid || 'x' WHERE version = (SELECT min(version) FROM version WHERE blob IS NOT NULL AND uid <> '')",
		"start":               "UPDATE version SET start = '2031-01-01T00:00:00Z' WHERE version = (SELECT max(version) FROM version WHERE kind = 'events' AND blob IS NOT NULL)",
		"all day":             "UPDATE version SET all_day = 1 - all_day WHERE version = (SELECT max(version) FROM version WHERE kind = 'events' AND blob IS NOT NULL)",
		"kind":                "UPDATE version SET kind = 'todos' WHERE version = (SELECT max(version) FROM version WHERE kind = 'events' AND blob IS NOT NULL)",
		"why it is set aside": "UPDATE version SET aside = 'it is ugly' WHERE version = (SELECT min(version) FROM version WHERE blob IS NOT NULL)",
	} {
		t.Run(name, func(t *testing.T) {
			dir := copyArchive(t, from)
			a := open(t, dir)
			if _, err := archive.StoreOf(a).DB.Exec(change); err != nil {
				t.Fatal(err)
			}
			c, err := a.Verify(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			named := 0
			for _, b := range c.Bad {
				if strings.HasPrefix(b.Path, disk.HistoryFile+", version ") {
					named++
				}
			}
			if named == 0 {
				t.Errorf("a verification names only %v", c.Bad)
			}
			a.Close()
			r := repairNow(t, dir)
			if len(r.Bad)+len(r.Lost) > 0 || len(r.Mended) == 0 {
				t.Errorf("a repair says %+v", r)
			}
			if got := rowsOf(t, dir); got != want {
				t.Errorf("after a repair\n%s", firstDifference(got, want))
			}
		})
	}
}

// TestOtherEditions: what another edition has read is no damage, and what comes
// after is read by this one.
func TestOtherEditions(t *testing.T) {
	dir := copyArchive(t, agedArchive(t))
	a := open(t, dir)
	if _, err := archive.StoreOf(a).DB.Exec("UPDATE archive SET value = '0 0' WHERE name = ?", history.ReaderName); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.StoreOf(a).DB.Exec("UPDATE version SET name = 'As another edition read it' WHERE version = (SELECT min(version) FROM version WHERE blob IS NOT NULL AND item NOT IN (SELECT item FROM item WHERE present))"); err != nil {
		t.Fatal(err)
	}
	s := agedSource()
	s.collections[0].items = append(s.collections[0].items, text("/k/friends/new.vcf", "1", "new.vcf", card(77)))
	run(t, a, s)
	for _, x := range []string{"of another edition", "come back"} {
		if c, err := a.Verify(t.Context(), nil); err != nil || len(c.Bad) > 0 {
			t.Errorf("%s: %v, %v", x, c.Bad, err)
		}
		run(t, a, tinyPhone()) // what was there first comes back
	}
	edition, last, err := history.EditionOf(t.Context(), archive.StoreOf(a).DB)
	if err != nil || edition != history.ReaderEdition || last == 0 {
		t.Errorf("it is noted as edition %d after %d, %v", edition, last, err)
	}
}

// TestReaderEdition fails when the same bytes are read otherwise: then
// [readerEdition] has to be raised, and the sum here renewed.
func TestReaderEdition(t *testing.T) {
	const want = "1 a2e545ffe20053ffa7015334874a8dfac3ccb9204943801864a8f424cd736d1e"
	var told strings.Builder
	for _, x := range []struct {
		kind export.Kind
		raw  string
	}{
		{export.Contacts, card(1)}, {export.Contacts, "BEGIN:VCARD\r\nVERSION:2.1\r\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:M=C3=BCller;Anna\r\nEND:VCARD\r\n"},
		{export.Contacts, "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:uuid:1\r\nFN:Smith\\, PhD\r\nEND:VCARD\r\n"}, {export.Contacts, "BEGIN:VCARD\r\nFN:Half"},
		{export.Contacts, "BEGIN:VCARD\r\nVERSION:3.0\r\nORG:Choir;Altos\r\nEND:VCARD\r\n"}, {export.Contacts, "none"},
		{export.Events, event(1)}, {export.Events, eventIn(zoneBerlin, 2)}, {export.Events, strings.ReplaceAll(event(3), "\r\n", "\n")}, {export.Events, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"},
		{export.Events, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\nUID:t\r\nSUMMARY:Milk\\nBread\r\nDUE;VALUE=DATE:20260102\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"},
		{export.Todos, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:f\r\nDTSTART:20260620T233000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"},
		{export.Events, "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nTZ:+0100\r\nBEGIN:VEVENT\r\nUID:o\r\nDTSTART:20100906T013000\r\nRRULE:W1 MO #3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"},
	} {
		v := history.Understand(x.kind, []byte(x.raw))
		fmt.Fprintf(&told, "%q %q %q %q %v %q\n", v.Kind, v.Uid, v.Name, v.Start, v.AllDay, v.Aside)
	}
	if got := fmt.Sprintf("%d %x", history.ReaderEdition, sha256.Sum256([]byte(told.String()))); got != want {
		t.Errorf("it is read as\n%sraise readerEdition and renew the sum: %s", told.String(), got)
	}
}
