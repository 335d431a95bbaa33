package search

import (
	"strings"

	"sidekeep/export"
	"sidekeep/formats/fields"
)

// An indexed is a version on its way into the index.
type indexed struct {
	number                                int64
	kind                                  export.Kind
	name, aside, file, folder, collection string
}

// mostText is how many bytes of one version are indexed.
const mostText = 256 << 10

// findable is what a version is found by: text, or the name of its file if it
// cannot be taken apart.
func (t *indexed) findable(raw []byte) string {
	text := expand(t.file)
	_ = export.Guard(func() error {
		text = t.text(raw)
		return nil
	})
	return text
}

// text is what can be said of a version, in words.
func (t *indexed) text(raw []byte) string {
	var b strings.Builder
	if t.kind == export.Photos {
		return expand(t.file + " " + t.folder + " " + t.collection)
	}
	var list []fields.Field
	var err error
	switch {
	case t.aside != "":
		err = errStale // it has no fields
	case t.kind == export.Contacts:
		list, err = fields.ContactText(raw)
	default:
		list, err = fields.Calendar(raw)
	}
	if err != nil {
		raw = raw[:min(len(raw), mostText)]
		return expand(t.file + " " + strings.ToValidUTF8(string(raw), " "))
	}
	for _, f := range list {
		if f.Quiet || b.Len() > mostText {
			continue
		}
		b.WriteString(expand(f.Value[:min(len(f.Value), mostText)]))
		b.WriteString(" \n")
		if f.Name == "Phone" {
			if n, ok := numberOf(f.Value); ok {
				b.WriteString(n.marks())
			}
		}
	}
	return b.String()
}
