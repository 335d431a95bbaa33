package settings

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"sidekeep/export"

	"github.com/zalando/go-keyring"
)

// testSecrets is what Secrets promises.
func testSecrets(t *testing.T, s Secrets) {
	ctx := t.Context()
	const key, secret = "home 1234", "pässwörd \"quoted\" $HOME\t%s"
	if _, err := s.Get(ctx, key); !errors.Is(err, ErrNoSecret) {
		t.Errorf("Get of nothing = %v", err)
	}
	if err := s.Delete(ctx, key); err != nil {
		t.Errorf("Delete of nothing = %v", err)
	}
	for _, want := range []string{secret, "another"} {
		if err := s.Set(ctx, key, want); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get(ctx, key); got != want || err != nil {
			t.Errorf("Get = %q, %v, want %q", got, err, want)
		}
	}
	if _, err := s.Get(ctx, "home 5678"); !errors.Is(err, ErrNoSecret) {
		t.Errorf("Get of another key = %v", err)
	}
	if err := s.Delete(ctx, key); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(ctx, key); !errors.Is(err, ErrNoSecret) {
		t.Errorf("Get after Delete = %v", err)
	}
}

func TestKeychainInMemory(t *testing.T) {
	keyring.MockInit()
	testSecrets(t, Keychain())
}

func TestNoKeychain(t *testing.T) {
	keyring.MockInitWithError(errors.New("no bus"))
	t.Cleanup(keyring.MockInit)
	if err := Keychain().Set(t.Context(), "a", "b"); !errors.Is(err, export.ErrNoKeychain) {
		t.Errorf("Set = %v", err)
	}
	if _, err := Keychain().Get(t.Context(), "a"); !errors.Is(err, export.ErrNoKeychain) {
		t.Errorf("Get = %v", err)
	}
}

// TestAnswerEndsWithItsContext: a keychain that waits for its owner does not
// keep a stopped program.
func TestAnswerEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	never := make(chan struct{})
	defer close(never)
	_, err := answer(ctx, func() (string, error) { <-never; return "", nil })
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("answer = %v", err)
	}
}

// TestSecretService runs testSecrets again in a process that has a session bus
// and a real Secret Service of its own.
func TestSecretService(t *testing.T) {
	const inner = "SIDEKEEP_TEST_SECRET_SERVICE"
	if os.Getenv(inner) != "" {
		unlock := exec.CommandContext(t.Context(), "gnome-keyring-daemon", "--unlock", "--components=secrets")
		unlock.Stdin = bytes.NewBufferString("login")
		if out, err := unlock.CombinedOutput(); err != nil {
			t.Fatalf("unlocking: %v\n%s", err, out)
		}
		testSecrets(t, Keychain())
		return
	}
	for _, name := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal("install gnome-keyring and dbus (make deps)")
			}
			t.Skip("install gnome-keyring and dbus to try a real keychain (make deps)")
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "dbus-run-session", "--", self, "-test.run=^TestSecretService$", "-test.v")
	home := t.TempDir()
	cmd.Env = append(os.Environ(), inner+"=1", "HOME="+home, "XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home)
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestSecretService")) {
		t.Errorf("%v\n%s", err, out)
	}
}
