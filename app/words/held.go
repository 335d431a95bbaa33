package words

import (
	"time"

	"sidekeep/export"
)

// What the screens say about an account that is held.
const (
	YourCopyIsWhole  = "Your copy is whole."
	ReplacedNothing  = "Sidekeep replaced nothing."
	RemovedOrLost    = "Did you remove them yourself, or did the service lose them?"
	ChangedOrLost    = "Did you change them yourself, or did the service lose what they held?"
	MixedOrLost      = "Did you remove and change them yourself, or did the service lose them and what they held?"
	MeantOrMixedUp   = "Did you change whose account this is, or did the service mix it up?"
	NotSure          = "Not sure? Leave it: nothing changes, and the hold ends once everything is listed again as it was."
	RemovedThem      = "I removed them"
	ChangedThem      = "I changed them"
	ThisIsRight      = "This is right"
	LookAgain        = "Look again"
	LeaveIt          = "Leave it as it is"
	Undo             = "Undo"
	SeenThem         = "I have seen them"
	WhoIsMissing     = "Who is missing"
	WhatIsMissing    = "What is missing"
	WhatIsEmptier    = "What is not what it was"
	InYourCopy       = "In your copy"
	OnTheServiceNow  = "On the service now"
	FullOnServiceNow = "Complete on the service now"
	FindAName        = "Find a name"
	NobodyFound      = "Nothing missing has this in its name."
	ServiceLostThem  = "The service lost them"
	RemovedMyself    = "I removed them myself"
	ChangedMyself    = "I changed them myself"
	DidItMyself      = "I did it myself"
	MeantIt          = "I meant it so"
	LeaveMeans       = "Leave it: your copy keeps all of them."
	LooksAgain       = "Sidekeep looks again at every export. " + HoldEnds
	HoldEnds         = "This ends by itself once everything is listed as it was, and with your answer."
	StayToPutBack    = "What is missing moves to Vanished in your archive. Nothing is deleted, and you can take this back."
	FullerStay       = "The fuller ones stay in the history. Nothing is deleted, and you can take this back."
	AllStay          = "What is missing moves to Vanished, and the fuller ones stay in the history. Nothing is deleted, and you can take this back."
	ShowTheExport    = "Show this export"
	ReadingNames     = "Reading the names"
	MuchHasChanged   = "Much has changed. Look at it."
	FilesFollowed    = "Your files follow the service. Everything from before stays in the history."
	TheseLookRight   = "These look right"
	UndoOverThere    = "Undo it over there"
	LooksRightNow    = "Counted as right. Sidekeep counts anew from here."
	ExportNoticed    = "look at it"
	AnswerLater      = "An export is running. Give your answer when it is done."
)

// WholeCopy says where all is that an account is held for.
func WholeCopy(l *export.Loss) string {
	if l == nil || len(l.AsOf) == 0 {
		return YourCopyIsWhole
	}
	var list []string
	for _, n := range l.AsOf {
		list = append(list, Number(int(n)))
	}
	return "Your history has all of it, as it was at the end of " + verb(len(list), "export ", "exports ") + List(list) +
		"; of some of it your files follow what the service listed since."
}

// Loss tells one way in which an export looks like a loss, with numbers: "The
// service lists 3 of 412 people."
func Loss(r export.Reason) string {
	in := ""
	if r.Collection != "" {
		in = " in “" + r.Collection + "”"
	}
	lost := Number(r.Lost) + " of " + Count(r.Kind, r.Had) + in
	switch r.Rule {
	case export.RuleStranger:
		return "The service answers for another person."
	case export.RuleHollow:
		return lost + hollow(r)
	case export.RuleChanged:
		return lost + gained(r)
	}
	switch {
	case r.Had-r.Has != r.Lost:
		return lost + verb(r.Lost, " is gone from the service.", " are gone from the service.")
	case r.Has == 0:
		return "The service lists none of " + Count(r.Kind, r.Had) + in + "."
	}
	return "The service lists " + Number(r.Has) + " of " + Count(r.Kind, r.Had) + in + "."
}

// MoreLosses tells that n more ways of a loss are told elsewhere.
func MoreLosses(n int) string {
	return some(n, "“"+WhatHappened+"” tells 1 more.", "“"+WhatHappened+"” tells ", " more.")
}

