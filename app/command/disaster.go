package command

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
)

// survivors is how many items of each collection the service of the story has
// left.
const survivors = 3

// A story is told claim by claim; each is checked as it is told.
type story struct {
	s      *session
	w      *work.Work
	name   string // of the account
	claims []claimJSON

	before, left map[[2]string]work.DemoItem // what the phone had, and what the service has left of it
	lost         int
}

type claimJSON struct {
	Claim string `json:"claim"`
	True  bool   `json:"true"`
}

// tells says a claim, and whether it is true.
func (t *story) tells(is bool, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	t.claims = append(t.claims, claimJSON{text, is})
	if t.s.json || t.s.quiet && is {
		return
	}
	mark := "  "
	if !is {
		mark = "  NOT TRUE: "
	}
	t.s.stdout.printf("%s%s\n", mark, text)
	_ = t.s.stdout.flush() // a story is told as it happens; the error is kept and returned at the end
}

func (t *story) chapter(title string) {
	if !t.s.json && !t.s.quiet {
		t.s.stdout.printf("\n%s\n", title)
		_ = t.s.stdout.flush() // as above
	}
}

// disaster plays October 2009 on the demo phone: it loses nearly everything and
// answers as if nothing had happened. Everything that is told is checked; it
// fails if any of it is untrue.
func (s *session) disaster(ctx context.Context, w *work.Work, name string) error {
	t := &story{s: s, w: w, name: name}
	for _, chapter := range []func(context.Context) error{t.keep, t.lose, t.hold, t.putBack, t.prove} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	untrue := 0
	for _, c := range t.claims {
		if !c.True {
			untrue++
		}
	}
	if s.json {
		if err := s.printJSON(map[string]any{"claims": t.claims, "true": untrue == 0}); err != nil {
			return err
		}
	}
	if untrue > 0 {
		s.code = failed
		s.stderr.printf("sidekeep: %s of the story not true.\n  What was kept is in %s.\n  Run it in an empty folder; if it happens there too, it is a fault of Sidekeep.\n",
			plural(untrue, "claim is", "claims are"), w.ArchiveDir())
	}
	return s.stdout.flush()
}

// keep exports the phone.
func (t *story) keep(ctx context.Context) error {
	t.chapter("Before: the phone is exported.")
	l, err := t.w.Export(ctx, t.name, nil)
	if err != nil {
		return err
	}
	there, err := t.w.DemoItems(ctx)
	if err != nil {
		return err
	}
	t.tells(l.Good(), "%s", words.Sum(l.Counts))
	t.tells(l.Found != nil && *l.Found == len(there), "The phone has %s, and the copy has all of them: %s.", plural(len(there), "item", "items"), words.Counts(kindsOf(there)))
	return nil
}

func kindsOf(items map[[2]string]work.DemoItem) map[export.Kind]int {
	n := map[export.Kind]int{}
	for _, it := range items {
		n[it.Kind]++
	}
	return n
}

// lose empties the phone, and remembers what it had.
func (t *story) lose(ctx context.Context) error {
	t.chapter("1 October 2009: the service loses nearly everything, and answers as if nothing had happened.")
	before, err := t.w.DemoItems(ctx)
	if err != nil {
		return err
	}
	lost, err := t.w.LoseDemo(ctx, survivors)
	if err != nil {
		return err
	}
	after, err := t.w.DemoItems(ctx)
	if err != nil {
		return err
	}
	total := 0
	for _, n := range lost {
		total += n
	}
	t.before, t.left, t.lost = before, after, total
	t.tells(total > 0 && len(after) == len(before)-total, "Lost: %s. Of %s the service lists %s.", words.Counts(lost),
		plural(len(before), "item", "items"), words.Number(len(after)))
	return nil
}

