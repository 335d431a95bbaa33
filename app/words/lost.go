package words

import (
	"strings"

	"sidekeep/export"
)

// A lostSort is what to say of one sort of content that items have lost, with
// nothing in its place, and with something else there; each of one item and of
// several.
type lostSort struct{ gone, others [2]string }

// its is the sort of a thing that each item has one or more of.
func its(one, many, article string) lostSort {
	return lostSort{
		[2]string{"has lost its " + one, "have lost their " + many},
		[2]string{"has " + article + one, "have other " + many},
	}
}

// plainly is a sort of which the same is said either way.
func plainly(one, many string) lostSort {
	return lostSort{[2]string{one, many}, [2]string{one, many}}
}

var lostSorts = map[string]lostSort{
	export.LostNames: {
		[2]string{"has no name any more", "have no names any more"},
		[2]string{"has another name", "have other names"},
	},
	export.LostNumbers:   its("phone numbers", "phone numbers", "other "),
	export.LostMails:     its("mail addresses", "mail addresses", "other "),
	export.LostAddresses: its("postal address", "postal addresses", "another "),
	export.LostBirthdays: its("birthday", "birthdays", "another "),
	export.LostPortraits: its("portrait", "portraits", "another "),
	export.LostDates: {
		[2]string{"has lost its time", "have lost their times"},
		[2]string{"is at another time than before", "are at other times than before"},
	},
	export.LostSeries: {
		[2]string{"does not take place as often any more", "do not take place as often any more"},
		[2]string{"takes place on other days than before", "take place on other days than before"},
	},
	export.LostExceptions: {
		[2]string{"has lost what is different on single days", "have lost what is different on single days"},
		[2]string{"says something else of single days", "say something else of single days"},
	},
	export.LostPlaces: {
		[2]string{"has lost its place", "have lost their places"},
		[2]string{"is in another place", "are in other places"},
	},
	export.LostDone: {
		[2]string{"was done and is not any more", "were done and are not any more"},
		[2]string{"was done at another time", "were done at other times"},
	},
	export.LostMeaning:       plainly("can no longer be read", "can no longer be read"),
	export.LostSize:          plainly("is at most half as large as it was", "are at most half as large as they were"),
	export.LostPictures:      plainly("is another picture under the old name", "are other pictures under their old names"),
	export.LostNotes:         its("note", "notes", "another "),
	export.LostOrganizations: its("company", "companies", "another "),
	export.LostTitles:        its("job title", "job titles", "another "),
	export.LostNicknames:     its("nickname", "nicknames", "another "),
	export.LostAnniversaries: its("anniversary", "anniversaries", "another "),
	export.LostRelations:     its("relations", "relations", "other "),
	export.LostMembers:       its("members", "members", "other "),
	export.LostChats:         its("messenger accounts", "messenger accounts", "other "),
	export.LostLabels: {
		[2]string{"does not say any more what its numbers and addresses are for", "do not say any more what their numbers and addresses are for"},
		[2]string{"says something else of what its numbers and addresses are for", "say something else of what their numbers and addresses are for"},
	},
	export.LostLinks:        its("link", "links", "another "),
	export.LostCategories:   its("categories", "categories", "other "),
	export.LostDescriptions: its("description", "descriptions", "another "),
	export.LostGuests:       its("guests", "guests", "other "),
	export.LostOrganizers:   its("organizer", "organizers", "another "),
	export.LostAlarms:       its("alarms", "alarms", "other "),
	export.LostAttachments:  its("attachments", "attachments", "other "),
	export.LostStatuses:     its("status", "statuses", "another "),
	export.LostPrivacy:      plainly("is not private any more", "are not private any more"),
	export.LostPriorities:   its("priority", "priorities", "another "),
	export.LostDetails:      its("details", "details", "other "),
}

// lostSortOf is what to say of a sort of a kind.
func lostSortOf(what string, kind export.Kind) lostSort {
	switch {
	case what == export.LostOthers && kind == export.Contacts:
		return plainly("is somebody else under the old entry", "are somebody else under their old entries")
	case what == export.LostOthers:
		return plainly("is something else under the old entry", "are something else under their old entries")
	case what == export.LostNames && kind != export.Contacts:
		return its("title", "titles", "another ")
	case what == export.LostDates && kind == export.Todos:
		return plainly("is not due when it was", "are not due when they were")
	}
	s, ok := lostSorts[what]
	if !ok {
		return lostSorts[export.LostDetails]
	}
	return s
}

