package words

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/source"
	"sidekeep/export/source/all"
)

// unwelcome are the words that the window and the command line do not use.
var unwelcome = regexp.MustCompile(`(?i)\b(please|oops|successfully|CalDAV|CardDAV|WebDAV|ETag|sync|vCard|resource|contact object)\b|!`)

func TestForEveryCause(t *testing.T) {
	seen := map[string]error{}
	for _, cause := range export.Causes() {
		w := For(fmt.Errorf(`reading calendar "Home": %w`, cause))
		for what, s := range map[string]string{"Title": w.Title, "Meaning": w.Meaning, "Try": w.Try} {
			if s == "" {
				t.Errorf("%v: no %s", cause, what)
				continue
			}
			if !strings.HasSuffix(s, ".") {
				t.Errorf("%v: %s is no sentence: %q", cause, what, s)
			}
			if bad := unwelcome.FindString(s); bad != "" {
				t.Errorf("%v: %s says %q: %q", cause, what, bad, s)
			}
		}
		if other, ok := seen[w.Title]; ok {
			t.Errorf("%v and %v have the same title %q", cause, other, w.Title)
		}
		seen[w.Title] = cause
	}
	if len(causes) != len(export.Causes()) {
		t.Errorf("words for %d causes, export has %d", len(causes), len(export.Causes()))
	}
}

func TestForOtherErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		want error
	}{
		{context.Canceled, export.ErrStopped},
		{context.DeadlineExceeded, export.ErrUnreachable},
		{&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, export.ErrFull},
		{&fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}, export.ErrNotWritable},
		{errors.Join(errors.New("x"), export.ErrFull), export.ErrFull},
	} {
		if got := For(c.err); got != causes[c.want] {
			t.Errorf("For(%v) = %q, want the words for %v", c.err, got, c.want)
		}
	}
	if w := For(errors.New("the moon fell")); !strings.Contains(w.Title, "the moon fell") || w.Try == "" {
		t.Errorf("an unknown error is not quoted: %q", w)
	}
	if w := For(nil); w != (Words{}) {
		t.Errorf("words for no error: %q", w)
	}
}

func TestRefusedNamesTheHost(t *testing.T) {
	for cause := range questions {
		q := export.Question{Cause: cause, Host: "dav.example.org:8443", Detail: "00ff"}
		err := export.Ask{}.Yes(context.Background(), q)
		w := For(err)
		if !strings.Contains(w.Title, q.Host) || w.Try != nobodyTry {
			t.Errorf("%v with nobody there: %q", cause, w)
		}
		a := Asking(q)
		if !strings.Contains(a.Title, q.Host) || a.Meaning == "" || a.Try == "" || a.Yes == "" || a.No == "" {
			t.Errorf("%v as a question: %+v", cause, a)
		}
	}
	q := Asking(export.Question{Cause: export.ErrCertificate, Detail: strings.Repeat("a0", 32)})
	if lines := strings.Split(q.Detail, "\n"); len(lines) != 4 || lines[0] != "A0 A0 A0 A0 A0 A0 A0 A0" {
		t.Errorf("fingerprint = %q", q.Detail)
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1204: "1,204", 1234567: "1,234,567", -1204: "-1,204"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1 KB", 4_200_000: "4.2 MB", 9_949_000: "9.9 MB", 9_960_000: "10 MB",
		212_400_000_000: "212 GB", 999_600_000: "1 GB", 1 << 62: "4.6 EB",
	} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q, want %q", n, got, want)
		}
	}
	if got := Counts(map[export.Kind]int{export.Contacts: 1, export.Events: 1204, export.Todos: 0, export.Photos: 2}); got != "1 person, 1,204 events and 2 photos" {
		t.Errorf("Counts = %q", got)
	}
	five := 1654
	if got := Sum(export.Counts{Found: &five, Kept: 5, Unchanged: 1649}); got != "1,654 listed = 5 kept + 1,649 unchanged + 0 set aside + 0 failed." {
		t.Errorf("Sum = %q", got)
	}
	if got := Sum(export.Counts{Kept: 5}); strings.Contains(got, "=") {
		t.Errorf("a broken listing has a sum: %q", got)
	}
}

