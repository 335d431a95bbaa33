package restore

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/sourcetest"
)

// TestOthersRead moves part of the demo phone to Radicale, lets vdirsyncer fetch
// it from there, and khard and khal read what vdirsyncer fetched.
func TestOthersRead(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"vdirsyncer", "khard", "khal"} {
		sourcetest.Need(t, program)
	}
	s := sourcetest.Radicale(t)
	src := openAt(t, s.URL, s.User, s.Password)
	phone := some(t)
	apply(t, src, plan(t, src, phone.all(), Options{Account: "New"}), journal(t), ApplyOptions{})
	dir := t.TempDir()
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Stdin = strings.NewReader(strings.Repeat("y\n", 20))
		cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	conf := fmt.Sprintf("[general]\nstatus_path = %q\n", filepath.Join(dir, "status"))
	for _, p := range []struct{ name, typ, ext string }{{"people", "carddav", ".vcf"}, {"dates", "caldav", ".ics"}} {
		conf += fmt.Sprintf("[pair %[1]s]\na = \"%[1]s_here\"\nb = \"%[1]s_there\"\ncollections = [\"from b\"]\n[storage %[1]s_here]\ntype = \"filesystem\"\npath = %[2]q\nfileext = %[3]q\n"+
			"[storage %[1]s_there]\ntype = %[4]q\nurl = %[5]q\nusername = %[6]q\npassword = %[7]q\n", p.name, filepath.Join(dir, p.name)+"/", p.ext, p.typ, s.URL, s.User, s.Password)
	}
	file := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	vdir := file("vdirsyncer", conf)
	run("vdirsyncer", "-c", vdir, "discover")
	run("vdirsyncer", "-c", vdir, "sync")
	fetched, err := filepath.Glob(filepath.Join(dir, "*", "*", "*.[vi]c[fs]"))
	if err != nil || len(fetched) != len(phone.items) {
		t.Errorf("vdirsyncer has %d files of %d items (%v)", len(fetched), len(phone.items), err)
	}
	books, _ := filepath.Glob(filepath.Join(dir, "people", "*"))
	calendars, _ := filepath.Glob(filepath.Join(dir, "dates", "*"))
	khard := "[addressbooks]\n"
	for i, b := range books {
		khard += fmt.Sprintf("[[book%d]]\npath = %s\n", i, b)
	}
	names := run("khard", "-c", file("khard", khard), "list")
	khal := "[calendars]\n"
	for i, c := range calendars {
		khal += fmt.Sprintf("[[cal%d]]\npath = %s\n", i, c)
	}
	khal += "[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n" +
		"[sqlite]\npath = " + filepath.Join(dir, "khal.db") + "\n"
	events := run("khal", "-c", file("khal", khal), "list", "2020-01-01", "3000d")
	people, dates := 0, 0
	for _, it := range phone.items {
		switch it.Kind {
		case export.Contacts:
			people++
			if !strings.Contains(names, it.Name) {
				t.Errorf("khard does not know %q", it.Name)
			}
		case export.Events:
			dates++
			if !strings.Contains(events, it.Name) {
				t.Errorf("khal does not know %q", it.Name)
			}
		}
	}
	if people == 0 || dates == 0 {
		t.Errorf("there were %d people and %d events", people, dates)
	}
}
