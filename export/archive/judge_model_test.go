package archive_test

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/loss/losstest"
)

// shelfOf is what a modelled phone lists.
func shelfOf(p *losstest.Phone) *shelf {
	s := &shelf{}
	for _, id := range []string{"book", "cal", "tasks", "camera"} { // empty, they are there
		kind := map[string]export.Kind{"book": export.Contacts, "cal": export.Events, "tasks": export.Todos, "camera": export.Photos}[id]
		s.collections = append(s.collections, &shelved{Collection: export.Collection{ID: id, Name: id, Kind: kind}})
	}
	for _, it := range p.Items() {
		c := s.find(it.Collection)
		if c == nil {
			c = &shelved{Collection: export.Collection{ID: it.Collection, Name: it.Collection, Kind: it.Kind}}
			s.collections = append(s.collections, c)
		}
		version := fmt.Sprintf("%x", sumOf(it.Body))
		if it.Kind == export.Photos {
			shot := picture(it.ID, version, "", it.Body, losstest.Day)
			shot.Name = path.Base(it.ID)
			c.items = append(c.items, shot)
		} else {
			c.items = append(c.items, text(it.ID, version, "", string(it.Body)))
		}
	}
	return s
}

func sumOf(b []byte) (n uint64) {
	for _, c := range b {
		n = n*1099511628211 + uint64(c) + 1
	}
	return n
}

// TestJudgeModel plays what services do to data, in the real archive: while held,
// the files show what they showed, and when everything is back the hold ends.
func TestJudgeModel(t *testing.T) {
	for i, w := range losstest.Ways() {
		if w.Days > 4 || testing.Short() && i%4 != 0 {
			continue // the longer ones are played without an archive
		}
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			p := losstest.New(uint64(i), 40)
			if w.Before != nil {
				w.Before(p)
			}
			a := create(t, archive.Options{Now: func() time.Time { return p.Now() }})
			first := shelfOf(p)
			run(t, a, first)
			held := false
			for day := 0; day < w.Days && !held; day++ {
				before := shownNow(t, a)
				p.Sleep(1)
				w.Do(p, day)
				s := shelfOf(p)
				l := run(t, a, s)
				held = l.Held
				if !held {
					if !l.Good() || !maps.Equal(shownNow(t, a), listedBy(s)) {
						t.Fatalf("day %d: not held, and the files show something else: %+v", day, l.Loss)
					}
					continue
				}
				shown := shownNow(t, a)
				for id, body := range before {
					if got, ok := shown[id]; !ok || got != body {
						t.Errorf("%s is shown as %q, want %q", id, got, body)
					}
				}
				if l := run(t, a, s); !l.Held {
					t.Error("the next export is not held")
				}
				if w.Days > 1 {
					continue
				}
				if l := run(t, a, first); l.Held {
					t.Errorf("all is back, and it is held: %+v", l.Loss)
				}
				if !maps.Equal(shownNow(t, a), listedBy(first)) {
					t.Error("all is back, and the files show something else")
				}
			}
			if held != w.Loss {
				t.Errorf("held %v", held)
			}
		})
	}
}

// TestNoticeIsRare: life as it is gives hardly any notice.
func TestNoticeIsRare(t *testing.T) {
	i := slices.IndexFunc(losstest.Ways(), func(w losstest.Way) bool { return w.Name == "a busy year" })
	w, p := losstest.Ways()[i], losstest.New(1, 70)
	a := create(t, archive.Options{Now: func() time.Time { return p.Now() }})
	run(t, a, shelfOf(p))
	for day := range w.Days / 4 {
		p.Sleep(1)
		w.Do(p, day)
		if l := run(t, a, shelfOf(p)); l.Held || l.Notice != nil {
			t.Errorf("day %d: %+v, %+v", day, l.Loss, l.Notice)
		}
	}
}
