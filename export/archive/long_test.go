package archive_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/formats/vcard"
)

// longCard is a card whose portrait makes it a long body; n tells portraits
// apart.
func longCard(uid string, n int) string {
	return fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:%s\r\nFN:Long %s\r\nN:Long;;;;\r\nPHOTO;ENCODING=b;TYPE=JPEG:%s\r\nTEL:%d\r\nEND:VCARD\r\n", uid, uid, longValue(n), n)
}

// longValue is base64, folded, of 20 kB, the same for the same n.
func longValue(n int) string {
	raw := make([]byte, 15_000)
	random := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)})
	_, _ = random.Read(raw) // it never fails
	text := base64.StdEncoding.EncodeToString(raw)
	var b strings.Builder
	for ; len(text) > 73; text = text[73:] {
		b.WriteString("\r\n " + text[:73])
	}
	return b.String() + "\r\n " + text
}

func longEvent(uid string, n int) string {
	return strings.Replace(event(n), "SUMMARY:", "ATTACH;VALUE=BINARY;ENCODING=BASE64:"+longValue(n)+"\r\nUID:"+uid+"\r\nSUMMARY:", 1)
}

// longPhone has long bodies of every sort.
func longPhone() *shelf {
	s := tinyPhone()
	people, work := s.collections[0], s.collections[1]
	for id, body := range map[string]string{
		"long.vcf":  longCard("long", 1),
		"same.vcf":  longCard("long", 1),
		"lf.vcf":    strings.ReplaceAll(longCard("lf", 2), "\r\n", "\n"),
		"line.vcf":  strings.ReplaceAll(longCard("line", 3), "\r\n ", ""),
		"ansi.vcf":  strings.Replace(longCard("ansi", 4), "N:Long", "N:M\xfcller", 1),
		"open.vcf":  strings.TrimSuffix(longCard("open", 5), "END:VCARD\r\n"),
		"words.vcf": strings.Replace(card(500), "NOTE:", "NOTE:"+strings.Repeat("words and words ", 10_000), 1),
	} {
		people.items = append(people.items, text("/c/people/"+id, "1", id, body))
	}
	other := strings.Replace(zoneBerlin, "1970", "1971", 1)
	for id, body := range map[string]string{
		"long.ics":  longEvent("long", 6),
		"lf.ics":    strings.ReplaceAll(longEvent("lf", 7), "\r\n", "\n"),
		"clash.ics": strings.Replace(longEvent("clash", 8), zoneBerlin, other, 1),
		"two.ics": strings.Replace(longEvent("two", 9), "END:VEVENT", "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:event-9\r\nRECURRENCE-ID:20240101T000000Z\r\nATTACH;ENCODING=BASE64:"+
			longValue(10)+"\r\nEND:VEVENT", 1),
	} {
		work.items = append(work.items, text("/k/work/"+id, "1", id, body))
	}
	return s
}

// TestLongBodies is that long bodies are kept as delivered, published as if they
// were short, and verified.
func TestLongBodies(t *testing.T) {
	a := create(t, archive.Options{})
	run(t, a, longPhone())
	held, err := bodies(t, a)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range offered(longPhone()) {
		if held[id] != want {
			t.Errorf("%s is not as it was delivered: %d bytes of %d", id, len(held[id]), len(want))
		}
	}
	var chunks, largest int
	if err := archive.StoreOf(a).DB.QueryRow("SELECT (SELECT count(DISTINCT blob) FROM chunk), (SELECT max(length(bytes)) FROM blob WHERE blob NOT IN (SELECT blob FROM version WHERE item IN (SELECT item FROM item WHERE id LIKE '%words.vcf')))").Scan(&chunks, &largest); err != nil {
		t.Fatal(err)
	}
	if chunks != 9 || largest > history.LongBody {
		t.Errorf("%d bodies are in chunks; a row of blob has %d bytes", chunks, largest)
	}
	whole(t, a)

	// The same open files are made of the same bodies in one piece.
	defer func(n int) { history.LongBody = n }(history.LongBody)
	history.LongBody = 4 << 20
	b := create(t, archive.Options{})
	run(t, b, longPhone())
	for _, name := range []string{"data/Phone/Contacts/People.vcf", "data/Phone/Calendars/Work_ _mixed_.ics", "data/Phone/Calendars/Work_ _mixed_ (2).ics", "data/Phone/index.csv", "data/Phone/Set aside/open.vcf"} {
		if got, want := read(t, a, name), read(t, b, name); got != want {
			t.Errorf("%s differs: %d bytes, not %d", name, len(got), len(want))
		}
	}
}

// TestLongBodySays is that a long body is understood, and found, by what it says.
func TestLongBodySays(t *testing.T) {
	a := create(t, archive.Options{})
	s := longPhone()
	s.collections[1].items = append(s.collections[1].items, text("/k/work/around.ics", "1", "around.ics", strings.Replace(event(11), "PRODID", "X-PICTURE:"+longValue(11)+"\r\nPRODID", 1)))
	run(t, a, s)
	for it, err := range a.Items(t.Context(), archive.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		switch it.ID {
		case "/c/people/long.vcf":
			if it.Name != "Long long" || it.UID != "long" || it.State != archive.Present || it.Size != int64(len(longCard("long", 1))) {
				t.Errorf("%+v", it)
			}
		case "/c/people/open.vcf", "/k/work/around.ics":
			if it.State != archive.SetAside {
				t.Errorf("%+v", it)
			}
		}
	}
	list, err := a.Search(t.Context(), archive.Search{Words: "Long lf"})
	if err != nil || len(list.Hits) == 0 {
		t.Errorf("%v, %v", list, err)
	}
}

