package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
)

// thePlan has a person in each state: missing, identical, two that differ, and
// one that is refused.
func thePlan(r work.RestoreRequest) (*work.RestorePlan, error) {
	p := &restore.Plan{Targets: []restore.Target{{Collection: export.Collection{ID: "book", Name: "Friends"}}}, Losses: []restore.Loss{{Property: "BDAY", Happens: "it is written as 1604", People: 7}}}
	for i, s := range []restore.State{restore.Missing, restore.Identical, restore.Differing, restore.Differing, restore.Refused} {
		l := restore.Line{Item: restore.Item{Account: "Anna", ID: fmt.Sprint(i), Name: fmt.Sprint("Person ", i), Kind: export.Contacts}, State: s, Choice: restore.Merge}
		if s == restore.Refused {
			l.Err = fmt.Errorf("its portrait: %w", export.ErrOversize)
		}
		p.Lines = append(p.Lines, l)
	}
	return &work.RestorePlan{Plan: p, Request: r}, nil
}

// planning is a flow with an account that is safe and a plan for it.
func planning(t *testing.T, s *scripted) *Flow {
	t.Helper()
	a := account("Anna")
	found := 5
	a.State, a.Last = work.Safe, &export.Ledger{Number: 1, Account: "Anna", Counts: export.Counts{Found: &found, Unchanged: 5}}
	s.status = []work.Status{a}
	s.plan = thePlan
	s.look = func([]string) (work.Dropped, error) {
		return work.Dropped{Items: map[export.Kind]int{export.Contacts: 5}}, nil
	}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Drop("Anna", []string{"/a/choir.vcf"})
	until(t, f, "the question", func(v View) bool { a := card(v, "Anna").Asked; return a != nil && a.Note == "" })
	f.DropPlan()
	until(t, f, "the plan", planned)
	return f
}

func TestChoices(t *testing.T) {
	f := planning(t, &scripted{})
	p := f.View().Plan
	if n := p.Numbers; len(n) != 4 || n[0].Number != "1" || n[1].Number != "1" || n[2].Number != "2" || n[3].Number != "1" || n[3].Word != words.NotTaken {
		t.Errorf("numbers = %+v", n)
	}
	if p.Differ.Title != "2 people differ" || p.Differ.All != 1 || len(p.Differ.Rows) != 2 || len(p.CannotKeep) != 1 {
		t.Errorf("differ = %+v, cannot keep %q", p.Differ, p.CannotKeep)
	}
	if c := p.Creates; c.Heading != "1 person is not there yet" || fmt.Sprint(c.Names) != "[{people Person 0    }]" {
		t.Errorf("creates = %+v", c)
	}
	if r := p.Refused; len(r) != 1 || r[0].Title != "1 person: Person 4" || r[0].Line != words.For(export.ErrOversize).Title {
		t.Errorf("refused = %+v", r)
	}
	for _, c := range []struct {
		row, choice int
		all         int
		sum, write  string
	}{
		{0, 2, -1, "1 new, 1 merged, 1 replaced, 1 left as they are and 1 not taken", "Write 3 people"},
		{-1, 3, 3, "1 new, 3 left as they are and 1 not taken", "Write 1 person"},
		{-1, 0, 0, "3 new, 1 left as they are and 1 not taken", "Write 3 people"},
		{7, 1, 0, "3 new, 1 left as they are and 1 not taken", "Write 3 people"}, // there is no such row
	} {
		f.Choose(c.row, c.choice)
		if p := f.View().Plan; p.Differ.All != c.all || p.Sum != c.sum || p.Write.Verb != c.write {
			t.Errorf("after choice %d of row %d: all %d, %q, %q", c.choice, c.row, p.Differ.All, p.Sum, p.Write.Verb)
		}
	}
	f.ShowLines()
	f.FilterLines(4)
	if l := f.View().Lines; len(l.Lines) != 1 || l.Lines[0].What != words.For(export.ErrOversize).Title {
		t.Errorf("refused lines = %+v", l.Lines)
	}
	f.Back()
	if v := f.View(); v.Page != Plan {
		t.Errorf("back from the lines is page %d", v.Page)
	}
	f.Back()
	if v := f.View(); v.Page != Home || v.Plan.Title != "" {
		t.Errorf("back from the plan is page %d", v.Page)
	}
}

