package loss

import (
	"slices"

	"sidekeep/export"
)

// holds reports whether an item has a value of the sort that can be lost.
func (c *Content) holds(what string) bool {
	switch what {
	case export.LostNumbers:
		return len(c.phones) > 0
	case export.LostMails:
		return len(c.emails) > 0
	case export.LostAddresses:
		return len(c.addresses) > 0
	case export.LostBirthdays:
		return c.birthday.Month > 0 || c.birthday.Year > 0
	case export.LostPortraits:
		return len(c.portraits) > 0
	case export.LostPlaces:
		return !c.places.empty() || len(c.details[what]) > 0
	case export.LostDates:
		return !c.due.IsZero()
	case export.LostLabels:
		return slices.ContainsFunc(c.phones, func(n number) bool { return len(n.labels) > 0 }) ||
			slices.ContainsFunc(c.mailLabels, func(l []string) bool { return len(l) > 0 }) ||
			slices.ContainsFunc(c.addresses, func(a address) bool { return len(a.labels) > 0 })
	case export.LostSeries:
		return c.series != nil && c.series.of.Master.Recurs()
	case export.LostExceptions:
		return c.series != nil && len(c.series.of.Exceptions) > 0
	}
	return len(c.details[what]) > 0
}

// scarceSorts are what not everybody has: the gravest first.
var scarceSorts = []string{
	export.LostNumbers, export.LostMails, export.LostAddresses, export.LostBirthdays, export.LostPortraits, export.LostSeries, export.LostExceptions,
	export.LostPlaces, export.LostDates, export.LostNotes, export.LostDescriptions, export.LostMembers, export.LostGuests, export.LostAttachments,
	export.LostOrganizations, export.LostTitles, export.LostNicknames, export.LostAnniversaries, export.LostRelations, export.LostChats, export.LostLinks,
	export.LostCategories, export.LostOrganizers, export.LostAlarms, export.LostPriorities, export.LostPrivacy, export.LostStatuses, export.LostLabels, export.LostDetails,
}

// scarce finds values that few items of a kind have: half of those that had one
// have lost it, and nothing stands in its place. Of a series, also another one does not.
func (j *judging) scarce() ([]export.Reason, error) {
	type sort struct {
		kind export.Kind
		what string
	}
	lost := map[sort][]losing{}
	for _, l := range j.losses {
		for _, x := range l.lost {
			if (x.Now == "" || x.What == export.LostSeries || x.What == export.LostExceptions) && !x.Weak && !x.told {
				l.lost = []Lost{x}
				k := sort{l.before.Kind, x.What}
				lost[k] = append(lost[k], l)
			}
		}
	}
	var reasons []export.Reason
	for _, kind := range export.Kinds() {
		for _, what := range scarceSorts {
			losses := lost[sort{kind, what}]
			if len(losses) < j.Thresholds.OrDefault().Items || j.Present == nil {
				continue
			}
			left, err := j.holders(kind, what, len(losses))
			if err != nil {
				return nil, err
			}
			if left > len(losses) {
				continue
			}
			facts := make([]Fact, len(losses))
			for i, l := range losses {
				facts[i] = *l.before
			}
			r := j.reason(Group{Kind: kind}, facts)
			r.Rule = export.RuleHollow
			tell(&r, losses)
			reasons = append(reasons, r)
			break
		}
	}
	return reasons, nil
}

// holders counts the items of a kind that are listed with a value; counting ends
// when there are more than most.
func (j *judging) holders(kind export.Kind, what string, most int) (n int, err error) {
	facts, err := j.Present(kind)
	if err != nil {
		return 0, err
	}
	for _, f := range slices.Backward(facts) {
		if f.Aside || n > most {
			continue
		}
		c, err := j.Content(f)
		if err != nil {
			return 0, err
		}
		if c.holds(what) {
			n++
		}
	}
	return n, nil
}
