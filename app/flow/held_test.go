package flow

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/loss"
)

func held(name string, l *export.Loss) work.Status {
	s := account(name)
	last := ledger(3, 0, 0, nil)
	last.Number, last.Account, last.Held, last.Unchanged = 12, name, true, 3
	s.State, s.Loss, s.HeldExport, s.Last = work.Held, l, 12, last
	return s
}

func gone(kind export.Kind, in string, had, has int, names ...string) export.Reason {
	return export.Reason{Rule: export.RuleGone, Collection: in, Kind: kind, Had: had, Has: has, Lost: had - has, Names: names}
}

func TestHeldCard(t *testing.T) {
	for _, c := range []struct {
		name     string
		loss     export.Loss
		headline string
		says     []string
		mine     string
	}{
		{"people", export.Loss{Reasons: []export.Reason{gone(export.Contacts, "", 412, 3)}},
			"The service lists 3 of 412 people. Your copy is whole.", []string{words.ReplacedNothing, words.RemovedOrLost}, words.RemovedThem},
		{"emptied", export.Loss{Reasons: []export.Reason{{Rule: export.RuleEmptied, Collection: "Choir", Kind: export.Events, Had: 52, Lost: 52}}},
			"The service lists none of 52 events in “Choir”. Your copy is whole.", nil, words.RemovedThem},
		{"two reasons", export.Loss{Reasons: []export.Reason{gone(export.Contacts, "", 412, 3), gone(export.Todos, "Errands", 40, 20)}},
			"The service lists 3 of 412 people. Your copy is whole.", []string{"The service lists 20 of 40 to-dos in “Errands”."}, words.RemovedThem},
		{"others came", export.Loss{Reasons: []export.Reason{{Rule: export.RuleGone, Kind: export.Contacts, Had: 10, Has: 9, Lost: 6}}},
			"6 of 10 people are gone from the service. Your copy is whole.", nil, words.RemovedThem},
		{"hollow", export.Loss{Reasons: []export.Reason{{Rule: export.RuleHollow, Kind: export.Contacts, Had: 20, Has: 20, Lost: 12, What: export.LostNumbers}}},
			"12 of 20 people have lost their phone numbers. Your copy is whole.", []string{words.ChangedOrLost}, words.ChangedThem},
		{"others", export.Loss{Reasons: []export.Reason{{
			Rule: export.RuleHollow, Kind: export.Contacts, Had: 20, Has: 20, Lost: 12, Replaced: 12, What: export.LostNumbers,
			Examples: []export.Example{{Name: "Anna Berg", Before: "030 123456", Now: "030 12345"}},
		}}}, "12 of 20 people have other phone numbers. Your copy is whole.",
			[]string{"Anna Berg: 030 123456 -> 030 12345.", words.ChangedOrLost}, words.ChangedThem},
		{"stranger", export.Loss{Who: "bob", WhoBefore: "anna", Reasons: []export.Reason{{Rule: export.RuleStranger, Had: 20, Has: 20, Lost: 20}}},
			"The service answers for another person. Your copy is whole.", []string{"“anna”", "“bob”", words.MeantOrMixedUp}, words.ThisIsRight},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, _ := start(t, &scripted{status: []work.Status{account("Ben"), held("Anna", &c.loss)}})
			v := until(t, f, "home", home)
			got := v.Home.Cards[0]
			if got.Account != "Anna" || !got.Wide() || got.Headline != c.headline || v.Home.Title != words.AccountsWait(1) || v.Home.Tone != Waits || v.Side.Waiting != 1 || v.Side.WaitingTone != Waits {
				t.Errorf("card = %+v, home = %+v, side = %+v", got, v.Home, v.Side)
			}
			for _, s := range c.says {
				if !strings.Contains(got.Sentence, s) {
					t.Errorf("the card does not say %q: %q", s, got.Sentence)
				}
			}
			a := acts(got)
			if a[ActAccept].Verb != c.mine || a[ActLost].Verb == "" || a[ActExport].Verb != words.LookAgain {
				t.Errorf("actions = %+v", got.Actions)
			}
		})
	}
}