// TestPlanTellsItemsApart shows dates beside events of one name, and each reason
// once, with how many it is about.
func TestPlanTellsItemsApart(t *testing.T) {
	s := &scripted{}
	f := planning(t, s)
	f.Back()
	s.plan = func(r work.RestoreRequest) (*work.RestorePlan, error) {
		p := &restore.Plan{Targets: []restore.Target{{Collection: export.Collection{ID: "c", Name: "Family"}}}}
		for i := range 30 {
			l := restore.Line{Item: restore.Item{Account: "Anna", ID: fmt.Sprint(i), Name: "Choir", Kind: export.Events, Start: time.Date(2026, 5, i+1, 18, 30, 0, 0, time.UTC), AllDay: i%2 == 1},
				State: []restore.State{restore.Missing, restore.Differing, restore.Refused}[i%3]}
			if l.State == restore.Refused {
				l.Err = []error{export.ErrOversize, export.ErrDenied}[i%2]
			}
			p.Lines = append(p.Lines, l)
		}
		return &work.RestorePlan{Plan: p, Request: r}, nil
	}
	f.Drop("Anna", []string{"/a/choir.vcf"})
	until(t, f, "the question", func(v View) bool { a := card(v, "Anna").Asked; return a != nil && a.Note == "" })
	f.DropPlan()
	p := until(t, f, "the plan", planned).Plan
	if n := p.Creates.Names; len(n) != 10 || n[0].When != "1 May 2026, 18:30" || n[1].When != "4 May 2026" {
		t.Errorf("creates = %+v", n)
	}
	if p.Differ.Rows[0].When != "2 May 2026" {
		t.Errorf("differ = %+v", p.Differ.Rows[0])
	}
	if r := p.Refused; len(r) != 2 || r[0].Title != "5 events: Choir, Choir, Choir, Choir and Choir" || r[0].Line == r[1].Line {
		t.Errorf("refused = %+v", r)
	}
	f.ShowLines()
	if l := f.View().Lines.Lines; l[0].Noun != "event, 1 May 2026, 18:30" || l[1].Noun != "event, 2 May 2026" {
		t.Errorf("lines = %+v", l[:2])
	}
}

// TestNothingToWrite refuses to write a plan that changes nothing.
func TestNothingToWrite(t *testing.T) {
	s := &scripted{}
	s.restore = func(context.Context, *work.RestorePlan, func(work.RestoreProgress)) (work.Restored, error) {
		t.Error("something was written")
		return work.Restored{}, nil
	}
	f := planning(t, s)
	f.mu.Lock()
	f.session.plan.Lines[0].State = restore.Identical
	f.mu.Unlock()
	f.Choose(-1, 3)
	if p := f.View().Plan; !p.Write.Off || p.Sum != words.NothingChosen {
		t.Errorf("plan = %q, %+v", p.Sum, p.Write)
	}
	f.Write()
	if p := f.View().Plan; p.Step != Planned {
		t.Errorf("step %d", p.Step)
	}
}

// TestStopWriting stops a restore on the way and goes on with it.
func TestStopWriting(t *testing.T) {
	s := &scripted{}
	s.restore = func(ctx context.Context, p *work.RestorePlan, report func(work.RestoreProgress)) (work.Restored, error) {
		report(work.RestoreProgress{Phase: work.Writing, Done: 1, Total: 3, Left: -1})
		<-ctx.Done()
		return work.Restored{Number: 4, Account: "Anna", Result: restore.Result{Created: 1}}, fmt.Errorf("%w", export.ErrStopped)
	}
	f := planning(t, s)
	f.Write()
	until(t, f, "progress", func(v View) bool { return v.Plan.Bar.Right == "1 of 3" && v.Plan.Bar.Name == words.PuttingThere })
	f.Export("Anna")
	if v := f.View(); len(f.exports) != 0 || v.Plan.Step != Writing {
		t.Error("an export began beside a restore")
	}
	f.Go(Home)
	if v := f.View(); card(v, "Anna").Takes {
		t.Error("a card takes a drop while something is written")
	}
	f.Go(Restore)
	f.StopWriting()
	v := until(t, f, "the end", func(v View) bool { return v.Plan.Step == Written })
	d := v.Plan.Done
	if v.Plan.Title != "Stopped at 1 of 3 on Anna" || d.Again.Verb != words.GoOn || d.Undo.Verb == "" || v.Plan.Problem != nil || d.Proof != "" {
		t.Errorf("stopped = %+v", v.Plan)
	}
	f.Replan()
	v = until(t, f, "the plan again", planned)
	if got := f.session.request; len(got.Paths) != 1 || got.To != "Anna" {
		t.Errorf("planned again: %+v, %+v", got, v.Plan.Title)
	}
}

