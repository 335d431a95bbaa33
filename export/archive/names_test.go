package archive_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
)

func TestCleanName(t *testing.T) {
	long := strings.Repeat("a", 300)
	for _, c := range []struct{ in, want string }{
		{"IMG_1.JPG", "IMG_1.JPG"},
		{"Familie & Freunde", "Familie & Freunde"},
		{`a\b/c:d*e?f"g<h>i|j%k`, "a_b_c_d_e_f_g_h_i_j_k"},
		{"tab\there\x00\x7f\u0085", "tabhere"},
		{"e\u0301.vcf", "\u00e9.vcf"},
		{"trailing. . ", "trailing"},
		{"  both  ", "both"},
		{"...", ""},
		{"", ""},
		{".", ""},
		{"..", ""},
		{"../../etc/passwd", "_._._etc_passwd"},
		{".hidden", "_hidden"},
		{"._resource", "__resource"},
		{".DS_Store", "_DS_Store"},
		{"Thumbs.db", "_Thumbs.db"},
		{"DESKTOP.INI", "_DESKTOP.INI"},
		{"CON", "_CON"},
		{"con.txt", "_con.txt"},
		{"Aux.tar.gz", "_Aux.tar.gz"},
		{"COM1", "_COM1"},
		{"com¹.txt", "_com¹.txt"},
		{"COM10", "COM10"},
		{"lpt0", "_lpt0"},
		{"nul .txt", "_nul .txt"},
		{"CONIN$", "_CONIN$"},
		{"Console", "Console"},
		{"a\u202egpj.exe", "agpj.exe"},
		{"zero\u200bwidth\ufeff", "zerowidth"},
		{"line\u2028break", "line break"},
		{"no\u00a0break", "no break"},
		{"bad\xff\xfeutf", "bad\uFFFDutf"},
		{long, strings.Repeat("a", 120)},
		{long + ".jpeg", strings.Repeat("a", 115) + ".jpeg"},
		{strings.Repeat("ü", 300), strings.Repeat("ü", 100)},
		{strings.Repeat("😀", 300), strings.Repeat("😀", 50)},
		{strings.Repeat("字", 300) + ".jpg", strings.Repeat("字", 65) + ".jpg"},
		{strings.Repeat("a", 119) + "x\u0323\u0301\u0302", strings.Repeat("a", 119)},
		{"a." + long, "a." + strings.Repeat("a", 118)},
		{strings.Repeat("a", 119) + ". x", strings.Repeat("a", 119)},
	} {
		if got := disk.CleanName(c.in, disk.MaxNameUnits); got != c.want {
			t.Errorf("cleanName(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"IMG.JPG", "..", "CON.", "\u0301", "._", "a\xff.b", strings.Repeat("字", 90) + ". .x", "x.\u200b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := disk.CleanName(s, disk.MaxNameUnits)
		if got == "" {
			return
		}
		switch {
		case !utf8.ValidString(got), !norm.NFC.IsNormalString(got):
			t.Errorf("%q: not NFC", got)
		case len(got) > disk.MaxNameBytes, disk.UnitsOf(got) > disk.MaxNameUnits:
			t.Errorf("%q: too long", got)
		case strings.ContainsAny(got, `\/:*?"<>|%`+"\x00\r\n"):
			t.Errorf("%q: a forbidden character", got)
		case strings.HasSuffix(got, "."), strings.HasSuffix(got, " "), strings.HasPrefix(got, "."), strings.HasPrefix(got, " "):
			t.Errorf("%q: a dot or space at the edge", got)
		case disk.ReservedName(got):
			t.Errorf("%q: reserved", got)
		case disk.CleanName(got, disk.MaxNameUnits) != got:
			t.Errorf("%q: cleaned again it is %q", got, disk.CleanName(got, disk.MaxNameUnits))
		}
	})
}

func TestFoldName(t *testing.T) {
	for _, same := range [][2]string{{"Work", "WORK"}, {"caf\u00e9", "CAFE\u0301"}, {"Straße", "STRASSE"}, {"ﬁle", "FILE"}, {"Ⅷ", "viii"}} {
		if archive.FoldName(same[0]) != archive.FoldName(same[1]) {
			t.Errorf("%q and %q are not taken for the same", same[0], same[1])
		}
	}
	if archive.FoldName("Work") == archive.FoldName("Work (2)") {
		t.Error("different names are taken for the same")
	}
}

func TestFirstFree(t *testing.T) {
	for _, used := range []int{0, 1, 2, 3, 7, 8, 1000} {
		asked := 0
		n, err := disk.FirstFree(func(n int) (bool, error) { asked++; return n > used, nil })
		if err != nil || n != used+1 {
			t.Errorf("%d used: %d, %v", used, n, err)
		}
		if asked > 25 {
			t.Errorf("%d used: asked %d times", used, asked)
		}
	}
}
