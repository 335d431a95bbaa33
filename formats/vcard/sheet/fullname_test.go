package sheet

import (
	"bytes"
	"strings"
	"testing"

	"sidekeep/formats/vcard"
)

// A name that the parts of a name do not say is kept, in each layout.
func TestFullName(t *testing.T) {
	for _, c := range []struct {
		fn, n string
		kept  bool // in a place of its own
	}{
		{"Countess of Lovelace", "King;Ada;;;", true},
		{"Ada King", "King;Ada;;;", false},
		{"King, Ada", "King;Ada;;;", false},
		{"Dr. Ada King Jr.", "King;Ada;;Dr.;Jr.", false},
		{"Mum", "King;Ada;;;", true},
		{"Ada King (work)", "King;Ada;;;", true},
		{"ACME Hotline", ";;;;", false},
	} {
		raw := []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:" + strings.ReplaceAll(c.fn, ",", `\,`) + "\r\nN:" + c.n + "\r\nEND:VCARD\r\n")
		contact, err := vcard.View(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, layout := range []Columns{Google, Outlook} {
			var out bytes.Buffer
			if _, err := Write(&out, layout, func(yield func(*vcard.Contact, error) bool) { yield(contact, nil) }); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(out.String(), c.fn); c.kept && !got {
				t.Errorf("%s, %v: %s", c.fn, layout, &out)
			}
			if got := strings.Contains(out.String(), "Full Name"); got != c.kept {
				t.Errorf("%s, %v: a full name of its own: %v, want %v", c.fn, layout, got, c.kept)
			}
		}
	}
}