// TestNotAsWritten tells of what the target does not give back as it was
// written, and of what it refused.
func TestNotAsWritten(t *testing.T) {
	s := &scripted{back: map[restore.Key]bool{}}
	s.restore = func(_ context.Context, p *work.RestorePlan, _ func(work.RestoreProgress)) (work.Restored, error) {
		for i := range p.Lines {
			s.back[p.Lines[i].Item.Key()] = i != 2
		}
		return work.Restored{Number: 1, Account: "Anna", Result: restore.Result{Created: 1, Merged: 2, Same: 1, Refused: []restore.Problem{
			{Key: p.Lines[4].Item.Key(), Name: "Person 4", Collection: "Friends", Err: export.ErrOversize}}}}, nil
	}
	f := planning(t, s)
	f.Write()
	v := until(t, f, "the end", func(v View) bool { return v.Plan.Step == Written })
	d := v.Plan.Done
	if v.Plan.Title != "4 of 5 people are on Anna" || d.Tone != Waits || d.Proof != "3 of 4 read back" {
		t.Errorf("done = %+v", v.Plan)
	}
	want := []Detail{{"Person 4 in Friends", words.For(export.ErrOversize).Title}, {"Person 2", words.NotAsWritten}}
	if !slices.Equal(d.Refused, want) {
		t.Errorf("refused = %+v", d.Refused)
	}
}

// TestNoPlan says why there is no plan, and makes it again.
func TestNoPlan(t *testing.T) {
	s := &scripted{}
	f := planning(t, s)
	f.Back()
	s.plan = func(work.RestoreRequest) (*work.RestorePlan, error) { return nil, export.ErrUnreachable }
	f.Drop("Anna", []string{"/a/choir.vcf"})
	f.DropPlan()
	v := until(t, f, "the refusal", func(v View) bool { return v.Page == Plan && v.Plan.Problem != nil })
	if *v.Plan.Problem != words.For(export.ErrUnreachable) || v.Plan.Action.Verb == "" {
		t.Errorf("plan = %+v", v.Plan)
	}
	s.plan = thePlan
	f.Replan()
	until(t, f, "the plan", planned)
}

// TestDropRefused says on the card why files cannot be used.
func TestDropRefused(t *testing.T) {
	s := &scripted{}
	f := planning(t, s)
	f.Back()
	s.look = func([]string) (work.Dropped, error) { return work.Dropped{}, export.ErrEmpty }
	f.Drop("Anna", []string{"/a/notes.txt"})
	v := until(t, f, "the refusal", func(v View) bool { a := card(v, "Anna").Asked; return a != nil && a.Refused != "" })
	if a := card(v, "Anna").Asked; a.Plan.Verb != "" {
		t.Errorf("asked = %+v", a)
	}
	f.DropPlan()
	if v := f.View(); v.Page != Home {
		t.Error("a plan was begun")
	}
	f.DropForget()
	if card(f.View(), "Anna").Asked != nil {
		t.Error("the card still asks")
	}
}

