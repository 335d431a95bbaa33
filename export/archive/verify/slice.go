package verify

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

// A Slice is one part of the archive: of Of parts, the Part-th, counted from
// one. Files belong to parts by their path, bodies and collections by their
// row, so that a part stays the same while the archive grows. The manifests,
// what stands beside them and unknown files are looked at with every part,
// SQLite's own check of the whole history with the first.
type Slice struct{ Part, Of int }

func (s Slice) hasPath(name string) bool {
	if s.Of == 1 {
		return true
	}
	h := fnv.New64a()
	_, _ = io.WriteString(h, name) // a hash takes everything
	return h.Sum64()%uint64(s.Of) == uint64(s.Part-1)
}

func (s Slice) hasRow(n int64) bool { return n%int64(s.Of) == int64(s.Part-1) }

// A Round is a verification of the archive: of all of it, or, while Done is
// less than Of, of some of its parts.
type Round struct {
	From     time.Time     `json:"from"` // when the oldest of its parts was verified
	At       time.Time     `json:"at"`   // when the newest was
	Of       int           `json:"of"`   // how many parts the archive was divided into
	Done     int           `json:"done"` // how many of them were verified
	Checked  int           `json:"checked"`
	Bad      []history.Bad `json:"bad"` // the first of what was wrong, and is
	BadCount int           `json:"bad_count"`
	Mended   int           `json:"mended"` // what was wrong then, and is right again
}

// Good reports whether nothing of it is wrong.
func (r *Round) Good() bool { return r.BadCount == 0 }

// A Verified is when the archive was verified, and what was found.
type Verified struct {
	Whole *Round // the last time that all of it was; nil if it never was
	Now   *Round // the parts that were verified since; nil if none were
}

// maxNoted is how much of what was wrong is noted.
const maxNoted = 1000

// A verifiedNote is what stands in disk.VerifiedFile.
type verifiedNote struct {
	Whole *Round         `json:"whole,omitempty"`
	Of    int            `json:"of,omitempty"` // of the round under way
	Parts map[int]*Round `json:"parts,omitempty"`
}

// Verified tells when the archive was verified last, and what was found and is not
// right again since.
func (a Verifier) Verified() (Verified, error) {
	n, err := readVerified(a.s)
	if err != nil {
		return Verified{}, disk.Caused(fmt.Errorf("reading when the archive was verified: %w", err))
	}
	v := Verified{Whole: n.Whole}
	if len(n.Parts) > 0 {
		v.Now = n.sum()
	}
	v.Whole.putRight(a.s)
	v.Now.putRight(a.s)
	return v, nil
}

// NextSlice is the first of so many parts that the round under way has not
// verified.
func (a Verifier) NextSlice(of int) (Slice, error) {
	n, err := readVerified(a.s)
	if err != nil {
		return Slice{}, disk.Caused(err)
	}
	for part := 1; part <= of; part++ {
		if n.Of != of || n.Parts[part] == nil {
			return Slice{part, of}, nil
		}
	}
	return Slice{1, of}, nil
}

// readVerified reads the note; an unreadable one is as good as none.
func readVerified(a *history.Store) (verifiedNote, error) {
	var n verifiedNote
	f, err := a.Disk.Open(disk.VerifiedFile)
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return n, err
	}
	text, err := io.ReadAll(io.LimitReader(f, 8<<20))
	if err := errors.Join(err, f.Close()); err != nil {
		return n, err
	}
	if json.Unmarshal(text, &n) != nil || slices.Contains(values(n.Parts), nil) {
		return verifiedNote{}, nil
	}
	return n, nil
}

func values(m map[int]*Round) (list []*Round) {
	for _, r := range m {
		list = append(list, r)
	}
	return list
}

// NoteVerified notes what a verification found. Where nothing can be written it
// is not noted.
func NoteVerified(a *history.Store, s Slice, c history.Check) {
	n, err := readVerified(a)
	if err != nil {
		return
	}
	now := a.Now().UTC()
	r := &Round{From: now, At: now, Of: s.Of, Done: 1, Checked: c.Checked, Bad: c.Bad[:min(len(c.Bad), maxNoted)], BadCount: len(c.Bad)}
	if n.Of != s.Of || n.Parts == nil {
		n.Of, n.Parts = s.Of, map[int]*Round{}
	}
	n.Parts[s.Part] = r
	if len(n.Parts) == n.Of {
		n = verifiedNote{Whole: n.sum()}
	}
	text, err := json.Marshal(n)
	if err != nil {
		return
	}
	_ = history.ReplaceAside(a, disk.VerifiedNew, disk.VerifiedFile, text) // not noted, as the comment says
}

// sum adds the parts up. What is wrong with several of them counts once.
func (n verifiedNote) sum() *Round {
	all := &Round{Of: n.Of, Done: len(n.Parts), Bad: []history.Bad{}}
	seen := map[string]bool{}
	for _, r := range n.Parts {
		if all.From.IsZero() || r.From.Before(all.From) {
			all.From = r.From
		}
		if r.At.After(all.At) {
			all.At = r.At
		}
		all.Checked += r.Checked
		all.BadCount += r.BadCount
		for _, b := range r.Bad {
			if seen[b.Path] {
				all.BadCount--
				continue
			}
			seen[b.Path] = true
			all.Bad = append(all.Bad, b)
		}
	}
	slices.SortFunc(all.Bad, func(a, b history.Bad) int { return strings.Compare(a.Path, b.Path) })
	all.Bad = all.Bad[:min(len(all.Bad), maxNoted)]
	return all
}
