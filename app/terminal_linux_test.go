package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"net/http/httptest"

	"sidekeep/assets"
	"sidekeep/export/davserver"

	"golang.org/x/sys/unix"
)

// A console is a terminal with a program on it.
type console struct {
	t      *testing.T
	master *os.File
	slave  *os.File
	cmd    *exec.Cmd
	shown  bytes.Buffer // everything that was to be seen
}

// onTerminal starts the program on a new terminal.
func onTerminal(t *testing.T, args ...string) *console {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = master.Close() }) // a terminal keeps nothing
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = slave.Close() }) // as above
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, ".config"), "TERM=xterm",
		"LANG=en_US.UTF-8", "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(home, "no-bus"))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &console{t: t, master: master, slave: slave, cmd: cmd}
}

// await reads until text is to be seen.
func (c *console) await(text string) {
	c.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	buf := make([]byte, 4096)
	for !strings.Contains(c.shown.String(), text) {
		if err := c.master.SetReadDeadline(deadline); err != nil {
			c.t.Fatal(err)
		}
		n, err := c.master.Read(buf)
		c.shown.Write(buf[:n])
		if err != nil {
			c.t.Fatalf("%q is not to be seen: %v\n%s", text, err, c.shown.String())
		}
	}
}

func (c *console) write(text string) {
	c.t.Helper()
	if _, err := c.master.WriteString(text); err != nil {
		c.t.Fatal(err)
	}
}

// code waits for the end of the program.
func (c *console) code() int {
	c.t.Helper()
	err := c.cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return 0
}

// echoes reports whether the terminal shows what is typed.
func (c *console) echoes() bool {
	c.t.Helper()
	state, err := unix.IoctlGetTermios(int(c.slave.Fd()), unix.TCGETS)
	if err != nil {
		c.t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// awaitNoEcho waits until the program has stopped the terminal from showing
// what is typed.
func (c *console) awaitNoEcho() {
	c.t.Helper()
	for end := time.Now().Add(10 * time.Second); c.echoes(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatal("what is typed is shown")
		}
	}
}

func servedPhone(t *testing.T) string {
	t.Helper()
	phone, err := davserver.Phone(assets.DemoPhone(), davserver.Options{User: "alice", Password: "s3cret"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(phone)
	t.Cleanup(server.Close)
	return server.URL + "/"
}

// TestPasswordIsNotShown types a password and lets it be refused by a machine
// without a keychain: by then it has signed in.
func TestPasswordIsNotShown(t *testing.T) {
	c := onTerminal(t, "account", "add", "home", "--url", servedPhone(t))
	c.await("Name to sign in with")
	c.write("alice\n")
	c.await("Password for alice")
	c.awaitNoEcho()
	c.write("s3cret\n")
	c.await("Together: 250 people")
	c.await("Save the account")
	if !c.echoes() {
		t.Error("the terminal shows nothing more")
	}
	c.write("y\n")
	c.await("no keychain that answers")
	if code := c.code(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if strings.Contains(c.shown.String(), "s3cret") {
		t.Errorf("the password was shown:\n%s", c.shown.String())
	}
}

// TestStopAtThePassword: Ctrl-C at the question leaves a terminal that works.
func TestStopAtThePassword(t *testing.T) {
	c := onTerminal(t, "account", "add", "home", "--url", servedPhone(t), "--user", "alice")
	c.await("Password for alice")
	c.awaitNoEcho()
	c.write("\x03")
	if code := c.code(); code != 130 {
		t.Errorf("exit code %d", code)
	}
	if !c.echoes() {
		t.Error("the terminal shows nothing more")
	}
}

// TestRestoreAsks: a plan is shown, and nothing is written before a yes.
func TestRestoreAsks(t *testing.T) {
	dir := t.TempDir()
	in := []string{"--settings", filepath.Join(dir, "settings"), "--archive", filepath.Join(dir, "archive")}
	for _, args := range [][]string{
		{"account", "add", "phone", "--url", servedPhone(t), "--user", "alice", "--password-command", "printf s3cret", "--only", "contacts"},
		{"export", "--quiet", "--no-proof"},
	} {
		if out, err := exec.CommandContext(t.Context(), program, append(args, in...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	card := filepath.Join(dir, "nora.vcf")
	if err := os.WriteFile(card, []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:nora\r\nN:Neu;Nora;;;\r\nFN:Nora Neu\r\nEND:VCARD\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	restore := append([]string{"restore", "phone", card}, in...)
	for _, step := range []struct {
		args               []string
		asks, answer, ends string
		code               int
	}{
		{restore, "Write this to “phone”?", "\n", "Nothing was written", 0},
		{restore, "Write this to “phone”?", "\x03", "Stopped", 130},
		{append([]string{"undo"}, in...), "There is no restore that could be turned back", "", "undo --list", 2},
		{restore, "Write this to “phone”?", "y\n", "sidekeep undo 1", 0},
		{append([]string{"undo"}, in...), "Turn it back?", "no\n", "Nothing was written", 0},
		{append([]string{"undo"}, in...), "Turn it back?", "yes\n", "1 removed", 0},
	} {
		c := onTerminal(t, step.args...)
		c.await(step.asks)
		c.write(step.answer)
		c.await(step.ends)
		if code := c.code(); code != step.code {
			t.Errorf("%q: exit code %d\n%s", step.asks, code, c.shown.String())
		}
	}
}
