package words

import (
	"strings"

	"sidekeep/export"
)

// Besides says what a source holds that is not exported, and why: "notes.txt
// and 3 more: it is no contact".
func Besides(x export.Skipped) string {
	s := strings.Join(strings.Fields(x.Name), " ")
	if x.Count > 1 {
		s += " and " + Number(x.Count-1) + " more"
	}
	return s + ": " + x.Why
}

// NotExported is Besides as a sentence.
func NotExported(x export.Skipped) string { return NotExportedHead + ": " + Besides(x) + "." }