// hold exports the phone once more, as the schedule does.
func (t *story) hold(ctx context.Context) error {
	t.chapter("The next export.")
	was, err := t.openFiles()
	if err != nil {
		return err
	}
	l, err := t.w.Export(ctx, t.name, nil)
	if err != nil {
		return err
	}
	t.tells(l.Held && codeOf(ctx, &l) == held, "It is held, and would end with exit code %d.", codeOf(ctx, &l))
	if l.Loss != nil {
		for i, r := range l.Loss.Reasons {
			if r.Collection == "" || i < shownReasons {
				t.tells(t.isLost(r), "%s%s", words.Loss(r), among(r))
			}
		}
	}
	is, err := t.openFiles()
	if err != nil {
		return err
	}
	same := 0
	for name, sum := range was {
		if is[name] == sum {
			same++
		}
	}
	t.tells(same == len(was) && same > 0, "Of %s with people, events, to-dos and photos, %s as before, to the byte.", plural(len(was), "open file", "open files"),
		plural(same, "is", "are"))
	c, err := t.w.Verify(ctx, nil)
	if err != nil {
		return err
	}
	t.tells(len(c.Bad) == 0 && c.Good == c.Checked && c.Checked > 0, "The archive verifies: %s checked, %s good.", words.Number(c.Checked), words.Number(c.Good))
	return nil
}

// isLost tells whether a reason of a held export names what was lost.
func (t *story) isLost(r export.Reason) bool {
	had, has := 0, 0
	for at, it := range t.before {
		if it.Kind != r.Kind || r.Collection != "" && it.Collection.Name != r.Collection {
			continue
		}
		had++
		if _, left := t.left[at]; left {
			has++
		}
	}
	return r.Had == had && r.Has == has && r.Lost == had-has && r.Lost > 0 && len(r.Names) > 0
}

// openFiles reads the manifest: the hash of each file with items.
func (t *story) openFiles() (map[string]string, error) {
	f, err := os.Open(filepath.Join(t.w.ArchiveDir(), "manifest-sha256.txt"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	files := map[string]string{}
	in := bufio.NewScanner(f)
	for in.Scan() {
		sum, name, _ := strings.Cut(in.Text(), "  ")
		if !strings.HasSuffix(name, "/index.csv") { // which tells when each item was last seen
			files[name] = sum
		}
	}
	return files, in.Err()
}

// putBack restores everything.
func (t *story) putBack(ctx context.Context) error {
	t.chapter("Everything is put back.")
	p, err := t.w.PlanRestore(ctx, work.RestoreRequest{To: t.name}, nil)
	if err != nil {
		return err
	}
	defer func() { _ = p.Close() }() // it only read
	n := p.Counts()
	t.tells(n.Create == t.lost && n.Refused == 0, "The plan: %s.", plannedWords(n))
	out, err := t.w.Restore(ctx, p, nil)
	if err != nil {
		return err
	}
	t.tells(out.Created == t.lost && len(out.Refused) == 0, "Written: %s of %s.", words.Number(out.Created), words.Number(t.lost))
	after, err := t.w.DemoItems(ctx)
	if err != nil {
		return err
	}
	same := 0
	for at, it := range t.before {
		if after[at].Hash == it.Hash {
			same++
		}
	}
	t.tells(same == len(t.before) && len(after) == len(t.before), "The phone has %s again; %s the very bytes that they had before.", plural(len(after), "item", "items"),
		plural(same, "of them has", "of them have"))
	l := out.After
	t.tells(l != nil && !l.Held && l.Good(), "The export afterwards is not held any more, and balances.")
	if l != nil {
		t.tells(l.Found != nil && *l.Found == len(t.before), "%s", words.Sum(l.Counts))
	}
	return nil
}

// prove compares every item of the copy.
func (t *story) prove(ctx context.Context) error {
	t.chapter("The copy is proven, from its open files alone.")
	p, err := t.w.Prove(ctx, t.name, nil)
	if err != nil {
		return err
	}
	t.tells(p.Good == p.Checked && p.Checked == len(t.before), "%s of %s came back from a practice service as they were delivered.", words.Number(p.Good), words.Number(p.Checked))
	return nil
}
