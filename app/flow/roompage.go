package flow

import (
	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
)

// A RoomView is the room of restores: what is to be put where, and what was put
// back before.
type RoomView struct {
	From, To         []string // accounts to choose from
	FromOne, ToOne   string   // chosen; "" if there is none
	Moments          []string
	Moment           int
	Vanished         bool
	Groups           []Group // of collections; their IDs are for TogglePart
	Reading          bool
	Told             string // in place of groups
	Chosen           string
	Plan             Action
	Problem          *words.Words
	Earlier          []EarlierRow
	NoneYet          string // in place of earlier restores
	NothingAtAll     string // why nothing can be restored, "" if something can
	NothingAtAllVerb string
}

// An EarlierRow is a restore of the past.
type EarlierRow struct {
	Number      int
	Title, Line string
	State       work.RestoreState
	Word        string // for the state; "" if it is done
	Account     string
	GoOn, Drop  Action // of an open one
	Done, Total int    // lines of its list
	Undo        Action
}

// roomPage is the room of restores. f.mu is held.
func (f *Flow) roomPage() RoomView {
	r := &f.room
	now := f.o.Now()
	v := RoomView{FromOne: r.from, ToOne: r.to, Vanished: r.vanished, Moment: r.moment, Reading: r.reading, Problem: r.problem}
	for _, s := range f.status {
		if s.Last != nil {
			v.From = append(v.From, s.Name)
		}
		if s.SetUp && !s.Imported {
			v.To = append(v.To, s.Name)
		}
	}
	for _, m := range r.moments {
		if m.export == 0 {
			v.Moments = append(v.Moments, words.AsItIsNow)
		} else {
			v.Moments = append(v.Moments, words.AsItWas(m.at, now))
		}
	}
	if len(v.Moments) == 0 {
		v.Moments = []string{words.AsItIsNow}
	}
	switch {
	case len(v.From) == 0 && len(f.exports) > 0:
		v.NothingAtAll = words.FirstExportRuns
	case len(v.From) == 0:
		v.NothingAtAll = words.NothingInArchive
		if len(f.status) == 0 {
			v.NothingAtAllVerb = words.ConnectOne
		}
	case len(v.To) == 0:
		v.NothingAtAll, v.NothingAtAllVerb = words.NowhereToPut, words.ConnectOne
	}
	v.Groups, v.Chosen = r.groups()
	switch {
	case r.reading && len(r.parts) == 0:
		v.Told = words.Looking
	case len(r.parts) == 0 && r.vanished:
		v.Told = words.NothingVanished
	case len(r.parts) == 0:
		v.Told = words.NothingAtMoment
	}
	v.Plan = Action{Verb: words.SeeThePlan, Rank: Primary, Off: !r.ready() || f.session.busy()}
	for _, e := range r.earlier {
		v.Earlier = append(v.Earlier, f.earlierRow(e))
	}
	if len(v.Earlier) == 0 && !r.reading {
		v.NoneYet = words.NoRestores
	}
	return v
}

// groups are the parts by kind, and what is chosen of them.
func (r *room) groups() (out []Group, chosen string) {
	n := map[export.Kind]int{}
	for i := range r.parts {
		p := &r.parts[i]
		if len(out) == 0 || out[len(out)-1].Title != words.Group(p.kind) {
			out = append(out, Group{ID: string(p.kind), Title: words.Group(p.kind)})
		}
		if !p.off {
			n[p.kind] += len(p.keys)
		}
		g := &out[len(out)-1]
		g.Rows = append(g.Rows, Row{ID: p.id(), Icon: kindIcons[p.kind], Name: p.name, Count: words.Number(len(p.keys)), On: !p.off})
	}
	return out, words.ChosenItems(n)
}

// earlierRow is a restore of the past. f.mu is held.
func (f *Flow) earlierRow(e work.RestoreEntry) EarlierRow {
	from := e.From
	if len(e.Paths) > 0 {
		from = ""
	}
	row := EarlierRow{
		Number: e.Number, State: e.State, Account: e.Account, Done: e.Done, Total: e.Total, Title: words.RestoredTo(e.Account, from),
		Line: words.Upper(words.Moment(e.At, f.o.Now())) + ": " + words.RestoreEntry(e.Created, e.Changed),
	}
	switch e.State {
	case work.RestoreUndone:
		row.Word = words.RestoreWasUndone
	case work.RestoreOpen:
		row.Word = words.RestoreWasStopped
		if e.Total > 0 {
			row.Word = words.LinesDone(e.Done, e.Total, e.Unsure)
		}
		busy := f.session.busy() || len(f.exports) > 0
		row.GoOn = Action{Verb: words.GoOn, Off: busy}
		row.Drop = Action{Verb: words.DropRest, Off: busy}
	case work.RestoreDropped:
		row.Word = words.RestOfDropped
	}
	if e.State != work.RestoreUndone && e.Created+e.Changed > 0 {
		row.Undo = Action{Verb: words.UndoRestore, Off: f.session.busy() || len(f.exports) > 0}
	}
	return row
}
