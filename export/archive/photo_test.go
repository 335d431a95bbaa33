package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/verify"
)

// TestPhotoIsContinued: a photo whose connection is lost goes on where it
// stopped, and its hash covers everything.
func TestPhotoIsContinued(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789"), 10000)
	for _, ranges := range []bool{true, false} {
		a := create(t, archive.Options{})
		var asked []int64
		cut := int64(40000)
		it := picture("p/IMG.JPG", "1", "", body, aDay)
		it.Open = func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
			asked = append(asked, from)
			if !ranges {
				from = 0
			}
			end := min(from+cut, int64(len(body)))
			r := io.Reader(bytes.NewReader(body[from:end]))
			if end < int64(len(body)) {
				r = io.MultiReader(r, broken{})
			}
			return io.NopCloser(r), from, nil
		}
		s := &shelf{collections: []*shelved{{Collection: export.Collection{ID: "p", Name: "P", Kind: export.Photos}, items: []export.Item{it}}}}
		if l := run(t, a, s); l.Failed != 1 {
			t.Fatalf("first: %+v", l.Counts)
		}
		dir := a.Dir()
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		a, err := archive.Open(dir, archive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		cut = 100000
		if l := run(t, a, s); l.Kept != 1 {
			t.Fatalf("second: %+v", l.Counts)
		}
		if !slices.Equal(asked, []int64{0, 40000}) {
			t.Errorf("asked for %v", asked)
		}
		if held, err := bodies(t, a); err != nil || held["p/IMG.JPG"] != string(body) {
			t.Errorf("ranges %v: it is not as delivered: %v", ranges, err)
		}
		whole(t, a)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSamePhotos: the same content is there once, whatever it is called, and
// different content of one name twice.
func TestSamePhotos(t *testing.T) {
	a := create(t, archive.Options{})
	s := &shelf{collections: []*shelved{
		{Collection: export.Collection{ID: "p", Name: "P", Kind: export.Photos}, items: []export.Item{
			picture("a/IMG_1.JPG", "1", "a", []byte("one"), aDay),
			picture("b/IMG_1.jpg", "1", "b", []byte("two"), aDay),
			picture("b/copy.jpg", "1", "b", []byte("one"), aDay),
			picture("c/img_1.MOV", "1", "c", []byte("a clip of another folder"), aDay),
			picture("c/CON.jpg", "1", "c", []byte("device"), aDay),
			picture("c/none", "1", "c", []byte("undated"), time.Time{}),
		}},
		{Collection: export.Collection{ID: "q", Name: "Q", Kind: export.Photos}, items: []export.Item{picture("q/again.jpg", "1", "", []byte("two"), aDay)}},
	}}
	if l := run(t, a, s); l.Kept != 7 {
		t.Fatalf("%+v", l.Counts)
	}
	for id, want := range map[string]string{
		"a/IMG_1.JPG": "2024/05/IMG_1.JPG", "b/IMG_1.jpg": "2024/05/IMG_1 (2).jpg", "b/copy.jpg": "2024/05/IMG_1.JPG",
		"c/img_1.MOV": "2024/05/img_1 (3).MOV", "c/CON.jpg": "2024/05/_CON.jpg", "c/none": "Undated/none", "q/again.jpg": "2024/05/IMG_1 (2).jpg",
	} {
		if it := itemOf(t, a, id); it.Path != "data/Phone/Photos/"+want {
			t.Errorf("%s is at %s, want %s", id, it.Path, want)
		}
	}
	if got := read(t, a, "data/Phone/Albums/b.txt"); got != "../Photos/2024/05/IMG_1 (2).jpg\r\n../Photos/2024/05/IMG_1.JPG\r\n" {
		t.Errorf("album: %q", got)
	}
	whole(t, a)
}

// TestUnknownFilesStay: a file that a person put where the archive wants to
// write is not replaced.
func TestUnknownFilesStay(t *testing.T) {
	a := create(t, archive.Options{})
	for _, name := range []string{"data/Phone/Photos/2024/05/IMG_0.JPG", "data/Phone/Contacts/People.vcf"} {
		file := filepath.Join(a.Dir(), filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("mine"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	run(t, a, tinyPhone())
	for _, name := range []string{"data/Phone/Photos/2024/05/IMG_0.JPG", "data/Phone/Contacts/People.vcf"} {
		if got := read(t, a, name); got != "mine" {
			t.Errorf("%s was replaced", name)
		}
	}
	if it := itemOf(t, a, "/f/DCIM/IMG_0.JPG"); it.Path != "data/Phone/Photos/2024/05/IMG_0 (2).JPG" {
		t.Errorf("the photo is at %s", it.Path)
	}
	if it := itemOf(t, a, "/c/people/0.vcf"); it.Path != "data/Phone/Contacts/People (2).vcf" {
		t.Errorf("the contacts are at %s", it.Path)
	}
}

// TestPhotosOfABatch: photos whose files wait for one sync and their places are
// what they were delivered as, also one that is put twice, one of the same bytes,
// and one whose name something unknown has; and nothing is left aside.
func TestPhotosOfABatch(t *testing.T) {
	a := create(t, archive.Options{Disk: func(dir string) (disk.Disk, error) {
		d, err := disk.OpenDisk(dir)
		return alwaysAtOnce{d}, err
	}})
	taken := filepath.Join(a.Dir(), "data/Phone/Photos/2024/05/IMG_7.JPG")
	if err := os.MkdirAll(filepath.Dir(taken), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(taken, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	var items []export.Item
	for i := range 40 {
		items = append(items, picture(fmt.Sprintf("p/IMG_%d.JPG", i), "1", "p", fmt.Appendf(nil, "photo %d", i%35), aDay))
	}
	large := bytes.Repeat([]byte("large"), disk.SyncLarge)
	items = append(items, picture("p/none.JPG", "1", "p", nil, aDay), picture("p/large.JPG", "1", "p", large, aDay),
		picture("p/IMG_3.JPG", "2", "p", []byte("another under the same ID"), aDay))
	s := &shelf{collections: []*shelved{{Collection: export.Collection{ID: "p", Name: "P", Kind: export.Photos}, items: items}}}
	run(t, a, s)
	if faults := wrong(t, a); len(faults) != 1 || !strings.Contains(faults[0], "IMG_7.JPG: "+verify.NoManifestLists) {
		t.Errorf("verify: %q", faults)
	}
	held, err := bodies(t, a)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		want := fmt.Sprintf("photo %d", i%35)
		if i == 3 {
			want = "another under the same ID"
		}
		if got := held[fmt.Sprintf("p/IMG_%d.JPG", i)]; got != want {
			t.Errorf("photo %d holds %q", i, got)
		}
	}
	if held["p/none.JPG"] != "" || held["p/large.JPG"] != string(large) {
		t.Error("an empty and a large photo are not as delivered")
	}
	if got := read(t, a, "data/Phone/Photos/2024/05/IMG_7.JPG"); got != "mine" {
		t.Errorf("what was there is now %q", got)
	}
	if it := itemOf(t, a, "p/IMG_7.JPG"); it.Path != "data/Phone/Photos/2024/05/IMG_7 (2).JPG" {
		t.Errorf("the photo is at %s", it.Path)
	}
	if got := read(t, a, "data/Phone/Photos/2024/05/IMG_3.JPG"); got != "photo 3" {
		t.Errorf("the earlier one of the same ID holds %q", got)
	}
	if left, err := os.ReadDir(filepath.Join(a.Dir(), filepath.FromSlash(disk.PartialDir))); err != nil || len(left) > 0 {
		t.Errorf("left aside: %v, %v", left, err)
	}
}

// An alwaysAtOnce syncs every small file with all others.
type alwaysAtOnce struct{ disk.Disk }

func (alwaysAtOnce) Alone() int { return 0 }

func (d alwaysAtOnce) SyncAll() error {
	if d, ok := d.Disk.(disk.AllSyncer); ok && d.Alone() >= 0 {
		return d.SyncAll()
	}
	return nil // nothing here depends on it
}
