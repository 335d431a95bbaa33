package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/settings"
	"sidekeep/export/source/all"
)

func TestOpeningFails(t *testing.T) {
	tries := 0
	s := &scripted{}
	f := New(Options{
		Open: func(Owner) (Work, error) {
			if tries++; tries == 1 {
				return nil, fmt.Errorf("opening: %w", export.ErrNewer)
			}
			return s, nil
		},
		Changed: func() {},
	})
	f.Start()
	v := until(t, f, "the refusal", func(v View) bool { return v.Page == Broken })
	if v.Broken != words.For(export.ErrNewer) {
		t.Errorf("words = %+v", v.Broken)
	}
	f.Again()
	until(t, f, "home", func(v View) bool { return v.Page == Home && v.Home.Empty })
	if err := f.Close(); err != nil || !s.closed {
		t.Errorf("Close = %v, closed = %v", err, s.closed)
	}
}

func ledger(found, kept, failed int, stop error) *export.Ledger {
	l := &export.Ledger{Number: 1, Started: time.Now().Add(-2 * time.Hour), Counts: export.Counts{Found: &found, Kept: kept, Failed: failed}}
	l.Stop = export.NewStop(stop)
	return l
}

func TestCards(t *testing.T) {
	good := ledger(1654, 1654, 0, nil)
	for _, c := range []struct {
		name    string
		change  func(*work.Status)
		state   State
		main    Act
		has, no []Act
		says    string
	}{
		{"new", func(*work.Status) {}, Fresh, ActExport, []Act{ActRemove}, []Act{ActFolder}, words.NeverExported},
		{"safe", func(s *work.Status) { s.State, s.Last, s.LastGood = work.Safe, good, good }, Safe, -1, []Act{ActExport, ActFolder}, nil, "1,654 of 1,654"},
		{"overdue", func(s *work.Status) {
			s.State, s.Last, s.LastGood, s.LastFull = work.Overdue, good, good, time.Now().AddDate(0, 0, -9)
		}, Overdue, ActExport, nil, nil, words.OverdueMeans},
		{"set aside", func(s *work.Status) {
			l := *good
			l.Problems = []export.Problem{{Item: "x.vcf", Collection: "Book", Detail: "line 3: no colon", Aside: true}}
			s.State, s.Last, s.SetAside = work.SetAside, &l, 1
		}, SetAside, -1, []Act{ActDetails}, nil, "Its bytes are kept"},
		{"sign-in refused", func(s *work.Status) {
			s.State, s.Last, s.LastGood = work.Failed, ledger(0, 0, 0, export.ErrSignIn), good
		}, Failed, ActSignIn, []Act{ActExport, ActDetails}, nil, words.For(export.ErrSignIn).Title},
		{"unreachable", func(s *work.Status) { s.State, s.Last = work.Failed, ledger(0, 0, 0, export.ErrUnreachable) }, Failed, ActExport, []Act{ActDetails}, []Act{ActSignIn}, "No good export yet"},
		{"not begun", func(s *work.Status) {
			s.State, s.Last, s.LastGood, s.Unbegun = work.Failed, good, good, &work.Unbegun{Stop: export.NewStop(export.ErrNotWritable)}
		}, Failed, ActExport, []Act{ActDetails}, []Act{ActSignIn}, words.For(export.ErrNotWritable).Title},
		{"items failed", func(s *work.Status) { s.State, s.Last, s.Failed = work.Failed, ledger(9, 7, 2, nil), 2 }, Failed, ActExport, nil, nil, "2 items could not be read."},
		{"stopped", func(s *work.Status) { s.State, s.Last = work.Failed, ledger(0, 0, 0, export.ErrStopped) }, Stopped, ActExport, nil, []Act{ActSignIn}, words.NeverExported},
		{"stopped on the way", func(s *work.Status) {
			s.State, s.Last = work.Failed, ledger(0, 0, 0, export.ErrStopped)
			s.Last.Kept = 3
		}, Stopped, ActExport, nil, []Act{ActSignIn}, words.StoppedMeans},
		{"archive only", func(s *work.Status) { s.SetUp, s.State, s.Last = false, work.Safe, good }, Away, -1, []Act{ActFolder}, []Act{ActExport, ActRemove}, words.OnlyInArchive},
		{"imported files", func(s *work.Status) { s.SetUp, s.Imported, s.State, s.Last = false, true, work.Safe, good }, Safe, -1, []Act{ActFolder}, []Act{ActExport, ActRemove}, "Imported "},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := account("Anna")
			c.change(&x)
			f, _ := start(t, &scripted{status: []work.Status{x}})
			got := until(t, f, "home", home).Home.Cards[0]
			if got.State != c.state {
				t.Errorf("state = %v, want %v", got.State, c.state)
			}
			a := acts(got)
			for _, want := range c.has {
				if _, ok := a[want]; !ok {
					t.Errorf("no action %v in %+v", want, a)
				}
			}
			for _, not := range c.no {
				if x, ok := a[not]; ok && !x.Off {
					t.Errorf("action %v is offered", not)
				}
			}
			if c.main >= 0 && a[c.main].Rank != Primary {
				t.Errorf("action %v is not the primary one: %+v", c.main, got.Actions)
			}
			if all := fmt.Sprintf("%+v", got); !strings.Contains(all, c.says) {
				t.Errorf("the card does not say %q: %s", c.says, all)
			}
		})
	}
}

