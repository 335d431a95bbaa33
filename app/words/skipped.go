package words

import (
	"strings"

	"sidekeep/export"
)

// EmptyAccount says that an account has nothing in it that could be exported.
const EmptyAccount = "The account is empty: it has no address book, calendar or to-do list yet. There is nothing to keep; what you restore to it is put into new ones."

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
