package desk

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/settings"
)

// commandWait bounds how long a password command may take.
const commandWait = 2 * time.Minute

// RunPasswordCommand runs command by the system's shell and returns what it
// writes, without the line end. Neither its output nor its error output ever
// becomes part of an error.
func RunPasswordCommand(ctx context.Context, command string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandWait)
	defer cancel()
	shell, flag := "sh", "-c"
	if runtime.GOOS == "windows" {
		shell, flag = "cmd", "/C"
	}
	cmd := exec.CommandContext(ctx, shell, flag, command)
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout = &out
	err := cmd.Run()
	if err := context.Cause(ctx); errors.Is(err, context.Canceled) {
		return "", err
	}
	if err != nil {
		why := "it could not be run"
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			why = fmt.Sprintf("it ended with exit code %d", exit.ExitCode())
		}
		if ctx.Err() != nil {
			why = fmt.Sprintf("it took longer than %v", commandWait)
		}
		return "", commandFailed(why)
	}
	secret := strings.TrimRight(out.String(), "\r\n")
	switch {
	case secret == "":
		return "", commandFailed("it wrote nothing")
	case strings.ContainsAny(secret, "\r\n\x00"):
		return "", commandFailed("it wrote more than one line")
	}
	return secret, nil
}

func commandFailed(why string) error {
	return &Error{
		What:    "The password command gave no password: " + why + ".",
		Meaning: AsItWas,
		Try:     "Run the command by itself: it has to write the password, and nothing else, to its output.",
		Err:     export.ErrNoPassword,
	}
}

// SecretOf returns a function that finds the password of a when it is needed.
func SecretOf(w *Desk, a settings.Account) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) { return findSecret(w, ctx, a) }
}

func findSecret(w *Desk, ctx context.Context, a settings.Account) (string, error) {
	switch {
	case a.PasswordCommand != "":
		return RunPasswordCommand(ctx, a.PasswordCommand)
	case a.Secret != "":
		s, err := w.Options.Secrets.Get(ctx, a.Secret)
		if errors.Is(err, settings.ErrNoSecret) {
			return "", NoPassword(a.Name)
		}
		return s, err
	case a.User != "":
		return "", NoPassword(a.Name)
	}
	return "", nil
}

// SecretKey makes the name under which the keychain holds the password of a
// new account, so that two settings folders with an account of one name do not
// share it.
func SecretKey(name string) string { return name + " " + rand.Text()[:8] }
