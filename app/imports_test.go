package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A pkg is what go list tells of a package.
type pkg struct {
	ImportPath string
	Imports    []string
	// TestImports and XTestImports are left out: a test may use what it likes.
}

// TestDirectionOfImports guards the rooms of the program: app uses export,
// export uses formats, and no arrow points the other way.
func TestDirectionOfImports(t *testing.T) {
	packages := goList(t)
	if len(packages) < 10 {
		t.Fatalf("go list names only %d packages", len(packages))
	}
	seen := map[string]bool{}
	for _, p := range packages {
		seen[room(p.ImportPath)] = true
		for _, to := range p.Imports {
			if why := forbidden(p.ImportPath, to); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, to, why)
			}
		}
	}
	for _, r := range []string{"app", "export", "formats", "assets"} {
		if !seen[r] {
			t.Errorf("there is no package in %s/", r)
		}
	}
}

// TestForbidden makes sure that the guard sees what it is there for.
func TestForbidden(t *testing.T) {
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"sidekeep/app/work", "sidekeep/export/archive", true},
		{"sidekeep/app/work", "sidekeep/assets", true},
		{"sidekeep/export/archive", "sidekeep/formats/vcard", true},
		{"sidekeep/formats/vcard", "sidekeep/formats/contentline", true},
		{"sidekeep/export/source/dav", "sidekeep/export/source/dav/multistatus", true},
		{"sidekeep/app/gui", "fyne.io/fyne/v2", true},
		{"sidekeep/app/gui/theme", "fyne.io/fyne/v2", true},
		{"sidekeep/export", "io", true},
		{"sidekeep/export", "sidekeep/app/words", false},
		{"sidekeep/export/archive", "sidekeep/assets", false},
		{"sidekeep/formats/ical", "sidekeep/export", false},
		{"sidekeep/assets", "sidekeep/export", false},
		{"sidekeep/app/work", "fyne.io/fyne/v2/data/binding", false},
		{"sidekeep/export/source/dav", "sidekeep/export/source/files", false},
		{"sidekeep/export/davserver", "sidekeep/export/source/dav", false},
		{"sidekeep/export/source/all", "sidekeep/export/source/files", true},
		{"sidekeep/export/source/files", "sidekeep/export/source", true},
		{"sidekeep/export/source/files", "sidekeep/export/source/all", false},
		{"sidekeep/export/archive", "sidekeep/export/source/all", false},
		{"sidekeep/app/work", "sidekeep/export/source/all", true},
		{"sidekeep/app/work", "sidekeep/export/source/dav", false},
		{"sidekeep/app/command", "sidekeep/export/source/files", false},
		{"sidekeep/export", "sidekeep/export/archive", false},
		{"sidekeep/app/flow", "sidekeep/app/gui", false},
		{"sidekeep/app/work", "sidekeep/app/command", false},
		{"sidekeep/app/command", "sidekeep/app/gui", false},
		{"sidekeep/export/archive", "sidekeep/export/archive/repair", true},
		{"sidekeep/export/archive/record", "sidekeep/export/archive/judge", true},
		{"sidekeep/export/archive/site", "sidekeep/export/archive/pages", true},
		{"sidekeep/export/archive/history", "sidekeep/export/archive/judge", false},
		{"sidekeep/export/archive/judge", "sidekeep/export/archive", false},
		{"sidekeep/app/work", "sidekeep/export/archive", true},
		{"sidekeep/app/work", "sidekeep/export/archive/history", false},
		{"sidekeep/app/command", "sidekeep/app/work", true},
		{"sidekeep/app/command", "sidekeep/app/work/desk", false},
		{"sidekeep/app/work/restores", "sidekeep/app/work/exports", true},
		{"sidekeep/app/work/exports", "sidekeep/app/work/restores", false},
		{"sidekeep/app/work/files", "sidekeep/app/work", false},
		{"sidekeep/app/work/cellar", "sidekeep/export", false},
		{"sidekeep/app/work", "sidekeep/app/work/cellar", false},
	} {
		if why := forbidden(c.from, c.to); (why == "") != c.ok {
			t.Errorf("%s imports %s: %q", c.from, c.to, why)
		}
	}
}

// faces are the packages that others use alone of all that lies below them, with
// those rooms from the lowest up.
var faces = map[string][]string{
	"sidekeep/export/archive": {
		"pages", "disk", "history", "openfiles", "stage", "site", "search", "publish", "judge", "remove", "resume", "record",
		"accounts", "hold", "verify", "forget", "repair",
	},
	"sidekeep/app/work": {
		"desk", "journals", "overview", "past", "registry", "exports", "files", "restores", "proofs", "retention", "practice",
	},
}

// behind says why a room behind a face is not to be used from there, "" if it may.
func behind(from, to string) string {
	for face, rooms := range faces {
		at := func(p string) int { return slices.Index(rooms, strings.TrimPrefix(p, face+"/")) }
		below := func(p string) bool { return strings.HasPrefix(p, face+"/") }
		switch {
		case below(from) && at(from) < 0, below(to) && at(to) < 0:
			return "faces does not say where this room stands"
		case from == face:
		case at(to) >= 0 && at(from) < 0:
			return "what lies below " + face + " is used through it"
		case at(from) >= 0 && (to == face || at(to) >= at(from)):
			return "a room uses those below it alone"
		}
	}
	return ""
}

// forbidden says why from must not import to, "" if it may.
func forbidden(from, to string) string {
	source := func(p string) string {
		rest, ok := strings.CutPrefix(p, "sidekeep/export/source/")
		if !ok {
			return ""
		}
		name, _, _ := strings.Cut(rest, "/")
		return name
	}
	in := func(p, room string) bool { return p == room || strings.HasPrefix(p, room+"/") }
	a, b := room(from), room(to)
	switch {
	case in(to, "fyne.io") && !in(from, "sidekeep/app/gui"):
		return "only app/gui draws, so that everything else is tested without a display"
	case b == "":
		return ""
	case a == "formats" && b != "formats":
		return "formats knows nothing of Sidekeep, so that it can be used and tested alone"
	case a == "export" && b != "export" && b != "formats":
		return "the engine knows no surface: imports point from app to export to formats"
	case a == "assets" && b != "assets":
		return "assets has no logic"
	case source(from) == "all":
		return "" // lists them
	case source(to) == "all" && a == "app":
		return ""
	case source(to) != "" && source(from) != source(to):
		return "no source knows another, and nothing else knows one of them by name: export/source/all lists them"
	case behind(from, to) != "":
		return behind(from, to)
	case from == "sidekeep/export" && b == "export":
		return "the vocabulary is below its implementations"
	case in(to, "sidekeep/app/gui") && from != "sidekeep/app" && !in(from, "sidekeep/app/gui"):
		return "the window is the outermost part: only main opens it"
	case in(to, "sidekeep/app/command") && from != "sidekeep/app":
		return "the command line is an outermost part: only main calls it"
	case in(to, "sidekeep/app/flow") && from != "sidekeep/app" && !in(from, "sidekeep/app/gui") && !in(from, "sidekeep/app/flow"):
		return "a flow is what a screen shows: only the window and main use it"
	}
	return ""
}

// room is the top folder of a package of this module, "" for another's.
func room(path string) string {
	rest, ok := strings.CutPrefix(path, "sidekeep/")
	if !ok {
		return ""
	}
	top, _, _ := strings.Cut(rest, "/")
	return top
}

func goList(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports", "sidekeep/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}
