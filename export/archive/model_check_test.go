package archive_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/history"
)

// asOf is what the archive says of export n: everything that the source had
// then, and the last bytes of what it had had.
func (m *model) asOf(n int64) (map[key]state, error) {
	all := map[key]state{}
	for c, err := range m.a.Contents(m.t.Context(), archive.Query{AsOf: archive.Moment{Export: n}, Moved: true}) {
		if err != nil {
			return nil, err
		}
		r, err := c.Open()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.ID, err)
		}
		b, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", c.ID, err)
		}
		all[key{c.Account, c.Collection, c.ID}] = state{present: c.State != archive.Gone && c.State != archive.Moved, body: string(b)}
	}
	return all, nil
}

// differ tells the first difference of two states of everything.
func differ(got, want map[key]state) error {
	for k, w := range want {
		g, ok := got[k]
		switch {
		case !ok:
			return fmt.Errorf("%v is not there", k)
		case g.body != w.body:
			return fmt.Errorf("%v is %.300q, want %.300q", k, g.body, w.body)
		case g.present != w.present:
			return fmt.Errorf("%v: present %v, want %v", k, g.present, w.present)
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			return fmt.Errorf("%v should not be there", k)
		}
	}
	return nil
}

// look checks everything that can be checked after a step.
func (m *model) look(step int) error {
	if err := m.lookBack(step); err != nil {
		return err
	}
	files := &openFiles{m.dir, map[string][]byte{}, map[string]int{}, map[string]int{}, map[key]bool{}}
	accounts, err := m.a.Accounts(m.t.Context())
	if err != nil {
		return err
	}
	for _, x := range accounts {
		if err := m.lookAt(files, x); err != nil {
			return fmt.Errorf("the open files of %s: %w", x.Name, err)
		}
	}
	if err := files.manifests(); err != nil {
		return err
	}
	if step%9 == 0 {
		if faults := wrong(m.t, m.a); len(faults) > 0 {
			return fmt.Errorf("verify: %s", faults)
		}
	}
	return nil
}

// lookBack compares exports of before with what the model remembers: one by
// chance, and now and then all.
func (m *model) lookBack(step int) error {
	var numbers []int64
	for _, n := range slices.Sorted(maps.Keys(m.past)) {
		if step%20 == 0 || m.random.IntN(len(m.past)) == 0 {
			numbers = append(numbers, n)
		}
	}
	for _, n := range numbers {
		if at, _, err := m.a.At(m.t.Context(), archive.Moment{Time: m.when[n].Add(modelPause / 2)}); at != n || err != nil {
			return fmt.Errorf("after export %d the newest one is %d: %v", n, at, err)
		}
		got, err := m.asOf(n)
		var pruned *archive.PrunedError
		if n < m.whole && !slices.Contains(m.milestones, n) {
			if !errors.As(err, &pruned) || pruned.From != m.whole {
				return fmt.Errorf("as of export %d, which was pruned: %v", n, err)
			}
			continue
		}
		if err == nil {
			err = differ(got, m.past[n])
		}
		if err != nil {
			return fmt.Errorf("as of export %d: %w", n, err)
		}
	}
	return nil
}

// lookAt compares what the open files of an account show with what is accepted.
// While it is held the model knows only what must not happen.
func (m *model) lookAt(files *openFiles, x archive.Account) error {
	now, before := m.of(m.now, x.Name), m.of(m.shown, x.Name)
	bodies := map[key][]string{}
	states := []map[key]state{now, before}
	if m.takenBack {
		states = append(states, slices.Collect(maps.Values(m.past))...)
	}
	for _, some := range states {
		for k, s := range some {
			bodies[k] = append(bodies[k], s.body)
		}
	}
	got, err := files.shown(x.Name, x.Folder, bodies)
	if err != nil {
		return err
	}
	held, err := m.isHeld(x.Name)
	if err != nil {
		return err
	}
	switch {
	case !held:
		for k := range m.hidden {
			if _, ok := got[k]; !ok && k.account == x.Name && !now[k].present {
				delete(now, k) // it came and went while the account was held: it never was shown
			}
		}
		if err = differ(got, now); err == nil {
			err = m.vanished(files, now)
		}
	case m.takenBack:
		err = known(got, bodies)
	default:
		err = kept(got, before, now)
	}
	for k := range now {
		if _, ok := got[k]; held && !ok {
			m.hidden[k] = true
		}
	}
	for k := range before {
		delete(m.shown, k)
	}
	for k, s := range got {
		m.shown[k] = s
	}
	return err
}

// vanished compares what an account says has vanished and was moved with where
// the model has the same.
func (m *model) vanished(files *openFiles, now map[key]state) error {
	for k, s := range now {
		if s.present {
			continue
		}
		is := history.Understand(kindOf(s.body), []byte(s.body))
		twin := func(all map[key]state, name bool) bool {
			for o, t := range all {
				if o == k || o.account != k.account || !t.present {
					continue
				}
				if t.body == s.body {
					return true
				}
				if other := history.Understand(kindOf(t.body), []byte(t.body)); name && is.Uid != "" && other.Uid == is.Uid && other.Name == is.Name && other.Kind == is.Kind {
					return true
				}
			}
			return false
		}
		// What stood in two places and is deleted from one has vanished there; which
		// of two came first is what TestVanishedIsWhatIsNowhere knows.
		beside := func(all map[key]state) bool { return all[k].present && twin(all, false) }
		if !files.moved[k] && twin(now, false) && !slices.ContainsFunc(slices.Collect(maps.Values(m.past)), beside) {
			return fmt.Errorf("%v is said to have vanished, and is elsewhere", k)
		}
		if files.moved[k] && !twin(now, true) && !slices.ContainsFunc(slices.Collect(maps.Values(m.past)), func(all map[key]state) bool { return twin(all, true) }) {
			return fmt.Errorf("%v is said to have been moved, and was nowhere else", k)
		}
	}
	return nil
}

