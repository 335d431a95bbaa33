package vcard

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func lines30(lines ...string) []byte {
	return []byte("BEGIN:VCARD\r\nVERSION:3.0\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCARD\r\n")
}

func TestMeaning(t *testing.T) {
	base := lines30("UID:1", "FN:Ann Lee", "N:Lee;Ann;;;", "TEL;TYPE=HOME,VOICE:+49 30 123-45", "EMAIL;TYPE=INTERNET:a@b.de",
		"item1.URL:https://a.de", "item1.X-ABLabel:Summer house", "BDAY:1990-05-01", "CATEGORIES:b,a")
	for _, c := range []struct {
		name string
		with []byte
		same bool
	}{
		{"order, folds, bookkeeping", lines30("REV:20200101T000000Z", "PRODID:x", "UID:2", "CATEGORIES:a,b", "n:Lee;Ann", "FN:Ann L\r\n ee", "tel;type=voice;type=home:+493012345",
			"email:A@B.de", "z.x-ablabel:Summer house", "z.URL:https://a.de", "BDAY;VALUE=date:19900501"), true},
		{"another label", lines30("FN:Ann Lee", "N:Lee;Ann;;;", "TEL;TYPE=HOME:+493012345", "EMAIL:a@b.de", "URL:https://a.de", "BDAY:1990-05-01", "CATEGORIES:b,a"), false},
		{"another number", lines30("FN:Ann Lee", "N:Lee;Ann;;;", "TEL;TYPE=HOME:+493012346", "EMAIL:a@b.de", "item1.URL:https://a.de", "item1.X-ABLabel:Summer house", "BDAY:1990-05-01", "CATEGORIES:b,a"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := MeaningOf(base)
			if err != nil {
				t.Fatal(err)
			}
			b, err := MeaningOf(c.with)
			if err != nil {
				t.Fatal(err)
			}
			if slices.Equal(a.Fields, b.Fields) != c.same {
				t.Errorf("same is not %v:\n%q\n%q", c.same, a.Fields, b.Fields)
			}
		})
	}
}

func TestMergeKeepsBoth(t *testing.T) {
	device := lines30("UID:d", "FN:Ann Lee", "N:Lee;Ann;;;", "TEL;TYPE=HOME:1", "BDAY:1990-05-01", "NOTE:hers", "item1.URL:https://d.de", "item1.X-ABLabel:Work")
	other := lines30("UID:o", "FN:Anna Lee", "N:Lee;Ann;;;", "TEL;TYPE=CELL:2", "TEL:1", "BDAY:1991-05-01", "NOTE:his", "item1.URL:https://o.de", "item1.X-ABLabel:Boat",
		"CATEGORIES:Friends,Sailing", "ADR:;;Street 1;Town;;;")
	out, clashes, err := Merge(device, other)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"UID:d\r\n", "FN:Ann Lee\r\n", "TEL;TYPE=CELL:2\r\n", "NOTE:hers\\n\\nhis\r\n", "item2.URL:https://o.de\r\nitem2.X-ABLabel:Boat\r\n",
		"CATEGORIES:Sailing\r\n", "ADR:;;Street 1;Town;;;\r\n", "X-SIDEKEEP-OTHER;X-NAME=BDAY:19910501\r\n", "X-SIDEKEEP-OTHER;X-NAME=FN:Anna Lee\r\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if len(clashes) != 2 || strings.Contains(string(out), "UID:o") || strings.Count(string(out), "TEL") != 2 {
		t.Errorf("%+v\n%s", clashes, out)
	}
}

// TestMergeIsNeverSmaller merges cards of all versions made of random lines:
// whatever either says is in the result or told as a clash, what the first card
// says is as it was, and merging again changes nothing.
func TestMergeIsNeverSmaller(t *testing.T) {
	lines := []string{"FN:A", "FN:B", "N:A;B", "N:C;D;;;", "TEL:1", "TEL;TYPE=HOME:2", "item1.TEL:3", "item1.X-ABLabel:Own", "item2.EMAIL:a@b", "item2.X-ABLabel:_$!<Work>!$_",
		"EMAIL:c@d", "BDAY:19900501", "BDAY:--0501", "NOTE:x", "NOTE:y\\nz", "CATEGORIES:a,b", "CATEGORIES:b,c", "ORG:X;Y", "ORG:Z", "TITLE:T", "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ",
		"PHOTO;ENCODING=b;TYPE=JPEG:/9j/4BBB", "ADR:;;S;T;;;", "ADR;TYPE=WORK:;;S2;T;;;", "X-FOO:1", "X-FOO:2", "X-JABBER:a", "IMPP:xmpp:b", "URL:https://x", "GEO:1;2", "X-SIDEKEEP-OTHER;X-NAME=FN:Old"}
	rng := rand.New(rand.NewPCG(1, 2))
	make := func(version string) []byte {
		b := "BEGIN:VCARD\r\nVERSION:" + version + "\r\nFN:" + fmt.Sprint(rng.IntN(3)) + "\r\nN:x\r\n"
		for range rng.IntN(12) {
			b += lines[rng.IntN(len(lines))] + "\r\n"
		}
		return []byte(b + "END:VCARD\r\n")
	}
	versions := []string{"3.0", "4.0", "2.1"}
	for range 3000 {
		mine, theirs := make(versions[rng.IntN(3)]), make(versions[rng.IntN(3)])
		out, clashes, err := Merge(mine, theirs)
		if err != nil {
			t.Fatal(err)
		}
		a, card, _ := fieldsOf(mine)
		if Version(card.Version) != V21 && Version(card.Version) != V30 && Version(card.Version) != V40 {
			t.Fatal(card.Version)
		}
		theirs, _, _ = Convert(theirs, Version(card.Version))
		b, _, _ := fieldsOf(theirs)
		merged, _, err := fieldsOf(out)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		says := func(f field) bool {
			return slices.ContainsFunc(merged, func(m field) bool {
				return m.name == f.name && (m.key == f.key || f.name == "NOTE" && strings.Contains(m.shown, f.shown))
			})
		}
		for _, f := range a {
			if !says(f) {
				t.Fatalf("%q of the card itself is gone:\n%s\n%s\n%s", f.String(), mine, theirs, out)
			}
		}
		for _, f := range b {
			told := slices.ContainsFunc(clashes, func(c Clash) bool { return c.Property == f.name && c.Other == f.shown })
			if !says(f) && !told {
				t.Fatalf("%q of the other card is nowhere:\n%s\n%s\n%s", f.String(), mine, theirs, out)
			}
		}
		again, _, err := Merge(out, theirs)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("merging again changes it (%v):\n%s\n%s\n%s", err, theirs, out, again)
		}
		if distinct(merged) < distinct(a) || distinct(merged)+len(clashes) < distinct(b) {
			t.Fatalf("%d fields of %d and %d", distinct(merged), distinct(a), distinct(b))
		}
	}
}

// distinct counts fields; all notes are one.
func distinct(fields []field) int {
	m := map[string]bool{}
	for _, f := range fields {
		if f.name == "NOTE" {
			f.key = ""
		}
		m[f.name+"\x00"+f.key] = true
	}
	return len(m)
}
