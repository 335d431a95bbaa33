package file

import (
	"strings"
	"testing"
)

func TestImpossibleDates(t *testing.T) {
	for line, odd := range map[string]bool{
		"BDAY:1990-02-31": true, "BDAY:19900431": true, "BDAY:1990-13-01": true, "BDAY:--0230": true, "BDAY:19000229": true, "BDAY:soon": true,
		"item1.X-ABDATE:2021-06-31": true, "ANNIVERSARY:20211301": true, "REV:20269999T999999Z": true, "BDAY;VALUE=date:1990-02-30": true,
		"BDAY:1990-02-28": false, "BDAY:--0229": false, "BDAY:20000229": false, "BDAY:19850412T232800Z": false, "BDAY:1985-04": false, "BDAY:1985": false,
		"BDAY:---12": false, "BDAY;VALUE=text:circa 1800": false, "BDAY:": false, "REV:2020-01-01T00:00:00.000Z": false, "REV:20200101T000000Z": false,
		"BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29": false, "NOTE:1990-02-31": false,
	} {
		raw := "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:A\r\nN:;A;;;\r\n" + line + "\r\nEND:VCARD\r\n"
		err := Items(strings.NewReader(raw), Cards, "", func(it *Item) error {
			found := it.Findings()
			if got := len(found) > 0; got != odd || odd && (found[0].Line != 6 || !strings.Contains(found[0].Reason, "which is no date")) {
				t.Errorf("%s: %+v", line, found)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
