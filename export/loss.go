package export

import (
	"cmp"
	"slices"
)

// Thresholds say from when on fewer or emptier items look like a loss: both
// have to be reached. A zero field stands for the default.
type Thresholds struct {
	Items   int `json:"items"`   // at least this many, 5 by default
	Percent int `json:"percent"` // and at least this share of the collection or kind, 20 by default
}

// DefaultThresholds are those of an account for which nobody chose others.
func DefaultThresholds() Thresholds { return Thresholds{Items: 5, Percent: 20} }

// OrDefault fills in the defaults.
func (t Thresholds) OrDefault() Thresholds {
	d := DefaultThresholds()
	return Thresholds{Items: cmp.Or(t.Items, d.Items), Percent: cmp.Or(t.Percent, d.Percent)}
}

// Reached reports whether lost of had items look like a loss.
func (t Thresholds) Reached(lost, had int) bool {
	t = t.OrDefault()
	return lost >= t.Items && lost*100 >= had*t.Percent
}

// A Rule is a way in which an export looks like a loss.
type Rule string

// The rules.
const (
	RuleGone     Rule = "gone"     // items of a collection, or of a kind, are gone
	RuleEmptied  Rule = "emptied"  // a collection is gone or empty
	RuleHollow   Rule = "hollow"   // items have lost content, or have other content than before
	RuleStranger Rule = "stranger" // the source answers for another person
	RuleChanged  Rule = "changed"  // items have got content, or changed places, and lost nothing: only in a notice
)

// What items have lost under [RuleHollow]: it is gone, or something else stands
// in its place.
const (
	LostOthers     = "others"     // they are other people or events under the old ID: neither name nor number is left
	LostNames      = "names"      // names and summaries
	LostNumbers    = "numbers"    // telephone numbers
	LostMails      = "mails"      // e-mail addresses
	LostAddresses  = "addresses"  // postal addresses
	LostBirthdays  = "birthdays"  //
	LostPortraits  = "portraits"  //
	LostDates      = "dates"      // when events take place, how long and how often; when to-dos are due
	LostSeries     = "series"     // of a series: occurrences, or which of them do not take place
	LostExceptions = "exceptions" // of a series: what is different in single occurrences
	LostPlaces     = "places"     // where events take place
	LostDone       = "done"       // that a to-do is done, or when it was
	LostMeaning    = "meaning"    // the bytes can no longer be understood
	LostSize       = "size"       // a photo is at most half as large as it was
	LostPictures   = "pictures"   // a photo shows something else

	// Of people.
	LostNotes         = "notes"
	LostOrganizations = "organizations"
	LostTitles        = "titles" // at work, and what they do there
	LostNicknames     = "nicknames"
	LostAnniversaries = "anniversaries" // and all dates but the birthday
	LostRelations     = "relations"     // of people to others, and of to-dos to each other
	LostMembers       = "members"       // of groups
	LostChats         = "chats"         // accounts at messengers and networks
	LostLabels        = "labels"        // what numbers and addresses are for: at home, at work

	// Of all, and of events and to-dos.
	LostLinks        = "links"
	LostCategories   = "categories"
	LostDescriptions = "descriptions" // and comments
	LostGuests       = "guests"       // who takes part
	LostOrganizers   = "organizers"   // who invites
	LostAlarms       = "alarms"
	LostAttachments  = "attachments"
	LostStatuses     = "statuses" // of an event "tentative" or "cancelled"; of a to-do how far it is
	LostPrivacy      = "privacy"  // CLASS
	LostPriorities   = "priorities"
	LostDetails      = "details" // everything else
)

// A Loss says why an export looks like one. Its JSON form is that of
// `export --json` and of the history.
type Loss struct {
	Reasons []Reason `json:"reasons"` // the gravest first; never empty
	// Who is whom the source said it answers for, and WhoBefore for whom it
	// answered until then; "" if it does not say.
	Who       string `json:"who,omitempty"`
	WhoBefore string `json:"who_before,omitempty"`
	// AsOf are the exports at the end of which all of it was there, the newest
	// first: with the archive of each put back in this order, nothing of it is
	// missing. Empty if what the owner's files show has all of it.
	AsOf []int64 `json:"as_of,omitempty"`
}

// MaxLossNames is how many examples a [Reason] names.
const MaxLossNames = 10

// A Reason is one rule that one collection, or one kind of items across the
// account, trips.
type Reason struct {
	Rule       Rule     `json:"rule"`
	Collection string   `json:"collection,omitempty"` // its name; "" for the whole account
	Kind       Kind     `json:"kind,omitempty"`       // "" for all kinds
	Had        int      `json:"had"`                  // items before
	Has        int      `json:"has"`                  // items that the source lists now
	Lost       int      `json:"lost"`                 // of those that were had: gone, or hollow
	Names      []string `json:"names,omitempty"`      // of some that are lost, as people call them
	What       string   `json:"what,omitempty"`       // of hollow: what most of them have lost
	Replaced   int      `json:"replaced,omitempty"`   // of hollow: in how many something else stands in its place
	// Sorts are all that was lost under hollow, the most frequent first: the first
	// one is What.
	Sorts []Sort `json:"sorts,omitempty"`
	// Examples are values that were lost: most of them of What, and some of the
	// next of Sorts.
	Examples []Example `json:"examples,omitempty"`
	// Versions are, in the archive that was judged, what is lost as it was before.
	Versions []int64 `json:"-"`
}

// A Sort is one sort of content that items have lost.
type Sort struct {
	What     string `json:"what"`
	Lost     int    `json:"lost"`     // items
	Replaced int    `json:"replaced"` // in how many of them something else stands in its place
}

// MaxExamples is how many values a [Reason] shows.
const MaxExamples = 5

// An Example is one value that an item had, and what stands in its place.
type Example struct {
	Name   string `json:"name"` // of the item
	What   string `json:"what,omitempty"`
	Before string `json:"before"`
	Now    string `json:"now"` // "" if nothing does
}

// Gone reports whether items are gone by this reason.
func (r *Reason) Gone() bool { return r.Rule == RuleGone || r.Rule == RuleEmptied }

// Gravest is the reason to tell a person first.
func (l *Loss) Gravest() Reason { return l.Reasons[0] }

// By reports whether items are gone, and whether there are some that have lost
// content.
func (l *Loss) By() (gone, hollow bool) {
	for i := range l.Reasons {
		gone = gone || l.Reasons[i].Gone()
		hollow = hollow || l.Reasons[i].Rule == RuleHollow
	}
	return gone, hollow
}

// Kinds are those that it is about; nil if not every reason has one.
func (l *Loss) Kinds() []Kind {
	var list []Kind
	for _, k := range Kinds() {
		if slices.ContainsFunc(l.Reasons, func(r Reason) bool { return r.Kind == k }) {
			list = append(list, k)
		}
	}
	if slices.ContainsFunc(l.Reasons, func(r Reason) bool { return r.Kind == "" }) {
		return nil
	}
	return list
}