// TestRoom chooses parts, moments and what has vanished.
func TestRoom(t *testing.T) {
	s := &scripted{items: map[bool][]archive.Item{}}
	for i, in := range []string{"home", "home", "work"} {
		for _, kind := range []export.Kind{export.Events, export.Todos} {
			s.items[true] = append(s.items[true], archive.Item{Account: "Anna", Collection: in, ID: fmt.Sprint(i, kind), Kind: kind, Number: 1})
		}
	}
	s.history = []export.Ledger{
		{Number: 2, Account: "Anna", Started: time.Now(), Collections: []export.CollectionLedger{{ID: "home", Name: "At home"}}},
		{Number: 1, Account: "Anna", Started: time.Now().AddDate(0, 0, -3), Collections: []export.CollectionLedger{{ID: "home", Name: "Home"}}},
	}
	var asked work.RestoreRequest
	f := planning(t, s)
	f.Back()
	s.plan = func(r work.RestoreRequest) (*work.RestorePlan, error) { asked = r; return thePlan(r) }
	f.Go(Restore)
	v := until(t, f, "what there is", func(v View) bool { return v.Page == Restore && !v.Restore.Reading && len(v.Restore.Groups) == 2 })
	r := v.Restore
	if len(r.Moments) != 3 || r.FromOne != "Anna" || r.ToOne != "Anna" || r.Groups[0].Rows[0].Name != "At home" || r.Groups[0].Rows[1].Name != "work" || r.Chosen != "3 events and 3 to-dos chosen" {
		t.Errorf("room = %+v", r)
	}
	for _, c := range []struct {
		toggle      []string
		kinds       int
		collections string
		keys        int
	}{
		{nil, 0, "", 0},
		{[]string{string(export.Todos)}, 1, "home work", 0},
		{[]string{r.Groups[0].Rows[1].ID}, 1, "home", 0},
		{[]string{r.Groups[1].Rows[1].ID}, 0, "", 3}, // events at home and to-dos at work: no kinds and collections say that
	} {
		for _, id := range c.toggle {
			f.TogglePart(id)
		}
		f.RestoreChosen()
		until(t, f, "the plan", planned)
		if len(asked.Kinds) != c.kinds || strings.Join(asked.Collections, " ") != c.collections || len(asked.Keys) != c.keys || asked.From != "Anna" || asked.To != "Anna" {
			t.Errorf("after %q: asked for %+v", c.toggle, asked)
		}
		f.Back()
		if v := f.View(); v.Page != Restore {
			t.Errorf("back from the plan is page %d", v.Page)
		}
	}
	s.items[false] = s.items[true][:1] // of the past
	f.RestoreVanished()
	f.RestoreAt(2)
	until(t, f, "the past", func(v View) bool { return !v.Restore.Reading && len(v.Restore.Groups) == 1 })
	f.RestoreChosen()
	until(t, f, "the plan", planned)
	if asked.AsOf.Export != 1 || !asked.Vanished {
		t.Errorf("asked for %+v", asked)
	}
}

// TestOpenRestore goes on with a restore that is open, and gives the rest of it up
// after a question, from the card that is held, from the page of what looks lost
// and from the room.
func TestOpenRestore(t *testing.T) {
	open := work.RestoreEntry{Number: 3, Account: "Anna", From: "Anna", At: time.Now(), State: work.RestoreOpen, Done: 36, Total: 60, Created: 36}
	x := held("Anna", &export.Loss{Reasons: []export.Reason{gone(export.Contacts, "", 100, 76)}})
	x.Restore = &open
	s := &scripted{status: []work.Status{x}, past: []work.RestoreEntry{open}, plan: thePlan}
	f, _ := start(t, s)
	v := until(t, f, "home", home)
	c := card(v, "Anna")
	if a := acts(c); c.Actions[0].Act != ActPutBack || c.Actions[0].Verb != words.GoOn || a[ActDropRest].Verb != words.DropRest || !strings.HasPrefix(c.Sentence, words.OpenRestore(36, 60, 0)) {
		t.Errorf("card = %+v", c)
	}
	for _, from := range []func(){
		func() { f.Do("Anna", ActPutBack) },
		func() { f.Do("Anna", ActLost); f.Do("Anna", ActPutBack) },
	} {
		from()
		until(t, f, "the plan", planned)
		f.mu.Lock()
		of := f.session.plan.GoesOn
		f.mu.Unlock()
		if of == nil || of.Number != 3 {
			t.Errorf("the plan goes on with %+v", of)
		}
		f.Back()
	}
	f.Go(Home)
	f.Do("Anna", ActLost)
	if a := f.View().Lost.PutBack; a.Verb != words.GoOn {
		t.Errorf("the page of what looks lost offers %+v", a)
	}
	f.Go(Home)
	f.Do("Anna", ActDropRest)
	q := f.View().Question
	if q == nil || q.Title != words.DropQuestion("Anna", 36, 60).Title {
		t.Fatalf("question = %+v", q)
	}
	state := func() string {
		list, _ := s.Restores(t.Context())
		return fmt.Sprint(list[0].State)
	}
	f.Answer(q, false)
	if state() != fmt.Sprint(work.RestoreOpen) {
		t.Error("it was given up after a no")
	}
	f.Go(Restore)
	v = until(t, f, "the room", func(v View) bool { return len(v.Restore.Earlier) == 1 && !v.Restore.Reading })
	if e := v.Restore.Earlier[0]; e.State != work.RestoreOpen {
		t.Errorf("earlier = %+v", e)
	}
	f.DropRestore("Anna", 3, 36, 60)
	f.Answer(f.View().Question, true)
	until(t, f, "the end of it in the room", func(v View) bool {
		return len(v.Restore.Earlier) == 1 && v.Restore.Earlier[0].State == work.RestoreDropped
	})
	f.Go(Home)
	until(t, f, "the note", func(v View) bool { return v.Home.Note == words.Dropped("Anna") })
}

