package loss

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sidekeep/export"
)

// person is item n of a collection as a fact; its body changes with every
// other argument.
func person(collection int64, n int, more string) *Fact {
	name := fmt.Sprintf("Person %d", n)
	return &Fact{
		Version: int64(n), Collection: collection, Kind: export.Contacts, UID: fmt.Sprintf("uid-%d", n), Name: name,
		Body: fmt.Sprintf("body-%d-%s", n, more),
	}
}

// named is what a card with a name and numbers says.
func named(name string, numbers ...string) Content {
	c := Content{shown: say(name)}
	for _, n := range numbers {
		c.phones = append(c.phones, dial(n))
	}
	return c
}

// ask makes a question of changes in accounts of which the rest, of each
// collection, has not changed.
func ask(rest map[int64]int, changes ...Change) Question {
	q := Question{
		Changes: changes, Had: map[Group]int{}, Has: map[Group]int{}, Names: map[int64]string{1: "Friends", 2: "Work", 3: "New"},
		Base:        func() ([]Fact, error) { return nil, nil },
		Content:     func(f Fact) (Content, error) { return named("X", f.Name), nil },
		SamePicture: func(Fact, Fact) (bool, error) { return false, nil },
	}
	count := func(m map[Group]int, c int64, k export.Kind, n int) {
		m[Group{Collection: c}] += n
		m[Group{Kind: k}] += n
	}
	for c, n := range rest {
		count(q.Had, c, export.Contacts, n)
		count(q.Has, c, export.Contacts, n)
	}
	for _, c := range changes {
		if c.Before != nil {
			count(q.Had, c.Before.Collection, c.Before.Kind, 1)
		}
		if c.Now != nil {
			count(q.Has, c.Now.Collection, c.Now.Kind, 1)
		}
	}
	return q
}

func lost(n int) []Change {
	var list []Change
	for i := range n {
		list = append(list, Change{Item: int64(i + 1), Before: person(1, i, "")})
	}
	return list
}

