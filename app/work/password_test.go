package work_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sidekeep/app/work"
	"sidekeep/app/work/desk"
	"sidekeep/export"
)

func TestPasswordCommand(t *testing.T) {
	for command, want := range map[string]string{
		"printf secret":              "secret",
		"echo secret":                "secret",
		`printf 'se cret\r\n'`:       "se cret",
		`printf ' p\303\244ss '`:     " päss ",
		"echo noise >&2; echo right": "right",
	} {
		if got, err := desk.RunPasswordCommand(t.Context(), command); got != want || err != nil {
			t.Errorf("%s: %q, %v, want %q", command, got, err, want)
		}
	}
}

// TestPasswordCommandFails: what a failing command writes may be half a
// secret, so it is in no error.
func TestPasswordCommandFails(t *testing.T) {
	for command, want := range map[string]string{
		"echo s3cret; echo s3cret >&2; exit 3": "exit code 3",
		"true":                                 "wrote nothing",
		`printf '\n'`:                          "wrote nothing",
		`printf 's3cret\nline'`:                "more than one line",
		"/no/such/s3cret-program; echo s3cret >&2; false": "exit code 1",
	} {
		got, err := desk.RunPasswordCommand(t.Context(), command)
		if got != "" || !errors.Is(err, export.ErrNoPassword) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v, want %q", command, got, err, want)
		}
		if own := (*work.Error)(nil); !errors.As(err, &own) || strings.Contains(own.What+own.Meaning+own.Try, "s3cret") {
			t.Errorf("%s: the error quotes the output or the command: %+v", command, own)
		}
	}
}

func TestPasswordCommandIsStopped(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := desk.RunPasswordCommand(ctx, "sleep 60"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