func TestGravestFirst(t *testing.T) {
	a, b, c := account("Anna"), account("Ben"), account("Cleo")
	a.State, a.Last = work.Safe, ledger(1, 1, 0, nil)
	b.State, b.Last = work.Failed, ledger(0, 0, 0, export.ErrFull)
	c.State, c.Last = work.Overdue, ledger(1, 1, 0, nil)
	f, _ := start(t, &scripted{status: []work.Status{a, b, c}})
	v := until(t, f, "home", home)
	if v.Home.Cards[0].Account != "Ben" || v.Home.Title != words.AccountsFailed(1) || v.Home.Tone != Bad || v.Side.Waiting != 1 {
		t.Errorf("home = %+v, side = %+v", v.Home, v.Side)
	}
	f.Do("Ben", ActDetails)
	if v := f.View(); !v.Home.Cards[0].Open || len(v.Home.Cards[0].Details) == 0 {
		t.Errorf("the details are not shown: %+v", v.Home.Cards[0])
	}
}

func TestStop(t *testing.T) {
	s := &scripted{status: []work.Status{account("Anna")}}
	ended := make(chan struct{})
	s.export = func(ctx context.Context, _ string, report func(export.Progress)) (export.Ledger, error) {
		report(export.Progress{Phase: export.Exporting, Total: 9204, Left: -1, Collections: []export.CollectionProgress{
			{Name: "Photos", Kind: export.Photos, State: export.Running, Done: 4130, Total: 9204},
			{Name: "To-dos", Kind: export.Todos, State: export.Waiting, Total: -1}}})
		<-ctx.Done()
		<-ended
		return export.Ledger{}, fmt.Errorf("%w: %w", export.ErrStopped, ctx.Err())
	}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Do("Anna", ActExport)
	v := until(t, f, "bars", func(v View) bool { return len(card(v, "Anna").Bars) == 2 })
	b := card(v, "Anna").Bars
	if b[0].Right != "4,130 of 9,204" || b[0].Part < .44 || b[0].Part > .45 || b[1].Right != words.Waiting {
		t.Errorf("bars = %+v", b)
	}
	f.Do("Anna", ActStop)
	c := card(f.View(), "Anna")
	if a := acts(c)[ActStop]; c.State != Stopping || a.Verb != words.Stopping || !a.Off {
		t.Errorf("not at once stopping: %+v", c)
	}
	close(ended)
	v = until(t, f, "the end", func(v View) bool { return card(v, "Anna").State == Stopped })
	if a := acts(card(v, "Anna")); a[ActExport].Rank != Primary {
		t.Errorf("a stopped export cannot be started again: %+v", a)
	}
}

