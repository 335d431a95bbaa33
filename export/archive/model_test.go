package archive_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
)

// A long run is -model.seeds=1000. A sequence that failed is run alone with
// -model.seed=N, and -model.skip=3,7 leaves steps of it out; what the others do
// stays the same.
var (
	modelSeeds = flag.Int("model.seeds", 40, "how many sequences of what a service can do are run against the archive")
	modelFirst = flag.Int("model.first", 0, "the first of them")
	modelSteps = flag.Int("model.steps", 40, "how many steps each has")
	modelSeed  = flag.Int("model.seed", -1, "run this sequence alone, telling its steps")
	modelSkip  = flag.String("model.skip", "", "steps to leave out, with commas")
)

// A key names an item.
type key struct{ account, book, id string }

// A state is what is known of an item that was delivered: its last bytes, and
// whether the source has it.
type state struct {
	body    string
	present bool
}

// A model is what an archive has to hold, in memory, beside one that holds it.
type model struct {
	t      testing.TB
	random *rand.Rand // of the step
	at     clock
	dir    string
	a      *archive.Archive
	phones []*phone

	now   map[key]state           // as recorded
	past  map[int64]map[key]state // now, after each export
	when  map[int64]time.Time     // each export ended
	shown map[key]state           // in the open files
	last  int64                   // export
	whole int64                   // exports before this one are no longer known
	// milestones are those before it that are known all the same.
	milestones []int64
	begun      []time.Time // when the exports began
	forgot     bool        // a source may hold what the archive does not

	hidden    map[key]bool // new while their account was held, and not shown
	takenBack bool         // the last step took an answer back
	deleted   string       // open file that was deleted by hand
	log       []string
}

// TestModel runs random sequences of what services and owners do against an
// archive and against a model of it. After every step everything that was ever
// delivered can be got back byte for byte.
func TestModel(t *testing.T) {
	seeds := make([]int, *modelSeeds)
	for i := range seeds {
		seeds[i] = *modelFirst + i
	}
	if raceEnabled && len(seeds) > 4 {
		seeds = seeds[:4]
	}
	if *modelSeed >= 0 {
		seeds = []int{*modelSeed}
	}
	for _, seed := range seeds {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			runModel(t, seed)
		})
	}
}

