package flow

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"sidekeep/app/words"
	"sidekeep/export/davserver"
)

// people is how many a book begins with.
const people = 12

// A book is an address book on a server whose storage a test changes behind
// the back of its owner.
type book struct{ server *davserver.Server }

const bookPath = "/contacts/anna/book/"

func newBook(t *testing.T) *book {
	t.Helper()
	b := &book{davserver.New(davserver.Options{User: "anna", Password: "secret"})}
	if err := b.server.MakeAddressBook(bookPath, davserver.Collection{Name: "Friends"}); err != nil {
		t.Fatal(err)
	}
	for i := range people {
		b.put(t, i, "+4470000"+fmt.Sprint(i))
	}
	return b
}

func (b *book) put(t *testing.T, i int, phone string) {
	t.Helper()
	card := fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:%d\r\nFN:Person %02d\r\nN:%02d;Person;;;\r\nTEL:%s\r\nEND:VCARD\r\n", i, i, i, phone)
	if _, err := b.server.Put(fmt.Sprintf("%s%d.vcf", bookPath, i), []byte(card)); err != nil {
		t.Fatal(err)
	}
}

// empty leaves the first person only.
func (b *book) empty(t *testing.T) {
	t.Helper()
	for i := 1; i < people; i++ {
		if err := b.server.Remove(fmt.Sprintf("%s%d.vcf", bookPath, i)); err != nil {
			t.Fatal(err)
		}
	}
}

// exported connects the book as account "Anna" and exports it.
func (b *book) exported(t *testing.T) *Flow {
	t.Helper()
	h := httptest.NewServer(b.server)
	t.Cleanup(h.Close)
	f := real(t, t.TempDir(), &memory{m: map[string]string{}})
	f.Pick("")
	f.SignIn(Form{AddressField: h.URL + "/", UserField: "anna", PasswordField: "secret"})
	until(t, f, "what was found", func(v View) bool { return v.Page == Found })
	f.Save("Anna", "")
	until(t, f, "the exported account", func(v View) bool { return card(v, "Anna").State == Safe })
	return f
}

// TestLossOverThere empties a service behind the back of its owner.
func TestLossOverThere(t *testing.T) {
	b := newBook(t)
	f := b.exported(t)
	b.put(t, 0, "+44 20 7946 0991")
	f.Export("Anna")
	until(t, f, "the second export", func(v View) bool {
		s, _ := f.statusOf("Anna")
		return card(v, "Anna").State == Safe && s.Last.Number == 2 && s.Last.Kept == 1
	})
	b.empty(t)
	f.Export("Anna")
	v := until(t, f, "the held account", func(v View) bool { return card(v, "Anna").State == Held })
	if c := card(v, "Anna"); c.Headline != "The service lists 1 of 12 people. "+words.YourCopyIsWhole {
		t.Errorf("card = %+v", c)
	}
	f.Do("Anna", ActLost)
	v = until(t, f, "the names", func(v View) bool { return v.Page == Lost && !v.Lost.Reading })
	if n := v.Lost.Gone.Names; len(n) != people-1 || n[0].Name != "Person 01" || v.Lost.Problem != nil {
		t.Errorf("what is missing: %+v", v.Lost)
	}

	f.LostExport()
	v = until(t, f, "the export", func(v View) bool { return v.History.Open != nil && !v.History.Open.Reading })
	if o := v.History.Open; o.Number != 3 || o.State != ExportHeld || len(o.Changes) != people-1 || v.History.Exports[0].Gone != people-1 {
		t.Errorf("history = %+v, open = %+v", v.History, o)
	}
	f.OpenExport(2)
	until(t, f, "the change", func(v View) bool { return v.History.Open.Number == 2 && len(v.History.Open.Changes) == 1 })
	f.OpenChange(0)
	if it := f.View().History.Open.Item; len(it.Fields) != 1 || it.Fields[0].Before != "+44700000" || it.Fields[0].After != "+44 20 7946 0991" {
		t.Errorf("what changed: %+v", it)
	}

	f.Go(Home)
	b.answered(t, f)
}

// answered says that it was the owner, takes that back, and brings all back.
func (b *book) answered(t *testing.T, f *Flow) {
	t.Helper()
	f.Do("Anna", ActAccept)
	f.Answer(f.View().Question, true)
	v := until(t, f, "the accepted account", func(v View) bool { return card(v, "Anna").State == Safe && v.Home.Undo != "" })
	if c := card(v, "Anna"); c.Counts[0].Number != "1" {
		t.Errorf("card = %+v", c)
	}
	f.Undo()
	until(t, f, "the held account", func(v View) bool { return card(v, "Anna").State == Held })
	for i := 1; i < people; i++ {
		b.put(t, i, "+4470000"+fmt.Sprint(i))
	}
	f.Do("Anna", ActExport)
	v = until(t, f, "the end of it", func(v View) bool { return card(v, "Anna").State == Safe })
	if c := card(v, "Anna"); c.Counts[0].Number != "12" {
		t.Errorf("card = %+v", c)
	}
	f.Go(History)
	until(t, f, "what became of it", func(v View) bool {
		return len(v.History.Exports) == 4 && v.History.Exports[1].State == ExportOver
	})
}
