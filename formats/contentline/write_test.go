package contentline

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var writes = []struct {
	name string
	line Line
	want string // with \n for CRLF
	old  string
}{
	{"plain", Line{Name: "FN", Value: "Ann"}, "FN:Ann\n", "FN:Ann\n"},
	{"group", Line{Group: "item1", Name: "X-ABLabel", Value: "_$!<Home>!$_"}, "item1.X-ABLabel:_$!<Home>!$_\n", "item1.X-ABLabel:_$!<Home>!$_\n"},
	{"lists and quotes", Line{Name: "A", Params: []Param{{"TYPE", []string{"home", "a,b;c:d"}}}, Value: "v"}, "A;TYPE=home,\"a,b;c:d\":v\n", "A;HOME;TYPE=a-b-c-d:v\n"},
	{"RFC 6868", Line{Name: "A", Params: []Param{{"N", []string{"\"x\"\n^"}}}, Value: "v"}, "A;N=^'x^'^n^^:v\n", "A;N='x' ^:v\n"},
	{"an empty parameter", Line{Name: "A", Params: []Param{{"P", []string{""}}}, Value: "v"}, "A;P=:v\n", "A;P=:v\n"},
	{"a parameter without a value", Line{Name: "TEL", Params: []Param{{"HOME", nil}}, Value: "1"}, "TEL;TYPE=HOME:1\n", "TEL;HOME:1\n"},
	{"line breaks", Line{Name: "NOTE", Value: "a\r\nb\nc\rd\x00e\tf"}, "NOTE:a\\nb\\nc\\nde\tf\n", "NOTE;ENCODING=QUOTED-PRINTABLE:a=0D=0Ab=0D=0Ac=0D=0Ad=00e=09f\n"},
	{"no name", Line{Value: "some text"}, "some text\n", "some text\n"},
	{"a cut line", Line{Value: "some text", Cut: true}, "", ""},
	{"75 bytes", Line{Name: "N", Value: strings.Repeat("x", 73)}, "N:" + strings.Repeat("x", 73) + "\n", "N:" + strings.Repeat("x", 73) + "\n"},
	{"76 bytes", Line{Name: "N", Value: strings.Repeat("x", 73) + "y"}, "N:" + strings.Repeat("x", 73) + "\n y\n",
		"N;ENCODING=QUOTED-PRINTABLE:" + strings.Repeat("x", 46) + "=\n" + strings.Repeat("x", 27) + "y\n"},
	{"a character at the fold", Line{Name: "N", Value: strings.Repeat("x", 71) + "日本"}, "N:" + strings.Repeat("x", 71) + "\n 日本\n",
		"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:" + strings.Repeat("x", 32) + "=\n" + strings.Repeat("x", 39) + "=E6=97=A5=E6=9C=AC\n"},
	{"base64", Line{Name: "PHOTO", Params: []Param{{"ENCODING", []string{"b"}}, {"TYPE", []string{"JPEG"}}}, Value: strings.Repeat("A", 80)},
		"PHOTO;ENCODING=b;TYPE=JPEG:" + strings.Repeat("A", 48) + "\n " + strings.Repeat("A", 32) + "\n",
		"PHOTO;JPEG;ENCODING=BASE64:" + strings.Repeat("A", 48) + "\n " + strings.Repeat("A", 32) + "\n\n"},
	{"the end of a card behind a soft break", Line{Name: "NOTE", Value: strings.Repeat("x", 43) + "END:VCARD" + strings.Repeat("y", 40)},
		"NOTE:" + strings.Repeat("x", 43) + "END:VCARD" + strings.Repeat("y", 18) + "\n " + strings.Repeat("y", 22) + "\n",
		"NOTE;ENCODING=QUOTED-PRINTABLE:" + strings.Repeat("x", 43) + "=\n=45ND:VCARD" + strings.Repeat("y", 40) + "\n"},
	{"bytes that are not UTF-8", Line{Name: "N", Value: "a\xffb"}, "N:a\ufffdb\n", "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:a=FFb\n"},
}

