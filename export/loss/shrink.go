package loss

import "sidekeep/export"

// Shrunk compares a group with the fullest that it was lately: had items then,
// has now. Only items by which the group became smaller count, so that a list
// whose items come and go is not taken for a lost one. Before of q.Changes are
// the items of the group that the source no longer lists, Now those of all
// groups that it did not list then. It is nil if that does not look like a loss.
func Shrunk(q Question, group Group, had, has int) (*export.Reason, error) {
	if !q.Thresholds.Reached(had-has, had) {
		return nil, nil
	}
	j := &judging{Question: q, contents: map[int64]Content{}}
	if err := j.match(); err != nil {
		return nil, err
	}
	lost := min(len(j.gones), had-has)
	if lost <= 0 || !q.Thresholds.Reached(lost, had) {
		return nil, nil
	}
	facts := make([]Fact, len(j.gones))
	for i, g := range j.gones {
		facts[i] = g.Fact
	}
	r := newReason(group, q.Names[group.Collection], had, has, facts)
	r.Lost = lost
	if r.Rule = export.RuleGone; group.Collection != 0 && has == 0 {
		r.Rule = export.RuleEmptied
	}
	return &r, nil
}