func TestReasonsAreToldOnce(t *testing.T) {
	whole, book, list := gone(export.Contacts, "", 412, 3), gone(export.Contacts, "Friends", 400, 0), gone(export.Todos, "Errands", 40, 20)
	hollow := export.Reason{Rule: export.RuleHollow, Kind: export.Contacts, Had: 9, Lost: 5, What: export.LostNames}
	if got := reasons(&export.Loss{Reasons: []export.Reason{whole, book, list, hollow}}); !reflect.DeepEqual(got, []export.Reason{whole, list, hollow}) {
		t.Errorf("reasons = %+v", got)
	}
	if n := tallied(&export.Loss{Reasons: []export.Reason{book, list, hollow}}); n.lost[export.Contacts] != 400 || n.lost[export.Todos] != 20 {
		t.Errorf("tally = %+v", n)
	}
}

func TestAnswerAndUndo(t *testing.T) {
	s := &scripted{status: []work.Status{held("Anna", &export.Loss{Reasons: []export.Reason{gone(export.Contacts, "", 412, 3)}})}}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Do("Anna", ActAccept)
	q := f.View().Question
	if q == nil || !strings.Contains(q.Title, "409 people") || !strings.Contains(q.Meaning, "Vanished") || !strings.Contains(q.Meaning, "nothing is deleted") || q.Yes != words.RemovedThem {
		t.Fatalf("question = %+v", q)
	}
	f.Answer(q, false)
	if acts(f.View().Home.Cards[0])[ActAccept].Off {
		t.Fatal("an answer is written after a no")
	}
	f.Do("Anna", ActAccept)
	if len(s.answers) != 0 {
		t.Fatalf("answered without a yes: %v", s.answers)
	}
	f.Answer(f.View().Question, true)
	v := until(t, f, "the note", func(v View) bool { return v.Home.Note != "" })
	if v.Home.Undo != words.Undo || !strings.Contains(v.Home.Note, "409 people") {
		t.Errorf("home = %+v", v.Home)
	}
	f.Go(Archive)
	f.Go(Home)
	if f.View().Home.Undo == "" {
		t.Error("the way back is lost with the page")
	}
	f.Undo()
	v = until(t, f, "what was taken back", func(v View) bool { return strings.Contains(v.Home.Note, "before your answer") })
	if v.Home.Undo != "" || fmt.Sprint(s.answers) != "[accept 12 hold 12]" {
		t.Errorf("home = %+v, answers = %v", v.Home, s.answers)
	}
	f.Undo() // there is nothing any more
	s.mu.Lock()
	s.refuse = export.ErrBusy
	s.mu.Unlock()
	f.Do("Anna", ActAccept)
	f.Answer(f.View().Question, true)
	v = until(t, f, "the refusal", func(v View) bool { return strings.Contains(v.Home.Note, words.For(export.ErrBusy).Title) })
	if v.Home.Undo != "" || len(s.answers) != 3 {
		t.Errorf("home = %+v, answers = %v", v.Home, s.answers)
	}
}

func TestALookThatFailsDoesNotHideTheQuestion(t *testing.T) {
	x := held("Anna", &export.Loss{Reasons: []export.Reason{gone(export.Contacts, "", 412, 3)}})
	x.Last.Stop = export.NewStop(export.ErrUnreachable)
	f, _ := start(t, &scripted{status: []work.Status{x}})
	c := until(t, f, "home", home).Home.Cards[0]
	if c.State != Held || !strings.Contains(c.Note, words.For(export.ErrUnreachable).Title) || acts(c)[ActAccept].Verb == "" {
		t.Errorf("card = %+v", c)
	}
}

func TestSeen(t *testing.T) {
	x := account("Anna")
	l := ledger(5, 3, 0, nil)
	l.Number, l.SetAside = 7, 2
	x.State, x.SetAside, x.Last = work.SetAside, 2, l
	s := &scripted{status: []work.Status{x}}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Do("Anna", ActSeen)
	v := until(t, f, "the note", func(v View) bool { return v.Home.Note != "" })
	if fmt.Sprint(s.answers) != "[accept 7]" || v.Home.Undo == "" || !strings.Contains(v.Home.Note, "2 items") {
		t.Errorf("home = %+v, answers = %v", v.Home, s.answers)
	}
}