// gained is the end of a sentence about items that have changed and lost nothing.
func gained(r export.Reason) string {
	if r.Kind == export.Photos {
		return verb(r.Lost, " has another name than before.", " have other names than before.")
	}
	return verb(r.Lost, " says more than before.", " say more than before.")
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// AnswersFor tells for whom a service answers now, and for whom before; either
// may be unknown.
func AnswersFor(who, before string) string {
	switch {
	case who == "":
		return ""
	case before == "":
		return "It answers for “" + who + "” now."
	}
	return "It answered for “" + before + "” and answers for “" + who + "” now."
}

// HeldSince is the caption of a held card.
func HeldSince(t, now time.Time) string {
	if t.IsZero() {
		return "Held"
	}
	return "Held since " + When(t, now)
}

// HeldTitle is the heading over what an export of account looks to have lost:
// "409 people are missing on Old phone". n counts what is lost.
func HeldTitle(rule export.Rule, n map[export.Kind]int, account string) string {
	all, what := total(n)
	switch rule {
	case export.RuleStranger:
		return account + " answers for another person"
	case export.RuleHollow:
		return what + verb(all, " is not what it was on ", " are not what they were on ") + account
	}
	return what + verb(all, " is", " are") + " missing on " + account
}

// HeldTitleMixed is HeldTitle where items are gone and others have lost content.
func HeldTitleMixed(gone, changed map[export.Kind]int, account string) string {
	n, what := total(changed)
	return HeldTitle(export.RuleGone, gone, account) + ", and " + what + verb(n, " is not what it was", " are not what they were")
}

// total counts n and names it; items of no known kind are "items".
func total(n map[export.Kind]int) (all int, what string) {
	parts := []string{}
	for _, k := range append(export.Kinds(), "") {
		if n[k] > 0 {
			parts = append(parts, Count(k, n[k]))
			all += n[k]
		}
	}
	return all, List(parts)
}

// RemovedQuestion asks whether what is missing was removed by the owner.
func RemovedQuestion(rule export.Rule, n map[export.Kind]int, account string) Question {
	_, what := total(n)
	switch rule {
	case export.RuleStranger:
		return Question{
			Title:   "Is “" + account + "” meant to answer for another person now?",
			Meaning: "Your files then show what it lists now. What it listed before moves to Vanished in your archive; nothing is deleted.",
			Try:     "You can take this back afterwards.",
			Yes:     ThisIsRight, No: LeaveIt,
		}
	case export.RuleHollow:
		return Question{
			Title:   "Did you change " + what + " in “" + account + "” yourself?",
			Meaning: "Your files then show them as they are on the service now. The fuller ones stay in the history; nothing is deleted.",
			Try:     "You can take this back afterwards.",
			Yes:     ChangedThem, No: LeaveIt,
		}
	}
	return Question{
		Title:   "Did you remove " + what + " from “" + account + "” yourself?",
		Meaning: "They move to Vanished in your archive; nothing is deleted. Your files then show what the service lists now.",
		Try:     "You can take this back afterwards.",
		Yes:     RemovedThem, No: LeaveIt,
	}
}

// MixedQuestion is RemovedQuestion where items are gone and others have lost
// content.
func MixedQuestion(gone, changed map[export.Kind]int, account string) Question {
	_, less := total(gone)
	_, other := total(changed)
	return Question{
		Title:   "Did you remove " + less + " from “" + account + "” and change " + other + " yourself?",
		Meaning: "Your files then show what is on the service now. What is missing moves to Vanished, and the fuller ones stay in the history; nothing is deleted.",
		Try:     "You can take this back afterwards.",
		Yes:     ThisIsRight, No: LeaveIt,
	}
}

// Accepted tells what was done after the owner said that it was them.
func Accepted(rule export.Rule, n map[export.Kind]int, account string) string {
	all, what := total(n)
	if rule == export.RuleHollow || rule == export.RuleStranger {
		return "Your files now show “" + account + "” as the service lists it. What was there before stays in the history."
	}
	return what + " of “" + account + "”" + verb(all, " has", " have") + " moved to Vanished. Nothing was deleted."
}

// Acknowledged tells that n items of account no longer count as set aside.
func Acknowledged(n int, account string) string {
	return some(n, "1 item of “"+account+"” counts as seen. Its bytes stay as they came.",
		" items of “"+account+"” count as seen. Their bytes stay as they came.")
}

// HeldAgain tells that an answer was taken back.
func HeldAgain(account string) string {
	return "“" + account + "” is as it was before your answer."
}

// NotAnswered tells that an answer could not be written, and why.
func NotAnswered(w Words) string {
	return "Your answer was not saved. " + w.Title + " " + w.Try
}

// StillHeld tells on a held card that the newest look did not come to its end.
func StillHeld(w Words) string { return "The last look did not come to its end. " + w.Title }

// ListedBefore tells how many the copy has and how many the service lists.
func ListedBefore(n, has map[export.Kind]int, since, now time.Time) string {
	_, had := total(n)
	all, left := total(has)
	if all == 0 {
		left = "nothing of them"
	}
	when := "Now"
	if !since.IsZero() {
		when = "Since " + When(since, now)
	}
	return when + " the service lists " + left + ". Your copy still has all " + had + "."
}
