package openfiles

import "sidekeep/export"

// kindWords are the words for one and for many of a kind.
var kindWords = map[export.Kind][2]string{
	export.Contacts: {"contact", "contacts"},
	export.Events:   {"event", "events"},
	export.Todos:    {"to-do", "to-dos"},
	export.Photos:   {"photo or video", "photos and videos"},
}
