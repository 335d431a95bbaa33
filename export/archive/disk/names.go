package disk

import (
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// The bounds of names: what Windows, macOS, exFAT and unpackers of archives
// all take. Units are those of UTF-16.
const (
	MaxNameUnits    = 120
	MaxNameBytes    = 200
	MaxPathUnits    = 180
	MaxAccountUnits = 50 // leaves room below data/<account>/Vanished/Calendars/
	maxExtUnits     = 16
)

// CleanName makes of a name from outside one that every file system takes and
// shows alike: NFC, no control characters, none of \ / : * ? " < > | %, no
// reserved name, no dot in front, no dot or space at the end, at most units
// long. The ending after the last dot survives a cut. It is "" if nothing is
// left.
func CleanName(name string, units int) string {
	name = strings.Map(cleanRune, norm.NFC.String(strings.ToValidUTF8(name, "\uFFFD")))
	name = trimName(norm.NFC.String(name))
	if name == "" {
		return ""
	}
	stem, ext := SplitExt(name)
	name = trimName(CutName(stem, units-UnitsOf(ext), MaxNameBytes-len(ext))) + ext
	if ReservedName(name) {
		name = "_" + CutName(stem, units-UnitsOf(ext)-1, MaxNameBytes-len(ext)-1) + ext
	}
	return name
}

// cleanRune replaces what no name may hold and drops what cannot be seen.
func cleanRune(r rune) rune {
	switch {
	case strings.ContainsRune(`\/:*?"<>|%`, r):
		return '_'
	case unicode.In(r, unicode.Zl, unicode.Zp, unicode.Zs):
		return ' '
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
		return -1
	case r >= 0xFE00 && r <= 0xFE0F: // variation selectors, which some systems do not compare
		return -1
	}
	return r
}

func trimName(s string) string {
	s = strings.TrimRight(strings.TrimSpace(s), ". ")
	if strings.HasPrefix(s, ".") {
		s = "_" + s[1:] // a dot in front hides a file, and "._" marks what is ignored
	}
	return s
}

// SplitExt takes a file name apart before its last dot, if what follows looks
// like the ending of a file.
func SplitExt(name string) (stem, ext string) {
	ext = path.Ext(name)
	if ext == name || len(ext) < 2 || UnitsOf(ext) > maxExtUnits || strings.Contains(ext, " ") {
		return name, ""
	}
	return strings.TrimSuffix(name, ext), ext
}

// CutName cuts s to so many UTF-16 units and bytes, before a letter and the
// marks on it rather than between them.
func CutName(s string, units, bytes int) string {
	if UnitsOf(s) <= units && len(s) <= bytes {
		return s
	}
	u, end := 0, 0
	for i, r := range s {
		if !unicode.Is(unicode.M, r) {
			end = i
		}
		u += len16(r)
		if u > units || i+utf8.RuneLen(r) > bytes {
			return s[:end]
		}
	}
	return s
}

func len16(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

func UnitsOf(s string) int {
	n := 0
	for _, r := range s {
		n += len16(r)
	}
	return n
}

// ReservedName reports whether Windows keeps the name for a device, or a file
// of this name is ignored as litter.
func ReservedName(name string) bool {
	if Litter(name) {
		return true
	}
	base, _, _ := strings.Cut(strings.ToUpper(name), ".")
	base = strings.TrimRight(base, " ")
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	for _, port := range []string{"COM", "LPT"} {
		if n, ok := strings.CutPrefix(base, port); ok && len([]rune(n)) == 1 && strings.ContainsAny(n, "0123456789¹²³") {
			return true
		}
	}
	return false
}

// Litter reports whether systems leave files of this name wherever they look.
func Litter(name string) bool {
	switch strings.ToLower(name) {
	case ".ds_store", "thumbs.db", "desktop.ini":
		return true
	}
	return strings.HasPrefix(name, "._")
}

// FoldName is equal for names that some file system takes for the same.
func FoldName(name string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(name)))
}

// Numbered is the n-th name for name: itself, then with " (2)" before its
// ending.
func Numbered(stem, ext string, n, units int) string {
	mark := ""
	if n > 1 {
		mark = " (" + strconv.Itoa(n) + ")"
	}
	return strings.TrimRight(CutName(stem, units-UnitsOf(mark+ext), MaxNameBytes-len(mark+ext)), ". ") + mark + ext
}

// FirstFree is the lowest n for which free(n), for names that are given out in
// order: about twice its logarithm of questions.
func FirstFree(free func(n int) (bool, error)) (int, error) {
	low, high := 0, 1
	for {
		ok, err := free(high)
		if err != nil {
			return 0, err
		}
		if ok {
			break
		}
		low, high = high, high*2
	}
	for high-low > 1 {
		mid := (low + high) / 2
		ok, err := free(mid)
		if err != nil {
			return 0, err
		}
		if ok {
			high = mid
		} else {
			low = mid
		}
	}
	return high, nil
}

// FileName makes of a name from outside the name of a file, as the open files
// of an archive have it: one that every file system takes, ending in ext, ""
// or ".vcf" and the like. plain is used where nothing is left of it. It is the
// first one for which free(FoldName(name)) is true.
func FileName(want, ext, plain string, free func(folded string) bool) string {
	stem := CleanName(want, MaxNameUnits-UnitsOf(ext))
	if stem == "" {
		stem = plain
	}
	if ReservedName(stem + ext) {
		stem = "_" + stem
	}
	n, err := FirstFree(func(n int) (bool, error) { return free(FoldName(Numbered(stem, ext, n, MaxNameUnits))), nil })
	if err != nil {
		n = 1 // free has no errors
	}
	return Numbered(stem, ext, n, MaxNameUnits)
}
