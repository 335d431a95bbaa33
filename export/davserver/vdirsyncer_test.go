package davserver_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/export/davserver"
)

// needs skips the test if the program is not there; in CI it fails.
func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("install %s (make deps)", program)
	}
	t.Skipf("install %s (make deps)", program)
}

// sync runs vdirsyncer with a pair of each kind below dir.
type vdir struct {
	t   *testing.T
	dir string
	url string
}

func (v *vdir) run(args ...string) string {
	v.t.Helper()
	conf := filepath.Join(v.dir, "config")
	text := fmt.Sprintf("[general]\nstatus_path = %q\n", filepath.Join(v.dir, "status"))
	for _, p := range []struct{ name, typ, ext string }{{"people", "carddav", ".vcf"}, {"dates", "caldav", ".ics"}} {
		text += fmt.Sprintf(`[pair %s]
a = "%s_here"
b = "%s_there"
collections = ["from a", "from b"]
conflict_resolution = "b wins"
metadata = ["displayname"]
[storage %s_here]
type = "filesystem"
path = %q
fileext = %q
[storage %s_there]
type = %q
url = %q
username = "alice"
password = "secret"
`, p.name, p.name, p.name, p.name, filepath.Join(v.dir, p.name)+"/", p.ext, p.name, p.typ, v.url+"/")
	}
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		v.t.Fatal(err)
	}
	cmd := exec.Command("vdirsyncer", append([]string{"-c", conf}, args...)...)
	cmd.Stdin = strings.NewReader(strings.Repeat("y\n", 20))
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+v.dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		v.t.Fatalf("vdirsyncer %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (v *vdir) files(parts ...string) map[string]string {
	v.t.Helper()
	found := map[string]string{}
	dir := filepath.Join(append([]string{v.dir}, parts...)...)
	entries, err := os.ReadDir(dir)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || filepath.Ext(e.Name()) == "" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			v.t.Fatal(err)
		}
		found[e.Name()] = string(b)
	}
	return found
}

func TestVdirsyncerSyncsBothWays(t *testing.T) {
	needs(t, "vdirsyncer")
	s := davserver.New(davserver.Options{User: "alice", Password: "secret"})
	fill(t, s)
	ts := httptest.NewServer(s)
	defer ts.Close()
	v := &vdir{t, t.TempDir(), ts.URL}
	v.run("discover")
	v.run("sync")
	people, dates := v.files("people", "Friends"), v.files("dates", "Home")
	if len(people) != 3 || len(dates) != 2 {
		t.Fatalf("vdirsyncer brought %d contacts and %d events, want 3 and 2", len(people), len(dates))
	}
	if !anyHas(people, "FN:Zoë O'Neil & <Co>") {
		t.Errorf("the special characters of a name are lost: %v", people)
	}

	// A new card and a changed event here, a removed card there.
	write(t, filepath.Join(v.dir, "people", "Friends", "new.vcf"), card("new", "Added Here"))
	for name, body := range dates {
		write(t, filepath.Join(v.dir, "dates", "Home", name), strings.Replace(body, "Tea", "Coffee", 1))
	}
	if err := s.Remove("/contacts/alice/Friends/c2.vcf"); err != nil {
		t.Fatal(err)
	}
	v.run("sync")
	items, err := s.Items("/contacts/alice/Friends")
	if err != nil || len(items) != 3 {
		t.Errorf("the server holds %d contacts (%v), want 3", len(items), err)
	}
	body, err := s.Body("/calendars/alice/Home/e1.ics")
	if err != nil || !strings.Contains(string(body), "SUMMARY:Coffee") {
		t.Errorf("the change of an event did not arrive: %v\n%s", err, body)
	}
	if here := v.files("people", "Friends"); len(here) != 3 || anyHas(here, "UID:c2") {
		t.Errorf("the removal of a card did not arrive: %v", here)
	}

	// A calendar that is made here is made there.
	if err := os.Mkdir(filepath.Join(v.dir, "dates", "Trips"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(v.dir, "dates", "Trips", "t1.ics"), event("t1", "Harbour"))
	v.run("discover")
	v.run("sync")
	trips, err := s.Items("/calendars/alice/Trips")
	if err != nil || len(trips) != 1 {
		t.Errorf("a new calendar holds %d events (%v), want 1", len(trips), err)
	}
	before := s.Requests()
	v.run("sync")
	t.Logf("with nothing changed vdirsyncer took %d requests", s.Requests()-before)
}

func anyHas(files map[string]string, text string) bool {
	for _, body := range files {
		if strings.Contains(body, text) {
			return true
		}
	}
	return false
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
