package archive_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
)

// TestSlices: what is wrong is found in exactly one of the parts, the parts
// together are the whole, and the round is noted.
func TestSlices(t *testing.T) {
	dir := filled(t)
	a := open(t, dir)
	if v, err := a.Verified(); err != nil || v.Whole != nil || v.Now != nil {
		t.Fatalf("never verified: %+v, %v", v, err)
	}
	const of = 5
	change(t, dir, "UPDATE blob SET bytes = bytes || x'00' WHERE blob = 3")
	pic := "data/Phone/Photos/2024/05/IMG_1.JPG"
	flipBit(t, filepath.Join(dir, filepath.FromSlash(pic)), 7, 1)
	found := map[string]int{}
	for _, part := range []int{3, 1, 5, 2, 4} {
		c, err := a.VerifySlice(t.Context(), archive.Slice{Part: part, Of: of}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range c.Bad {
			found[b.Path]++
		}
		if v, err := a.Verified(); err != nil || (v.Whole == nil) != (part != 4) || v.Now != nil && v.Now.Of != of {
			t.Errorf("after part %d: %+v, %v", part, v, err)
		}
	}
	if found[pic] != 1 || found["history.db, body 3"] != 1 {
		t.Errorf("found: %v", found)
	}
	v, err := a.Verified()
	if err != nil || v.Whole.Done != of || v.Whole.Good() || !slices.ContainsFunc(v.Whole.Bad, func(b archive.Bad) bool { return b.Path == pic }) || v.Now != nil {
		t.Errorf("the round: %+v, %v", v.Whole, err)
	}
	for _, s := range []archive.Slice{{Part: 0, Of: 5}, {Part: 6, Of: 5}, {Part: 1, Of: 0}} {
		if _, err := a.VerifySlice(t.Context(), s, nil); err == nil {
			t.Errorf("there is a part %v", s)
		}
	}
	if next, err := a.NextSlice(of); err != nil || next.Part != 1 {
		t.Errorf("next: %v, %v", next, err)
	}
	if err := os.WriteFile(archive.StoreOf(a).Path(disk.VerifiedFile), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if v, err := a.Verified(); err != nil || v.Whole != nil {
		t.Errorf("an unreadable note: %+v, %v", v, err)
	}
}

// TestDamagedBodyNotPublished: a body that was damaged never takes the place of
// the good bytes in an open file.
func TestDamagedBodyNotPublished(t *testing.T) {
	dir := filled(t)
	a := open(t, dir)
	const name = "data/Phone/Contacts/People.vcf"
	before := read(t, a, name)
	change(t, dir, "UPDATE blob SET bytes = replace(bytes, 'Person 1', 'Persom 1') WHERE blob IN (SELECT blob FROM version WHERE uid = 'card-1')")
	s := tinyPhone()
	s.collections[0].items[2] = text(s.collections[0].items[2].ID, "2", "2.vcf", card(99))
	if l, err := export.Run(t.Context(), s, a, export.Plan{Account: "Phone"}, nil); err == nil || l.Good() {
		t.Errorf("an export beside a damaged body: %+v, %v", l, err)
	}
	if read(t, a, name) != before {
		t.Error("the open file was changed")
	}
	a.Close()
	r := repairNow(t, dir)
	if len(r.Bad)+len(r.Lost) > 0 {
		t.Errorf("repair: %+v", r)
	}
	a = open(t, dir)
	whole(t, a)
	if got := read(t, a, name); !strings.Contains(got, "Person 1\r\n") || !strings.Contains(got, "UID:card-99") {
		t.Errorf("the open file after the repair:\n%s", got)
	}
}
