package words

import (
	"time"

	"sidekeep/export"
	"sidekeep/export/restore"
)

// RestoreDone is the title of a restore that is done: n of all are there.
func RestoreDone(n, all map[export.Kind]int, account string) string {
	there, what := total(all)
	have, _ := total(n)
	switch {
	case have == there && there == 1:
		return what + " is on " + account
	case have == there:
		return "All " + what + " are on " + account
	}
	parts := []string{}
	for _, k := range append(export.Kinds(), "") {
		if all[k] > 0 {
			parts = append(parts, Number(n[k])+" of "+Count(k, all[k]))
		}
	}
	return List(parts) + verb(have, " is", " are") + " on " + account
}

// RestoreStopped is the title of a restore that did not come to its end.
func RestoreStopped(n, all int, account string) string {
	return "Stopped at " + Progress(n, all) + " on " + account
}

// DidSum is "120 created, 3 replaced, 289 left as they were."
func DidSum(r restore.Result) string {
	parts := []string{}
	for _, p := range []struct {
		n    int
		word string
	}{{r.Created, "created"}, {r.Merged, "merged"}, {r.Replaced, "replaced"}, {r.Same + r.Left, "left as they were"}, {len(r.Refused), "not taken"}} {
		if p.n > 0 {
			parts = append(parts, Number(p.n)+" "+p.word)
		}
	}
	if len(parts) == 0 {
		return "Nothing was written."
	}
	return List(parts) + "."
}

// Unsure tells of n items that were sent and not seen there by the time it was
// stopped.
func Unsure(n int) string { return "Of " + Number(n) + " more it is not known yet." }

// UndoLooks says what an undo does where that is not known of some.
const UndoLooks = "Undo looks which of them are there, and takes back all that were written."

// Took tells how long it took.
func Took(d time.Duration) string {
	if d < 90*time.Second {
		return "It took " + plural(max(int(d.Seconds()+.5), 1), "second", "seconds") + "."
	}
	return "It took " + plural(int(d.Minutes()+.5), "minute", "minutes") + "."
}

// UndoMeans says what an undo would do.
func UndoMeans(created, changed int) string {
	switch {
	case created > 0 && changed > 0:
		return some(created, "Undo takes away the one that was created and", "Undo takes away the ", " that were created and") +
			some(changed, " brings the one that was changed back to how it was.", " brings the ", " back to how they were.")
	case created > 0:
		return some(created, "Undo takes away the one that was created.", "Undo takes away the ", " that were created.")
	}
	return some(changed, "Undo brings the one that was changed back to how it was.", "Undo brings the ", " back to how they were.")
}

// UndoQuestion asks before a restore of the past is undone.
// left is how many items are not as the restore wrote them, and stay.
func UndoQuestion(account string, at, now time.Time, created, changed, left int) Question {
	means := UndoMeans(created, changed)
	if created+changed == 0 {
		means = "There is nothing of it that could be taken back."
	}
	if left > 0 {
		means += some(left, " One is not as it was written, and stays.", " ", " are not as they were written, and stay.")
	}
	return Question{
		Title:   "Undo what was put on “" + account + "” " + Moment(at, now) + "?",
		Meaning: means, Try: LeftAlone,
		Yes: UndoRestore, No: LeaveIt,
	}
}

// UndoDone is the title of an undo.
func UndoDone(account string, left int) string {
	if left > 0 {
		return some(left, "Taken back on "+account+", except for one", "Taken back on "+account+", except for ", "")
	}
	return account + " is as it was before"
}

// UndoStopped is the title of an undo that did not come to its end.
func UndoStopped(account string) string { return "The undo on " + account + " is not finished" }

// UndoSum is "120 taken away, 3 brought back."
func UndoSum(removed, back int) string {
	parts := []string{}
	if removed > 0 {
		parts = append(parts, Number(removed)+" taken away")
	}
	if back > 0 {
		parts = append(parts, Number(back)+" brought back")
	}
	if len(parts) == 0 {
		return "There was nothing to take back."
	}
	return List(parts) + "."
}

// NotPut is the title over the items that were not written.
func NotPut(n int) string { return some(n, "1 was not put there", " were not put there") }

// NotTakenBack is the title over the items that an undo left.
func NotTakenBack(n int) string { return some(n, "1 was left as it is", " were left as they are") }

// KnownDifferences is the title over what a target cannot keep.
const KnownDifferences = "What it does not keep"

// EmptyCollections tells of collections that an undo leaves.
func EmptyCollections(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "“" + n + "”"
	}
	return List(quoted) + verb(len(names), " was made for it and is left, without them.", " were made for it and are left, without them.")
}