func TestWhatIsMissing(t *testing.T) {
	person := func(name string) work.Missing {
		return work.Missing{Item: archive.Item{Account: "Anna", Name: name, Kind: export.Contacts}}
	}
	s := &scripted{status: []work.Status{held("Anna", &export.Loss{Reasons: []export.Reason{gone(export.Contacts, "", 5, 2, "Zoe")}})}}
	s.missing = []work.Missing{person("Zoe"), person("anna"), person("")}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Do("Anna", ActLost)
	v := until(t, f, "the names", func(v View) bool { return v.Page == Lost && !v.Lost.Reading })
	var names []string
	for _, n := range v.Lost.Gone.Names {
		names = append(names, n.Name)
	}
	if fmt.Sprint(names) != "[anna "+words.NoName+" Zoe]" || !v.Lost.CanFind || v.Lost.Gone.Rest != "" || len(v.Lost.Changed.Names) != 0 || v.Lost.Changed.Heading != "" {
		t.Errorf("names = %v, page = %+v", names, v.Lost)
	}
	if b := v.Lost.Causes[0]; b.CopyCount != "5 people" || b.Remaining != "2 people" || b.Part != .4 || b.Says != "The service lists 2 of 5 people." {
		t.Errorf("bar = %+v", b)
	}
	if v.Lost.Title != "3 people are missing on Anna" || v.Lost.Gone.Heading != words.WhoIsMissing {
		t.Errorf("page = %+v", v.Lost)
	}
	f.FindLost(" ZO")
	if n := f.View().Lost.Gone.Names; len(n) != 1 || n[0].Name != "Zoe" {
		t.Errorf("found %+v", n)
	}
	f.FindLost("xyz")
	if n := f.View().Lost.Gone; len(n.Names) != 0 || n.Heading == "" {
		t.Errorf("found %+v", n)
	}
	f.Back()
	if f.View().Page != Home {
		t.Error("Back does not lead home")
	}
}

// TestAllCausesAreTold holds an account for several reasons at once: all are
// told with their numbers, what is gone with its date, what has lost content
// with both values, and the answers speak of all of it.
func TestAllCausesAreTold(t *testing.T) {
	hollow := func(kind export.Kind, what string, lost int, x ...export.Example) export.Reason {
		return export.Reason{Rule: export.RuleHollow, Kind: kind, Had: 200, Has: 200, Lost: lost, What: what, Examples: x}
	}
	s := &scripted{status: []work.Status{held("Anna", &export.Loss{Reasons: []export.Reason{
		hollow(export.Contacts, export.LostNumbers, 60, export.Example{Name: "Zoe", Before: "030 1", Now: ""}),
		gone(export.Events, "Family", 90, 50, "Choir"), gone(export.Events, "Work", 90, 50), gone(export.Todos, "Errands", 22, 10),
		hollow(export.Photos, export.LostPictures, 70),
	}})}}
	choir := func(year int) work.Missing {
		return work.Missing{Item: archive.Item{Name: "Choir", Kind: export.Events, Start: time.Date(year, 5, 3, 18, 30, 0, 0, time.UTC)}}
	}
	ben := work.Missing{Item: archive.Item{Name: "Ben", Kind: export.Contacts}, Now: &archive.Item{Name: "Ben"}, Lost: []loss.Lost{
		{What: export.LostNumbers, Before: "030 123", Now: "030 12"}, {What: export.LostPortraits},
	}}
	sea := work.Missing{Item: archive.Item{Name: "sea.jpg", Kind: export.Photos, Size: 2100000}, Now: &archive.Item{Size: 700}}
	s.missing = []work.Missing{choir(2026), choir(2025), ben, sea}
	f, _ := start(t, s)
	v := until(t, f, "home", home)
	if a := acts(v.Home.Cards[0])[ActAccept]; a.Verb != words.ThisIsRight {
		t.Errorf("card: %+v", a)
	}
	f.Do("Anna", ActLost)
	v = until(t, f, "the names", func(v View) bool { return v.Page == Lost && !v.Lost.Reading })
	said := []string{}
	for _, c := range v.Lost.Causes {
		said = append(said, c.Says)
	}
	if got := strings.Join(said, " "); got != "60 of 200 people have lost their phone numbers. The service lists 50 of 90 events in “Family”. The service lists 50 of 90 events in “Work”. "+
		"The service lists 10 of 22 to-dos in “Errands”. 70 of 200 photos are other pictures under their old names." {
		t.Errorf("causes = %q", got)
	}
	if v.Lost.Title != "80 events and 12 to-dos are missing on Anna, and 60 people and 70 photos are not what they were" || v.Lost.Accept.Verb != words.ThisIsRight {
		t.Errorf("title = %q, %+v", v.Lost.Title, v.Lost.Accept)
	}
	if got := fmt.Sprint(v.Lost.Gone.Names); got != "[{cal Choir 3 May 2025, 18:30   } {cal Choir 3 May 2026, 18:30   }]" {
		t.Errorf("gone = %s", got)
	}
	if got := fmt.Sprint(v.Lost.Changed.Names); got != "[{people Ben  phone numbers 030 123 030 12} {people Ben  portrait there none} {photo sea.jpg  picture 2.1 MB 700 bytes}]" {
		t.Errorf("changed = %s", got)
	}
	f.Do("Anna", ActAccept)
	if q := f.View().Question; q == nil || q.Title != "Did you remove 80 events and 12 to-dos from “Anna” and change 60 people and 70 photos yourself?" {
		t.Errorf("question = %+v", q)
	}
}

