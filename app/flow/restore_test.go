package flow

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/app/words"
	"sidekeep/app/work"
)

// cards writes a file with two people that nobody has, and one of Anna's.
func cards(t *testing.T, b *book) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "choir.vcf")
	text := "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:new-1\r\nFN:Maya\r\nN:;Maya;;;\r\nEND:VCARD\r\n" +
		"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:new-2\r\nFN:Noor\r\nN:;Noor;;;\r\nEND:VCARD\r\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func planned(v View) bool { return v.Page == Plan && v.Plan.Step == Planned }

// TestDropOnACard drops a file on a card, writes it, and takes that back.
func TestDropOnACard(t *testing.T) {
	b := newBook(t)
	f := b.exported(t)
	file := cards(t, b)
	f.Drop("Anna", []string{file})
	v := until(t, f, "the question", func(v View) bool {
		a := card(v, "Anna").Asked
		return a != nil && strings.HasPrefix(a.Title, "Put 2 people")
	})
	if a := card(v, "Anna").Asked; len(a.Files) != 1 || a.Files[0] != "choir.vcf" || a.Refused != "" || card(v, "Anna").There != "12 people there now" {
		t.Errorf("asked = %+v, card = %+v", a, card(v, "Anna"))
	}
	f.DropPlan()
	v = until(t, f, "the plan", planned)
	p := v.Plan
	if p.Title != "Put 2 people on Anna" || p.Line != "From choir.vcf. "+words.NothingWritten || p.Write.Off || p.Write.Verb != "Write 2 people" || p.Numbers[0].Number != "2" {
		t.Errorf("plan = %+v", p)
	}
	if n := b.count(t); n != people {
		t.Fatalf("%d people are there before anything was to be written", n)
	}
	f.ShowLines()
	if l := f.View().Lines; len(l.Lines) != 2 || l.Lines[0].What != words.WillBeCreated || l.Lines[0].Where != "Friends" {
		t.Errorf("lines = %+v", l)
	}
	f.FilterLines(2)
	if l := f.View().Lines; len(l.Lines) != 0 || l.None == "" {
		t.Errorf("lines that differ = %+v", l)
	}
	f.Back()
	f.Write()
	v = until(t, f, "the end", func(v View) bool { return v.Plan.Step == Written })
	d := v.Plan.Done
	if v.Plan.Title != "All 2 people are on Anna" || d.Proof != "2 of 2 read back" || d.Tone != Good || d.Undo.Verb == "" || b.count(t) != people+2 {
		t.Errorf("done = %+v", v.Plan)
	}
	f.UndoWritten()
	v = until(t, f, "the undo", func(v View) bool { return v.Plan.Step == TookBack })
	if v.Plan.Title != "Anna is as it was before" || v.Plan.Line != "2 taken away." || b.count(t) != people {
		t.Errorf("undone = %+v; %d people", v.Plan, b.count(t))
	}
	f.Go(Restore)
	v = until(t, f, "the room", func(v View) bool { return v.Page == Restore && len(v.Restore.Earlier) == 1 && !v.Restore.Reading })
	if e := v.Restore.Earlier[0]; e.State != work.RestoreUndone || e.Undo.Verb != "" || e.Title != "Files, put on Anna" {
		t.Errorf("earlier = %+v", e)
	}
}

// TestDropElsewhere takes what is dropped beside the cards into the archive.
func TestDropElsewhere(t *testing.T) {
	b := newBook(t)
	f := b.exported(t)
	f.Drop("", []string{cards(t, b)})
	v := until(t, f, "the import", func(v View) bool { return card(v, work.FilesName).State == Safe })
	until(t, f, "the note", func(v View) bool { return v.Home.Note == words.TookIn(2, work.FilesName) })
	if c := card(v, work.FilesName); c.Counts[0] != (Count{"2", "people"}) || c.Takes {
		t.Errorf("card = %+v", c)
	}
	if b.count(t) != people {
		t.Error("something was written to the account")
	}
	f.Drop("", []string{filepath.Join(t.TempDir(), "nothing.vcf")})
	until(t, f, "the refusal", func(v View) bool { return strings.HasPrefix(v.Home.Note, "The files were not taken in. ") })
}

// TestPutThemBack puts back what a service has lost, from the card that is held.
func TestPutThemBack(t *testing.T) {
	b := newBook(t)
	f := b.exported(t)
	b.empty(t)
	f.Export("Anna")
	v := until(t, f, "the held account", func(v View) bool { return card(v, "Anna").State == Held })
	if a := card(v, "Anna").Actions[0]; a.Act != ActPutBack || a.Rank != Primary || a.Verb != words.PutThemBack {
		t.Errorf("actions = %+v", card(v, "Anna").Actions)
	}
	f.ShowLost("Anna")
	if a := f.View().Lost.PutBack; a.Verb != words.PutThemBack || a.Off {
		t.Errorf("the held page offers %+v", a)
	}
	f.Do("Anna", ActPutBack)
	v = until(t, f, "the plan", planned)
	if v.Plan.Title != "Put 11 people back on Anna" || v.Plan.Numbers[0].Number != "11" {
		t.Errorf("plan = %+v", v.Plan)
	}
	f.Write()
	v = until(t, f, "the end", func(v View) bool { return v.Plan.Step == Written })
	if v.Plan.Title != "All 11 people are on Anna" || b.count(t) != people {
		t.Errorf("done = %+v; %d people", v.Plan, b.count(t))
	}
	f.EndRestore()
	until(t, f, "the end of the hold", func(v View) bool { return card(v, "Anna").State == Safe })
}

// count is how many people the server has.
func (b *book) count(t *testing.T) int {
	t.Helper()
	list, err := b.server.Items(bookPath)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
