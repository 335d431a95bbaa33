package flow

import (
	"context"
	"path/filepath"
	"testing"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/source"
)

// TestConnectFolder: a folder that was chosen is looked into, shown under its own
// name, and saved; one that cannot be used says why and leaves the choice.
func TestConnectFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Family disk")
	w := &scripted{find: func(_ context.Context, c work.Candidate) (*work.Found, error) {
		if c.Type != "folder" || c.Values[source.Address] != dir {
			return nil, export.ErrAway
		}
		return &work.Found{Collections: []work.FoundCollection{{Collection: export.Collection{ID: "c", Name: "Friends", Kind: export.Contacts}, Count: 3, Wanted: true}}}, nil
	}, export: func(context.Context, string, func(export.Progress)) (export.Ledger, error) {
		return *ledger(3, 0, 0, nil), nil
	}}
	f, _ := start(t, w)
	until(t, f, "home", home)
	f.StartConnect()
	f.ConnectFolder("folder", filepath.Join(dir, "elsewhere"))
	v := until(t, f, "refusal", func(v View) bool { return v.Connect.Problem != nil })
	if v.Page != Connect || v.Connect.Busy != "" || v.Connect.Problem.Meaning != words.NothingSaved {
		t.Errorf("refused: %+v", v.Connect)
	}
	f.ConnectFolder("folder", dir)
	v = until(t, f, "found", func(v View) bool { return v.Page == Found })
	if v.Found.Title != words.FoundIn("Family disk") || v.Found.Name != "Family disk" || !v.Found.CanExport {
		t.Errorf("found: %+v", v.Found)
	}
	f.Back()
	if v := f.View(); v.Page != Connect || v.Connect.Problem != nil {
		t.Errorf("back leads to %v, %+v", v.Page, v.Connect)
	}
	f.ConnectFolder("folder", dir)
	until(t, f, "found", func(v View) bool { return v.Page == Found })
	f.Save("Disk", "")
	until(t, f, "home", home)
}