// TestFirstImportCanBeStopped shows how far the first import is, on a card of its
// own, and stops it.
func TestFirstImportCanBeStopped(t *testing.T) {
	s := &scripted{}
	s.taking = func(ctx context.Context, report func(export.Progress)) (work.Imported, error) {
		report(export.Progress{Account: work.FilesName, Total: 40, Done: 12, Left: -1, Collections: []export.CollectionProgress{{Name: "choir.vcf", Kind: export.Contacts, State: export.Running, Done: 12, Total: 40}}})
		<-ctx.Done()
		return work.Imported{}, export.NewStop(export.ErrStopped)
	}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Drop("", []string{"/a/choir.vcf"})
	v := until(t, f, "the card", func(v View) bool { return len(card(v, work.FilesName).Bars) == 1 })
	c := card(v, work.FilesName)
	if c.State != Exporting || acts(c)[ActStop].Verb != words.Stop || c.Bars[0].Right != "12 of 40" || v.Home.Empty {
		t.Errorf("card = %+v", c)
	}
	f.Do(work.FilesName, ActStop)
	until(t, f, "the end", func(v View) bool { return v.Home.Empty && !f.Exporting() })
}

// TestRoomsWithoutAnArchive say that there is none yet, and what to do; it is no
// failure.
func TestRoomsWithoutAnArchive(t *testing.T) {
	f, _ := start(t, &scripted{none: true})
	until(t, f, "home", home)
	f.Go(Restore)
	v := until(t, f, "the room", func(v View) bool { return v.Page == Restore && !v.Restore.Reading })
	if r := v.Restore; r.Problem != nil || r.NothingAtAll != words.NothingInArchive || r.NothingAtAllVerb != words.ConnectOne || !r.Plan.Off {
		t.Errorf("room = %+v", r)
	}
	f.Go(Archive)
	v = until(t, f, "the archive", func(v View) bool { return v.Page == Archive })
	if a := v.Archive; a.Exists || a.Holds != words.NoArchive+". "+words.FirstExportMakesIt+"." {
		t.Errorf("archive = %+v", a)
	}
}

