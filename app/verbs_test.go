package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// program is the built program that the scripts run.
var program string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sidekeep-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // in the system's folder for temporary files
	program = filepath.Join(dir, "sidekeep")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// TestVerbs runs each script of testdata/script with the built program. What
// the scripts can do besides the commands of testscript stands in commands.
func TestVerbs(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) < 10 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                commands(t),
		Condition:           condition,
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			for name, value := range map[string]string{
				"HOME": home, "XDG_CONFIG_HOME": filepath.Join(home, ".config"),
				"LANG": "en_US.UTF-8", "TZ": "Europe/Berlin", "DISPLAY": "", "WAYLAND_DISPLAY": "",
				"PATH":                     filepath.Dir(program) + string(filepath.ListSeparator) + os.Getenv("PATH"),
				"DBUS_SESSION_BUS_ADDRESS": "unix:path=" + filepath.Join(e.WorkDir, "no-bus"),
				"XDG_RUNTIME_DIR":          filepath.Join(e.WorkDir, "no-runtime-dir"),
			} {
				e.Setenv(name, value)
			}
			return os.MkdirAll(home, 0o700)
		},
	})
}

// condition answers [mount]: whether this process may mount a file system.
func condition(name string) (bool, error) {
	if name != "mount" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	dir, err := os.MkdirTemp("", "sidekeep-mount")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.Remove(dir) }() // in the system's folder for temporary files
	if exec.Command("mount", "-t", "tmpfs", "none", dir).Run() != nil {
		return false, nil
	}
	return true, exec.Command("umount", dir).Run()
}

// commands are what scripts can do besides the commands of testscript:
//
//	code N PROGRAM ARG...     runs a program, which has to end with exit code N
//	serve NAME WHAT...        starts a server; $NAME is its address
//	change NAME WHAT          adds or removes a contact on a server made by serve
//	requests NAME reset|N     forgets how many there were, fails if there were more since
//	json FILE PATH WANT       compares a value in a JSON file or in stdout
//	snapshot NAME DIR         remembers every file of a folder
//	same NAME DIR [EXCEPT...] compares it with what was remembered
//	tmpfs DIR SIZE|ro         mounts a small or read-only disk
//	sql FILE STATEMENT        changes a history.db by hand
//	garble FILE OFFSET        overwrites bytes in a file
//	whole DIR                 checks an archive with sha256sum
//	missing PROGRAM           fails in CI, where everything is installed
func commands(t *testing.T) map[string]func(*testscript.TestScript, bool, []string) {
	s := &servers{t: t}
	return map[string]func(*testscript.TestScript, bool, []string){
		"code":     cmdCode,
		"serve":    s.serve,
		"change":   s.change,
		"requests": s.requests,
		"json":     cmdJSON,
		"snapshot": cmdSnapshot,
		"same":     cmdSame,
		"tmpfs":    cmdTmpfs,
		"sql":      cmdSQL,
		"garble":   cmdGarble,
		"whole":    cmdWhole,
		"missing":  cmdMissing,
	}
}

func cmdMissing(ts *testscript.TestScript, _ bool, args []string) {
	if os.Getenv("CI") == "true" {
		ts.Fatalf("install %s (make deps)", strings.Join(args, " "))
	}
}

func cmdCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM ARG...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = fmt.Sprint(exit.ExitCode())
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
	if args[1] == "sidekeep" && code != "0" && code != "2" {
		explained(ts)
	}
}

// explained makes sure that stderr has a sentence on what happened and one on
// what to do.
func explained(ts *testscript.TestScript) {
	lines := strings.Split(ts.ReadFile("stderr"), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "sidekeep: ") && i+2 < len(lines) &&
			strings.HasPrefix(lines[i+1], "  ") && strings.HasPrefix(lines[i+2], "  ") {
			return
		}
	}
	ts.Fatalf("stderr does not say what happened, what it means and what to do")
}
