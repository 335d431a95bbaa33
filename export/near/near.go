// Package near finds what somebody meant who wrote something else: the verb,
// flag, account or kind that a word is a slip of.
package near

import (
	"strings"
	"unicode/utf8"
)

// To is the one of list that word is a slip of, "" if none is. At most one letter
// in three is wrong, missing, too many or has changed places with its neighbour;
// else word is the beginning of only one of them, or stands in only one of them
// with three letters or more. Case and blanks around word do not matter.
func To(word string, list []string) string {
	word = strings.ToLower(strings.TrimSpace(word))
	letters := utf8.RuneCountInString(word)
	best, at := "", letters/3+1
	for _, x := range list {
		if d := Slips(word, strings.ToLower(x)); d < at {
			best, at = x, d
		}
	}
	if best == "" && letters > 1 {
		best = only(list, func(x string) bool { return strings.HasPrefix(x, word) })
	}
	if best == "" && letters > 2 {
		best = only(list, func(x string) bool { return strings.Contains(x, word) })
	}
	return best
}

// only is the one of list, in lower case, that fits; "" if none or several do.
func only(list []string, fits func(string) bool) string {
	found := ""
	for _, x := range list {
		if !fits(strings.ToLower(x)) {
			continue
		}
		if found != "" {
			return ""
		}
		found = x
	}
	return found
}

// Slips counts the letters to be changed, added, removed or swapped to make b of a.
func Slips(a, b string) int { return slips([]rune(a), []rune(b)) }

func slips(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0:
				d[i][j] = j
			case j == 0:
				d[i][j] = i
			default:
				cost := 1
				if a[i-1] == b[j-1] {
					cost = 0
				}
				d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
	}
	return d[len(a)][len(b)]
}
