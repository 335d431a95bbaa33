package words

import "time"

// Proven is "Proven 1,654 of 1,654".
func Proven(good, checked int) string {
	if checked == 0 {
		return "Nothing to prove yet"
	}
	return "Proven " + Progress(good, checked)
}

// ProvenHow is the line below it.
func ProvenHow(at, now time.Time) string { return HowProven + ", " + When(at, now) }

// ProvenBefore is a proof that is older than the last export.
func ProvenBefore(at, now time.Time) string {
	return "Proven " + On(at, now) + ", before the last export"
}

// NotProven tells that items did not come back as they were.
func NotProven(bad, checked int) string {
	return Number(bad) + " of " + plural(checked, "item", "items") + verb(bad, " did not come back as it was", " did not come back as they were")
}

// ProvenSoFar is how far a proof is.
func ProvenSoFar(done, all int) string { return Progress(done, all) + " compared" }

// NotProvenNow tells why a proof did not come to its end.
func NotProvenNow(w Words) string { return "The proof did not come to its end. " + w.Title }

// AccountsUnproven is the headline when items of n accounts did not come back.
func AccountsUnproven(n int) string {
	return some(n, "One account could not be proven", " accounts could not be proven")
}

// ProvenWhen is when a proof was made.
func ProvenWhen(at, now time.Time) string { return "Put back on a practice service " + When(at, now) }
