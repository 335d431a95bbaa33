package loss_test

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/loss"
	"sidekeep/export/loss/losstest"
	"sidekeep/formats/ical"
	"sidekeep/formats/photo"
	"sidekeep/formats/vcard"
)

// A memory keeps what an archive keeps of one account, as far as the alarm asks.
type memory struct {
	versions    []version // by number, from 1 on
	collections map[string]int64
	items       map[string]*kept
	order       []*kept
	exports     int64
}

type version struct {
	item   *kept
	fact   *loss.Fact // nil: it is gone
	body   []byte
	export int64
	at     time.Time
}

type kept struct {
	number     int64
	collection int64
	recorded   int64 // version; 0 if it is gone
}

func newMemory() *memory {
	return &memory{versions: make([]version, 1), collections: map[string]int64{}, items: map[string]*kept{}}
}

// understand reads an item as the archive does.
func understand(kind export.Kind, raw []byte) loss.Fact {
	f := loss.Fact{Kind: kind, Body: string(raw), Size: int64(len(raw))}
	switch kind {
	case export.Contacts:
		c, err := vcard.Read(raw)
		f.UID, f.Name, f.Aside = c.UID, c.Name, err != nil
	case export.Events, export.Todos:
		o, err := ical.Read(raw)
		f.UID, f.Name, f.Aside = o.UID, o.Summary, err != nil
		if o.Start.IsZero() {
			o.Start = o.Due
		}
		if !o.Start.IsZero() {
			f.Start = o.Start.Format(time.RFC3339)
		}
	}
	return f
}

func (m *memory) add(k *kept, f *loss.Fact, body []byte, at time.Time) {
	n := int64(len(m.versions))
	if f != nil {
		f.Version, f.Collection = n, k.collection
	}
	m.versions = append(m.versions, version{k, f, body, m.exports, at})
	if k.recorded = n; f == nil {
		k.recorded = 0
	}
}

// export records what a phone lists and tells whether that looks like a loss.
// Once it does, the memory is of no use.
func (m *memory) export(t *testing.T, p *losstest.Phone) (loss.Verdict, []export.Reason) {
	t.Helper()
	m.exports++
	at := p.Now()
	var changes []loss.Change
	listed := map[*kept]bool{}
	for _, it := range p.Items() {
		c := m.collections[it.Collection]
		if c == 0 {
			c = int64(len(m.collections) + 1)
			m.collections[it.Collection] = c
		}
		key := it.Collection + " " + it.ID
		k := m.items[key]
		if k == nil {
			k = &kept{number: int64(len(m.order) + 1), collection: c}
			m.items[key] = k
			m.order = append(m.order, k)
		}
		listed[k] = true
		before := m.versions[k.recorded].fact
		if before != nil && bytes.Equal(m.versions[k.recorded].body, it.Body) {
			continue
		}
		f := understand(it.Kind, it.Body)
		if it.Kind == export.Photos {
			f.Name = path.Base(it.ID)
		}
		m.add(k, &f, it.Body, at)
		changes = append(changes, loss.Change{Item: k.number, Before: before, Now: &f})
	}
	for _, k := range m.order {
		if k.recorded != 0 && !listed[k] {
			before := m.versions[k.recorded].fact
			m.add(k, nil, nil, at)
			changes = append(changes, loss.Change{Item: k.number, Before: before})
		}
	}
	if m.exports == 1 {
		return loss.Verdict{}, nil
	}
	q := m.question(changes, at)
	v, err := loss.Judge(q)
	if err != nil {
		t.Fatal(err)
	}
	var reasons []export.Reason
	if v.Loss != nil {
		reasons = v.Loss.Reasons
	}
	if v.Gone > 0 || v.Emptier > 0 {
		for _, w := range loss.Windows() {
			w.Content = w.Content && v.Emptier > 0
			more, err := loss.Lately(q, loss.Past{Lives: m.lives(at.AddDate(0, 0, -w.Days)), Fact: m.fact}, w)
			if err != nil {
				t.Fatal(err)
			}
			reasons = loss.Merge(reasons, more)
		}
	}
	return v, reasons
}

func (m *memory) fact(n int64) (*loss.Fact, error) { return m.versions[n].fact, nil }