// mostSorts is how many sorts of what items have lost are told in a sentence.
const mostSorts = 4

// hollow is the end of a sentence about items that have lost content: what they
// have lost, or of several sorts how many have lost each.
func hollow(r export.Reason) string {
	sorts := r.Sorts
	if len(sorts) == 0 {
		sorts = []export.Sort{{What: r.What, Lost: r.Lost, Replaced: r.Replaced}}
	}
	same := 0 // sorts that all of them have lost
	for same < len(sorts) && sorts[same].Lost == r.Lost {
		same++
	}
	var parts []string
	for i, s := range sorts {
		if i == mostSorts && len(sorts) > mostSorts+1 {
			parts = append(parts, Number(len(sorts)-i)+" sorts of content more")
			break
		}
		text := sortLost(s, r.Kind)
		if same < len(sorts) && len(sorts) > 1 {
			text = Number(s.Lost) + " " + text
		}
		parts = append(parts, text)
	}
	if same == len(sorts) {
		return " " + List(parts) + "."
	}
	if len(sorts) == 1 {
		return " " + parts[0] + "."
	}
	return verb(r.Lost, " has", " have") + " lost content: " + List(parts) + "."
}

// sortLost is "have lost their notes".
func sortLost(s export.Sort, kind export.Kind) string {
	w := lostSortOf(s.What, kind)
	forms := w.gone
	if s.Replaced*2 > s.Lost { // in most, something else stands in its place
		forms = w.others
	}
	return verb(s.Lost, forms[0], forms[1])
}

// Example tells what a value was, and what stands in its place: "Anna Berg:
// 030 123456 -> 030 12345".
func Example(x export.Example) string {
	if x.Name == "" || x.Name == x.Before {
		return BeforeNow(x)
	}
	return x.Name + ": " + BeforeNow(x)
}

// BeforeNow is Example without the name: "030 123456 -> nothing".
func BeforeNow(x export.Example) string {
	now := x.Now
	if now == "" {
		now = "nothing"
	}
	return oneLine(x.Before) + " -> " + oneLine(now)
}

// LostValue is a value that was lost and what stands in its place, as they are
// shown side by side; "" stands for a value that has no text.
func LostValue(before, now string) (string, string) {
	if before == "" {
		before = "there"
	}
	if now == "" {
		now = NoValue
	}
	return oneLine(before), oneLine(now)
}

// lostSortNames name sorts of content in a list of values.
var lostSortNames = map[string]string{
	export.LostOthers: "somebody else", export.LostNames: "name", export.LostNumbers: "phone numbers", export.LostMails: "mail addresses",
	export.LostAddresses: "postal address", export.LostBirthdays: "birthday", export.LostPortraits: "portrait", export.LostDates: "time",
	export.LostSeries: "how often", export.LostExceptions: "single days", export.LostPlaces: "place", export.LostDone: "done",
	export.LostMeaning: "can no longer be read", export.LostSize: "size", export.LostPictures: "picture", export.LostNotes: "note",
	export.LostOrganizations: "company", export.LostTitles: "job title", export.LostNicknames: "nickname", export.LostAnniversaries: "anniversary",
	export.LostRelations: "relations", export.LostMembers: "members", export.LostChats: "messenger accounts", export.LostLabels: "what numbers are for",
	export.LostLinks: "link", export.LostCategories: "categories", export.LostDescriptions: "description", export.LostGuests: "guests",
	export.LostOrganizers: "organizer", export.LostAlarms: "alarms", export.LostAttachments: "attachments", export.LostStatuses: "status",
	export.LostPrivacy: "private", export.LostPriorities: "priority",
}

// LostSort names a sort of content that items of a kind have lost: "phone numbers".
func LostSort(what string, kind export.Kind) string {
	switch {
	case what == export.LostOthers && kind != export.Contacts:
		return "something else"
	case what == export.LostNames && kind != export.Contacts:
		return "title"
	case what == export.LostDates && kind == export.Todos:
		return "due"
	}
	if s, ok := lostSortNames[what]; ok {
		return s
	}
	return "details"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
