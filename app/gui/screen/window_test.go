package screen

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"sidekeep/app/flow"
	"sidekeep/export"
	"sidekeep/export/archive"
)

// need finds a program, or ends the test: with a failure in CI, elsewhere with
// a line that says what to install.
func need(t *testing.T, program, debian string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: install %s (make deps)", program, debian)
	}
	t.Skipf("install %s (make deps)", debian)
	return ""
}

// TestWindow connects the demo phone by mouse, in the built program, on a real
// display without a window manager, and then reads the archive.
func TestWindow(t *testing.T) {
	xvfb, xdotool := need(t, "Xvfb", "xvfb"), need(t, "xdotool", "xdotool")
	dir := t.TempDir()
	program := filepath.Join(dir, "sidekeep")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "sidekeep/app").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	env := append(os.Environ(), "DISPLAY="+display(t, xvfb), "LANG=en_US.UTF-8", "FYNE_THEME=light", "HOME="+dir, "XDG_CONFIG_HOME="+dir,
		"SIDEKEEP_SETTINGS="+filepath.Join(dir, "settings"), "SIDEKEEP_ARCHIVE="+filepath.Join(dir, "archive"))
	var log bytes.Buffer
	window := exec.CommandContext(t.Context(), program)
	window.Dir, window.Env, window.Stdout, window.Stderr = dir, env, &log, &log
	if err := window.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = window.Process.Kill() // it may have ended
		_ = window.Wait()
		if t.Failed() {
			t.Logf("what the program wrote:\n%s", log.String())
		}
	})
	do := func(args ...string) ([]byte, error) {
		ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
		defer stop()
		c := exec.CommandContext(ctx, xdotool, args...)
		c.Env = env
		return c.CombinedOutput()
	}
	if out, err := do("search", "--sync", "--onlyvisible", "--name", "^Sidekeep$"); err != nil {
		t.Fatalf("no window: %v\n%s", err, out)
	}

	at := demoButton(t)
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(time.Second) {
		if time.Now().After(end) {
			t.Fatal("no export after 60 seconds")
		}
		if exported(t, filepath.Join(dir, "archive")) {
			break
		}
		// Motion first, so that the window knows where the pointer is.
		for _, args := range [][]string{
			{"mousemove", fmt.Sprint(int(at.X) - 5), fmt.Sprint(int(at.Y))},
			{"mousemove", fmt.Sprint(int(at.X)), fmt.Sprint(int(at.Y))},
			{"sleep", "0.2", "click", "1"},
		} {
			if out, err := do(args...); err != nil {
				t.Fatalf("xdotool %v: %v\n%s", args, err, out)
			}
		}
	}
}

// display starts an X server and returns its name.
func display(t *testing.T, xvfb string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.CommandContext(t.Context(), xvfb, "-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{w}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill() // it serves until it is killed
		_ = server.Wait()
	})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil && err != io.EOF || strings.TrimSpace(line) == "" {
		t.Fatalf("Xvfb names no display: %q, %v", line, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return ":" + strings.TrimSpace(line)
}

// demoButton is the middle of "Try the demo phone" in a window that opens.
func demoButton(t *testing.T) fyne.Position {
	t.Helper()
	s, _ := open(t, fyne.NewSize(windowWidth, windowHeight))
	s.draw(flow.View{Page: flow.Home, Home: flow.HomeView{Empty: true}})
	b := s.page.(*homePage).empty.demo
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
	return at.AddXY(b.Size().Width/2, b.Size().Height/2)
}

// exported reports whether dir is an archive with a good export of the demo
// phone.
func exported(t *testing.T, dir string) bool {
	t.Helper()
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		return false // not there yet, or being made
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	accounts, err := a.Accounts(t.Context())
	if err != nil || len(accounts) == 0 || accounts[0].LastGood == nil {
		return false
	}
	items := accounts[0].Items
	if items[export.Contacts] != 250 || items[export.Photos] != 60 {
		t.Errorf("the archive holds %v", items)
	}
	return true
}
