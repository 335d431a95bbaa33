package file

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// notes are the files that vdir keeps beside the items of a collection.
var notes = []string{"displayname", "color", "description", "order"}

// maxNote is how many bytes a note may have.
const maxNote = 1000

// IsNote reports whether a file of that name says something of the collection
// beside which it stands, and is no item of it.
func IsNote(base string) bool { return slices.Contains(notes, base) }

// Noted returns the name of a collection and its color, as “#1a2b3c”, as they
// stand beside its items: in the files of vdir, or in that of Radicale. read
// returns the bytes of a file of that name, nil if it is not there. Both are "" if
// nothing says them.
func Noted(read func(name string) []byte) (name, color string) {
	note := func(of string) string {
		b := read(of)
		if len(b) > maxNote {
			return ""
		}
		return strings.TrimSpace(strings.ToValidUTF8(string(b), ""))
	}
	name, color = note("displayname"), note("color")
	var props struct {
		Name  string `json:"D:displayname"`
		Color string `json:"ICAL:calendar-color"`
	}
	if text := note(".Radicale.props"); text != "" && json.Unmarshal([]byte(text), &props) == nil {
		name, color = cmp.Or(name, props.Name), cmp.Or(color, props.Color)
	}
	if len(color) == 9 { // with the opacity
		color = color[:7]
	}
	if len(color) != 7 || color[0] != '#' {
		color = ""
	}
	return name, strings.ToLower(color)
}
