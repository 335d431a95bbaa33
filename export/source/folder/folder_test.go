package folder

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/sourcetest"
)

func open(t *testing.T, dir string) *Source {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func at(dir string, c export.Collection, id string) string {
	return filepath.Join(dir, filepath.FromSlash(c.ID), filepath.FromSlash(id))
}

func TestWriter(t *testing.T) {
	sourcetest.Writer(t, func(t *testing.T) sourcetest.WriterFixture {
		dir := t.TempDir()
		return sourcetest.WriterFixture{
			Writer: open(t, dir), Kinds: export.Kinds(), Places: false, Dates: true,
			Bytes: func(c export.Collection, id string) ([]byte, error) { return os.ReadFile(at(dir, c, id)) },
			Meddle: func(c export.Collection, id string, body []byte) error {
				return os.WriteFile(at(dir, c, id), body, 0o644)
			},
			Path: func(path string) string { return strings.ReplaceAll(path, "%", "_") },
		}
	})
}

// As a source, too, it keeps what sources promise.
func TestSource(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Fixture {
		dir := t.TempDir()
		s := open(t, dir)
		c, err := s.MakeCollection(t.Context(), export.Collection{Name: "Friends", Kind: export.Contacts})
		if err != nil {
			t.Fatal(err)
		}
		add := func(n int) error {
			_, err := s.Put(t.Context(), c, sourcetest.Sample(export.Contacts, n, "new"), export.Ref{})
			return err
		}
		for n := range 6 {
			if err := add(n); err != nil {
				t.Fatal(err)
			}
		}
		return sourcetest.Fixture{
			Source: s, Items: map[string]int{"Friends": 6, filepath.Base(dir): 0},
			Bytes:  func(c export.Collection, id string) ([]byte, error) { return os.ReadFile(at(dir, c, id)) },
			Add:    func(export.Collection) error { return add(100) },
			Remove: func(c export.Collection, id string) error { return os.Remove(at(dir, c, id)) },
		}
	})
}

// Nothing is written through a link that leads out of the folder, and nothing
// that stands in the way is replaced.
func TestNoWayOut(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	s := open(t, dir)
	photos, err := s.MakeCollection(t.Context(), export.Collection{Kind: export.Photos})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "2024")); err != nil {
		t.Skip("no links here")
	}
	if ref, err := s.Put(t.Context(), photos, sourcetest.Sample(export.Photos, 1, "new"), export.Ref{}); err == nil {
		t.Errorf("written to %+v", ref)
	}
	left, err := os.ReadDir(outside)
	if err != nil || len(left) > 0 {
		t.Errorf("outside there is %v, %v", left, err)
	}
	it := sourcetest.Sample(export.Photos, 1, "new")
	it.Folder = ""
	if err := os.Mkdir(filepath.Join(dir, it.Name), 0o755); err != nil {
		t.Fatal(err)
	}
	ref, err := s.Put(t.Context(), photos, it, export.Ref{})
	if err != nil || ref.ID == it.Name {
		t.Errorf("beside a folder of this name: %+v, %v", ref, err)
	}
}

// What cannot be written is named, and leaves nothing behind.
func TestCannotWrite(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, export.ErrAway) {
		t.Errorf("a folder that is not there: %v", err)
	}
	dir := t.TempDir()
	s := open(t, dir)
	photos := export.Collection{ID: photosID, Kind: export.Photos}
	it := sourcetest.Sample(export.Photos, 1, "new")
	it.Name = "notes.txt"
	if _, err := s.Put(t.Context(), photos, it, export.Ref{}); export.Cause(err) != export.ErrUnsupported {
		t.Errorf("a text among the photos: %v", err)
	}
	it = sourcetest.Sample(export.Photos, 1, "new")
	it.Size++
	if _, err := s.Put(t.Context(), photos, it, export.Ref{}); export.Cause(err) != export.ErrDamaged {
		t.Errorf("a photo that is shorter than it says: %v", err)
	}
	var files []string
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if len(files) > 0 {
		t.Errorf("left behind: %v", files)
	}
}
