package work_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"sidekeep/app/work"
	"sidekeep/app/work/registry"
	"sidekeep/app/work/restores"
	"sidekeep/assets"
	"sidekeep/export"
	"sidekeep/export/restore"
)

// demoWork sets up the demo phone, which is exported.
func demoWork(t *testing.T) (*work.Work, string) {
	t.Helper()
	w := newWork(t, work.Options{})
	name, err := w.AddDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if l, err := w.Export(t.Context(), name, nil); err != nil || !l.Good() {
		t.Fatalf("%v %+v", err, l)
	}
	return w, name
}

// wipe empties all collections of the demo phone behind Sidekeep's back.
func wipe(t *testing.T, w *work.Work, keep int) (removed int) {
	t.Helper()
	to, err := restores.OpenWriter(work.DeskOf(w), t.Context(), registry.DemoName)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	cs, err := to.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cs {
		id := c.ID
		if c.Kind == export.Photos {
			continue
		}
		items, err := work.DeskOf(w).Demo.Server.Items(id)
		if err != nil {
			t.Fatal(err)
		}
		for i, it := range items {
			if i >= keep {
				if err := work.DeskOf(w).Demo.Server.Remove(it.Path); err != nil {
					t.Fatal(err)
				}
				removed++
			}
		}
	}
	return removed
}

func TestRestoreAfterLoss(t *testing.T) {
	w, name := demoWork(t)
	removed := wipe(t, w, 3)
	l, err := w.Export(t.Context(), name, nil)
	if err != nil || !l.Held {
		t.Fatalf("%v %+v", err, l)
	}
	p, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if n := p.Counts(); n.Create != removed || n.Replace+n.Merge+n.Refused > 0 {
		t.Errorf("%d were removed: %+v", removed, n)
	}
	out, err := w.Restore(t.Context(), p, nil)
	if err != nil || out.Created != removed || len(out.Refused) > 0 {
		t.Fatalf("%v %+v", err, out)
	}
	if out.After == nil || out.After.Held || !out.After.Balanced() {
		t.Errorf("afterwards: %+v", out.After)
	}
	again, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if !again.Empty() {
		t.Errorf("a second restore plans %+v", again.Counts())
	}
	u, err := w.Undo(t.Context(), 0, nil)
	if err != nil || u.Removed != removed || len(u.Left) > 0 {
		t.Errorf("%v %+v", err, u)
	}
	if u.After == nil || !u.After.Held {
		t.Errorf("what had been lost, and is missing again, is taken for wanted: %+v", u.After)
	}
	if _, err := w.Undo(t.Context(), 0, nil); err == nil {
		t.Error("an undo is undone")
	}
	p, err = w.PlanRestore(t.Context(), work.RestoreRequest{To: name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if n := p.Counts(); n.Create != removed {
		t.Errorf("after the undo: %+v", n)
	}
}

// TestUndoHoldsAgain: people are deleted, others' numbers cut, and all of it is
// brought back over there: an undo puts the loss back, and the hold with it.
func TestUndoHoldsAgain(t *testing.T) {
	for _, x := range []struct{ deleted, cut int }{{35, 45}, {0, 45}} {
		w := newWork(t, work.Options{})
		url, server := phone(t)
		d := device{t, url, server}
		d.each(people, func(_, _ int, at string, _ []byte) {
			if err := server.Remove(at); err != nil {
				t.Error(err)
			}
		})
		for i := range 120 {
			d.put(fmt.Sprintf("%sx%03d.vcf", people, i), fmt.Appendf(nil, "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:x%d\r\nFN:Zed %02d\r\nN:%02d;Zed;;;\r\nTEL:+44 20 7946 %04d\r\nEND:VCARD\r\n", i, i, i, i*37))
		}
		add(t, w, url)
		run(t, w, "home")
		whole := openFiles(t, w.ArchiveDir())
		deleted, cut := 0, 0
		d.each(people, func(_, _ int, at string, body []byte) {
			switch {
			case deleted < x.deleted:
				if deleted++; server.Remove(at) != nil {
					t.Error("it cannot be removed")
				}
			case cut < x.cut:
				cut++
				d.put(at, bytes.Replace(body, []byte("+44 20 7946 "), []byte("+44 20 "), 1))
			}
		})
		before, err := w.Export(t.Context(), "home", nil)
		if err != nil || !before.Held {
			t.Fatalf("%v %+v", err, before)
		}
		p, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: "home", Choice: restore.Archive}, nil)
		if err != nil {
			t.Fatal(err)
		}
		out, err := w.Restore(t.Context(), p, nil)
		if err = errors.Join(err, p.Close()); err != nil || out.After == nil || out.After.Held {
			t.Fatalf("%v %+v", err, out)
		}
		u, err := w.Undo(t.Context(), 0, nil)
		if err != nil || u.After == nil || !u.After.Held {
			t.Fatalf("%+v: %v %+v", x, err, u)
		}
		if !reflect.DeepEqual(told(before.Loss), told(u.After.Loss)) {
			t.Errorf("%+v: held before for %v, and again for %v", x, told(before.Loss), told(u.After.Loss))
		}
		again, err := w.Export(t.Context(), "home", nil)
		if err != nil || !again.Held {
			t.Errorf("%+v: exported once more: %v %+v", x, err, again)
		}
		for name, text := range openFiles(t, w.ArchiveDir()) {
			if whole[name] != text {
				t.Errorf("%+v: %s has changed", x, name)
			}
		}
	}
}

