package archive_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"sidekeep/export/archive/history"
)

// TestMain is also the program that the tests start and kill: its verb and its
// arguments stand in the environment.
func TestMain(m *testing.M) {
	history.LongBody, history.ChunkSize = 16<<10, 4<<10
	var err error
	switch os.Getenv("SIDEKEEP_TEST_CHILD") {
	case "":
		os.Exit(m.Run())
	case "export":
		n, _ := strconv.Atoi(os.Getenv("SIDEKEEP_TEST_ARG"))
		err = exportChild(os.Getenv("SIDEKEEP_TEST_DIR"), n)
	case "kill":
		err = killChild(os.Getenv("SIDEKEEP_TEST_DIR"))
	case "write":
		err = writeChild(os.Getenv("SIDEKEEP_TEST_DIR"))
	case "forget":
		err = forgetChild(os.Getenv("SIDEKEEP_TEST_DIR"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child is this test binary as a program of its own.
func child(t testing.TB, verb, dir, arg string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "SIDEKEEP_TEST_CHILD="+verb, "SIDEKEEP_TEST_DIR="+dir, "SIDEKEEP_TEST_ARG="+arg)
	return cmd
}
