package flow

import (
	"net/http/httptest"
	"path/filepath"
	"testing"

	"sidekeep/app/words"
	"sidekeep/app/work"
)

// TestFollowsAnotherProcess exports beside an open window, on the settings and the
// archive of it, and answers there: the page and the badge follow by themselves,
// and what is open stays.
func TestFollowsAnotherProcess(t *testing.T) {
	b := newBook(t)
	h := httptest.NewServer(b.server)
	t.Cleanup(h.Close)
	dir, keys := t.TempDir(), &memory{m: map[string]string{}}
	f := real(t, dir, keys)
	f.Pick("")
	f.SignIn(Form{AddressField: h.URL + "/", UserField: "anna", PasswordField: "secret"})
	until(t, f, "what was found", func(v View) bool { return v.Page == Found })
	f.Save("Anna", "")
	until(t, f, "the exported account", func(v View) bool { return card(v, "Anna").State == Safe && v.Home.Title == words.AllSafe })

	w, err := work.New(work.Options{Settings: filepath.Join(dir, "settings"), Archive: filepath.Join(dir, "archive"), Secrets: keys})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	b.empty(t)
	f.Go(Archive)
	if _, err := w.Export(t.Context(), "Anna", nil); err != nil {
		t.Fatal(err)
	}
	if v := until(t, f, "the badge", func(v View) bool { return v.Side.Waiting == 1 }); v.Page != Archive {
		t.Errorf("the page became %v", v.Page)
	}
	f.change(func() { f.page = Home }) // as Go, which reads the status, too
	if v := f.View(); card(v, "Anna").State != Held || v.Home.Title != words.AccountsWait(1) {
		t.Errorf("home = %+v", v.Home)
	}
	s, _ := f.statusOf("Anna")
	if _, err := w.Accept(t.Context(), s.HeldExport); err != nil {
		t.Fatal(err)
	}
	until(t, f, "the end of the hold", func(v View) bool { return v.Side.Waiting == 0 && card(v, "Anna").State == Safe })
	if w.Mark() == "" {
		t.Error("an archive has no mark")
	}
}
