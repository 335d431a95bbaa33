package command

import "strings"

// near is the one of list that word is a slip of: at most one letter in three is
// wrong, missing, too many or has changed places with its neighbour. "" if none is.
func near(word string, list []string) string {
	best, at := "", len([]rune(word))/3+1
	for _, x := range list {
		if d := slips([]rune(strings.ToLower(word)), []rune(strings.ToLower(x))); d < at {
			best, at = x, d
		}
	}
	return best
}

// slips counts the letters to be changed, added, removed or swapped to make b of a.
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
