package restore

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/assets"
	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/source/dav"
	"sidekeep/export/sourcetest"
)

// some is a part of the demo phone: people with portraits and odd cards,
// events that recur, to-dos.
func some(t *testing.T) *shelf {
	t.Helper()
	s, err := davserver.Phone(assets.DemoPhone(), davserver.Options{Open: true})
	if err != nil {
		t.Fatal(err)
	}
	all := taken(t, open(t, s), "Demo")
	n := map[string]int{}
	part := &shelf{bodies: all.bodies}
	for _, it := range all.items {
		if n[it.Collection.ID]++; n[it.Collection.ID] <= 4 || it.Name == "Rehearsal" {
			part.items = append(part.items, it)
		}
	}
	return part
}

// loseAndRestore moves part of the demo phone to a service, keeps what the
// service has, lets it lose everything, and gives it back. Every item is
// compared.
func loseAndRestore(t *testing.T, src *dav.Source, lose func()) {
	t.Helper()
	phone := some(t)
	o := Options{Account: "Real"}
	first := plan(t, src, phone.all(), o)
	r := apply(t, src, first, journal(t), ApplyOptions{})
	if r.Created != len(phone.items) {
		t.Errorf("moved were %d of %d", r.Created, len(phone.items))
	}
	if p := plan(t, src, phone.all(), o); !p.Empty() {
		for _, l := range p.Lines {
			if l.State == Differing || l.State == Missing {
				t.Logf("%s %q in %q", l.State, l.Item.Name, l.Item.Collection.Name)
			}
		}
		t.Errorf("moving again plans %+v", p.Counts())
	}
	archive := taken(t, src, "Real")
	before := meanings(t, src)
	lose()
	if n := len(taken(t, src, "Real").items); n != 0 {
		t.Fatalf("there are %d items still", n)
	}
	j := journal(t)
	back := apply(t, src, plan(t, src, archive.all(), o), j, ApplyOptions{})
	if back.Created != len(archive.items) {
		t.Errorf("%+v", back)
	}
	if d := difference(before, meanings(t, src)); d != "" {
		t.Errorf("what came back is not what was lost:\n%s", d)
	}
	if p := plan(t, src, archive.all(), o); !p.Empty() {
		t.Errorf("a second restore plans %+v", p.Counts())
	}
	u, err := Undo(t.Context(), src, j, UndoOptions{})
	if err != nil || len(u.Left) > 0 || len(taken(t, src, "Real").items) != 0 {
		t.Errorf("an undo: %+v %v", u, err)
	}
}

func TestRadicaleLosesEverything(t *testing.T) {
	t.Parallel()
	s := sourcetest.Radicale(t)
	home := filepath.Join(s.Dir, "collection-root", "alice")
	loseAndRestore(t, openAt(t, s.URL, s.User, s.Password), func() {
		items, err := filepath.Glob(filepath.Join(home, "*", "*.*"))
		if err != nil || len(items) == 0 {
			t.Fatalf("%v: nothing to lose in %s", err, home)
		}
		for _, p := range items {
			if !strings.HasPrefix(filepath.Base(p), ".") {
				if err := os.Remove(p); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestXandikosLosesEverything(t *testing.T) {
	t.Parallel()
	s := sourcetest.Xandikos(t)
	src := openAt(t, s.URL, s.User, s.Password)
	loseAndRestore(t, src, func() {
		// Its storage is git: what is lost is lost in a commit.
		git := sourcetest.Need(t, "git")
		repos, err := filepath.Glob(filepath.Join(s.Dir, "alice", "*", "*", ".git"))
		if err != nil || len(repos) == 0 {
			t.Fatalf("%v: nothing to lose in %s", err, s.Dir)
		}
		for _, repo := range repos {
			at := filepath.Dir(repo)
			script := fmt.Sprintf("cd %q && %q -c safe.directory='*' rm -rq --ignore-unmatch -- '*.vcf' '*.ics' && { %[2]q -c safe.directory='*' -c user.name=x -c user.email=x diff --cached --quiet || %[2]q -c safe.directory='*' -c user.name=x -c user.email=x commit -qm lost; } && chown -R --reference=.. .", at, git)
			if out, err := exec.CommandContext(t.Context(), "sh", "-c", script).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
	})
}

var _ export.Writer = (*dav.Source)(nil)
