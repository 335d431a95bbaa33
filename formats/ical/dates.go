package ical

// Added are the dates that an entry takes place on besides its rules: RDATE.
func (e *Entry) Added() []Moment {
	var out []Moment
	for _, p := range e.dates {
		out = append(out, p.start)
	}
	return out
}

// Left are the dates that an entry's rules name and that it leaves out:
// EXDATE.
func (e *Entry) Left() []Moment { return append([]Moment(nil), e.exDates...) }