func TestTimes(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	now := time.Date(2026, 3, 12, 20, 30, 0, 0, berlin) // a Thursday
	for _, c := range []struct {
		t         time.Time
		when, ago string
	}{
		{time.Time{}, "never", "never"},
		{now.Add(-10 * time.Second), "today 20:29", "just now"},
		{now.Add(-61 * time.Second), "today 20:28", "1 minute ago"},
		{now.Add(-2 * time.Hour), "today 18:30", "2 hours ago"},
		{time.Date(2026, 3, 12, 0, 0, 0, 0, berlin).UTC(), "today 00:00", "20 hours ago"},
		{time.Date(2026, 3, 11, 7, 5, 0, 0, berlin), "yesterday 07:05", "yesterday"},
		{time.Date(2026, 3, 10, 7, 5, 0, 0, berlin), "Tuesday", "on Tuesday"},
		{time.Date(2026, 3, 5, 7, 5, 0, 0, berlin), "5 March", "on 5 March"},
		{time.Date(2025, 12, 24, 7, 5, 0, 0, berlin), "24 December 2025", "on 24 December 2025"},
	} {
		if got := When(c.t, now); got != c.when {
			t.Errorf("When(%v) = %q, want %q", c.t, got, c.when)
		}
		if got := Ago(c.t, now); got != c.ago {
			t.Errorf("Ago(%v) = %q, want %q", c.t, got, c.ago)
		}
	}
	if got := When(now.Add(30*time.Minute), now); got != "today 21:00" {
		t.Errorf("the next export: %q", got)
	}
	for d, want := range map[time.Duration]string{
		20 * time.Second: "Less than a minute left", 70 * time.Second: "About 1 minute left", 6 * time.Minute: "About 6 minutes left", 3 * time.Hour: "About 3 hours left",
	} {
		if got := Left(d); got != want {
			t.Errorf("Left(%v) = %q, want %q", d, got, want)
		}
	}
}

// A link in an archive is mended by a button in the window and by a verb where
// verbs are typed.
func TestLinkedFolder(t *testing.T) {
	err := fmt.Errorf("exporting: %w", &export.LinkError{Folder: "/a", Name: "data", To: "/b", IsFolder: true})
	if w := For(err); !strings.Contains(w.Try, UseAnother) || strings.Contains(w.Try, "sidekeep ") {
		t.Errorf("in the window: %q", w.Try)
	}
	if w := Typed(err, true); !strings.Contains(w.Try, "sidekeep open FOLDER") {
		t.Errorf("typed: %q", w.Try)
	}
}

// TestForEverySource: each type of source and each of its fields has words.
func TestForEverySource(t *testing.T) {
	for _, x := range source.Accounts(all.Types()) {
		w, ok := sources[x.ID]
		if !ok || len(x.Services) == 0 && (w.tile == "" || w.line == "") {
			t.Errorf("%s has no words", x.ID)
		}
		for _, f := range x.Fields {
			words := w.fields[f.ID]
			if f.Flag != "" && words.usage == "" || f.Form != source.Path && words.label == nil {
				t.Errorf("%s: the field %s has no words", x.ID, f.ID)
			}
		}
		for _, fault := range []source.Fault{source.Missing, source.Foreign, source.WithSecret} {
			err := &source.FieldError{Type: x.ID, Field: x.Fields[0].ID, Fault: fault}
			for _, said := range []Words{Typed(err, true), For(err)} {
				if !strings.HasSuffix(said.Title, ".") || !strings.HasSuffix(said.Try, ".") || unwelcome.MatchString(said.String()) {
					t.Errorf("%v: %q", err, said)
				}
			}
		}
	}
}

// TestRestoreDone: what is there is told by kind, so that no kind seems to have
// more than there were.
func TestRestoreDone(t *testing.T) {
	for want, x := range map[string][2]map[export.Kind]int{
		"All 34 people are on Phone":                       {{export.Contacts: 34}, {export.Contacts: 34}},
		"1 person is on Phone":                             {{export.Contacts: 1}, {export.Contacts: 1}},
		"1 of 34 people is on Phone":                       {{export.Contacts: 1}, {export.Contacts: 34}},
		"34 of 34 people and 9 of 20 events are on Phone":  {{export.Contacts: 34, export.Events: 9}, {export.Contacts: 34, export.Events: 20}},
		"0 of 34 people and 9 of 9 to-dos are on Phone":    {{export.Todos: 9}, {export.Contacts: 34, export.Todos: 9}},
		"All 34 people, 2 events and 1 to-do are on Phone": {{export.Contacts: 34, export.Events: 2, export.Todos: 1}, {export.Contacts: 34, export.Events: 2, export.Todos: 1}},
	} {
		if got := RestoreDone(x[0], x[1], "Phone"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
