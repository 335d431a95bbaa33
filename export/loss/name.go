package loss

import (
	"slices"
	"strings"
)

// NameKey is the same text for names that are the same words, whatever their
// order, their case, their accents and what stands between them.
func NameKey(name string) string {
	words := say(name).words
	if len(words) == 0 {
		return strings.TrimSpace(name) // of signs alone
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}
