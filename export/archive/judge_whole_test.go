package archive_test

import (
	"fmt"
	"slices"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
)

// TestLossAsOf: a loss says at the end of which exports all was there that it is
// about, where the files do not show it all.
func TestLossAsOf(t *testing.T) {
	lose := func(t *testing.T, c *shelved, from, to int) {
		part := *c
		part.items = c.items[from:to]
		part.rewrite(t, to-from, without("TEL"))
	}
	for name, x := range map[string]struct {
		steps []func(t *testing.T, c *shelved) // one before each export after the first
		want  []int64
	}{
		"at once": {[]func(*testing.T, *shelved){
			func(t *testing.T, c *shelved) { lose(t, c, 0, 20) },
		}, nil},
		"gone at once": {[]func(*testing.T, *shelved){
			func(_ *testing.T, c *shelved) { c.items = c.items[20:] },
		}, nil},
		"noticed before": {[]func(*testing.T, *shelved){
			func(t *testing.T, c *shelved) { lose(t, c, 0, 8) },
			func(t *testing.T, c *shelved) { lose(t, c, 8, 20) },
		}, []int64{1}},
		"little by little": {[]func(*testing.T, *shelved){
			func(t *testing.T, c *shelved) { lose(t, c, 0, 4) },
			func(t *testing.T, c *shelved) { lose(t, c, 4, 8) },
			func(t *testing.T, c *shelved) { lose(t, c, 8, 10) },
		}, []int64{1}},
		"gone in two parts": {[]func(*testing.T, *shelved){
			func(_ *testing.T, c *shelved) { c.items = c.items[7:] },
			func(_ *testing.T, c *shelved) { c.items = c.items[5:] },
		}, []int64{1}},
		"with somebody who came in between": {[]func(*testing.T, *shelved){
			func(_ *testing.T, c *shelved) { c.items = c.items[7:] },
			func(_ *testing.T, c *shelved) {
				c.items = append(c.items, text("/c/new.vcf", "1", "", portrayed(900)))
			},
			func(_ *testing.T, c *shelved) { c.items = c.items[6 : len(c.items)-1] },
		}, []int64{3, 1}},
		"changed by the owner first": {[]func(*testing.T, *shelved){
			func(t *testing.T, c *shelved) {
				c.rewrite(t, 3, func(i int, body string) string {
					return body[:len(body)-len("END:VCARD\r\n")] + fmt.Sprintf("TEL:+49 89 77700%d\r\nEND:VCARD\r\n", i)
				})
			},
			func(t *testing.T, c *shelved) { lose(t, c, 0, 8) },
			func(t *testing.T, c *shelved) { lose(t, c, 8, 20) },
		}, []int64{2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := create(t, archive.Options{})
			s := phoneOf(0, 50)
			run(t, a, s)
			var l export.Ledger
			for i, step := range x.steps {
				step(t, s.collections[0])
				if l = run(t, a, s); l.Held != (i == len(x.steps)-1) {
					t.Fatalf("step %d: held %v, %+v", i, l.Held, l.Loss)
				}
			}
			if !slices.Equal(l.Loss.AsOf, x.want) {
				t.Errorf("as of %v, want %v", l.Loss.AsOf, x.want)
			}
			if l := run(t, a, s); !l.Held || !slices.Equal(l.Loss.AsOf, x.want) {
				t.Errorf("the next export: held %v, as of %v", l.Held, l.Loss.AsOf)
			}
			if h := heldBy(t, a); h == nil || !slices.Equal(h.Loss.AsOf, x.want) {
				t.Errorf("%+v", h)
			}
		})
	}
}

// TestGoneThenAdded: that somebody new came between two losses makes no
// difference to how many are gone.
func TestGoneThenAdded(t *testing.T) {
	a := create(t, archive.Options{})
	s := phoneOf(0, 50)
	c := s.collections[0]
	run(t, a, s)
	c.items = c.items[6:]
	run(t, a, s)
	for i := range 3 {
		c.items = append(c.items, text(fmt.Sprintf("/c/new%d.vcf", i), "1", "", portrayed(900+i)))
	}
	run(t, a, s)
	c.items = c.items[6 : len(c.items)-2]
	if l := run(t, a, s); !l.Held || l.Loss.Gravest().Lost != 12 || l.Loss.Gravest().Had != 50 {
		t.Errorf("12 of 50: held %v, %+v, %+v", l.Held, l.Loss, l.Notice)
	}
}
