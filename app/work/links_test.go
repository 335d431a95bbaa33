package work_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

// elsewhere stands in every file outside of the archive that a link leads to.
const elsewhere = "Elsewhere-7c1f"

// linkedLife is a small archive with an account of a folder of which one contact
// was lost and restored.
func linkedLife(t *testing.T) (w *work.Work, dir string) {
	t.Helper()
	w = newWork(t, work.Options{Now: func() time.Time { return time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC) }})
	from := filepath.Join(t.TempDir(), "source")
	for name, text := range map[string]string{
		"people/a.vcf":   "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:a\r\nFN:Ada A\r\nN:A;Ada;;;\r\nEND:VCARD\r\n",
		"people/b.vcf":   "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:b\r\nFN:Bea B\r\nN:B;Bea;;;\r\nEND:VCARD\r\n",
		"dates/1.ics":    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:e\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260105T100000Z\r\nSUMMARY:Choir\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		"pictures/1.jpg": "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9",
	} {
		at := filepath.Join(from, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := w.Find(t.Context(), work.Candidate{Type: settings.Folder, Values: source.Values{source.Address: from}})
	if err == nil {
		err = w.Add(t.Context(), "disk", work.Candidate{Type: settings.Folder, Values: source.Values{source.Address: from}}, f, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	run(t, w, "disk")
	if err := os.Remove(filepath.Join(from, "people", "b.vcf")); err != nil {
		t.Fatal(err)
	}
	p, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: "disk"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if out, err := w.Restore(t.Context(), p, nil); err != nil || out.Created != 1 {
		t.Fatalf("%v %+v", err, out)
	}
	if _, err := w.Prove(t.Context(), "disk", nil); err != nil {
		t.Fatal(err)
	}
	return w, w.ArchiveDir()
}

// linkVerbs are what is done with an archive, the last of them deletes.
var linkVerbs = []struct {
	name string
	do   func(ctx context.Context, w *work.Work) error
}{
	{"restore --dry-run", func(ctx context.Context, w *work.Work) error {
		p, err := w.PlanRestore(ctx, work.RestoreRequest{To: "disk"}, nil)
		if err != nil {
			return err
		}
		return p.Close()
	}},
	{"prove", func(ctx context.Context, w *work.Work) error { _, err := w.Prove(ctx, "disk", nil); return err }},
	{"verify", func(ctx context.Context, w *work.Work) error { _, err := w.Verify(ctx, nil); return err }},
	{"undo", func(ctx context.Context, w *work.Work) error { _, err := w.Undo(ctx, 1, nil); return err }},
	{"export", func(ctx context.Context, w *work.Work) error { _, err := w.Export(ctx, "disk", nil); return err }},
	{"prune", func(ctx context.Context, w *work.Work) error {
		p, err := w.PlanPrune(ctx, work.DeskOf(w).Options.Now())
		if err == nil {
			_, err = w.Prune(ctx, p)
		}
		return err
	}},
	{"verify --repair", func(ctx context.Context, w *work.Work) error { _, err := w.Repair(ctx, nil); return err }},
	{"forget", func(ctx context.Context, w *work.Work) error {
		p, err := w.PlanForget(ctx, archive.Forget{Account: "disk"})
		if err == nil {
			err = w.Forget(ctx, p)
		}
		return err
	}},
}

// outside is what the files below a folder hold.
func outside(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		b.WriteString(name + "\n")
		if d.Type().IsRegular() {
			text, err := os.ReadFile(name)
			b.Write(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// taken lists the files below dir, links left alone, that hold what stands
// elsewhere.
func taken(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(name)
		if bytes.Contains(text, []byte(elsewhere)) {
			list = append(list, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// link puts a link to what stands at out in the place of at, unless one is there.
func link(t *testing.T, at, out string) {
	t.Helper()
	if info, err := os.Lstat(at); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return
	}
	if err := errors.Join(os.RemoveAll(at), os.MkdirAll(filepath.Dir(at), 0o700), os.Symlink(out, at)); err != nil {
		t.Fatal(err)
	}
}

// TestNoLinkIsFollowed puts a link to something outside in the place of every
// name in an archive in turn, before each verb anew: nothing outside is read into
// the archive, changed or removed, and what is refused is told as what it is.
func TestNoLinkIsFollowed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a right of their own there")
	}
	w, dir := linkedLife(t)
	whole := filepath.Join(t.TempDir(), "whole")
	if err := os.CopyFS(whole, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	var names []string
	kinds := map[string]bool{} // the pages and journals of one kind are alike
	err := fs.WalkDir(os.DirFS(whole), ".", func(name string, d fs.DirEntry, err error) error {
		key := filepath.Ext(name)
		if name == "." || strings.HasPrefix(name, "readme/") && !d.IsDir() && kinds[key] {
			return err
		}
		kinds[key] = true
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, "history.db-journal", ".sidekeep/damaged", ".sidekeep/publish", ".sidekeep/restores/1/note.json.new", ".sidekeep/limits.json") {
		t.Run(name, func(t *testing.T) {
			if err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(whole))); err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(t.TempDir(), "out")
			at := filepath.Join(whole, filepath.FromSlash(name))
			if info, err := os.Stat(at); err == nil && info.IsDir() {
				err = os.CopyFS(out, os.DirFS(at))
				if err == nil {
					err = os.WriteFile(filepath.Join(out, "more.txt"), []byte(elsewhere), 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
			} else {
				text, _ := os.ReadFile(at) // a name that the archive does not have is an empty file
				if err := os.WriteFile(out, append(text, elsewhere...), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			before := outside(t, out)
			for _, v := range linkVerbs {
				link(t, filepath.Join(dir, filepath.FromSlash(name)), out)
				err := v.do(t.Context(), w)
				var own *work.Error
				if err != nil && !errors.Is(err, export.ErrLink) && !errors.As(err, &own) && export.Cause(err) == nil {
					t.Errorf("%s: it has no words: %v", v.name, err)
				}
				if testing.Verbose() {
					t.Logf("%s: %v", v.name, err)
				}
				if outside(t, out) != before {
					t.Fatalf("%s changed what is outside", v.name)
				}
				if list := taken(t, dir); len(list) > 0 {
					t.Fatalf("%s took what is outside into %v", v.name, list)
				}
			}
		})
	}
}