// TestLongBodyDamaged is that every damage of a long body is told, that nothing
// of it gets into the open files, and that it is mended from what is whole.
func TestLongBodyDamaged(t *testing.T) {
	const of = "(SELECT blob FROM version JOIN item USING (item) WHERE id = '/c/people/long.vcf')"
	for name, query := range map[string]string{
		"a bit":       "UPDATE chunk SET bytes = 'x' || substr(bytes, 2) WHERE part = 3 AND blob = " + of,
		"a chunk":     "DELETE FROM chunk WHERE part = 3 AND blob = " + of,
		"the last":    "DELETE FROM chunk WHERE part = (SELECT max(part) FROM chunk WHERE blob = " + of + ") AND blob = " + of,
		"all chunks":  "DELETE FROM chunk WHERE blob = " + of,
		"the outline": "UPDATE blob SET bytes = replace(bytes, 'FN:Long', 'FN:Lung') WHERE blob = " + of,
		"the hash":    "UPDATE blob SET hash = randomblob(32) WHERE blob = " + of,
	} {
		t.Run(name, func(t *testing.T) {
			a := create(t, archive.Options{})
			run(t, a, longPhone())
			a.Close()
			change(t, a.Dir(), query)
			if err := os.Remove(filepath.Join(a.Dir(), history.SumsFile)); err != nil {
				t.Fatal(err)
			}
			a = open(t, a.Dir())
			c, err := a.Verify(t.Context(), nil)
			if err != nil || len(c.Bad) == 0 {
				t.Fatalf("%+v, %v", c, err)
			}
			if r, err := a.Delivered(t.Context(), "Phone", "/c/people/", "/c/people/long.vcf"); err != nil {
				t.Fatal(err)
			} else if got, err := io.ReadAll(r); err == nil && string(got) != longCard("long", 1) && name != "all chunks" {
				t.Errorf("%d other bytes are read without an error", len(got))
			}
			a.Close()
			r := repairNow(t, a.Dir())
			if len(r.Bad) > 0 {
				t.Errorf("%+v", r.Bad)
			}
			a = open(t, a.Dir())
			held, err := bodies(t, a)
			if err != nil || held["/c/people/long.vcf"] != longCard("long", 1) {
				t.Errorf("%d bytes after the repair, %v", len(held["/c/people/long.vcf"]), err)
			}
			whole(t, a)
		})
	}
}

// TestLongBodyRebuilt is that a history that is made anew has long bodies as
// well.
func TestLongBodyRebuilt(t *testing.T) {
	a := create(t, archive.Options{})
	run(t, a, longPhone())
	a.Close()
	if err := os.Remove(filepath.Join(a.Dir(), disk.HistoryFile)); err != nil {
		t.Fatal(err)
	}
	repairNow(t, a.Dir())
	a = open(t, a.Dir())
	held, err := bodies(t, a)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range offered(longPhone()) {
		got := held[id]
		if id == "/c/people/ansi.vcf" {
			published, err := vcard.Published([]byte(want))
			if want = string(published); err != nil {
				t.Fatal(err)
			}
		}
		if got != want && strings.ReplaceAll(want, "\n", "\r\n") != got {
			t.Errorf("%s has %d bytes, not %d", id, len(got), len(want))
		}
	}
	whole(t, a)
}

// TestLongBodyPruned is that a pruning takes the chunks, too, and counts them.
func TestLongBodyPruned(t *testing.T) {
	at := &clock{aDay}
	a := create(t, archive.Options{Now: at.Now})
	for day := range 4 {
		at.now = aDay.AddDate(0, 0, day)
		s := tinyPhone()
		s.collections[0].items = append(s.collections[0].items, text("/c/people/long.vcf", fmt.Sprint(day), "long.vcf", longCard("long", day)))
		run(t, a, s)
	}
	p, err := a.PlanPrune(t.Context(), at.now.AddDate(0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(3 * len(longCard("long", 1))); p.Bytes != want {
		t.Errorf("%d bytes go, not %d", p.Bytes, want)
	}
	if _, err := a.Prune(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	var chunks int64
	if err := archive.StoreOf(a).DB.QueryRow("SELECT sum(length(bytes)) FROM chunk").Scan(&chunks); err != nil || chunks != int64(len(longCard("long", 1))) {
		t.Errorf("%d bytes are left in chunks: %v", chunks, err)
	}
	whole(t, a)
}

// TestLongBodyWithoutTable is that a history of format 3 that has no table for
// long bodies is read, and gets it when it is written.
func TestLongBodyWithoutTable(t *testing.T) {
	dir := unpack(t, goldenFile(3))
	a := open(t, dir)
	if old, err := history.IsOlder(t.Context(), archive.StoreOf(a).DB); err != nil || old {
		t.Errorf("opened, it has no such table: %v", err)
	}
	s := goldenPhone(3)
	s.collections[0].items = append(s.collections[0].items, text("/c/people/long.vcf", "1", "long.vcf", longCard("long", 1)))
	if l := run(t, a, s); l.Kept != 1 {
		t.Errorf("%+v", l.Counts)
	}
	whole(t, a)
	var out bytes.Buffer
	r, err := a.Delivered(t.Context(), "Phone", "/c/people/", "/c/people/long.vcf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(&out, r); err != nil || out.String() != longCard("long", 1) {
		t.Errorf("%d bytes, %v", out.Len(), err)
	}
}
