package cell

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"Ann":                         "Ann",
		"=1+1":                        "'=1+1",
		"\t=1":                        "\t'=1",
		"\r=1":                        "\r'=1",
		" =1":                         "' =1",
		"\u00a0=1":                    "'\u00a0=1",
		"\u200b@SUM(1)":               "'\u200b@SUM(1)",
		"\ufeff=1":                    "'\ufeff=1",
		"＝1":                          "'＝1",
		"－1+cmd":                      "'－1+cmd",
		"＠SUM":                        "'＠SUM",
		"-2+3+cmd|' /C calc'!A0":      "'-2+3+cmd|' /C calc'!A0",
		"-1":                          "'-1",
		"@ann":                        "'@ann",
		"+":                           "'+",
		"+49 30 1234-5":               "+49 30 1234-5",
		"+49 (0)30.12":                "+49 (0)30.12",
		"+1+1":                        "'+1+1",
		"+1*2":                        "'+1*2",
		"+ann":                        "'+ann",
		"a;=cmd|'/C calc'!A0":         "a;'=cmd|'/C calc'!A0",
		"a\n=HYPERLINK(1)":            "a\n'=HYPERLINK(1)",
		"Bring:\n- wine\n- bread":     "Bring:\n- wine\n- bread",
		"x\n-2+cmd|' /C calc'!A0":     "x\n'-2+cmd|' /C calc'!A0",
		"'=1":                         "''=1",
		"'+49 30":                     "''+49 30",
		"'Ann":                        "'Ann",
		"a=b":                         "a=b",
		"https://a.de/?x=1;y=@&z=-1-": "https://a.de/?x=1;y=@&z=-1-",
	} {
		if got := Safe(in); got != want {
			t.Errorf("%q became %q, not %q", in, got, want)
		}
		if got := Plain(Safe(in)); got != in {
			t.Errorf("%q came back as %q", in, got)
		}
	}
}

// TestPlain reads back random cells of what matters.
func TestPlain(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := strings.Split("=|+|-|@|'|'|;|\t|\n|\r|a|1| |(|!|\u200b|＝|+49 30", "|")
	for range 50000 {
		s := ""
		for range rng.IntN(8) {
			s += pieces[rng.IntN(len(pieces))]
		}
		if got := Plain(Safe(s)); got != s {
			t.Fatalf("%q became %q and came back as %q", s, Safe(s), got)
		}
	}
}