func TestCloseEndsExports(t *testing.T) {
	s := &scripted{status: []work.Status{account("Anna")}}
	ended := false
	s.export = func(ctx context.Context, _ string, _ func(export.Progress)) (export.Ledger, error) {
		<-ctx.Done()
		time.Sleep(20 * time.Millisecond)
		ended = true
		return export.Ledger{}, export.ErrStopped
	}
	f, _ := start(t, s)
	until(t, f, "home", home)
	f.Export("Anna")
	until(t, f, "the export", func(View) bool { return f.Exporting() })
	if err := f.Close(); err != nil || !ended || !s.closed {
		t.Errorf("Close = %v, ended = %v, closed = %v", err, ended, s.closed)
	}
	f.Export("Anna")
	if f.Export("Anna"); !s.closed {
		t.Error("an export after Close")
	}
}

func TestAtMostFourUpdatesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{status: []work.Status{account("Anna")}}
		const seconds = 15
		s.export = func(ctx context.Context, _ string, report func(export.Progress)) (export.Ledger, error) {
			for i := range seconds * 100 {
				report(export.Progress{Phase: export.Exporting, Done: i, Total: seconds * 100, Rate: 100, Left: 6 * time.Minute,
					Collections: []export.CollectionProgress{{Kind: export.Photos, State: export.Running, Done: i, Total: seconds * 100}}})
				time.Sleep(10 * time.Millisecond)
			}
			return export.Ledger{}, nil
		}
		f, changes := start(t, s)
		synctest.Wait()
		before := changes()
		f.Export("Anna")
		time.Sleep(9 * time.Second)
		synctest.Wait()
		c := card(f.View(), "Anna")
		if c.Caption != words.ReadingService || c.Rate != "100 photos a second" {
			t.Errorf("after 9 seconds: %+v", c)
		}
		if d := c.Bars[0].Part; d < .55 || d > .61 {
			t.Errorf("the bar is at %v after 9 of %d seconds", d, seconds)
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if c := card(f.View(), "Anna"); c.Caption != "About 6 minutes left" {
			t.Errorf("after 12 seconds: %q", c.Caption)
		}
		time.Sleep(seconds * time.Second)
		synctest.Wait()
		// the start, the end, the status read again, and one tick of the clock
		if n := changes() - before; n > seconds*4+6 || n < seconds*3 {
			t.Errorf("%d updates in %d seconds", n, seconds)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestNothingAfterClose: a progress that waits to be shown is not shown any more
// when the flow is closed.
func TestNothingAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{status: []work.Status{account("Anna")}}
		s.export = func(ctx context.Context, _ string, report func(export.Progress)) (export.Ledger, error) {
			report(export.Progress{Phase: export.Exporting, Done: 1, Total: 9})
			report(export.Progress{Phase: export.Exporting, Done: 2, Total: 9})
			<-ctx.Done()
			return export.Ledger{}, export.ErrStopped
		}
		f, changes := start(t, s)
		synctest.Wait()
		f.Export("Anna")
		synctest.Wait()
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		closed := changes()
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := changes() - closed; n > 0 {
			t.Errorf("%d changes after Close", n)
		}
	})
}

func TestManyCollectionsAreGrouped(t *testing.T) {
	var p export.Progress
	for i := range 12 {
		p.Collections = append(p.Collections, export.CollectionProgress{Name: fmt.Sprint(i), Kind: export.Events, State: export.Finished, Done: 2, Total: 2})
	}
	p.Collections = append(p.Collections, export.CollectionProgress{Name: "People", Kind: export.Contacts, State: export.Waiting, Total: -1})
	got := bars(p)
	if len(got) != 2 || got[0].Name != "People" || got[0].Right != words.Waiting || got[1].Right != "24 of 24" || got[1].Part != 1 {
		t.Errorf("bars = %+v", got)
	}
}

