package davserver_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/assets"
	"sidekeep/export/davserver"
)

// vdirsyncer brings the whole demo phone, card by card and date by date.
func TestVdirsyncerBringsThePhone(t *testing.T) {
	needs(t, "vdirsyncer")
	s, err := davserver.Phone(assets.DemoPhone(), davserver.Options{User: "alice", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(s)
	defer ts.Close()
	v := &vdir{t, t.TempDir(), ts.URL}
	v.run("discover")
	v.run("sync")
	for _, c := range [][2]string{{"people", "contacts"}, {"dates", "family"}, {"dates", "work"}, {"dates", "choir"}, {"dates", "errands"}, {"dates", "house-move"}} {
		there := "/contacts/alice/contacts"
		if c[0] == "dates" {
			there = "/calendars/alice/" + c[1]
		}
		here := map[string]bool{}
		for _, text := range v.files(c[0], c[1]) {
			here[plain(text)] = true
		}
		want := bodies(t, s, there)
		for path, text := range want {
			if !here[plain(text)] {
				t.Errorf("vdirsyncer has no item like %s", path)
			}
		}
		if len(here) != len(want) {
			t.Errorf("%s: vdirsyncer has %d items, want %d", c[1], len(here), len(want))
		}
	}
}

// plain leaves out what XML and vdirsyncer change: line ends and the end.
func plain(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}

func TestRcloneCopiesFilesBothWays(t *testing.T) {
	needs(t, "rclone")
	s, err := davserver.Phone(assets.DemoPhone(), davserver.Options{User: "alice", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(s)
	defer ts.Close()
	dir := t.TempDir()
	rclone := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("rclone", append([]string{"--config", filepath.Join(dir, "none.conf"), "--webdav-url", ts.URL + "/files/alice/", "--webdav-user", "alice", "--webdav-pass", obscured(t)}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("rclone %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	rclone("copy", ":webdav:DCIM", filepath.Join(dir, "DCIM"))
	n := 0
	for _, folder := range []string{"100APPLE", "101APPLE"} {
		for path, body := range bodies(t, s, "/files/alice/DCIM/"+folder) {
			got, err := os.ReadFile(filepath.Join(dir, "DCIM", folder, filepath.Base(path)))
			if err != nil || string(got) != body {
				t.Errorf("%s: %v", path, err)
			}
			n++
		}
	}
	if n != 60 {
		t.Errorf("%d photos, want 60", n)
	}
	write(t, filepath.Join(dir, "DCIM", "100APPLE", "Ünïcode & 100% #1.txt"), "hello")
	rclone("copy", filepath.Join(dir, "DCIM"), ":webdav:Copy/DCIM")
	if b, err := s.Body("/files/alice/Copy/DCIM/100APPLE/Ünïcode & 100% #1.txt"); err != nil || string(b) != "hello" {
		t.Errorf("%q, %v", b, err)
	}
	rclone("purge", ":webdav:Copy")
	if _, err := s.Items("/files/alice/Copy"); err == nil {
		t.Error("rclone's purge left the folder")
	}
}

// obscured is the password in the form that rclone takes.
func obscured(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("rclone", "obscure", "secret").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
