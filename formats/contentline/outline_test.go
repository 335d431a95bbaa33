package contentline

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// outlined is the outline of text, read in small steps, that keeps head
// characters of a run.
func outlined(t testing.TB, text string, head int) (string, *Outline) {
	t.Helper()
	o := NewOutline(iotest.HalfReader(strings.NewReader(text)), head)
	out, err := io.ReadAll(iotest.OneByteReader(o))
	if err != nil {
		t.Fatal(err)
	}
	return string(out), o
}

// filled fills in what was left out of text.
func filled(t testing.TB, out string, o *Outline, text string, crlf bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := NewFiller(o.Gaps(), strings.NewReader(text), crlf).Fill(&b, []byte(out)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// folded is s in lines of n characters after the first, with end and lead
// between.
func folded(s string, n int, between string) string {
	var b strings.Builder
	for ; len(s) > n; s = s[n:] {
		b.WriteString(s[:n] + between)
	}
	return b.String() + s
}

var picture = strings.Repeat("abcdEFGH0123+/zz", 5000)

var outlines = []struct {
	name, text string
	gaps       int
}{
	{"folded", "FN:a\r\nPHOTO;ENCODING=b:\r\n " + folded(picture, 74, "\r\n ") + "==\r\nTEL:1\r\nEND:VCARD\r\n", 1},
	{"LF", "FN:a\nPHOTO;ENCODING=b:" + folded(picture, 60, "\n ") + "=\nTEL:1\nEND:VCARD\n", 1},
	{"in one line", "FN:a\r\nPHOTO:data:image/jpeg;base64," + picture + "\r\nEND:VCARD\r\n", 1},
	{"not indented", "FN:a\r\nPHOTO;ENCODING=BASE64:\r\n" + folded(picture, 76, "\r\n") + "\r\n\r\nTEL:1\r\nEND:VCARD\r\n", 1},
	{"not indented, and the next property follows", "FN:a\r\nPHOTO;ENCODING=BASE64:\r\n" + folded(picture, 76, "\r\n") + "\r\nEND:VCARD\r\n", 1},
	{"indented by more", "PHOTO;ENCODING=BASE64:\r\n    " + folded(picture, 76, "\r\n    ") + "\r\nEND:VCARD\r\n", 1},
	{"two", "PHOTO:" + picture + "\r\nLOGO:" + folded(picture, 7, "\r\n\t") + "\r\nEND:VCARD\r\n", 2},
	{"no end", "PHOTO:" + picture, 1},
	{"two bytes a character", string(utf16Of("PHOTO:"+picture+"\r\nEND:VCARD\r\n", "le bom")), 0},
	{"CR", "PHOTO:" + folded(picture, 76, "\r ") + "\rEND:VCARD\r", 0},
	{"a blank line after every line", "PHOTO:" + folded(picture, 76, "\r\n\r\n ") + "\r\nEND:VCARD\r\n", 0},
	{"words", "NOTE:" + strings.Repeat("word ", 20000) + "\r\nEND:VCARD\r\n", 0},
	{"soft line breaks", "NOTE;ENCODING=QUOTED-PRINTABLE:" + folded(picture, 70, "=\r\n") + "\r\nEND:VCARD\r\n", 0},
	{"short", "FN:a\r\nEND:VCARD\r\n", 0},
}

func TestOutline(t *testing.T) {
	for _, test := range outlines {
		t.Run(test.name, func(t *testing.T) {
			out, o := outlined(t, test.text, 400)
			if len(o.Gaps()) != test.gaps {
				t.Fatalf("%d gaps, not %d, in %.300q", len(o.Gaps()), test.gaps, out)
			}
			if test.gaps > 0 && len(out) > 2000 || test.gaps == 0 && out != test.text {
				t.Errorf("the outline has %d bytes of %d", len(out), len(test.text))
			}
			if Marks([]byte(out)) != test.gaps {
				t.Errorf("%d marks", Marks([]byte(out)))
			}
			if got := filled(t, out, o, test.text, false); got != test.text {
				t.Errorf("filled in again it is not the text: %.300q", got)
			}
			if at := strings.Index(out, "END:"); at >= 0 {
				if got := o.Gaps().Offset(int64(at)); int(got) != strings.Index(test.text, "END:") {
					t.Errorf("END is at %d, not at %d", got, strings.Index(test.text, "END:"))
				}
				if got, want := o.Gaps().Line(1+strings.Count(out[:at], "\n")), 1+strings.Count(test.text[:strings.Index(test.text, "END:")], "\n"); got != want {
					t.Errorf("END is in line %d, not %d", got, want)
				}
			}
			want, err := Published([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			short, err := Published([]byte(out))
			if err != nil {
				t.Fatal(err)
			}
			if got := filled(t, string(short), o, test.text, true); got != string(want) {
				t.Error("published and filled in it is not what is published of the text")
			}
		})
	}
}

// TestOutlineSays is that a value is the same in all outlines, however it is
// folded, and another one where one character differs.
func TestOutlineSays(t *testing.T) {
	value := func(text string) string {
		out, _ := outlined(t, text, 400)
		for l := range Lines([]byte(out)) {
			if l.Is("PHOTO") {
				return l.Value
			}
		}
		t.Fatal("no PHOTO")
		return ""
	}
	want := value("PHOTO;ENCODING=b:" + picture + "==\r\nEND:VCARD\r\n")
	if len(want)%4 != len(picture+"==")%4 {
		t.Errorf("%d characters", len(want))
	}
	for _, text := range []string{folded(picture, 74, "\r\n "), folded(picture, 33, "\n "), folded(picture, 400, "\r\n\t"), folded(picture, 1, "\r\n ")} {
		if got := value("FN:a\r\nPHOTO;ENCODING=b:" + text + "==\r\nEND:VCARD\r\n"); got != want {
			t.Errorf("%.60q: another value: %q", text, got[390:])
		}
	}
	if got := value("PHOTO;ENCODING=b:" + picture[:50000] + "9" + picture[50001:] + "==\r\nEND:VCARD\r\n"); got == want {
		t.Error("another picture has the same outline")
	}
}

func TestOutlineOf(t *testing.T) {
	card := "BEGIN:VCARD\r\nFN:a\r\nPHOTO:" + picture + "\r\nEND:VCARD\r\n"
	if text, gaps, err := OutlineOf(strings.NewReader(card), 70_000); err != nil || len(gaps) != 1 || len(text) > 70_000 {
		t.Errorf("%d bytes, %d gaps, %v", len(text), len(gaps), err)
	}
	for name, text := range map[string]string{
		"words":             "NOTE:" + strings.Repeat("word ", 20000) + "\r\n",
		"looks like a mark": "NOTE:" + markStart + "\r\n" + card,
	} {
		if _, _, err := OutlineOf(strings.NewReader(text), 70_000); err != ErrNoOutline {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := io.MultiReader(strings.NewReader(card[:len(card)-2000]), iotest.ErrReader(io.ErrClosedPipe))
	if _, _, err := OutlineOf(broken, 70_000); err != io.ErrClosedPipe {
		t.Errorf("broken off: %v", err)
	}
}

// FuzzOutline is that nothing is lost between a text and its outline.
func FuzzOutline(f *testing.F) {
	for _, test := range outlines {
		if len(test.text) < 2000 {
			f.Add(test.text)
		}
	}
	f.Add("A:" + strings.Repeat("abcd", 20) + "\r\n " + strings.Repeat("efgh", 20) + "\nEND:VCARD")
	f.Fuzz(func(t *testing.T, text string) {
		out, o := outlined(t, text, 8)
		if Marks([]byte(out)) != len(o.Gaps()) {
			t.Skip() // which OutlineOf refuses
		}
		if got := filled(t, out, o, text, false); got != text {
			t.Errorf("%q is not %q", got, text)
		}
	})
}
