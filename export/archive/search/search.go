package search

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

// ErrNoWords says that a search has no letter and no digit to look for.
var ErrNoWords = errors.New("there is no word to look for")

// A Search says what to look for in every version of every item.
type Search struct {
	// Words are all to be found in one version, each as the beginning of a
	// word, whatever the case and the accents. Telephone numbers are found
	// however they are written.
	Words   string
	Account string      // "" for all
	Kind    export.Kind // "" for all
	Limit   int         // of items; 0 means 50
	// Report is told, if the index takes more than a second to follow the
	// history, how many versions of how many are done.
	Report func(done, total int)
}

// Where words were found: see [Hit].
const (
	InPresent  = "present"  // in what the source has
	InVanished = "vanished" // in what it had at last
	InOlder    = "older"    // in a version that was replaced
	InHeld     = "held"     // in one that is recorded and not accepted
)

// A Hit is an item that was found.
type Hit struct {
	history.Item        // as it is shown; if it never was, as it was found
	In           string // the foremost of the versions that were found: [InPresent], [InVanished], [InOlder] or [InHeld]
	Found        []Span // when the words were there, the newest time first
}

// A Span is a time in which an item said what was looked for.
type Span struct {
	Number int64     // of the first version that said it
	Export int64     // that brought it
	Name   string    // of the item then
	From   time.Time // of that export
	Until  time.Time // of the export that found otherwise; zero if it still says it
}

// A SearchResult is what a search found: what is present first, by name before
// what else was found, then what vanished, then older versions.
type SearchResult struct {
	Hits []Hit
	More bool // there are others
	Cut  bool // only the first words were looked for: there are too many
}

const usualHits = 50

// Search looks for words in every version of every item. The error is
// [ErrNoWords] if there is nothing to look for. The index is kept in the
// archive; where that cannot be written it is made for this search alone.
func (a Searcher) Search(ctx context.Context, s Search) (SearchResult, error) {
	w, ok := want(s.Words)
	if !ok {
		return SearchResult{}, ErrNoWords
	}
	if s.Limit <= 0 {
		s.Limit = usualHits
	}
	x, err := Open(a.s, ctx, s.Report)
	if err != nil {
		return SearchResult{}, disk.Caused(err)
	}
	r := &searchRun{x: x, s: s, w: w, items: map[int64]bool{}}
	err = r.run(ctx)
	if errors.Is(staleIf(ctx, err), errStale) && x.temp == "" {
		// Damage that shows only now: the next index is a new one.
		if err = errors.Join(x.Close(), Drop(a.s)); err != nil {
			return SearchResult{}, disk.Caused(err)
		}
		if x, err = Open(a.s, ctx, s.Report); err != nil {
			return SearchResult{}, disk.Caused(err)
		}
		r = &searchRun{x: x, s: s, w: w, items: map[int64]bool{}}
		err = r.run(ctx)
	}
	if err := errors.Join(err, x.Close()); err != nil {
		return SearchResult{}, disk.Caused(err)
	}
	return SearchResult{Hits: r.hits, More: r.more, Cut: w.cut}, nil
}

// A searchRun is one search of an index that is up to date.
type searchRun struct {
	x     *searchIndex
	s     Search
	w     wanted
	hits  []Hit
	rows  []int64 // of their items
	items map[int64]bool
	moved []int64 // versions that are the last ones of what was moved
	more  bool
}

func (r *searchRun) run(ctx context.Context) error {
	const shown = "EXISTS (SELECT 1 FROM state WHERE state.version = words.docid AND state.present"
	for _, pass := range []struct{ in, column, which string }{
		{InPresent, "name", shown + ")"},
		{InPresent, "words", shown + ")"},
		{InVanished, "words", shown + " = 0)"},
		{InOlder, "words", "NOT EXISTS (SELECT 1 FROM state WHERE state.version = words.docid)"},
	} {
		from := len(r.hits)
		err := r.pass(ctx, pass.in, pass.column, pass.which)
		if err == nil && pass.in == InOlder && !r.more {
			err = r.take(ctx, InOlder, r.moved)
		}
		if err != nil {
			return err
		}
		sortHits(r.hits[from:], r.rows[from:])
		if r.more {
			break
		}
	}
	return r.when(ctx)
}