func TestQuestions(t *testing.T) {
	s := &scripted{}
	got := make(chan error, 9)
	s.find = func(ctx context.Context, _ work.Candidate) (*work.Found, error) {
		err := s.owner.Ask.Yes(ctx, export.Question{Cause: export.ErrCertificate, Host: "home.example", Detail: strings.Repeat("ab", 32)})
		got <- err
		if err != nil {
			return nil, err
		}
		return &work.Found{Collections: []work.FoundCollection{{Collection: export.Collection{ID: "a", Kind: export.Contacts}, Count: 3}}}, nil
	}
	f, _ := start(t, s)
	until(t, f, "home", home)
	ask := func() *Question {
		f.StartConnect()
		f.Pick("")
		f.SignIn(Form{AddressField: "home.example"})
		return until(t, f, "the question", func(v View) bool { return v.Question != nil }).Question
	}

	q := ask()
	if !strings.Contains(q.Title, "home.example") || !strings.HasPrefix(q.Detail, "AB AB") || q.Yes == "" {
		t.Errorf("question = %+v", q)
	}
	f.Answer(q, false)
	v := until(t, f, "the refusal", func(v View) bool { return v.SignIn.Problem != nil })
	if err := <-got; !errors.Is(err, export.ErrCertificate) || !strings.Contains(v.SignIn.Problem.Title, "certificate") {
		t.Errorf("refused: %v, %+v", err, v.SignIn.Problem)
	}
	f.Answer(q, true) // the same one again is nobody's

	q = ask()
	f.Back()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Errorf("the page was left: %v", err)
	}
	if v := until(t, f, "no question", func(v View) bool { return v.Question == nil }); v.Page != Connect {
		t.Errorf("page = %v", v.Page)
	}
	f.Answer(q, true)

	q = ask()
	f.Answer(q, true)
	if v := until(t, f, "what was found", func(v View) bool { return v.Page == Found }); v.Found.Chosen != "3 items chosen" {
		t.Errorf("found = %+v", v.Found)
	}
	f.Back()
	f.SignIn(Form{AddressField: "home.example"}) // the answer still stands
	until(t, f, "what was found", func(v View) bool { return v.Page == Found })
}

func TestRemoveAsks(t *testing.T) {
	f, _ := start(t, &scripted{status: []work.Status{account("Anna")}})
	until(t, f, "home", home)
	f.Do("Anna", ActRemove)
	q := f.View().Question
	f.Answer(q, false)
	if v := until(t, f, "home", home); len(v.Home.Cards) != 1 {
		t.Error("removed without a yes")
	}
	f.Do("Anna", ActRemove)
	f.Answer(f.View().Question, true)
	until(t, f, "no account", func(v View) bool { return v.Home.Empty })
}

func TestMissing(t *testing.T) {
	services := all.Types()[0]
	known, other := connecting{typ: services}, connecting{typ: services}
	known.service.Name, known.service.Address = "iCloud", "icloud.com"
	again := connecting{typ: services, account: "Anna", again: settings.Account{User: "anna"}}
	for _, c := range []struct {
		c    connecting
		form Form
		want Field
	}{
		{other, Form{}, AddressField},
		{other, Form{AddressField: "https://anna:secret@example.org/"}, AddressField},
		{other, Form{AddressField: "example.org", UserField: "anna"}, PasswordField},
		{other, Form{AddressField: "example.org", PhotosField: "https://a:b@example.org/"}, PhotosField},
		{known, Form{}, UserField},
		{known, Form{UserField: "anna"}, PasswordField},
		{again, Form{}, PasswordField},
		{other, Form{AddressField: "example.org"}, NoField},
		{known, Form{UserField: "anna", PasswordField: "x"}, NoField},
		{again, Form{PasswordField: "x"}, NoField},
	} {
		p := missing(c.c, c.form)
		if (p == nil) != (c.want == NoField) || p != nil && (p.Field != c.want || p.Title == "" || p.Try == "") {
			t.Errorf("missing(%+v) = %+v, want field %v", c.form, p, c.want)
		}
	}
}

func TestFreeSpace(t *testing.T) {
	dir := t.TempDir()
	n, err := freeSpace(dir)
	m, err2 := freeSpace(dir + "/not/there/yet")
	if err != nil || err2 != nil || n <= 0 || m <= 0 {
		t.Errorf("free = %d, %v and %d, %v", n, err, m, err2)
	}
}
