package words

import (
	"slices"

	"sidekeep/export"
)

// Closed are the collections that a loss may be about and nothing can be written
// to, by name.
type Closed struct {
	Files    []string // each is one file of many items
	ReadOnly []string
	All      bool // there is no other that the loss may be about
}

// ClosedTo tells which of the collections of an account are closed to what a loss
// is about.
func ClosedTo(l *export.Loss, cs []export.CollectionLedger) Closed {
	x := Closed{All: true}
	for _, r := range l.Reasons {
		if r.Collection != "" && !slices.ContainsFunc(cs, func(c export.CollectionLedger) bool { return c.Name == r.Collection }) {
			x.All = false // it is gone, and is made anew
		}
	}
	about := false
	for _, c := range cs {
		if !slices.ContainsFunc(l.Reasons, func(r export.Reason) bool { return isAbout(&r, &c) }) {
			continue
		}
		about = true
		switch name := "“" + c.Name + "”"; c.Closed {
		case export.ClosedFile:
			x.Files = append(x.Files, name)
		case export.ClosedReadOnly:
			x.ReadOnly = append(x.ReadOnly, name)
		default:
			x.All = false
		}
	}
	x.All = x.All && about
	return x
}

// isAbout reports whether a reason may be about items of a collection.
func isAbout(r *export.Reason, c *export.CollectionLedger) bool {
	if r.Collection != "" {
		return r.Collection == c.Name
	}
	return r.Kind == "" || r.Kind == c.Kind || c.Items[r.Kind] > 0
}

// InOneFile says that what belongs into collections that are files cannot be put
// back.
func InOneFile(names []string) string {
	return "What of it belongs into " + List(names) + " Sidekeep cannot put back, because " +
		verb(len(names), "that is one file of many items.", "those are files of many items each.")
}

// CopyFromFiles is what to do about it in the window.
const CopyFromFiles = "Your copy has it whole: open your files, and put it in its place."

// Told are the sentences for the window about what cannot be put back; "" if
// everything can.
func (x Closed) Told() string {
	told := ""
	if len(x.Files) > 0 {
		told = InOneFile(x.Files) + " " + CopyFromFiles
	}
	if len(x.ReadOnly) > 0 {
		if told != "" {
			told += " "
		}
		told += InReadOnly(x.ReadOnly)
	}
	return told
}

// InReadOnly says that what belongs into collections that may only be read cannot
// be put back.
func InReadOnly(names []string) string {
	return "What of it belongs into " + List(names) + " Sidekeep cannot put back, because you may only read there: ask the owner to put it right."
}