func (m *memory) question(changes []loss.Change, at time.Time) loss.Question {
	q := loss.Question{At: at, Changes: changes, Had: map[loss.Group]int{}, Has: map[loss.Group]int{}, Names: map[int64]string{}}
	for name, c := range m.collections {
		q.Names[c] = name
	}
	add := func(to map[loss.Group]int, f *loss.Fact, n int) {
		if f != nil {
			to[loss.Group{Collection: f.Collection}] += n
			to[loss.Group{Kind: f.Kind}] += n
		}
	}
	present := func(kind export.Kind) (list []loss.Fact, err error) {
		for _, k := range m.order {
			if f := m.versions[k.recorded].fact; f != nil && (kind == "" || f.Kind == kind) {
				list = append(list, *f)
			}
		}
		return list, nil
	}
	all, _ := present("")
	for i := range all {
		add(q.Has, &all[i], 1)
	}
	maps.Copy(q.Had, q.Has)
	for _, c := range changes {
		add(q.Had, c.Before, 1)
		add(q.Had, c.Now, -1)
	}
	q.Present = present
	q.Base = func() ([]loss.Fact, error) { return present("") }
	q.Content = func(f loss.Fact) (loss.Content, error) { return loss.Read(f.Kind, m.versions[f.Version].body), nil }
	q.SamePicture = func(a, b loss.Fact) (bool, error) {
		return photo.SamePicture(bytes.NewReader(m.versions[a.Version].body), bytes.NewReader(m.versions[b.Version].body))
	}
	return q
}

func (m *memory) lives(from time.Time) (list []*loss.Life) {
	at := map[*kept]*loss.Life{}
	before := map[*kept]int64{}
	for n, v := range m.versions {
		if n == 0 {
			continue
		}
		if v.at.Before(from) {
			if before[v.item] = int64(n); v.fact == nil {
				before[v.item] = 0
			}
			continue
		}
		l := at[v.item]
		if l == nil {
			l = &loss.Life{Item: v.item.number, Collection: v.item.collection, Kinds: map[int64]export.Kind{}, First: before[v.item]}
			if l.First != 0 {
				l.Kinds[l.First] = m.versions[l.First].fact.Kind
			}
			at[v.item] = l
			list = append(list, l)
		}
		s := loss.Step{Export: v.export, At: v.at}
		if v.fact != nil {
			s.Version = int64(n)
			l.Kinds[s.Version] = v.fact.Kind
		}
		l.Steps = append(l.Steps, s)
	}
	return list
}

// play lets ways come over a phone and tells after how many exports the alarm
// was raised, 0 if it was not.
func play(t *testing.T, seed uint64, size int, ways []losstest.Way) (held int, why []export.Reason) {
	t.Helper()
	p := losstest.New(seed, size)
	days := 1
	for _, w := range ways {
		days = max(days, w.Days)
		if w.Before != nil {
			w.Before(p)
		}
	}
	m := newMemory()
	m.export(t, p)
	for day := range days {
		p.Sleep(1)
		for _, w := range ways {
			if day < w.Days {
				w.Do(p, day)
			}
		}
		if _, why := m.export(t, p); len(why) > 0 {
			return day + 1, why
		}
	}
	return 0, nil
}

// chosen is what seed plays: one way, or a mixture of a loss or of life with
// life; and on how many items.
func chosen(seed uint64) (ways []losstest.Way, size int) {
	all := losstest.Ways()
	var mild []losstest.Way
	for _, w := range all {
		if !w.Loss && !w.Alone {
			mild = append(mild, w)
		}
	}
	r := losstest.New(seed, 0)
	w := all[int(seed)%len(all)]
	ways = []losstest.Way{w}
	if int(seed) >= len(all) && !w.Alone {
		first := r.IntN(len(mild))
		ways = append(ways, mild[first])
		if r.IntN(2) == 0 {
			ways = append(ways, mild[(first+1+r.IntN(len(mild)-1))%len(mild)])
		}
	}
	switch {
	case seed%50 == 49:
		size = 1500
	case w.Alone:
		size = 40 + r.IntN(80)
	default:
		size = 6 + r.IntN(120)
	}
	if w.Alone {
		size = min(size, 200)
	}
	return ways, size
}

// TestModel: whatever a service does, no loss beyond the threshold goes
// unnoticed for longer than its way says, and no life is taken for one.
func TestModel(t *testing.T) {
	seeds := 500
	if testing.Short() || raced {
		seeds = 100
	}
	for seed := range uint64(seeds) {
		ways, size := chosen(seed)
		var names []string
		for _, w := range ways {
			names = append(names, w.Name)
		}
		t.Run(fmt.Sprintf("%d of %d: %v", seed, size, names), func(t *testing.T) {
			held, why := play(t, seed, size, ways)
			want := slices.ContainsFunc(ways, func(w losstest.Way) bool { return w.Loss })
			if (held > 0) != want {
				t.Errorf("held after %d exports, want a loss: %v: %+v", held, want, why)
			}
		})
	}
}
