package vcard

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sidekeep/formats/contentline"
)

func card(s string) string { return "BEGIN:VCARD\n" + s + "END:VCARD\n" }

var reads = []struct {
	name, in string
	want     Card
}{
	{"4.0", card("VERSION:4.0\nUID:urn:uuid:1\nFN:Ann Smith\nKIND:Individual\n"), Card{"4.0", "urn:uuid:1", "Ann Smith", "individual"}},
	{"3.0 group of Apple", card("VERSION:3.0\nFN:Friends\nX-ADDRESSBOOKSERVER-KIND:group\n"), Card{"3.0", "", "Friends", "group"}},
	{"company of Apple", card("VERSION:3.0\nFN:\nORG:Acme\\, Inc.;Sales\nX-ABShowAs:COMPANY\n"), Card{"3.0", "", "Acme, Inc.", "org"}},
	{"N alone", card("N:Smith\\;Jones;Ann;Maria,Eva;Dr.;\n"), Card{"", "", "Dr. Ann Maria Eva Smith;Jones", "individual"}},
	{"a comma in N", card("N:Smith\\, PhD\\\\;Ann\\,;a, b;;\n"), Card{"", "", "Ann, a b Smith, PhD\\", "individual"}},
	{"N in Japanese", card("N:山田;太郎;;;\n"), Card{"", "", "山田太郎", "individual"}},
	{"nickname", card("FN: \nN:;;;;\nNICKNAME:annie\n"), Card{"", "", "annie", "individual"}},
	{"e-mail", card("EMAIL;INTERNET:a@example.org\nTEL:1\n"), Card{"", "", "a@example.org", "individual"}},
	{"telephone", card("TEL;HOME;VOICE:+49 30 1\n"), Card{"", "", "+49 30 1", "individual"}},
	{"telephone as URI", card("TEL;VALUE=uri:tel:+4930\n"), Card{"", "", "+4930", "individual"}},
	{"nothing to call it", card("NOTE:x\n"), Card{"", "", "", "individual"}},
	{"groups, lower case, escapes", "begin:vcard\nitem1.fn:Ann\\nSmith\\\\\nend:vcard", Card{"", "", "Ann Smith\\", "individual"}},
	{"2.1 in quoted-printable", card("VERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BC=\nller\n"), Card{"2.1", "", "Müller", "individual"}},
	{"an agent is another card", card("AGENT:\nBEGIN:VCARD\nUID:2\nFN:Bob\nEND:VCARD\nFN:Ann\n"), Card{"", "", "Ann", "individual"}},
	{"a line without a colon", card("FN:Ann\nhello\n"), Card{"", "", "Ann", "individual"}},
	{"text around", "hello\n" + card("FN:Ann\n") + "bye\n\x1a", Card{"", "", "Ann", "individual"}},
	{"the first of two names", card("FN:Ann\nFN:Bob\n"), Card{"", "", "Ann", "individual"}},
}

func TestRead(t *testing.T) {
	for _, tt := range reads {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Read([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			out, err := Published([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if again, err := Read(out); err != nil || again != got {
				t.Errorf("published it reads %+v, %v", again, err)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", "there is no card in it: no BEGIN:VCARD"},
		{"a web page", "<html></html>", "there is no card in it: no BEGIN:VCARD"},
		{"a calendar", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", "there is no card in it: no BEGIN:VCARD"},
		{"empty", card("VERSION:3.0\n"), "the card is empty"},
		{"no END", "BEGIN:VCARD\nFN:a\n\n", "line 2: the card breaks off: no END:VCARD"},
		{"no BEGIN", "FN:a\nEND:VCARD\n", "line 2: END:VCARD without a BEGIN:VCARD before it"},
		{"an END too many", card("FN:a\n") + "END:VCARD\n", "line 4: END:VCARD without a BEGIN:VCARD before it"},
		{"two cards", card("FN:a\n") + card("FN:b\n"), "line 4: a second card follows in the same item"},
		{"two cards, one END", "BEGIN:VCARD\nFN:a\n" + card("FN:b\n"), "line 3: a second card begins before the first has ended"},
		{"an agent without END", card("AGENT:\nBEGIN:VCARD\n"), "line 4: the card breaks off: no END:VCARD"},
		{"too large", card("NOTE:" + strings.Repeat("x", contentline.MaxObject)), "it is larger than 32 MB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read([]byte(tt.in))
			var e *contentline.Error
			if !errors.As(err, &e) || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestTruncated: no beginning of a card passes for the card.
func TestTruncated(t *testing.T) {
	for _, tt := range reads {
		whole := strings.TrimSuffix(tt.in, "\n")
		end := strings.LastIndex(strings.ToUpper(whole), "END:VCARD") + len("END:VCARD")
		for n := range end {
			if got, err := Read([]byte(whole[:n])); err == nil {
				t.Fatalf("%q reads %+v", whole[:n], got)
			}
		}
	}
}

// FuzzCards: no panic; the pieces, joined, are the input; a card reads the same
// in its published form.
func FuzzCards(f *testing.F) {
	all := ""
	for _, tt := range reads {
		f.Add([]byte(tt.in))
		all += tt.in
	}
	f.Add([]byte(all))
	f.Fuzz(func(t *testing.T, in []byte) {
		var joined []byte
		if err := contentline.Split(bytes.NewReader(in), func(raw []byte) error {
			joined = append(joined, raw...)
			c, err := Read(raw)
			if err != nil {
				if err.Error() == "" {
					t.Fatal("an error without words")
				}
				return nil
			}
			out, err := Published(raw)
			if err != nil {
				return err
			}
			if bytes.IndexByte(out, 0) >= 0 {
				return nil // might look like UTF-16 now
			}
			again, err := Read(out)
			if err != nil || again.Kind != c.Kind && utf8.Valid(raw) {
				t.Fatalf("%q reads %+v, published %+v, %v", raw, c, again, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(joined, in) {
			t.Fatalf("joined pieces are %q, want %q", joined, in)
		}
	})
}
