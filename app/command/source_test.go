package command

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/source"
	"sidekeep/export/source/all"
	"sidekeep/export/source/files"

	"github.com/zalando/go-keyring"
)

// shelf is a type that nothing but this test knows: a drawer of a cupboard.
func shelf(seen *source.Config) source.Type {
	return source.Type{
		ID: "cupboard", Gives: []export.Kind{export.Contacts},
		Fields: []source.Field{
			{ID: "cupboard", Flag: "cupboard", Form: source.Path, Leads: true},
			{ID: "drawer", Flag: "drawer"},
			{ID: source.User, Flag: "user", Form: source.Name},
			{ID: source.Password, Form: source.Secret},
		},
		Open: func(ctx context.Context, c source.Config) (export.Source, error) {
			*seen = c
			if word, err := c.Secret(ctx); err != nil || word != "sesame" {
				return nil, export.ErrSignIn
			}
			return files.Open([]string{filepath.Join(c.Values["cupboard"], c.Values["drawer"])})
		},
	}
}

// TestTypeOfItsOwn plays the verbs with a type of source that is in the list and
// nowhere else: its flags are there, what they tell is kept and comes back, and its
// items are exported.
func TestTypeOfItsOwn(t *testing.T) {
	keyring.MockInit()
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	drawer := filepath.Join(dir, "oak", "upper")
	if err := os.MkdirAll(drawer, 0o700); err != nil {
		t.Fatal(err)
	}
	card := "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:a\r\nFN:Anna\r\nN:;Anna;;;\r\nEND:VCARD\r\n"
	if err := os.WriteFile(filepath.Join(drawer, "people.vcf"), []byte(card), 0o600); err != nil {
		t.Fatal(err)
	}
	var seen source.Config
	play := func(want int, stdin string, args ...string) string {
		t.Helper()
		var out, told bytes.Buffer
		s := &session{
			stdin: bufio.NewReader(strings.NewReader(stdin)), stdout: newPrinter(&out, false), stderr: newPrinter(&told, true),
			types: append(all.Types(), shelf(&seen)),
		}
		args = append(args, "--settings", filepath.Join(dir, "settings"), "--archive", filepath.Join(dir, "archive"))
		if code := s.run(t.Context(), args); code != want {
			t.Fatalf("%v: exit code %d, want %d\n%s%s", args, code, want, &out, &told)
		}
		return out.String() + told.String()
	}
	has := func(text string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("there is no %q in:\n%s", part, text)
			}
		}
	}
	oak := filepath.Join(dir, "oak")

	has(play(good, "", "account", "add", "--help"), "--cupboard", "--drawer", "--url URL | --folder DIR | --cupboard DIR")
	has(play(usage, "", "account", "add", "x", "--cupboard", oak, "--photos", "http://a"), "photos")
	has(play(usage, "", "account", "add", "x", "--drawer", "upper"), "drawer")
	has(play(usage, "", "account", "add", "x", "--folder", oak, "--password-stdin"), "A folder has no address and no sign-in.")
	has(play(failed, "wrong\n", "account", "add", "oak", "--cupboard", oak, "--drawer", "upper", "--user", "anna", "--password-stdin"), "Nothing was saved.")
	has(play(good, "sesame\n", "account", "add", "oak", "--cupboard", oak, "--drawer", "upper", "--user", "anna", "--password-stdin"), "“oak” is saved")
	has(play(good, "", "account", "list", "--json"), `"type": "cupboard"`, `"cupboard": "`+oak+`"`, `"drawer": "upper"`, `"user": "anna"`)
	has(play(good, "", "account", "list"), oak)
	has(play(good, "", "account", "check", "oak"), "people")
	seen = source.Config{}
	has(play(good, "", "export", "oak"), "oak: export 1", "1")
	if seen.Values["cupboard"] != oak || seen.Values["drawer"] != "upper" || seen.Values[source.User] != "anna" || seen.Values[source.Password] != "" {
		t.Errorf("the export opens it with %v", seen.Values)
	}
	has(play(good, "", "list", "contacts"), "Anna")
	has(play(usage, "", "restore", "oak", "--yes", filepath.Join(drawer, "people.vcf")), "Sidekeep only reads it")
	text, err := os.ReadFile(filepath.Join(dir, "settings", "settings.toml"))
	if err != nil || strings.Contains(string(text), "sesame") {
		t.Errorf("%v; the settings:\n%s", err, text)
	}
	// A program that does not know the type says so, and keeps the account.
	var told bytes.Buffer
	s := &session{stdin: bufio.NewReader(strings.NewReader("")), stdout: newPrinter(&told, false), stderr: newPrinter(&told, true)}
	if code := s.run(t.Context(), []string{"export", "oak", "--settings", filepath.Join(dir, "settings"), "--archive", filepath.Join(dir, "archive")}); code != failed {
		t.Errorf("exit code %d", code)
	}
	has(told.String(), "a type that this Sidekeep does not know", "cupboard")
	// The archive must not be copied into itself, whatever the type.
	has(play(usage, "sesame\n", "account", "add", "in", "--cupboard", filepath.Join(dir, "archive"), "--password-stdin"), "lie one in the other")
}