// TestWhatIsNoPerson counts what could not be understood as no people, and tells
// what somebody wrote into the open files.
func TestWhatIsNoPerson(t *testing.T) {
	x := account("Anna")
	l := ledger(5, 3, 0, nil)
	l.Number, l.SetAside, l.Edited, l.EditedMore = 7, 2, []string{".sidekeep/damaged/a (edited by hand).vcf"}, 4
	x.State, x.SetAside, x.Last = work.SetAside, 2, l
	x.Items, x.Unread = map[export.Kind]int{export.Contacts: 36, export.Todos: 1}, map[export.Kind]int{export.Contacts: 2, export.Todos: 1}
	s := &scripted{status: []work.Status{x}, history: []export.Ledger{*l}}
	for i := range 25 {
		s.edited = append(s.edited, fmt.Sprintf(".sidekeep/damaged/%d (edited by hand).vcf", i))
	}
	f, _ := start(t, s)
	c := until(t, f, "home", home).Home.Cards[0]
	if fmt.Sprint(c.Counts) != "[{34 people}]" || !strings.Contains(c.Note, words.EditedByHand(5)) {
		t.Errorf("card = %+v", c)
	}
	f.Go(Archive)
	v := until(t, f, "the archive", func(v View) bool { return v.Page == Archive && len(v.Archive.Edited) > 0 })
	if e := v.Archive.Edited; len(e) != 21 || e[0] != s.edited[0] || e[20] != words.MoreProblems(5) || strings.Contains(v.Archive.Holds, "36") {
		t.Errorf("archive = %+v", v.Archive)
	}
	f.History("", 0)
	v = until(t, f, "the export", func(v View) bool { return v.History.Open != nil })
	if d := v.History.Open.Details; len(d) < 2 || d[len(d)-2] != (Detail{l.Edited[0], words.KeptByHand}) || d[len(d)-1].Title != words.MoreProblems(4) {
		t.Errorf("details = %+v", d)
	}
}

func TestFromDifference(t *testing.T) {
	for _, c := range [][4]string{
		{"030 123456", "030 12345", "030 123456", "030 12345"},
		{"+44 7700 900932, +44 20 7946 0310", "+44 7700 900932, +44 20 7946 03", "… 7946 0310", "… 7946 03"},
		{"", "x", "", "x"},
		{"ä long street of a name, 12", "another", "ä long street of a name, 12", "another"},
	} {
		if b, n := fromDifference(c[0], c[1]); b != c[2] || n != c[3] {
			t.Errorf("%q, %q -> %q, %q", c[0], c[1], b, n)
		}
	}
}

func TestLastVerification(t *testing.T) {
	for _, c := range []struct {
		round archive.Round
		title string
		tone  Tone
	}{
		{archive.Round{Checked: 40, At: time.Now().Add(-time.Minute)}, words.ArchiveWhole, Good},
		{archive.Round{Checked: 40, At: time.Now().Add(-time.Minute), BadCount: 30, Bad: []archive.Bad{{Path: "data/x", Why: "changed"}}}, words.ArchiveDamaged, Bad},
	} {
		f, _ := start(t, &scripted{status: []work.Status{account("Anna")}, last: archive.Verified{Whole: &c.round}})
		until(t, f, "home", home)
		f.Go(Archive)
		v := until(t, f, "the check", func(v View) bool { return v.Archive.CheckTitle == c.title })
		if v.Side.Title != c.title || v.Archive.CheckTone != c.tone || c.tone == Bad && len(v.Archive.BadFiles) != 2 {
			t.Errorf("archive = %+v, side = %+v", v.Archive, v.Side)
		}
	}
}

