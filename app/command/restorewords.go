package command

import (
	"strings"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/restore"
)

const (
	nothingYet      = "Nothing has been written yet."
	runTheSameAgain = "Run the same again: it goes on where it stopped, and writes nothing twice."
)

// plannedWords sums a plan up: "120 new, 3 replaced and 289 left as they are".
func plannedWords(n restore.Counts) string {
	parts := []string{words.Number(n.Create) + " new"}
	for _, p := range []struct {
		n    int
		what string
	}{{n.Replace, "replaced"}, {n.Merge, "merged"}, {n.Same + n.Leave, "left as they are"}, {n.Refused, "refused"}} {
		if p.n > 0 {
			parts = append(parts, words.Number(p.n)+" "+p.what)
		}
	}
	return words.List(parts)
}

// conflictWords tell what a choice makes of items that differ.
func conflictWords(c restore.Choice) string {
	switch c {
	case restore.Both:
		return "both are kept"
	case restore.Merge:
		return "they are merged, so that every number, address and alarm of both is kept"
	case restore.Archive:
		return "what is restored takes the place of what is there"
	}
	return "what is there stays"
}

// phaseWords are what a restore is doing.
var phaseWords = map[work.RestorePhase]string{
	work.Comparing: "comparing",
	work.Keeping:   "exporting first what is there",
	work.Writing:   "writing",
	work.Undoing:   "turning back",
	work.Looking:   "exporting what is there now",
	proving:        "proving",
}

// proving is the phase of a proof, beside those of a restore.
const proving work.RestorePhase = "proving"

// undoingWords tell what an undo would do.
func undoingWords(created, changed int) string {
	takes := "takes away the " + words.Number(created) + " that were created"
	brings := "brings the " + words.Number(changed) + " that were replaced back to how they were"
	switch {
	case created == 0 && changed == 0:
		return "It wrote nothing, so there is nothing to turn back."
	case changed == 0:
		return "Undo " + takes + "."
	case created == 0:
		return "Undo " + brings + "."
	}
	return "Undo " + takes + " and " + brings + "."
}

// provenWords tell what a proof found. One that is older than the last export
// says when it was so: "Proven on Friday".
func provenWords(good, checked int, at, now time.Time, current bool) string {
	numbers := words.Number(good) + " of " + words.Number(checked)
	switch at = at.In(now.Location()); {
	case checked == 0:
		return "Nothing to prove yet: there is no item in the copy"
	case good < checked:
		return "Not proven: " + numbers + " came back as they were, " + words.When(at, now)
	case current:
		return "Proven: " + numbers + ", " + words.When(at, now)
	case at.Format(time.DateOnly) == now.Format(time.DateOnly):
		return "Proven today at " + at.Format("15:04") + ", before the last export: " + numbers
	}
	return "Proven " + words.On(at, now) + ": " + numbers
}

// whyWords are a short reason for an item that was not written or not turned
// back.
func whyWords(err error) string {
	if export.Cause(err) == nil {
		return err.Error()
	}
	return words.For(err).Title
}

// whyInFull is whyWords with what the target or the parser said besides, in
// brackets.
func whyInFull(err error) string {
	why, cause := whyWords(err), export.Cause(err)
	if cause == nil {
		return why
	}
	detail := strings.ReplaceAll(err.Error(), cause.Error(), "")
	detail = strings.Trim(strings.ReplaceAll(detail, ": : ", ": "), ": ")
	if detail == "" {
		return why
	}
	return why + " (" + detail + ")"
}