func runModel(t *testing.T, seed int) {
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	m := &model{
		t: t, at: clock{aDay}, dir: filepath.Join(fastDir(t), "archive"), random: random,
		now: map[key]state{}, past: map[int64]map[key]state{}, when: map[int64]time.Time{}, shown: map[key]state{}, hidden: map[key]bool{},
		phones: []*phone{newPhone("Phone", random), newPhone("Tablet: old", random)},
	}
	defer func() {
		if m.a != nil {
			m.a.Close()
		}
		if t.Failed() || *modelSeed >= 0 {
			t.Logf("-model.seed=%d:\n%s", seed, strings.Join(m.log, "\n"))
		}
	}()
	if err := m.open(archive.Options{Now: m.at.Now}); err != nil {
		t.Fatal(err)
	}
	skip := strings.Split(*modelSkip, ",")
	for i := range *modelSteps {
		if slices.Contains(skip, strconv.Itoa(i)) {
			continue
		}
		m.random = rand.New(rand.NewPCG(uint64(seed), uint64(i)+1))
		m.log = append(m.log, fmt.Sprint(i, ":"))
		m.at.now = m.at.now.Add(modelPause)
		err := m.step()
		if err == nil {
			err = m.look(i)
		}
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	if err := m.look(0); err != nil {
		t.Fatalf("at the end: %v", err)
	}
	if seed%10 == 0 {
		sha256sum(t, m.dir)
	}
}

// modelPause is how long the steps are apart.
const modelPause = 7 * time.Hour

func (m *model) open(o archive.Options) (err error) {
	m.a, err = archive.Create(m.dir, o)
	return err
}

func (m *model) note(format string, args ...any) {
	m.log[len(m.log)-1] += " " + fmt.Sprintf(format, args...)
}

// of is the part of states that an account has.
func (m *model) of(states map[key]state, account string) map[key]state {
	part := map[key]state{}
	for k, s := range states {
		if k.account == account {
			part[k] = s
		}
	}
	return part
}

// step does something that a service or an owner can do. What a service does is
// followed by an export.
func (m *model) step() error {
	m.takenBack = false
	p := m.phones[m.random.IntN(len(m.phones))]
	if m.random.IntN(5) == 0 && m.last > 0 {
		return m.owner(p)
	}
	for range 1 + m.random.IntN(2) {
		m.service(p)
	}
	p.delta = m.random.IntN(2) == 0
	p.broken, p.fails = "", map[string]bool{}
	if m.random.IntN(8) == 0 {
		p.broken = p.books[m.random.IntN(len(p.books))].ID
		m.note("the listing of %s breaks off;", p.broken)
	}
	if m.random.IntN(4) == 0 {
		for _, b := range p.books {
			for _, id := range b.some(m.random, 3) {
				p.fails[id] = true
			}
		}
		m.note("%v fail;", slices.Sorted(maps.Keys(p.fails)))
	}
	m.begun = append(m.begun, m.at.now)
	m.note("export of %s (delta %v)", p.account, p.delta)
	switch m.random.IntN(8) {
	case 0:
		return m.killed(p)
	case 1:
		return m.powerCut(p)
	}
	return m.export(p)
}

// export exports p, and holds the archive to what p told.
func (m *model) export(p *phone) error {
	before := m.of(m.now, p.account)
	full := m.random.IntN(6) == 0
	l, err := export.Run(m.t.Context(), p, m.a, export.Plan{Account: p.account, Now: m.at.Now, Full: full}, nil)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	m.told(p, true)
	m.remember(l.Number)
	if err := m.balanced(p, &l, before); err != nil {
		return err
	}
	if err := m.moved(&l, before); err != nil {
		return err
	}
	if err := m.caughtUp(p); err != nil {
		return err
	}
	if err := m.alarmed(p, &l); err != nil {
		return err
	}
	if m.deleted != "" && !slices.Contains(l.PutBack, m.deleted) {
		return fmt.Errorf("%s was deleted and is not named among %v", m.deleted, l.PutBack)
	}
	m.deleted = ""
	return nil
}

// told makes of the model what p told. With ended the export came to its end.
func (m *model) told(p *phone, ended bool) {
	named := map[key]bool{}
	all := map[string]bool{}
	for _, n := range p.told {
		k := key{p.account, n.book, n.id}
		was, known := m.now[k]
		switch n.how {
		case toldPut:
			m.now[k] = state{n.body, true}
		case toldFailed, toldSeen:
			if known {
				m.now[k] = state{was.body, true}
			}
		case toldGone:
			if known {
				m.now[k] = state{was.body, false}
			}
			continue
		case toldAll:
			all[n.book] = true
		}
		named[k] = true
	}
	for k, s := range m.now {
		b := p.book(k.book)
		if k.account == p.account && !named[k] && (all[k.book] || ended && b.away) {
			m.now[k] = state{s.body, false}
		}
	}
}

// remember keeps what is recorded now as that of export n.
func (m *model) remember(n int64) {
	m.past[n], m.when[n] = maps.Clone(m.now), m.at.now
	m.last = n
}

// caughtUp makes sure that an export whose listings were complete, and which
// nobody cut off, has everything as the source has it, but for what failed.
func (m *model) caughtUp(p *phone) error {
	if m.forgot || p.broken != "" {
		return nil
	}
	now := m.of(m.now, p.account)
	for _, b := range p.books {
		for id, t := range b.items {
			k := key{p.account, b.ID, id}
			if s := now[k]; !b.away && !p.fails[id] && s != (state{t.body, true}) {
				return fmt.Errorf("%v is %.300v, and the source has %.300q", k, s, t.body)
			}
		}
	}
	for k, s := range now {
		if b := p.book(k.book); s.present && (b.away || b.items[k.id] == nil) {
			return fmt.Errorf("%v is present, and the source does not have it", k)
		}
	}
	return nil
}

// alarmed makes sure that an account that was emptied is held.
func (m *model) alarmed(p *phone, l *export.Ledger) error {
	if p.broken != "" || l.Held || m.forgot {
		return nil
	}
	books := map[string]int{}
	for k, s := range m.of(m.shown, p.account) {
		if s.present {
			books[k.book]++
		}
	}
	for _, s := range m.of(m.now, p.account) {
		if s.present {
			return nil
		}
	}
	for b, n := range books {
		if n >= 5 {
			return fmt.Errorf("all %d items of %s, and everything else, are gone, and it is not held", n, b)
		}
	}
	return nil
}

// killed ends the program somewhere in an export: the folder is what it was at
// that moment.
func (m *model) killed(p *phone) error {
	copied := ""
	p.killAt, p.kill = 1+m.random.IntN(25), func() { copied = copyTree(m.t, m.dir) }
	p.told = nil
	_, err := export.Run(m.t.Context(), p, m.a, export.Plan{Account: p.account, Now: m.at.Now}, nil)
	p.kill = nil
	if copied == "" {
		m.note("(too short to be killed)")
		if err == nil {
			m.told(p, true)
			m.remember(m.last + 1)
			m.deleted = ""
		}
		return err
	}
	m.note("(killed)")
	if err := errors.Join(err, m.a.Close(), os.RemoveAll(m.dir)); err != nil {
		return err
	}
	m.dir = copied
	return m.reopen(p)
}

// powerCut cuts the power somewhere in an export.
func (m *model) powerCut(p *phone) error {
	if err := m.a.Close(); err != nil {
		return err
	}
	d, open := newCutDisk(m.t, 1+m.random.IntN(80))
	if err := m.open(archive.Options{Now: m.at.Now, Disk: open}); err != nil && !errors.Is(err, errCut) {
		return err
	} else if err == nil {
		p.told = nil
		_, _ = export.Run(m.t.Context(), p, m.a, export.Plan{Account: p.account, Now: m.at.Now}, nil)
		_ = m.a.Close()
	}
	mode := m.random.IntN(modes)
	m.note("(power cut at %d, mode %d)", d.at, mode)
	d.settle(m.t, mode)
	return m.reopen(p)
}

// reopen opens the archive after an export of p was cut off. Every item is as
// it was before or as it was delivered; which of the two, the model learns.
func (m *model) reopen(p *phone) error {
	if err := m.open(archive.Options{Now: m.at.Now}); err != nil {
		return err
	}
	m.deleted = ""
	exports, err := m.a.Exports(m.t.Context(), "", 1)
	if err != nil || len(exports) == 0 || exports[0].Number == m.last {
		return err
	}
	n := exports[0].Number
	got, err := m.asOf(n)
	if err != nil {
		return fmt.Errorf("after the cut: %w", err)
	}
	before := maps.Clone(m.now)
	m.told(p, true)
	for k, g := range got {
		if was, ok := before[k]; (!ok || g != was) && g != m.now[k] && g != (state{m.now[k].body, false}) && g != (state{was.body, true}) {
			return fmt.Errorf("after the cut: %v is %.300v, before it was %.300v, and delivered was %.300v", k, g, was, m.now[k])
		}
	}
	for k := range before {
		if _, ok := got[k]; !ok {
			return fmt.Errorf("after the cut: %v is lost", k)
		}
	}
	m.now = got
	m.remember(n)
	return nil
}