func TestNoAnswerWhileAnExportRuns(t *testing.T) {
	s := &scripted{status: []work.Status{held("Anna", &export.Loss{Reasons: []export.Reason{gone(export.Contacts, "", 412, 3)}}), account("Ben")}}
	done := make(chan struct{})
	s.export = func(context.Context, string, func(export.Progress)) (export.Ledger, error) {
		<-done
		return export.Ledger{}, nil
	}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Export("Ben")
	f.Do("Anna", ActAccept)
	f.Answer(f.View().Question, true)
	if v := f.View(); v.Home.Note != words.AnswerLater || len(s.answers) != 0 {
		t.Errorf("note = %q, answers = %v", v.Home.Note, s.answers)
	}
	close(done)
	until(t, f, "the end", func(View) bool { return !f.Exporting() })
	// Looking again from the page of what is missing leads home, where it is seen.
	f.Do("Anna", ActLost)
	f.Do("Anna", ActExport)
	if v := f.View(); v.Page != Home {
		t.Errorf("page = %v", v.Page)
	}
	until(t, f, "the end", func(View) bool { return !f.Exporting() })
	// And when it is over, the page of what was missing is left.
	f.Do("Anna", ActLost)
	s.mu.Lock()
	s.status[0].State, s.status[0].Loss = work.Safe, nil
	s.mu.Unlock()
	f.Again()
	until(t, f, "home", func(v View) bool { return v.Page == Home })
}

// TestBarOfTheWhole: the bar of what is complete counts neither who is missing nor
// who was cut, and what is new does not make good for it.
func TestBarOfTheWhole(t *testing.T) {
	hollow := func(had, has, lost int) export.Reason {
		return export.Reason{Rule: export.RuleHollow, Kind: export.Contacts, Had: had, Has: has, Lost: lost, What: export.LostNumbers}
	}
	missing := func(kind export.Kind, had, has, lost int) export.Reason {
		return export.Reason{Rule: export.RuleGone, Kind: kind, Had: had, Has: has, Lost: lost}
	}
	for _, x := range []struct {
		reason export.Reason
		beside []export.Reason
		want   string
		part   float64
	}{
		{hollow(120, 85, 45), []export.Reason{missing(export.Contacts, 120, 85, 35)}, "40 people", 40. / 120},
		{hollow(120, 105, 45), []export.Reason{missing(export.Contacts, 120, 105, 35)}, "40 people", 40. / 120},
		{hollow(120, 110, 40), nil, "70 people", 70. / 120},
		{hollow(120, 140, 45), nil, "75 people", 75. / 120},
		{hollow(120, 120, 45), []export.Reason{missing(export.Contacts, 150, 120, 30), missing(export.Events, 120, 120, 30)}, "75 people", 75. / 120},
	} {
		c := lossCause(x.reason, append(x.beside, x.reason))
		if c.Service != words.FullOnServiceNow || c.Remaining != x.want || c.Part != x.part {
			t.Errorf("%+v: %s %s, %v, want %s", x, c.Service, c.Remaining, c.Part, x.want)
		}
	}
}

// TestNothingToPutBackInto: where a restore cannot write, the card and the page say
// so and do not offer it.
func TestNothingToPutBackInto(t *testing.T) {
	status := held("Anna", &export.Loss{Reasons: []export.Reason{gone(export.Events, "Family", 90, 50, "Choir")}})
	l := *status.Last
	l.Collections = []export.CollectionLedger{{Name: "Family", Kind: export.Events, Closed: export.ClosedReadOnly}}
	status.Last = &l
	f, _ := start(t, &scripted{status: []work.Status{status}})
	v := until(t, f, "home", home)
	told := words.ClosedTo(status.Loss, l.Collections).Told()
	if _, offered := acts(v.Home.Cards[0])[ActPutBack]; offered || !strings.Contains(v.Home.Cards[0].Sentence, told) {
		t.Errorf("card: %+v", v.Home.Cards[0])
	}
	f.Do("Anna", ActLost)
	v = until(t, f, "the names", func(v View) bool { return v.Page == Lost && !v.Lost.Reading })
	if v.Lost.PutBack.Verb != "" || told == "" || !strings.Contains(v.Lost.Line, told) {
		t.Errorf("page: %+v, %q", v.Lost.PutBack, v.Lost.Line)
	}
}
