package archive_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
)

// TestVerifyFinds: every kind of damage is found, at the right file.
func TestVerifyFinds(t *testing.T) {
	write := func(name, text string) func(string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666) }
	}
	remove := func(name string) func(string) error {
		return func(dir string) error { return os.Remove(filepath.Join(dir, name)) }
	}
	query := func(q string) func(string) error {
		return func(dir string) error { change(t, dir, q); return nil }
	}
	flip := func(name string) func(string) error {
		return func(dir string) error {
			file := filepath.Join(dir, name)
			b, err := os.ReadFile(file)
			if err == nil {
				b[len(b)/2] ^= 1
				err = os.WriteFile(file, b, 0o666)
			}
			return err
		}
	}
	const pic = "data/Phone/Photos/2024/05/IMG_1.JPG"
	for _, c := range []struct {
		name string
		do   func(dir string) error
		want string // path of a Bad; "" if nothing is wrong
	}{
		{"nothing", func(string) error { return nil }, ""},
		{"litter", write("data/Phone/.DS_Store", "x"), ""},
		{"litter beside", write("Thumbs.db", "x"), ""},
		{"a photo with another bit", flip(pic), pic},
		{"a photo less", remove(pic), pic},
		{"contacts with another bit", flip("data/Phone/Contacts/People.vcf"), "data/Phone/Contacts/People.vcf"},
		{"a file more", write("data/Phone/Contacts/Mine.vcf", "x"), "data/Phone/Contacts/Mine.vcf"},
		{"a file more beside", write("notes.txt", "x"), "notes.txt"},
		{"index", flip("data/Phone/index.csv"), "data/Phone/index.csv"},
		{"manifest", flip(disk.ManifestFile), disk.ManifestFile},
		{"no manifest", remove(disk.ManifestFile), disk.ManifestFile},
		{"no tagmanifest", remove(disk.TagManifestFile), disk.TagManifestFile},
		{"bag-info", flip(disk.BagInfoFile), disk.BagInfoFile},
		{"README", remove(disk.ReadmeFile), disk.ReadmeFile},
		{"a body", query("UPDATE blob SET bytes = bytes || x'00' WHERE blob = 2"), "history.db, body 2"},
		{"a body less", query("DELETE FROM blob WHERE blob = 2"), disk.HistoryFile},
		{"an item's place", query("UPDATE place SET offset = offset + 1 WHERE item = 1"), "data/Phone/Contacts/People.vcf"},
		{"an item more", query("UPDATE item SET present = 0 WHERE item = 1"), "data/Phone/Contacts/People.vcf"},
		{"a photo row less", query("DELETE FROM photo WHERE path LIKE '%IMG_1.JPG'"), pic},
		{"damaged pages", func(dir string) error {
			f, err := os.OpenFile(filepath.Join(dir, disk.HistoryFile), os.O_RDWR, 0)
			if err != nil {
				return err
			}
			info, err := f.Stat()
			if err == nil {
				_, err = f.WriteAt([]byte(strings.Repeat("\xa5", 4096)), info.Size()-4096)
			}
			return errors.Join(err, f.Close())
		}, disk.HistoryFile},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filled(t)
			if err := c.do(dir); err != nil {
				t.Fatal(err)
			}
			a, err := archive.Open(dir, archive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			var done, total int64
			got, err := a.Verify(context.Background(), func(d, all int64) { done, total = d, all })
			if err != nil {
				t.Fatal(err)
			}
			if done == 0 || total < done {
				t.Errorf("progress: %d of %d", done, total)
			}
			if c.want == "" {
				if len(got.Bad) > 0 || got.Good != got.Checked {
					t.Errorf("%+v", got)
				}
				return
			}
			for _, b := range got.Bad {
				if b.Path == c.want {
					return
				}
			}
			t.Errorf("%s is not among %+v", c.want, got.Bad)
		})
	}
}
