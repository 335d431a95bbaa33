// Package cell makes the cells of tables safe: a spreadsheet that opens one runs
// nothing of what is in it.
package cell

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe puts an apostrophe before what a spreadsheet would calculate: a text that
// begins with =, +, - or @, also full-width, whatever stands before that and is
// not seen; and the same behind a semicolon, a tab or a line break, where
// spreadsheets that expect another separator begin a cell. A telephone with a
// plus stays as it is. [Plain] takes the apostrophes off.
func Safe(s string) string {
	if !strings.ContainsAny(s, "=+-@＝＋－＠") {
		return s
	}
	return edit(s, func(b *strings.Builder, part string, first bool) {
		if runs(part, first) || first && strings.HasPrefix(part, "'") && number(part) {
			b.WriteByte('\'')
		}
		b.WriteString(part)
	})
}

// Plain undoes [Safe], and takes off the apostrophe that people put before a
// telephone number.
func Plain(s string) string {
	if strings.IndexByte(s, '\'') < 0 {
		return s
	}
	return edit(s, func(b *strings.Builder, part string, first bool) {
		if rest, ok := strings.CutPrefix(part, "'"); ok && (runs(rest, first) || first && number(rest)) {
			part = rest
		}
		b.WriteString(part)
	})
}

// All makes every cell of a row safe, in place, and returns it.
func All(row []string) []string {
	for i, s := range row {
		row[i] = Safe(s)
	}
	return row
}

// edit calls do with each part of s at which a cell may begin.
func edit(s string, do func(b *strings.Builder, part string, first bool)) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	for first := true; ; first = false {
		i := strings.IndexAny(s, ";\t\r\n")
		if i < 0 {
			do(&b, s, first)
			return b.String()
		}
		do(&b, s[:i], first)
		b.WriteByte(s[i])
		s = s[i+1:]
	}
}

// runs tells whether a spreadsheet calculates a part. Behind a separator, where
// lists and signatures have their dashes, a plus and a minus count only with
// what a formula needs.
func runs(part string, first bool) bool {
	rest := strings.TrimLeftFunc(part, unseen)
	sign, n := utf8.DecodeRuneInString(rest)
	switch sign {
	case '=', '＝', '@', '＠':
		return true
	case '+', '＋', '-', '－':
		if first {
			return !telephone(rest)
		}
		return strings.ContainsAny(rest[n:], "(|!=@")
	}
	return false
}

// unseen tells whether a character before a formula does not keep it from being
// one: what is not printed, and the apostrophe that Safe writes.
func unseen(r rune) bool {
	return r == '\'' || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zs, unicode.Mn) || r == '\ufeff'
}

// number tells whether a part is a telephone number but for what is not seen.
func number(part string) bool { return telephone(strings.TrimLeftFunc(part, unseen)) }

// telephone tells whether s is a plus with what a telephone number has.
func telephone(s string) bool {
	digits := strings.Count(s, "") - 1 - len(strings.Trim(s, "0123456789"))
	return len(s) > 1 && s[0] == '+' && digits > 0 && strings.Trim(s[1:], "0123456789 ().-\u00a0") == "" &&
		!strings.ContainsAny(s[1:2], "+-.") && s[1] != ' '
}
