package screen

import (
	"hash/fnv"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
)

// avatar is a circle with the initials of a person, or with the icon of
// another kind of item.
type avatar struct {
	circle *surface
	text   *text
	icon   *icon
	all    *fyne.Container
}

func newAvatar(size float32) *avatar {
	a := &avatar{circle: newSurface(colorBtn, "", size/2, 0), text: centred(newText("", captionB, colorText, cut)), icon: newIcon("people", colorText2, 16)}
	a.all = sized(size, size, stack(a.circle, a.text, a.icon))
	return a
}

// set shows the initials of name for people, else the icon.
func (a *avatar) set(name, icon string) {
	s := ""
	if icon == "people" {
		s = initials(name)
	}
	shown(a.icon, s == "")
	shown(a.text, s != "")
	if s == "" {
		a.icon.set(icon, colorText2)
		a.circle.set(colorBtn, "", 0)
		return
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // it never fails
	c := initialColors[h.Sum32()%uint32(len(initialColors))]
	a.circle.set(c[0], "", 0)
	a.text.paint(c[1])
	a.text.set(s)
}

// initials are the first letters of the first and the last word of a name, ""
// if it has no letters.
func initials(name string) string {
	var letters []string
	for _, w := range strings.Fields(name) {
		for _, r := range w {
			if unicode.IsLetter(r) {
				letters = append(letters, string(unicode.ToUpper(r)))
				break
			}
		}
	}
	switch n := len(letters); n {
	case 0:
		return ""
	case 1:
		return letters[0]
	default:
		return letters[0] + letters[n-1]
	}
}
