package contentline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// show writes a line as group.name[param=value,value]value.
func show(l *Line) string {
	var b strings.Builder
	if l.Group != "" {
		b.WriteString(l.Group + ".")
	}
	b.WriteString(l.Name)
	for _, p := range l.Params {
		b.WriteString("[" + p.Name)
		if p.Values != nil {
			b.WriteString("=" + strings.Join(p.Values, "|"))
		}
		b.WriteString("]")
	}
	return fmt.Sprintf("%d %s>%s", l.Number, b.String(), l.Text())
}

var lines = []struct {
	name string
	in   string
	want []string
}{
	{"plain", "FN:Ann\r\nTEL:1\r\n", []string{"1 FN>Ann", "2 TEL>1"}},
	{"group and case", "item1.x-abLabel:_$!<Home>!$_\n", []string{"1 item1.x-abLabel>_$!<Home>!$_"}},
	{"2.1 parameters", "TEL;HOME;VOICE:123\n", []string{"1 TEL[HOME][VOICE]>123"}},
	{"lists, quotes, RFC 6868", "A;TYPE=home,\"a,b;c:d\";N=^'x^'^n^^:v:w\n", []string{"1 A[TYPE=home|a,b;c:d][N=\"x\"\n^]>v:w"}},
	{"an open quote", "A;P=\"x:v;w\n", []string{`1 A[P="x]>v;w`}},
	{"an empty value", "A;P=:\n", []string{"1 A[P=]>"}},
	{"folds", "NOTE:a\r\n b\n\tc\r\n  d\nX:1", []string{"1 NOTE>abc d", "5 X>1"}},
	{"fold within a character", "FN:M\xc3\r\n \xbcller\r\n", []string{"1 FN>Müller"}},
	{"fold within the name", "NO\r\n TE:a\r\nX:1", []string{"1 NOTE>a", "3 X>1"}},
	{"fold within the parameters", "NOTE;ENCODING=QUOTED-\n PRINTABLE:a=3D=\nTEL:b\nX:1\n", []string{"1 NOTE[ENCODING=QUOTED-PRINTABLE]>a=TEL:b", "4 X>1"}},
	{"no colon", "some text\nX-FOO;A=b\nFN:a\n", []string{"1 >some text", "2 >X-FOO;A=b", "3 FN>a"}},
	{"no name", "this is not: a property\n:x\n", []string{"1 >this is not: a property", "2 >:x"}},
	{"blank lines", "FN:a\n\n \nX:1\n\n y\n", []string{"1 FN>a", "2 >", "3 > ", "4 X>1y"}},
	{"soft break", "NOTE;ENCODING=QUOTED-PRINTABLE:a=C3=\r\n=A4= \r\n z\r\nX:1\r\n", []string{"1 NOTE[ENCODING=QUOTED-PRINTABLE]>aäz", "4 X>1"}},
	{"soft break, then blank", "NOTE;QUOTED-PRINTABLE:a=\n\nX:1\n", []string{"1 NOTE[QUOTED-PRINTABLE]>a", "3 X>1"}},
	{"no soft break", "URL:a=\nX:1\n", []string{"1 URL>a=", "2 X>1"}},
	{"broken escapes", "NOTE;QUOTED-PRINTABLE:a=ZZ=4=\n", []string{"1 NOTE[QUOTED-PRINTABLE]>a=ZZ=4"}},
	{"base64 without indentation", "PHOTO;BASE64:\nAAAA\nBBB=\n\nX:1\n", []string{"1 PHOTO[BASE64]>AAAABBB=", "4 >", "5 X>1"}},
	{"base64 before a property", "PHOTO;ENCODING=b;TYPE=JPEG:AA\nBB==\nEND:VCARD\n", []string{"1 PHOTO[ENCODING=b][TYPE=JPEG]>AABB==", "3 END>VCARD"}},
	{"CR", "FN:a\rX:1\r y\r\rZ:2\r", []string{"1 FN>a", "2 X>1y", "4 >", "5 Z>2"}},
	{"a CR in the text", "FN:a\r\nNOTE:b\rc http://d\r\nX:1\r\n", []string{"1 FN>a", "2 NOTE>b\rc http://d", "3 X>1"}},
	{"a CR before a property", "FN:a\r\nNOTE:b\rTEL;HOME:1\r\n", []string{"1 FN>a", "2 NOTE>b", "3 TEL[HOME]>1"}},
	{"CR CR LF", "FN:a\r\r\n b\r\r\nX:1\r\r\n", []string{"1 FN>ab", "3 X>1"}},
	{"charset", "N;CHARSET=SHIFT_JIS:\x93\xfa\x96\x7b\n", []string{"1 N[CHARSET=SHIFT_JIS]>日本"}},
	{"charset and quoted-printable", "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller\n", []string{"1 N[CHARSET=ISO-8859-1][ENCODING=QUOTED-PRINTABLE]>Müller"}},
	{"charset of seven bits", "N;CHARSET=ISO-2022-JP:\x1b$BF|K\\\x1b(B\n", []string{"1 N[CHARSET=ISO-2022-JP]>日本"}},
	{"wrong charset", "N;CHARSET=ISO-8859-1:Müller\n", []string{"1 N[CHARSET=ISO-8859-1]>Müller"}},
	{"unknown charset", "N;CHARSET=KLINGON:M\xfcller\n", []string{"1 N[CHARSET=KLINGON]>Müller"}},
	{"guessed: windows-1252", "FN:Andr\xe9 \x80\n", []string{"1 FN>André €"}},
	{"guessed: windows-1251", "FN:\xc8\xe2\xe0\xed \xcf\xe5\xf2\xf0\xee\xe2\n", []string{"1 FN>Иван Петров"}},
	{"guessed: GBK", "FN:\xd5\xc5\xce\xb0\n", []string{"1 FN>张伟"}},
	{"guessed: Shift JIS", "FN:\x83^\x83\x8d\x83E\n", []string{"1 FN>タロウ"}},
	{"guessed: EUC-KR", "FN:\xb1\xe8\xc3\xb6\xbc\xf6\n", []string{"1 FN>김철수"}},
}

func TestLines(t *testing.T) {
	for _, tt := range lines {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for l := range Lines([]byte(tt.in)) {
				got = append(got, show(&l))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestUTF16(t *testing.T) {
	in := "FN:Müller\r\n 日本\nNOTE;QUOTED-PRINTABLE:a=\r\nb\rX:1\n"
	for _, order := range []string{"le", "be", "le bom", "be bom"} {
		var got []string
		for l := range Lines(utf16Of(in, order)) {
			got = append(got, show(&l))
		}
		if d := cmp.Diff([]string{"1 FN>Müller日本", "3 NOTE[QUOTED-PRINTABLE]>ab", "5 X>1"}, got); d != "" {
			t.Errorf("%s: %s", order, d)
		}
	}
}

func TestSays(t *testing.T) {
	for l := range Lines([]byte("TEL;TYPE=home,cell;PREF:1")) {
		for value, want := range map[string]bool{"HOME": true, "Cell": true, "pref": true, "work": false} {
			if got := l.Says("type", value); got != want {
				t.Errorf("Says(%q) = %v", value, got)
			}
		}
	}
}
