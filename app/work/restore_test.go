package work

import (
	"testing"

	"sidekeep/export"
	"sidekeep/export/restore"
)

// phoneAt sets up the demo phone, which is exported.
func demoWork(t *testing.T) (*Work, string) {
	t.Helper()
	w := newWork(t, Options{})
	t.Cleanup(func() { _ = w.Close() })
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
func wipe(t *testing.T, w *Work, keep int) (removed int) {
	t.Helper()
	src, to, err := w.openWriter(t.Context(), DemoName)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	cs, err := to.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cs {
		id := c.ID
		if c.Kind == export.Photos {
			continue
		}
		items, err := w.demo.server.Items(id)
		if err != nil {
			t.Fatal(err)
		}
		for i, it := range items {
			if i >= keep {
				if err := w.demo.server.Remove(it.Path); err != nil {
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
	p, err := w.PlanRestore(t.Context(), RestoreRequest{To: name}, nil)
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
	again, err := w.PlanRestore(t.Context(), RestoreRequest{To: name}, nil)
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
	if u.After == nil || u.After.Held {
		t.Errorf("what an undo removes is taken for a loss: %+v", u.After)
	}
	if _, err := w.Undo(t.Context(), 0, nil); err == nil {
		t.Error("an undo is undone")
	}
	_ = restore.Both
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
	if err != nil || s[0].Proof == nil || !s[0].ProvenNow() || s[0].State != Safe {
		t.Errorf("%v %+v", err, s[0])
	}
}