func judged(t *testing.T, q Question) Verdict {
	t.Helper()
	v, err := Judge(q)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func rules(v Verdict) string {
	if v.Loss == nil {
		return ""
	}
	var list []string
	for _, r := range v.Loss.Reasons {
		list = append(list, string(r.Rule))
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

func TestThresholds(t *testing.T) {
	for _, x := range []struct {
		lost, of int
		t        export.Thresholds
		want     string
	}{
		{lost: 4, of: 5},
		{lost: 4, of: 4},
		{lost: 3, of: 4},
		{lost: 5, of: 5, want: "emptied"},
		{lost: 5, of: 25, want: "gone"},
		{lost: 5, of: 26},
		{lost: 15, of: 400},
		{lost: 79, of: 400},
		{lost: 80, of: 400, want: "gone"},
		{lost: 400, of: 400, want: "emptied"},
		{lost: 2, of: 4, t: export.Thresholds{Items: 2, Percent: 50}, want: "gone"},
		{lost: 2, of: 5, t: export.Thresholds{Items: 2, Percent: 50}},
		{lost: 10, of: 10, t: export.Thresholds{Items: 11}},
		{lost: 5, of: 100, t: export.Thresholds{Percent: 5}, want: "gone"},
	} {
		q := ask(map[int64]int{1: x.of - x.lost}, lost(x.lost)...)
		q.Thresholds = x.t
		v := judged(t, q)
		if got := rules(v); got != x.want {
			t.Errorf("%d of %d with %+v: %q, want %q", x.lost, x.of, x.t, got, x.want)
		}
		if v.Gone != x.lost {
			t.Errorf("%d of %d: %d gone", x.lost, x.of, v.Gone)
		}
	}
}

// What stands elsewhere, or under another ID or UID, is not lost.
func TestRecognised(t *testing.T) {
	for name, now := range map[string]func(i int, f Fact) *Fact{
		"another collection":          func(_ int, f Fact) *Fact { f.Collection = 3; return &f },
		"another body, the same UID":  func(i int, f Fact) *Fact { f.Collection, f.Body = 3, "x"+f.Body; return &f },
		"another name, the same UID":  func(i int, f Fact) *Fact { f.Collection, f.Body, f.Name = 3, "x"+f.Body, "X"; return &f },
		"another UID, the same name":  func(i int, f Fact) *Fact { f.UID, f.Body = "new"+f.UID, "x"+f.Body; return &f },
		"no UID, the same name":       func(i int, f Fact) *Fact { f.UID, f.Body = "", "x"+f.Body; return &f },
		"another UID, the same bytes": func(i int, f Fact) *Fact { f.UID = "new" + f.UID; return &f },
		"the name in capitals": func(i int, f Fact) *Fact {
			f.UID, f.Body, f.Name = "", "x"+f.Body, " "+strings.ToUpper(f.Name)+"  "
			return &f
		},
	} {
		changes := lost(12)
		for i := range 12 {
			f := now(i, *changes[i].Before)
			f.Version += 1000
			changes = append(changes, Change{Item: int64(100 + i), Now: f})
		}
		q := ask(map[int64]int{1: 3}, changes...)
		q.Content = func(f Fact) (Content, error) {
			return named("X", strings.TrimPrefix(f.Body, "x"), "1"), nil
		}
		if v := judged(t, q); v.Loss != nil || v.Gone != 0 {
			t.Errorf("%s: %d gone: %+v", name, v.Gone, v.Loss)
		}
	}
}

// Each new item makes good for one that is gone, and no more.
func TestEachOnce(t *testing.T) {
	changes := lost(10)
	for i := range changes {
		changes[i].Before.UID, changes[i].Before.Body = "same", "same"
	}
	changes = append(changes, Change{Item: 50, Now: changes[0].Before})
	if v := judged(t, ask(nil, changes...)); v.Gone != 9 || v.Loss == nil {
		t.Errorf("%d gone, want 9: %+v", v.Gone, v.Loss)
	}
}

// People of one name are others if they share no number; their contents are
// looked at only then.
func TestNamesakes(t *testing.T) {
	a, b := person(1, 1, ""), person(1, 2, "")
	b.Name = a.Name
	read := 0
	q := ask(nil, Change{Item: 1, Before: a}, Change{Item: 2, Now: b})
	numbers := map[int64][]string{1: {"1"}, 2: {"2"}}
	q.Content = func(f Fact) (Content, error) { read++; return named("X", numbers[f.Version]...), nil }
	if v := judged(t, q); v.Gone != 1 || read != 2 {
		t.Errorf("%d gone, %d contents read, want 1 and 2", v.Gone, read)
	}
	numbers[2] = append(numbers[2], "1")
	if v := judged(t, q); v.Gone != 0 {
		t.Errorf("with a shared number %d gone", v.Gone)
	}
	q.Content = func(Fact) (Content, error) { return Content{}, errors.New("broken") }
	if _, err := Judge(q); err == nil {
		t.Error("an error of Content is not returned")
	}
}

// A server that gives the IDs out anew has lost nothing.
func TestIDsExchanged(t *testing.T) {
	var changes []Change
	for i := range 10 {
		before, now := person(1, i, ""), person(1, (i+1)%10, "")
		now.Version += 100
		changes = append(changes, Change{Item: int64(i), Before: before, Now: now})
	}
	if v := judged(t, ask(nil, changes...)); v.Loss != nil || v.Gone != 0 || v.Emptier != 0 {
		t.Errorf("%d gone, %d hollow: %+v", v.Gone, v.Emptier, v.Loss)
	}
}

// What moved and is hollow now is as much a loss as if it had stayed.
func TestHollowElsewhere(t *testing.T) {
	changes := lost(6)
	for i := range 6 {
		f := *changes[i].Before
		f.Version, f.Collection, f.Body = f.Version+1000, 2, "blank"+f.Body
		changes = append(changes, Change{Item: int64(100 + i), Now: &f})
	}
	q := ask(nil, changes...)
	q.Content = func(f Fact) (Content, error) {
		if f.Version >= 1000 {
			return Content{}, nil
		}
		return named(f.Name), nil
	}
	if v := judged(t, q); rules(v) != "hollow" {
		t.Errorf("%+v", v.Loss)
	}
}

func TestStranger(t *testing.T) {
	others := func(n int) (list []Change) {
		for i := range n {
			list = append(list, Change{Item: int64(1000 + i), Now: person(2, 1000+i, "")})
		}
		return list
	}
	for _, x := range []struct {
		name              string
		lost, stay, fresh int
		before, who       string
		want              bool
	}{
		{name: "everything else", lost: 20, fresh: 20, want: true},
		{name: "one in 21 the same", lost: 20, stay: 1, fresh: 20, want: true},
		{name: "one in 10 the same", lost: 18, stay: 2, fresh: 20},
		{name: "few others", lost: 20, fresh: 9},
		{name: "only a few", lost: 4, fresh: 4},
		{name: "another name, less than half", lost: 11, stay: 9, before: "/a/", who: "/b/", want: true},
		{name: "another name, half", lost: 10, stay: 10, before: "/a/", who: "/b/"},
		{name: "a name for the first time", lost: 11, stay: 9, who: "/b/"},
		{name: "the name is no longer told", lost: 11, stay: 9, before: "/a/"},
		{name: "another name, few items", lost: 3, stay: 1, before: "/a/", who: "/b/", want: true},
	} {
		q := ask(map[int64]int{1: x.stay}, append(lost(x.lost), others(x.fresh)...)...)
		q.WhoBefore, q.Who = x.before, x.who
		v := judged(t, q)
		got := v.Loss != nil && v.Loss.Reasons[0].Rule == export.RuleStranger
		if got != x.want {
			t.Errorf("%s: stranger %v, want %v: %+v", x.name, got, x.want, v.Loss)
		}
		fates, err := v.Fates(nil, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range q.Changes {
			want := Follow
			if c.Before != nil {
				want = Keep
			} else if x.want {
				want = Hide
			}
			if fates[c.Item] != want {
				t.Errorf("%s: item %d has fate %d, want %d", x.name, c.Item, fates[c.Item], want)
			}
		}
	}
}

// While held, the files show what is new and what changed without losing
// anything, and nothing else.
func TestFates(t *testing.T) {
	q := ask(map[int64]int{1: 1}, lost(8)...)
	add := func(item int64, before, now *Fact) {
		q.Changes = append(q.Changes, Change{Item: item, Before: before, Now: now})
	}
	moved := *q.Changes[0].Before
	moved.Collection = 2
	add(20, nil, &moved)                               // the same under another ID
	add(21, nil, person(1, 500, ""))                   // really new
	add(22, person(1, 600, ""), person(1, 600, "new")) // changed
	hollow := person(1, 700, "blank")
	hollow.Version = 7000
	add(23, person(1, 700, ""), hollow)
	add(24, nil, person(2, 800, "")) // of a UID that the files show
	copied := person(2, 801, "copy")
	copied.UID = "another"
	add(25, nil, copied)
	add(26, person(1, 900, ""), person(1, 901, "")) // another item under its ID
	add(27, nil, nil)
	q.Base = func() ([]Fact, error) { return []Fact{*person(1, 800, "there"), *person(1, 801, "there")}, nil }
	q.Content = func(f Fact) (Content, error) {
		if f.Version == 7000 {
			return named("", f.Name), nil
		}
		return named("X", f.Name), nil
	}
	fates, err := judged(t, q).Fates([]export.Reason{{Rule: export.RuleHollow, Kind: export.Photos}}, true)
	if err != nil {
		t.Fatal(err)
	}
	want := map[int64]Fate{20: Hide, 21: Follow, 22: Follow, 23: Keep, 24: Hide, 25: Hide, 26: Keep, 27: Hide}
	for i := range 8 {
		want[int64(i+1)] = Keep
	}
	for item, w := range want {
		if fates[item] != w {
			t.Errorf("item %d has fate %d, want %d", item, fates[item], w)
		}
	}
}

func TestReasons(t *testing.T) {
	q := ask(map[int64]int{1: 2, 2: 30}, lost(20)...)
	q.Names[1] = "Friends"
	v := judged(t, q)
	if len(v.Loss.Reasons) != 2 {
		t.Fatalf("%+v", v.Loss.Reasons)
	}
	kind, collection := v.Loss.Reasons[0], v.Loss.Reasons[1]
	if kind.Collection != "" || kind.Kind != export.Contacts || kind.Had != 52 || kind.Has != 32 || kind.Lost != 20 {
		t.Errorf("of the kind: %+v", kind)
	}
	if collection.Collection != "Friends" || collection.Had != 22 || collection.Has != 2 || len(collection.Names) != export.MaxLossNames {
		t.Errorf("of the collection: %+v", collection)
	}
}

// TestNoticedIsHeldWithTheRest: what alone would be noticed, and would reach the
// owner's files, is held back and told where the export is held anyway.
func TestNoticedIsHeldWithTheRest(t *testing.T) {
	damaged := func(first, n int) (list []Change) {
		for i := range n {
			now := person(1, first+i, "cut")
			now.Version += 10000
			list = append(list, Change{Item: int64(first + i), Before: person(1, first+i, ""), Now: now})
		}
		return list
	}
	content := func(f Fact) (Content, error) {
		if f.Version >= 10000 {
			return named(f.Name, "030 12345"), nil
		}
		return named(f.Name, "030 123456"), nil
	}
	alone := ask(map[int64]int{1: 85}, damaged(500, 15)...)
	alone.Content = content
	if v := judged(t, alone); v.Loss != nil || len(v.Notice) == 0 {
		t.Fatalf("alone it is %v, %v, want a notice", v.Loss, v.Notice)
	}
	both := ask(map[int64]int{1: 55}, append(lost(30), damaged(500, 15)...)...)
	both.Content = content
	v := judged(t, both)
	if v.Loss == nil {
		t.Fatal("no loss")
	}
	if !slices.ContainsFunc(v.Loss.Reasons, func(r export.Reason) bool { return r.Rule == export.RuleHollow }) {
		t.Errorf("the reasons are %s, without the numbers", rules(v))
	}
	fates, err := v.Fates(v.Loss.Reasons, true)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 15 {
		if fates[int64(500+i)] != Keep {
			t.Errorf("item %d has fate %d, want Keep", 500+i, fates[int64(500+i)])
		}
	}
}

// TestGoneIsHeldWithTheRest: people of whom alone there would be a notice are told
// where numbers are cut of so many that the export is held; nothing is told twice.
func TestGoneIsHeldWithTheRest(t *testing.T) {
	cut := func(n int) (list []Change) {
		for i := range n {
			now := person(1, 500+i, "cut")
			now.Version += 10000
			list = append(list, Change{Item: int64(500 + i), Before: person(1, 500+i, ""), Now: now})
		}
		return list
	}
	for _, x := range []struct {
		gone, cut, stay int
		want            string
	}{
		{20, 0, 100, ""},
		{20, 40, 60, "gone 20 of 120, hollow 40 of 120"},
		{11, 40, 69, "hollow 40 of 120"}, // it would not be noticed
		{35, 45, 40, "gone 35 of 120, hollow 45 of 120"},
		{0, 40, 80, "hollow 40 of 120"},
		{40, 0, 80, "gone 40 of 120"},
	} {
		q := ask(map[int64]int{1: x.stay}, append(lost(x.gone), cut(x.cut)...)...)
		q.Content = func(f Fact) (Content, error) {
			if f.Version >= 10000 {
				return named(f.Name, "030 12345"), nil
			}
			return named(f.Name, "030 123456"), nil
		}
		var list []string
		if v := judged(t, q); v.Loss != nil {
			for _, r := range v.Loss.Reasons {
				list = append(list, fmt.Sprintf("%s %d of %d", r.Rule, r.Lost, r.Had))
			}
		}
		if got := strings.Join(list, ", "); got != x.want {
			t.Errorf("%d gone and %d cut are held for %q, want %q", x.gone, x.cut, got, x.want)
		}
	}
}
