package flow

import "sidekeep/app/words"

// originOf is what an account comes from, for sentences about it. f.mu is held.
func (f *Flow) originOf(account string) words.Origin {
	s, _ := f.lockedStatus(account)
	return words.OriginOf(s.Account.Type)
}

// speakOf says what a card tells of what its account comes from.
func (c *Card) speakOf(o words.Origin) {
	sayEach(o, &c.Caption, &c.Headline, &c.Sentence, &c.Note)
}

// speakOf says what the page tells of what its account comes from.
func (v *LostView) speakOf(o words.Origin) {
	sayEach(o, &v.Line, &v.LeaveTitle, &v.Leave, &v.MoreLeft, &v.Mine, &v.MoreMine)
	for i := range v.Causes {
		sayEach(o, &v.Causes[i].Says, &v.Causes[i].Service)
	}
	v.Problem = sayProblem(o, v.Problem)
}

// speakOf says what an export tells of what its account comes from.
func (v *ExportView) speakOf(o words.Origin) {
	sayEach(o, &v.Told)
	v.Problem = sayProblem(o, v.Problem)
	if v.Item != nil {
		sayEach(o, &v.Item.Told)
	}
}

// speakOf says what a plan tells of what its account comes from.
func (v *PlanView) speakOf(o words.Origin) {
	v.CannotKeepTitle = o.Say(words.CannotKeep)
	for i := range v.Beware {
		sayEach(o, &v.Beware[i])
	}
	v.Problem = sayProblem(o, v.Problem)
	for i := range v.Done.Refused {
		sayEach(o, &v.Done.Refused[i].Line)
	}
}

func sayEach(o words.Origin, sentences ...*string) {
	for _, s := range sentences {
		*s = o.Say(*s)
	}
}

func sayProblem(o words.Origin, w *words.Words) *words.Words {
	if w == nil {
		return nil
	}
	if said := o.SayAll(*w); said != *w {
		return &said
	}
	return w
}