// again reports whether v is of an item that was moved, and the one that has it
// was found.
func (r *searchRun) again(ctx context.Context, v history.Version) (bool, error) {
	for to, seen := v.To, 0; to != 0 && seen < mostMoves; seen++ {
		if r.items[to] {
			return true, nil
		}
		row := r.x.a.DB.QueryRowContext(ctx, "SELECT offset FROM place WHERE item = ? AND path = ''", to)
		if err := row.Scan(&to); errors.Is(err, sql.ErrNoRows) {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	return false, nil
}

// mostMoves is how often something is followed from place to place.
const mostMoves = 100

// pass adds what one sort of versions has, until there are enough.
func (r *searchRun) pass(ctx context.Context, in, column, which string) error {
	rows, err := r.x.Db.QueryContext(ctx, "SELECT docid FROM words WHERE "+column+" MATCH ? AND "+which+" ORDER BY docid DESC", r.w.match)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // its error is that of Err
	for more := true; more && !r.more; {
		var batch []int64
		for len(batch) <= r.s.Limit {
			if more = rows.Next(); !more {
				break
			}
			var n int64
			if err := rows.Scan(&n); err != nil {
				return err
			}
			batch = append(batch, n)
		}
		if err := r.take(ctx, in, batch); err != nil {
			return err
		}
	}
	return rows.Err()
}

// take adds the items of versions that were not added before.
func (r *searchRun) take(ctx context.Context, in string, numbers []int64) error {
	versions, err := history.Versions(r.x.a, ctx, numbers)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		v, ok := versions[n]
		if !ok || r.items[v.Row] || r.s.Account != "" && v.Account != r.s.Account || r.s.Kind != "" && v.Kind != r.s.Kind {
			continue // one that was pruned has no version
		}
		if v.To != 0 && in == InVanished {
			r.moved = append(r.moved, n) // it is there as long as it was, and elsewhere since
			continue
		}
		if v.To != 0 {
			again, err := r.again(ctx, v)
			if err != nil {
				return err
			}
			if again {
				continue
			}
		}
		if len(r.hits) == r.s.Limit {
			r.more = true
			return nil
		}
		r.items[v.Row] = true
		if in == InVanished {
			v.State = history.Gone
		}
		r.hits, r.rows = append(r.hits, Hit{Item: v.Item, In: in}), append(r.rows, v.Row)
	}
	return nil
}

// sortHits puts hits in the order of kinds and names. rows goes with them.
func sortHits(hits []Hit, rows []int64) {
	kinds := export.Kinds()
	order := make([]int, len(hits))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := &hits[i], &hits[j]
		if a.Kind != b.Kind {
			return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind)
		}
		if c := strings.Compare(disk.FoldName(a.Name), disk.FoldName(b.Name)); c != 0 {
			return c
		}
		return a.Start.Compare(b.Start)
	})
	oldHits, oldRows := slices.Clone(hits), slices.Clone(rows)
	for to, from := range order {
		hits[to], rows[to] = oldHits[from], oldRows[from]
	}
}

// A dated is one version of an item that was found, for its place in time.
type dated struct {
	number, export int64
	gone           bool
	name           string
	at             time.Time
}

// when fills in when the words were there, and shows each item as it is shown
// now.
func (r *searchRun) when(ctx context.Context) error {
	if len(r.rows) == 0 {
		return nil
	}
	dates := map[int64][]dated{}
	var several []int64
	err := history.Each(ctx, r.x.a.DB, `SELECT version.item, version, version.export, blob IS NULL AND photo IS NULL, version.name, export.started
		FROM version JOIN export ON export.number = version.export WHERE version.item IN (`+history.JoinNumbers(r.rows)+") ORDER BY version", nil, func(rows *sql.Rows) error {
		var item int64
		var d dated
		var at string
		err := rows.Scan(&item, &d.number, &d.export, &d.gone, &d.name, &at)
		d.at = history.TimeOf(at)
		dates[item] = append(dates[item], d)
		return err
	})
	if err != nil {
		return err
	}
	for _, list := range dates {
		if len(list) > 1 {
			for _, d := range list {
				several = append(several, d.number)
			}
		}
	}
	matching, err := r.matching(ctx, several)
	if err != nil {
		return err
	}
	shown, err := r.shown(ctx)
	if err != nil {
		return err
	}
	for i := range r.hits {
		h := &r.hits[i]
		list := dates[r.rows[i]]
		h.Found = spans(list, func(number int64) bool { return len(list) == 1 || matching[number] })
		if h.In != InOlder {
			continue
		}
		if now, ok := shown[r.rows[i]]; !ok || h.Number > now.Number {
			h.In = InHeld
		}
		if now, ok := shown[r.rows[i]]; ok {
			h.Item = now
		}
	}
	return nil
}

// matching tells which of these versions have what is looked for.
func (r *searchRun) matching(ctx context.Context, numbers []int64) (map[int64]bool, error) {
	found := map[int64]bool{}
	if len(numbers) == 0 {
		return found, nil
	}
	err := history.Each(ctx, r.x.Db, "SELECT docid FROM words WHERE words MATCH ? AND +docid IN ("+history.JoinNumbers(numbers)+")", []any{r.w.match}, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		found[n] = true
		return err
	})
	return found, err
}

// shown reads the hits of which an older version was found as they are shown.
func (r *searchRun) shown(ctx context.Context) (map[int64]history.Item, error) {
	present := map[int64]bool{} // by number of the version
	var items []int64
	for i, h := range r.hits {
		if h.In == InOlder {
			items = append(items, r.rows[i])
		}
	}
	all := map[int64]history.Item{}
	if len(items) == 0 {
		return all, nil
	}
	var numbers []int64
	err := history.Each(ctx, r.x.Db, "SELECT version, present FROM state WHERE item IN ("+history.JoinNumbers(items)+")", nil, func(rows *sql.Rows) error {
		var n int64
		var is bool
		err := rows.Scan(&n, &is)
		numbers, present[n] = append(numbers, n), is
		return err
	})
	if err != nil {
		return nil, err
	}
	versions, err := history.Versions(r.x.a, ctx, numbers)
	for n, v := range versions {
		if !present[n] {
			if v.State = history.Gone; v.To != 0 {
				v.State = history.Moved
			}
		}
		all[v.Row] = v.Item
	}
	return all, err
}

// spans are the times in which the versions of an item match, the newest first.
func spans(list []dated, matches func(number int64) bool) []Span {
	var out []Span
	open := false
	for _, d := range list {
		switch is := !d.gone && matches(d.number); {
		case is && !open:
			out = append(out, Span{Number: d.number, Export: d.export, Name: d.name, From: d.at})
			open = true
		case !is && open:
			out[len(out)-1].Until = d.at
			open = false
		}
	}
	slices.Reverse(out)
	return out
}

// A Searcher searches in what is shown.
type Searcher struct{ s *history.Store }

// NewSearcher is the Searcher of a store.
func NewSearcher(s *history.Store) Searcher { return Searcher{s} }