// kindOf is the kind of the collections for such a body.
func kindOf(body string) export.Kind {
	if strings.Contains(body, "VCALENDAR") {
		return export.Events
	}
	return export.Contacts
}

// kept says what of a held account must be: everything that was shown is as it
// was or as it was delivered since, and nothing that was present is gone.
func kept(got, before, now map[key]state) error {
	for k, s := range before {
		g, ok := got[k]
		switch {
		case !ok:
			return fmt.Errorf("held, and %v is not there", k)
		case s.present && !g.present:
			return fmt.Errorf("held, and %v is gone", k)
		case g.body != s.body && g.body != now[k].body:
			return fmt.Errorf("held, and %v is %.300q", k, g.body)
		}
	}
	for k, g := range got {
		if _, ok := before[k]; !ok && g.body != now[k].body {
			return fmt.Errorf("held, and %v came from nowhere: %.300q", k, g.body)
		}
	}
	return nil
}

// known says what of an account must be that was accepted and is held again:
// it shows nothing that was never there.
func known(got map[key]state, bodies map[key][]string) error {
	for k, g := range got {
		if !slices.Contains(bodies[k], g.body) {
			return fmt.Errorf("held again, and %v came from nowhere: %.300q", k, g.body)
		}
	}
	return nil
}

func (m *model) isHeld(account string) (bool, error) {
	holds, err := m.a.Holds(m.t.Context(), account)
	for _, h := range holds {
		if h.State == archive.HoldOpen {
			return true, err
		}
	}
	return false, err
}

// balanced compares the ledger of an export that was not cut off with what its
// source told.
func (m *model) balanced(p *phone, l *export.Ledger, before map[key]state) error {
	puts, failed := 0, 0
	for _, n := range p.told {
		was, known := before[key{p.account, n.book, n.id}]
		switch {
		case n.how == toldPut && !(known && was.present && was.body == n.body):
			puts++
		case n.how == toldFailed:
			failed++
		}
	}
	if l.Kept+l.NewAside != puts || l.Failed != failed {
		return fmt.Errorf("kept %d, newly set aside %d, failed %d; the source brought %d and failed with %d", l.Kept, l.NewAside, l.Failed, puts, failed)
	}
	if p.broken != "" && !p.book(p.broken).away {
		if l.Found != nil {
			return errors.New("the listing broke off, and there is a sum")
		}
		return nil
	}
	there := 0
	for _, b := range p.books {
		if !b.away {
			there += len(b.items)
		}
	}
	switch {
	case !l.Balanced():
		return fmt.Errorf("the sum does not balance: %+v", l.Counts)
	case *l.Found != there && !m.forgot:
		return fmt.Errorf("%d were found, and the source has %d", *l.Found, there)
	}
	return nil
}

// moved compares what an export says that it found moved and gone: in its
// ledger, in its changes, in their counts, and in fact.
func (m *model) moved(l *export.Ledger, before map[key]state) error {
	counts, err := m.a.ChangeCounts(m.t.Context(), []int64{l.Number})
	if err != nil {
		return err
	}
	var c archive.ChangeCount
	added, gone := map[string]string{}, map[string]string{} // by body: book
	for x, err := range m.a.Changes(m.t.Context(), l.Number) {
		if err != nil {
			return err
		}
		to := key{x.Account, x.Collection, x.ID}
		switch x.What {
		case archive.Added, archive.Returned:
			c.Added++
			added[m.now[to].body] = to.book
		case archive.Changed:
			c.Changed++
		case archive.Gone:
			c.Gone++
			gone[m.now[to].body] = to.book
		case archive.Moved:
			c.Moved++
			from := key{x.Account, x.From.Collection, x.From.ID}
			was, is := before[from], m.now[to]
			switch {
			case !was.present || m.now[from].present || before[to].present || !is.present:
				return fmt.Errorf("%v did not move to %v", from, to)
			case was.body != is.body && (uidOf(was.body) == "" || uidOf(was.body) != uidOf(is.body)):
				return fmt.Errorf("%v moved to %v and became %.200q", from, to, is.body)
			}
		}
	}
	for body, book := range gone {
		if to, ok := added[body]; ok && to != book {
			return fmt.Errorf("%.200q is gone from %s and added to %s", body, book, to)
		}
	}
	// What was never read can be gone, but does not change.
	if l.Gone < c.Gone || l.Moved != c.Moved || c != counts[l.Number] {
		return fmt.Errorf("the ledger says gone %d, moved %d; the changes %+v; their counts %+v", l.Gone, l.Moved, c, counts[l.Number])
	}
	return nil
}
