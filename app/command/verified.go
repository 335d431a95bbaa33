package command

import (
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export/archive"
)

// verifiedIn tells when the archive was verified; nothing if there is none.
func verifiedIn(w *work.Work) (archive.Verified, error) {
	there, err := w.HasArchive()
	if err != nil || !there {
		return archive.Verified{}, err
	}
	return w.Verified()
}

// editedByHand says of a file below .sidekeep/damaged what it keeps.
const editedByHand = "kept, because somebody had written it into the archive"

// editedIn are the files that keep what somebody wrote into the archive.
func editedIn(w *work.Work) ([]string, error) {
	there, err := w.HasArchive()
	if err != nil || !there {
		return nil, err
	}
	return w.Edited()
}

// A roundJSON is a verification of the archive, or of some of its parts.
type roundJSON struct {
	*archive.Round
	Good bool `json:"good"`
}

// roundOf is null in JSON if there was none.
func roundOf(r *archive.Round) *roundJSON {
	if r == nil {
		return nil
	}
	return &roundJSON{r, r.Good()}
}

// verifiedLines say when the archive was verified last, and with what result.
func verifiedLines(v archive.Verified, now time.Time) []string {
	var list []string
	if v.Whole != nil {
		list = append(list, "Verified "+words.When(v.Whole.At, now)+", "+roundResult(v.Whole))
	} else {
		list = append(list, "Not verified yet. “sidekeep verify” re-reads every byte.")
	}
	if v.Now != nil {
		list = append(list, "Since then "+words.Number(v.Now.Done)+" of "+plural(v.Now.Of, "part", "parts")+" verified, the newest "+words.When(v.Now.At, now)+", "+roundResult(v.Now))
	}
	return list
}

func roundResult(r *archive.Round) string {
	switch {
	case r.Good() && r.Mended > 0:
		return "all " + words.Number(r.Checked) + " good: " + plural(r.Mended, "that was not as it was written is", "that were not as they were written are") + " right again"
	case r.Good():
		return "all " + words.Number(r.Checked) + " good"
	}
	return plural(r.BadCount, "file or item is", "files or items are") + " not as it was written: sidekeep verify --repair"
}
