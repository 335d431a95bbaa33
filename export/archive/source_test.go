package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
)

// A shelf is a source in memory: it lists what is on it, in full or, after the
// first time, as a delta.
type shelf struct {
	collections []*shelved
	delta       bool
	broken      string // ID of a collection whose listing breaks off
}

// A shelved is a collection on a shelf, with its items in the order of listing.
type shelved struct {
	export.Collection
	items   []export.Item
	removed []string // named as removed by the next delta
	changed []string // named as changed by the next delta
}

func (s *shelf) Collections(context.Context) ([]export.Collection, error) {
	var list []export.Collection
	for _, c := range s.collections {
		list = append(list, c.Collection)
	}
	return list, nil
}

func (s *shelf) Close() error { return nil }

func (s *shelf) find(id string) *shelved {
	for _, c := range s.collections {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func (s *shelf) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	at := s.find(c.ID)
	full := have.Token() == "" || !s.delta
	var put []export.Item
	var seen []export.Item
	retry := map[string]bool{}
	if err := have.Retry(func(id string) bool { retry[id] = true; return true }); err != nil {
		return export.Listing{}, err
	}
	for _, it := range at.items {
		named := full || retry[it.ID]
		for _, id := range at.changed {
			named = named || id == it.ID
		}
		if !named {
			continue
		}
		v, err := have.Version(it.ID)
		if err != nil {
			return export.Listing{}, err
		}
		if v != "" && v == it.Version {
			seen = append(seen, it)
		} else {
			put = append(put, it)
		}
	}
	if err := to.Listed(len(put)+len(seen), full); err != nil {
		return export.Listing{}, err
	}
	for _, it := range seen {
		if err := to.Seen(it.ID, it.Version); err != nil {
			return export.Listing{}, err
		}
	}
	for i, it := range put {
		if s.broken == c.ID && i == len(put)/2 {
			return export.Listing{}, fmt.Errorf("%w: the listing broke off", export.ErrDenied)
		}
		if err := to.Put(ctx, it); err != nil {
			return export.Listing{}, err
		}
	}
	if !full {
		for _, id := range at.removed {
			if err := to.Gone(id); err != nil {
				return export.Listing{}, err
			}
		}
	}
	return export.Listing{Token: "t1", Full: full}, nil
}

// text makes an item of its bytes.
func text(id, version, name, body string) export.Item {
	return export.Item{ID: id, Version: version, Name: name, Size: int64(len(body)), Open: opens([]byte(body))}
}

func picture(id, version, folder string, body []byte, modified time.Time) export.Item {
	return export.Item{ID: id, Version: version, Name: path.Base(id), Folder: folder, Kind: export.Photos, Size: int64(len(body)), Modified: modified, Open: opens(body)}
}

func opens(body []byte) func(context.Context, int64) (io.ReadCloser, int64, error) {
	return func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
		return io.NopCloser(bytes.NewReader(body[from:])), from, nil
	}
}

func card(n int) string {
	return fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:card-%d\r\nFN:Person %d\r\nN:%d;Person;;;\r\nTEL;TYPE=CELL:+49 30 %07d\r\nEMAIL:p%d@example.org\r\nNOTE:%s\r\nEND:VCARD\r\n", n, n, n, n, n, strings.Repeat("n", n%60))
}

const zoneBerlin = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"

func event(n int) string { return eventIn(zoneBerlin, n) }

func eventIn(zone string, n int) string {
	return fmt.Sprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n%sBEGIN:VEVENT\r\nUID:event-%d\r\nDTSTAMP:20240101T000000Z\r\nDTSTART;TZID=Europe/Berlin:2024%02d%02dT090000\r\nDURATION:PT1H\r\nSUMMARY:Event %d\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", zone, n, n%12+1, n%28+1, n)
}

func todo(n int) string {
	return fmt.Sprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VTODO\r\nUID:todo-%d\r\nDTSTAMP:20240101T000000Z\r\nSUMMARY:To do %d\r\nEND:VTODO\r\nEND:VCALENDAR\r\n", n, n)
}

var aDay = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// smallPhone is a shelf with a little of everything.
func smallPhone() *shelf {
	people := &shelved{Collection: export.Collection{ID: "/c/people/", Name: "People", Kind: export.Contacts}}
	for i := range 12 {
		people.items = append(people.items, text(fmt.Sprintf("/c/people/%d.vcf", i), "1", fmt.Sprintf("%d.vcf", i), card(i)))
	}
	work := &shelved{Collection: export.Collection{ID: "/k/work/", Name: "Work: *mixed*", Kind: export.Events, Mixed: true}}
	for i := range 9 {
		work.items = append(work.items, text(fmt.Sprintf("/k/work/e%d.ics", i), "1", fmt.Sprintf("e%d.ics", i), event(i)))
		work.items = append(work.items, text(fmt.Sprintf("/k/work/t%d.ics", i), "1", fmt.Sprintf("t%d.ics", i), todo(i)))
	}
	camera := &shelved{Collection: export.Collection{ID: "/f/", Name: "Camera", Kind: export.Photos}}
	for i := range 6 {
		body := bytes.Repeat([]byte{byte(i), 7, byte(i >> 1)}, 500+i)
		camera.items = append(camera.items, picture(fmt.Sprintf("/f/DCIM/IMG_%d.JPG", i), "1", "DCIM", body, aDay.AddDate(0, i/3, 0)))
	}
	return &shelf{collections: []*shelved{people, work, camera}}
}

func create(t testing.TB, o archive.Options) *archive.Archive {
	t.Helper()
	a, err := archive.Create(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// run exports s and holds the engine and the archive to their sum.
func run(t testing.TB, a *archive.Archive, s export.Source) export.Ledger {
	t.Helper()
	l, err := export.Run(t.Context(), s, a, export.Plan{Account: "Phone", Now: archive.StoreOf(a).Now}, nil)
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	if !l.Balanced() {
		t.Fatalf("the sum does not balance: %+v", l.Counts)
	}
	return l
}

// whole checks an archive with Verify and, in every byte, with coreutils.
func whole(t testing.TB, a *archive.Archive) archive.Check {
	t.Helper()
	c, err := a.Verify(t.Context(), nil)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	for _, b := range c.Bad {
		t.Errorf("verify: %s: %s", b.Path, b.Why)
	}
	sha256sum(t, a.Dir())
	return c
}

func sha256sum(t testing.TB, dir string) {
	t.Helper()
	for _, manifest := range []string{disk.ManifestFile, disk.TagManifestFile} {
		cmd := exec.Command("sha256sum", "-c", "--strict", "--quiet", manifest)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil && !strings.Contains(string(out), "no properly formatted") { // an empty manifest
			t.Errorf("sha256sum -c %s: %v\n%s", manifest, err, out)
		}
	}
}
