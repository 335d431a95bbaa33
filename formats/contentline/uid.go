package contentline

import "strings"

// UID is the UID of a card, or of the first event, to-do or other component of a
// calendar; "" if it has none. One of the calendar itself (RFC 7986 section 5.3)
// is of no item, and neither are those of what stands in a component.
func UID(item []byte) string {
	depth, inside := 0, 1
	for l := range Lines(item) {
		switch mark, name := l.Marker(); {
		case mark == Begin:
			if depth++; depth == 1 && name == "VCALENDAR" {
				inside = 2
			}
		case mark == End:
			depth = max(0, depth-1)
		case depth <= inside && (depth == inside || inside == 1) && l.Is("UID"):
			return strings.TrimSpace(l.Text())
		}
	}
	return ""
}