// TestUndoOfThePast asks before it turns a restore of the past back.
func TestUndoOfThePast(t *testing.T) {
	s := &scripted{past: []work.RestoreEntry{{Number: 3, Account: "Anna", From: "Anna", At: time.Now(), State: work.RestoreDone, Created: 2, Changed: 1}}}
	done := 0
	s.undo = func(_ context.Context, n int) (work.Undone, error) {
		done = n
		return work.Undone{UndoResult: restore.UndoResult{Removed: 1, PutBack: 1, Left: []restore.Problem{{Name: "Ben", Err: export.ErrChanged}}}}, nil
	}
	f := planning(t, s)
	f.Back()
	f.Go(Restore)
	v := until(t, f, "the list", func(v View) bool { return len(v.Restore.Earlier) == 1 })
	if e := v.Restore.Earlier[0]; e.Undo.Verb == "" || !strings.HasSuffix(e.Line, "2 created and 1 changed") {
		t.Errorf("earlier = %+v", e)
	}
	f.UndoRestore(3)
	v = until(t, f, "the question", func(v View) bool { return v.Question != nil })
	f.Answer(v.Question, false)
	if done != 0 {
		t.Error("it was undone without a yes")
	}
	f.UndoRestore(3)
	v = until(t, f, "the question", func(v View) bool { return v.Question != nil })
	f.Answer(v.Question, true)
	v = until(t, f, "the end", func(v View) bool { return v.Plan.Step == TookBack })
	if d := v.Plan.Done; done != 3 || v.Plan.Title != "Taken back on Anna, except for one" || len(d.Refused) != 1 || d.Tone != Waits {
		t.Errorf("undone %d: %+v", done, v.Plan)
	}
}

// TestProofOnACard never says that an export is proven that came after a proof.
func TestProofOnACard(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		name       string
		proof      *archive.Proof
		state      work.State
		proven     string
		sum        string
		has        State
		menu, here bool
	}{
		{"now", &archive.Proof{At: now, Export: 1, Checked: 5, Good: 5}, work.Safe, "Proven 5 of 5", words.HowProven, Safe, true, false},
		{"before", &archive.Proof{At: now.AddDate(0, 0, -1), Export: 0, Checked: 5, Good: 5}, work.Safe, "5 of 5 in your archive", "Proven yesterday, before the last export", Safe, false, true},
		{"never", nil, work.Safe, "5 of 5 in your archive", "5 unchanged", Safe, false, true},
		{"failed", &archive.Proof{At: now, Export: 1, Checked: 5, Good: 4, Bad: []archive.Bad{{Path: "a.vcf", Why: "Ben: no name"}}}, work.Unproven, "1 of 5 items did not come back as it was", "Put back on", Unproven, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := 5
			a := account("Anna")
			a.State, a.Proof, a.Last = c.state, c.proof, &export.Ledger{Number: 1, Account: "Anna", Counts: export.Counts{Found: &found, Unchanged: 5}}
			f, _ := start(t, &scripted{status: []work.Status{a}})
			got := card(until(t, f, "home", home), "Anna")
			if got.Proof != c.proven || !strings.HasPrefix(got.Sum, c.sum) || got.State != c.has || (got.Prove.Verb != "") != c.here || (acts(got)[ActProve].Verb != "") != c.menu {
				t.Errorf("card = %+v", got)
			}
		})
	}
}

// TestProve shows how far a proof is, stops it, and tells why one failed.
func TestProve(t *testing.T) {
	found := 5
	a := account("Anna")
	a.State, a.Last = work.Safe, &export.Ledger{Number: 1, Account: "Anna", Counts: export.Counts{Found: &found, Unchanged: 5}}
	s := &scripted{status: []work.Status{a}}
	s.proof = func(ctx context.Context, _ string, report func(done, total int)) (work.Proven, error) {
		report(2, 5)
		<-ctx.Done()
		return work.Proven{}, errors.Join(export.ErrStopped, ctx.Err())
	}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Do("Anna", ActProve)
	v := until(t, f, "progress", func(v View) bool { return card(v, "Anna").Sum == "2 of 5 compared" })
	if c := card(v, "Anna"); c.Proof != words.Proving || c.Prove.Act != ActStopProof {
		t.Errorf("card = %+v", c)
	}
	f.Do("Anna", ActStopProof)
	until(t, f, "the end", func(v View) bool { return card(v, "Anna").Prove.Act == ActProve })
	s.proof = func(context.Context, string, func(done, total int)) (work.Proven, error) {
		return work.Proven{}, export.ErrFull
	}
	f.Do("Anna", ActProve)
	until(t, f, "the reason", func(v View) bool { return card(v, "Anna").Sum == words.NotProvenNow(words.For(export.ErrFull)) })
}
