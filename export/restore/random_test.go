package restore

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"sidekeep/export/davserver"
)

// shuffle changes a target at random: items go, change, get more or less to
// say, another UID, a double.
func shuffle(t *testing.T, s *davserver.Server, rng *rand.Rand, n int) {
	for i := range n {
		for _, k := range []struct {
			path string
			raw  []byte
			line []string // lines that it has, and one that it may get
		}{
			{fmt.Sprintf("%sc%d.vcf", book, i), vcf(i), []string{fmt.Sprintf("EMAIL:p%d@example.org\r\n", i), fmt.Sprintf("TEL;TYPE=HOME:+49 30 %d\r\n", i), "NOTE:more\r\n", "BDAY:20000101\r\n"}},
			{fmt.Sprintf("%se%d.ics", cal, i), ics(i), []string{fmt.Sprintf("SUMMARY:Event %d\r\n", i), "DURATION:PT1H\r\n", "LOCATION:more\r\n", "BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n"}},
		} {
			uid := []byte(fmt.Sprintf("UID:%c%d\r\n", k.path[len(k.path)-5-len(fmt.Sprint(i))], i))
			raw := k.raw
			if rng.IntN(3) == 0 {
				raw = bytes.Replace(raw, []byte(k.line[rng.IntN(2)]), nil, 1)
			}
			if rng.IntN(3) == 0 {
				raw = bytes.Replace(raw, []byte("END:V"+map[byte]string{'f': "CARD", 's': "EVENT"}[k.path[len(k.path)-1]]), []byte(k.line[2+rng.IntN(2)]+"END:V"+map[byte]string{'f': "CARD", 's': "EVENT"}[k.path[len(k.path)-1]]), 1)
			}
			path := k.path
			switch rng.IntN(8) {
			case 0:
				remove(t, s, path)
				continue
			case 1: // as if it had been made anew
				remove(t, s, path)
				path = path[:len(path)-4] + "-new" + path[len(path)-4:]
				raw = bytes.Replace(raw, uid, []byte(fmt.Sprintf("UID:new%d\r\n", i)), 1)
			case 2: // and twice
				put(t, s, path[:len(path)-4]+"-double"+path[len(path)-4:], bytes.Replace(raw, uid, []byte(fmt.Sprintf("UID:double%d\r\n", i)), 1))
			}
			put(t, s, path, raw)
		}
	}
}

// TestRandomTargets: whatever a target is like, a restore to it is done at
// once, a second one plans nothing, and an undo leaves it as it was.
func TestRandomTargets(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 9))
		const n = 6
		s := filled(t, n)
		src := open(t, s)
		archive := taken(t, src, "Anna")
		shuffle(t, s, rng, n)
		before := meanings(t, src)
		o := Options{Account: []string{"Anna", "Other"}[rng.IntN(2)], Default: Choices()[rng.IntN(4)]}
		j := journal(t)
		p := plan(t, src, archive.all(), o)
		want := p.Counts()
		r := apply(t, src, p, j, ApplyOptions{})
		where := fmt.Sprintf("seed %d, to %s, %s", seed, o.Account, o.Default)
		if r.Created != want.Create || r.Replaced != want.Replace || r.Merged != want.Merge || r.Same != want.Same || r.Left != want.Leave || len(r.Refused) > 0 {
			t.Errorf("%s: planned was %+v, done %+v", where, want, r)
		}
		if p := plan(t, src, archive.all(), o); !p.Empty() {
			t.Errorf("%s: a second restore plans %+v", where, p.Counts())
		}
		u, err := Undo(t.Context(), src, j, UndoOptions{})
		if err != nil || len(u.Left) > 0 {
			t.Errorf("%s: undo: %+v %v", where, u, err)
		}
		if d := difference(before, meanings(t, src)); d != "" {
			t.Errorf("%s: the target is not as it was:\n%s", where, d)
		}
		if t.Failed() {
			return
		}
	}
}
