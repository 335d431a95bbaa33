package contentline

import "testing"

func TestCharset(t *testing.T) {
	for _, c := range []struct {
		line, want string
		guessed    bool
	}{
		{"FN:plain", "", false},
		{"FN:Jörg", "", false},
		{"FN:J\xf6rg", "windows-1252", true},
		{"FN;CHARSET=ISO-8859-2:Ko\xb9ice", "iso-8859-2", false},
		{"FN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8D=B2=93=A1", "shift_jis", false},
		{"NOTE:Jörg und Käthe, und K\xe4the", "utf-8, partly", true},
	} {
		for l := range Lines([]byte(c.line + "\r\n")) {
			if got, guessed := l.Charset(); got != c.want || guessed != c.guessed {
				t.Errorf("%q: %q, guessed=%v, want %q, %v", c.line, got, guessed, c.want, c.guessed)
			}
		}
	}
}