// told is what a loss tells, in short.
func told(l *export.Loss) (list []string) {
	for _, r := range l.Reasons {
		list = append(list, fmt.Sprint(r.Rule, r.Collection, r.Kind, r.Had, r.Has, r.Lost, r.What))
	}
	return list
}

// TestUndoIsNoLoss: what a restore brought that the service never had may go
// again.
func TestUndoIsNoLoss(t *testing.T) {
	w, name := demoWork(t)
	var cards strings.Builder
	for i := range 80 {
		fmt.Fprintf(&cards, "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:dropped-%d\r\nFN:Dropped %d\r\nN:%d;Dropped;;;\r\nTEL:+49 40 %06d\r\nEND:VCARD\r\n", i, i, i, i)
	}
	file := filepath.Join(t.TempDir(), "dropped.vcf")
	if err := os.WriteFile(file, []byte(cards.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name, Paths: []string{file}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	out, err := w.Restore(t.Context(), p, nil)
	if err != nil || out.Created != 80 || out.After == nil || out.After.Kept != 80 {
		t.Fatalf("%v %+v", err, out)
	}
	u, err := w.Undo(t.Context(), out.Number, nil)
	if err != nil || u.Removed != 80 || u.After == nil || u.After.Gone != 80 || u.After.Held {
		t.Errorf("%v %+v", err, u)
	}
}

func TestProve(t *testing.T) {
	w, name := demoWork(t)
	p, err := w.ProveDue(t.Context(), name, nil)
	if err != nil || p == nil || p.Good != p.Checked || p.Checked < 300 || p.Of != 1 {
		t.Fatalf("%v %+v", err, p)
	}
	if p, err := w.ProveDue(t.Context(), name, nil); p != nil || err != nil {
		t.Errorf("a second one at once: %v %+v", err, p)
	}
	s, err := w.Status(t.Context())
	items := 0
	for _, n := range s[0].Items {
		items += n
	}
	if p.Checked != items {
		t.Errorf("%d of %d items were compared", p.Checked, items)
	}
	if err != nil || s[0].Proof == nil || !s[0].ProvenNow() || s[0].State != work.Safe {
		t.Errorf("%v %+v", err, s[0])
	}
}

// TestRestoreGoesOn: a restore that is stopped in between goes on in the same
// journal, makes nothing twice, and is undone as one.
func TestRestoreGoesOn(t *testing.T) {
	w, name := demoWork(t)
	before, err := w.DemoItems(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	removed := wipe(t, w, 3)
	stopped := 0
	for ; ; stopped++ {
		p, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name}, nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		out, err := w.Restore(ctx, p, func(r work.RestoreProgress) {
			if r.Phase == work.Writing && r.Done > 0 && stopped < 3 {
				cancel()
			}
		})
		cancel()
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, export.ErrStopped) || out.Number != 1 || out.After != nil {
			t.Fatalf("%v %+v", err, out)
		}
		if list, err := w.Restores(t.Context()); err != nil || list[0].State != work.RestoreOpen || list[0].Created == 0 {
			t.Errorf("%v %+v", err, list)
		}
	}
	if stopped != 3 {
		t.Fatalf("it was stopped %d times", stopped)
	}
	list, err := w.Restores(t.Context())
	if err != nil || len(list) != 1 || list[0].Created != removed || list[0].State != work.RestoreDone {
		t.Errorf("%d were removed: %v %+v", removed, err, list)
	}
	after, err := w.DemoItems(t.Context())
	if err != nil || len(after) != len(before) {
		t.Errorf("%d items, then %d, %v", len(before), len(after), err)
	}
	u, err := w.Undo(t.Context(), 1, nil)
	if err != nil || u.Removed != removed {
		t.Errorf("%v %+v", err, u)
	}
}

// TestUndoGoesOn: an undo that is stopped goes on.
func TestUndoGoesOn(t *testing.T) {
	w, name := demoWork(t)
	removed := wipe(t, w, 3)
	p, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := w.Restore(t.Context(), p, nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	first, err := w.Undo(ctx, 0, func(r work.RestoreProgress) {
		if r.Phase == work.Undoing && r.Done > 0 {
			cancel()
		}
	})
	if !errors.Is(err, export.ErrStopped) || first.Removed == 0 || first.Removed >= removed {
		t.Fatalf("%v %+v", err, first)
	}
	u, err := w.Undo(t.Context(), 0, nil)
	if err != nil || u.Removed != removed || u.After == nil || !u.After.Held { // it was lost there before
		t.Errorf("%v %+v", err, u)
	}
}

// TestRestoreDropped: photos and folders of them go to where a person looks for
// them, and back.
func TestRestoreDropped(t *testing.T) {
	w, name := demoWork(t)
	dir := t.TempDir()
	var pictures [][]byte
	err := fs.WalkDir(assets.DemoPhone(), ".", func(at string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(at, ".JPG") && len(pictures) < 2 {
			raw, err := fs.ReadFile(assets.DemoPhone(), at)
			pictures = append(pictures, append(raw, byte(len(pictures)))) // others than the phone has
			return err
		}
		return err
	})
	if err != nil || len(pictures) < 2 {
		t.Fatal(err, len(pictures))
	}
	one, folder := filepath.Join(dir, "one.jpg"), filepath.Join(dir, "Holiday")
	for at, raw := range map[string][]byte{one: pictures[0], filepath.Join(folder, "beach", "two.jpg"): pictures[1]} {
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name, Paths: []string{one, folder}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	out, err := w.Restore(t.Context(), p, nil)
	if err != nil || out.Created != 2 {
		t.Fatalf("%v %+v", err, out)
	}
	there, err := w.DemoItems(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for at, it := range there {
		for i, raw := range pictures {
			if it.Hash == sha256.Sum256(raw) {
				found[fmt.Sprint(i, " ", at[1])] = true
			}
		}
	}
	if !found["0 one.jpg"] || !found["1 Holiday/beach/two.jpg"] {
		t.Errorf("%v", found)
	}
	again, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name, Paths: []string{one, folder}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if !again.Empty() {
		t.Errorf("a second restore plans %+v", again.Counts())
	}
}

// TestProvenInAWeek: after the first proof a seventh is proven a day, however
// often is exported.
func TestProvenInAWeek(t *testing.T) {
	now := time.Date(2026, 3, 1, 21, 0, 0, 0, time.UTC)
	w := newWork(t, work.Options{Now: func() time.Time { return now }})
	name, err := w.AddDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checked, parts := 0, map[int]bool{}
	for day := range 8 {
		for again := range 3 {
			if _, err := w.Export(t.Context(), name, nil); err != nil {
				t.Fatal(err)
			}
			p, err := w.ProveDue(t.Context(), name, nil)
			if err != nil || (p == nil) != (again > 0) {
				t.Fatalf("day %d, export %d: %v %+v", day, again, err, p)
			}
			switch {
			case p == nil:
			case day == 0:
				if p.Of != 1 {
					t.Errorf("the first proof is part %d of %d", p.Part, p.Of)
				}
				checked = -p.Checked
			default:
				if p.Of != 7 || len(p.Bad) > 0 {
					t.Errorf("day %d: %+v", day, p)
				}
				parts[p.Part] = true
				checked += p.Checked
			}
			now = now.Add(2 * time.Hour)
		}
		now = now.Add(18 * time.Hour)
	}
	if len(parts) != 7 || checked != 0 {
		t.Errorf("%d parts, and %d items more than there are", len(parts), checked)
	}
	s, err := w.Status(t.Context())
	if err != nil || s[0].State != work.Safe || s[0].Proof == nil || s[0].ProvenNow() {
		t.Errorf("%v %+v", err, s[0].Proof)
	}
}
