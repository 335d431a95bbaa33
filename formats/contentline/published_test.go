package contentline

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

var published = []struct {
	name, in, want string
}{
	{"already so", "FN:Ä\r\n b\r\n\r\nX:1\r\n", "FN:Ä\r\n b\r\n\r\nX:1\r\n"},
	{"LF", "FN:a\n b\n\nX:1", "FN:a\r\n b\r\n\r\nX:1\r\n"},
	{"CR", "FN:a\rX:1\r", "FN:a\r\nX:1\r\n"},
	{"CR CR LF", "FN:a\r\r\nX:1\r\r\n", "FN:a\r\nX:1\r\n"},
	{"byte order mark", bom + "FN:a\r\n", "FN:a\r\n"},
	{"a byte order mark within", "FN:a" + bom + "b\r\n", "FN:a" + bom + "b\r\n"},
	{"UTF-16", string(utf16Of("FN:Ä\n ö\r\n", "be bom")), "FN:Ä\r\n ö\r\n"},
	{"quoted-printable stays", "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FC=\nller=\n\nX:1\n", "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FC=\r\nller=\r\n\r\nX:1\r\n"},
	{"bytes in quoted-printable", "N;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:M=FC\xfc\n", "N;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:M=FC=FC\r\n"},
	{"charset", "N;CHARSET=SHIFT_JIS;X=y:\x93\xfa\n \x96\x7b\n", "N;CHARSET=UTF-8;X=y:日\r\n 本\r\n"},
	{"charset folded within a character", "N;CHARSET=SHIFT_JIS:\x93\n \xfa\x96\x7b\n", "N;CHARSET=UTF-8:\r\n 日本\r\n"},
	{"charset in a folded head", "N;CHAR\n SET=ISO-8859-1:M\xfcller\n", "N;CHARSET=UTF-8:Müller\r\n"},
	{"charset of seven bits", "N;CHARSET=ISO-2022-JP:\x1b$BF|K\\\x1b(B\r\n", "N;CHARSET=UTF-8:日本\r\n"},
	{"fold within a character", "FN:M\xc3\r\n \xbcller\r\n", "FN:Mü\r\n ller\r\n"},
	{"fold within the last character", "FN:\xf0\r\n \x9f\r\n \x98\r\n \x80\r\nX:1\r\n", "FN:😀\r\nX:1\r\n"},
	{"guessed", "FN:Andr\xe9\nNOTE:Ä\n", "FN:André\r\nNOTE:Ä\r\n"},
	{"a stray byte", "FN:Müller \x80\n", "FN:Müller €\r\n"},
	{"a stray byte in a long line", "NOTE:" + strings.Repeat("ä", 40) + "\xe4\n", "NOTE:" + strings.Repeat("ä", 41) + "\r\n"},
}

func TestPublished(t *testing.T) {
	for _, tt := range published {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Published([]byte(tt.in))
			if err != nil || string(got) != tt.want {
				t.Errorf("got  %q, %v\nwant %q", got, err, tt.want)
			}
			publishes(t, []byte(tt.in))
		})
	}
	same := []byte(published[0].in)
	if got, _ := Published(same); &got[0] != &same[0] {
		t.Error("what is published form already was copied")
	}
	var e *Error
	if _, err := Published(make([]byte, MaxObject+1)); !errors.As(err, &e) {
		t.Errorf("more than MaxObject: %v", err)
	}
}

// publishes checks what holds for all input: the form, and that publishing
// again changes nothing.
func publishes(t *testing.T, in []byte) {
	t.Helper()
	out, err := Published(in)
	if err != nil {
		t.Fatal(err)
	}
	if len(in) > 0 && !bytes.HasSuffix(out, []byte("\r\n")) || !utf8.Valid(out) {
		t.Fatalf("%q is published as %q", in, out)
	}
	if bytes.IndexByte(out, 0) >= 0 {
		return // might look like UTF-16 now
	}
	again, err := Published(out)
	if err != nil || !bytes.Equal(again, out) {
		t.Fatalf("%q is published as %q, then as %q, %v", in, out, again, err)
	}
	if n := bytes.Count(out, []byte("\n")); n != bytes.Count(out, []byte("\r\n")) {
		t.Fatalf("%q is published as %q: a bare LF", in, out)
	}
}

func TestPublishedTruncated(t *testing.T) {
	for _, in := range every() {
		for n := range len(in) + 1 {
			publishes(t, []byte(in[:n]))
		}
	}
}

// FuzzLines: no panic, the bytes survive, the published form stays as it is.
func FuzzLines(f *testing.F) {
	for _, in := range every() {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		survives(t, in)
		publishes(t, in)
	})
}
