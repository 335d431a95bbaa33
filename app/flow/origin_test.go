package flow

import (
	"fmt"
	"strings"
	"testing"

	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/settings"
)

// TestFolderAccount: what is said of an account that is a folder speaks of a
// folder, on its card and on the page of what it lost.
func TestFolderAccount(t *testing.T) {
	s := held("Disk", &export.Loss{Reasons: []export.Reason{gone(export.Contacts, "", 412, 3)}})
	s.Account.Type = settings.Folder
	f, _ := start(t, &scripted{status: []work.Status{s}})
	v := until(t, f, "home", home)
	said := fmt.Sprintf("%+v", v.Home.Cards[0])
	f.ShowLost("Disk")
	said += fmt.Sprintf("%+v", until(t, f, "lost", func(v View) bool { return v.Page == Lost && !v.Lost.Reading }).Lost)
	f.Do("Disk", ActAccept)
	said += fmt.Sprintf("%+v", until(t, f, "question", func(v View) bool { return v.Question != nil }).Question.Question)
	for _, want := range []string{"The folder lists 3 of 412 people.", "did the folder lose them?", "In the folder now", "what the folder lists now"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said: %s", want, said)
		}
	}
	if strings.Contains(said, "service") {
		t.Errorf("of a folder it is said: %s", said)
	}
}