func TestAppend(t *testing.T) {
	for _, tt := range writes {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(Append([]byte("x"), &tt.line)); got != "x"+strings.ReplaceAll(tt.want, "\n", "\r\n") {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if got := string(AppendOld([]byte("x"), &tt.line)); got != "x"+strings.ReplaceAll(tt.old, "\n", "\r\n") {
				t.Errorf("2.1: got  %q\nwant %q", got, tt.old)
			}
		})
	}
}

func TestEscape(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"plain", "plain"}, {`a,b;c:d\e`, `a\,b\;c:d\\e`}, {"a\r\nb\nc\rd", `a\nb\nc\nd`}, {`\n`, `\\n`}, {"", ""},
	} {
		if got := Escape(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
	if got, want := EscapeFields([][]string{{"Smith;Jones"}, {"Ann"}, {"Maria", "E,va"}, nil}), `Smith\;Jones;Ann;Maria,E\,va;`; got != want {
		t.Errorf("fields: %q, want %q", got, want)
	}
	if got, want := EscapeURI("http://a/b,c;d e\n"), "http://a/b,c;d%20e%0A"; got != want {
		t.Errorf("URI: %q, want %q", got, want)
	}
	if d := cmp.Diff([]string{"a", `b\,c`, "", `\`}, List(`a,b\,c,,\`)); d != "" {
		t.Error(d)
	}
}

// written checks what holds for every written line, and returns what it reads.
func written(t *testing.T, out []byte) []Line {
	t.Helper()
	if len(out) == 0 {
		return nil
	}
	if !bytes.HasSuffix(out, []byte("\r\n")) || bytes.Count(out, []byte("\n")) != bytes.Count(out, []byte("\r\n")) || bytes.Count(out, []byte("\r")) != bytes.Count(out, []byte("\r\n")) {
		t.Fatalf("line ends of %q", out)
	}
	for p := range strings.SplitSeq(string(out), "\r\n") {
		if !utf8.ValidString(p) {
			t.Fatalf("a split character in %q", p)
		}
		if len(p) > MaxWidth && !bytes.Contains(out, []byte("QUOTED")) {
			t.Fatalf("%d bytes in %q", len(p), p)
		}
	}
	var got []Line
	for l := range Lines(out) {
		if !l.Blank() {
			got = append(got, l)
		}
	}
	return got
}

// FuzzWrite: a line that is written reads the same, and is one line whatever
// it holds.
func FuzzWrite(f *testing.F) {
	for _, tt := range writes {
		param := "x"
		if len(tt.line.Params) > 0 && tt.line.Params[0].Values != nil {
			param = tt.line.Params[0].Values[0]
		}
		f.Add(tt.line.Value, param)
	}
	f.Add(strings.Repeat(" ", 200), "a\"b")
	f.Add(strings.Repeat("日=\r\n", 50), strings.Repeat("^", 100))
	f.Fuzz(func(t *testing.T, text, param string) {
		if !utf8.ValidString(text) || !utf8.ValidString(param) || strings.ContainsFunc(text+param, func(r rune) bool {
			return r < ' ' && r != '\n' || r == 0x7f || r == '\ufeff'
		}) {
			_ = written(t, Append(nil, &Line{Name: "X", Params: []Param{{"P", []string{param}}}, Value: text}))
			return
		}
		in := Line{Group: "g", Name: "NOTE", Params: []Param{{"X-P", []string{param, "y"}}}, Value: Escape(text)}
		got := written(t, Append(nil, &in))
		if len(got) != 1 || Unescape(got[0].Text()) != text || !cmp.Equal(got[0].Params, in.Params) || got[0].Group != "g" {
			t.Fatalf("%q, %q reads %+v", text, param, got)
		}
		in = Line{Name: "NOTE", Value: text}
		got = written(t, AppendOld(nil, &in))
		if len(got) != 1 || strings.ReplaceAll(got[0].Text(), "\r\n", "\n") != text {
			t.Fatalf("2.1: %q reads %+v", text, got)
		}
	})
}
