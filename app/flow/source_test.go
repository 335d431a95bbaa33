package flow

import (
	"context"
	"maps"
	"testing"

	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/source"
	"sidekeep/export/source/all"
)

// TestTypeOfItsOwn: a type of source that is in the list and nowhere else has a
// tile, a sign-in with its fields, and what is typed there reaches the work.
func TestTypeOfItsOwn(t *testing.T) {
	got := make(chan work.Candidate, 1)
	s := &scripted{find: func(_ context.Context, c work.Candidate) (*work.Found, error) {
		got <- c
		return &work.Found{Collections: []work.FoundCollection{{Collection: export.Collection{ID: "a", Kind: export.Contacts}, Count: 3, Wanted: true}}}, nil
	}}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.o.Types = append(all.Types(), source.Type{
		ID: "cupboard", Icon: "folder", Gives: []export.Kind{export.Contacts},
		Fields: []source.Field{
			{ID: "cupboard", Flag: "cupboard", Leads: true}, {ID: "drawer", Flag: "drawer"}, {ID: source.Password, Form: source.Secret},
		},
	})
	f.StartConnect()
	tiles := f.View().Connect.Tiles
	if tile := tiles[len(tiles)-2]; tile.ID != "cupboard" || tile.Folder || tile.Line == "" {
		t.Errorf("tiles = %+v", tiles)
	}
	f.Pick("cupboard")
	v := f.View()
	var shown []Field
	for _, x := range v.SignIn.Fields {
		if x.Name == "" || x.Fixed || x.Secret != (x.ID == PasswordField) {
			t.Errorf("field %+v", x)
		}
		shown = append(shown, x.ID)
	}
	if v.Page != SignIn || len(shown) != 3 || shown[0] != "cupboard" || shown[1] != "drawer" || len(v.SignIn.Lacks) > 0 {
		t.Fatalf("sign-in: %+v", v.SignIn)
	}
	f.SignIn(Form{"drawer": "upper"})
	if p := f.View().SignIn.Problem; p == nil || p.Field != "cupboard" {
		t.Errorf("nothing is said of what is missing: %+v", p)
	}
	f.SignIn(Form{"cupboard": " oak ", "drawer": "upper", PasswordField: " sesame "})
	until(t, f, "what was found", func(v View) bool { return v.Page == Found })
	c := <-got
	if want := (source.Values{"cupboard": "oak", "drawer": "upper", source.Password: " sesame "}); c.Type != "cupboard" || !maps.Equal(c.Values, want) {
		t.Errorf("the work is given %+v", c)
	}
}
