package dav

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

// A photo folder on the host of the address, given by its path, beside the
// address books and calendars; with a network that breaks off.
func TestPhotosBesideAddress(t *testing.T) {
	s := newSite(t, davserver.Options{})
	const folder = "/files/alice/My Photos/"
	must(t, s.MakeFolder(folder+"2026/Süd & Nord/"))
	bodies := map[string][]byte{}
	for i := range 12 {
		id := fmt.Sprintf("2026/S%%C3%%BCd%%20&%%20Nord/IMG_%d.jpg", i)
		bodies[id] = bytes.Repeat([]byte{byte(i), 1, 2, 3}, 40_000)
		_, err := s.Put(fmt.Sprintf("%s2026/Süd & Nord/IMG_%d.jpg", folder, i), bodies[id])
		must(t, err)
	}
	cfg := quick(s.url)
	cfg.Photos = folder
	src := openSite(t, cfg)
	if got := kinds(t, src); len(got) != 4 || got[3] != export.Photos {
		t.Fatalf("got %v", got)
	}
	photos := collectionNamed(t, src, "My Photos")
	for _, q := range []davserver.Quirk{"", davserver.Dropped, davserver.Short, davserver.Cut, davserver.WeakETags, davserver.MissingETags, davserver.TooMany, davserver.IdleDropped, davserver.AbsoluteHrefs, davserver.EncodedHrefs} {
		t.Run(string(q), func(t *testing.T) {
			s.SetQuirks(davserver.Tune{On: []davserver.Step{davserver.Fetch}, Times: 5}, q)
			store := sourcetest.NewStore()
			p, err := store.Pull(t.Context(), t, src, photos)
			must(t, err)
			for id, body := range bodies {
				if !bytes.Equal(p.Put[id].Body, body) {
					t.Errorf("%s: %d bytes, failed: %v", id, len(p.Put[id].Body), p.Failed[id])
				}
			}
			if p, err = store.Pull(t.Context(), t, src, photos); err != nil || len(p.Seen) != len(bodies) {
				t.Errorf("listed again: seen %d, put %d, %v", len(p.Seen), len(p.Put), err)
			}
		})
	}
	cfg.Photos = "/files/alice/none/"
	if _, err := Open(t.Context(), cfg); !errors.Is(err, export.ErrNotDAV) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
