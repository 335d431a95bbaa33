package work_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sidekeep/app/work"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

func TestSamePlace(t *testing.T) {
	w := newWork(t, work.Options{})
	home := t.TempDir()
	in, beside := filepath.Join(home, "cards", "friends"), filepath.Join(home, "cards 2")
	for _, dir := range []string{in, beside} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	folder := func(dir string) work.Candidate {
		return work.Candidate{Type: settings.Folder, Values: source.Values{source.Address: dir}}
	}
	service := func(address, user string) work.Candidate {
		return work.Candidate{Type: settings.DAV, Values: source.Values{source.Address: address, source.User: user}}
	}
	for name, c := range map[string]work.Candidate{
		"cards": folder(filepath.Join(home, "cards")), "anna": service("http://127.0.0.1:5232", "anna"), "far": service("https://dav.example", "anna"),
	} {
		if err := w.Add(t.Context(), name, c, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct {
		c            work.Candidate
		same, nested []string
	}{
		{folder(filepath.Join(home, "cards") + "/"), []string{"cards"}, nil},
		{folder(in), nil, []string{"cards"}},
		{folder(home), nil, []string{"cards"}},
		{folder(beside), nil, nil},
		{service("http://localhost:5232/", "anna"), []string{"anna"}, nil},
		{service("http://[::1]:5232/", "anna"), []string{"anna"}, nil},
		{service("http://localhost:5233/", "anna"), nil, nil},
		{service("http://localhost:5232/", "bert"), nil, nil},
		{service("http://localhost.example:5232/", "anna"), nil, nil},
		{service("dav.example:443", "anna"), []string{"far"}, nil},
	} {
		if same, nested := w.SamePlace(x.c, nil); !slices.Equal(same, x.same) || !slices.Equal(nested, x.nested) {
			t.Errorf("%v: the same %q, nested %q; want %q, %q", x.c.Values, same, nested, x.same, x.nested)
		}
	}
}
