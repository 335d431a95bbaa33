package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/formats/fields"

	"github.com/spf13/cobra"
)

func (s *session) changesVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "changes N",
		Short: "Tell what export N added, changed, moved and found gone, field by field",
		Args:  arguments("N"),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := exportNumber(args[0])
			if err != nil {
				return err
			}
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // it only read
			p := changesPrinter{s: s}
			for c, err := range w.Changes(cmd.Context(), n) {
				if err != nil {
					return err
				}
				if err := p.change(&c); err != nil {
					return err
				}
			}
			l, err := w.Ledger(cmd.Context(), n)
			if err != nil || l == nil {
				return errors.Join(err, p.end(n, &export.Ledger{}))
			}
			s.speakOf(w, l.Account)
			return p.end(n, l)
		},
	}
}

// exportNumber reads the number of an export.
func exportNumber(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, &work.Error{
			What: fmt.Sprintf("“%s” is not the number of an export.", text), Meaning: "Nothing was done.",
			Try: "“sidekeep history” lists the exports with their numbers.", Usage: true,
		}
	}
	return n, nil
}

type changeJSON struct {
	Change     string              `json:"change"` // added, returned, changed, moved or gone
	Account    string              `json:"account"`
	Collection string              `json:"collection"`
	ID         string              `json:"id"`
	UID        string              `json:"uid"`
	Name       string              `json:"name"`
	Kind       export.Kind         `json:"kind"`
	SetAside   string              `json:"set_aside"` // why, "" if it is not
	Fields     []fields.Difference `json:"fields"`
	From       *placeJSON          `json:"from,omitempty"` // of what moved
}

type placeJSON struct {
	Collection string `json:"collection"`
	ID         string `json:"id"`
	Name       string `json:"name"` // of the collection, or of a photo's folder in it
	To         string `json:"to"`   // the name of where it came to
}

// A changesPrinter prints changes as they come, however many there are.
type changesPrinter struct {
	s     *session
	count archive.ChangeCount
	begun bool
}

func (p *changesPrinter) change(c *archive.Change) error {
	switch c.What {
	case archive.Added, archive.Returned:
		p.count.Added++
	case archive.Changed:
		p.count.Changed++
	case archive.Moved:
		p.count.Moved++
	case archive.Gone:
		p.count.Gone++
	}
	if p.s.json {
		return p.json(c)
	}
	out := p.s.stdout
	sign := map[string]string{archive.Added: "+", archive.Returned: "+", archive.Changed: "~", archive.Moved: ">", archive.Gone: "-"}[c.What]
	note := ""
	switch {
	case c.What == archive.Returned:
		note = ", returned"
	case c.From != nil:
		note = ", moved from " + words.PlaceName(c.From.Name) + " to " + words.PlaceName(c.From.To)
	}
	if c.Why != "" {
		note += ", set aside: " + c.Why
	}
	out.printf("%s %s  (%s, %s%s)\n", sign, renamed(c), words.Noun(c.Kind, 1), c.Account, note)
	printDifferences(p.s, c.What == archive.Changed, c.Differences)
	return nil
}

// printDifferences prints fields with their old and new values. What is only
// about how an item is kept is told with --verbose, or if nothing else changed.
func printDifferences(s *session, changed bool, list []fields.Difference) {
	loud := 0
	for _, d := range list {
		if !d.Quiet {
			loud++
		}
	}
	for _, d := range list {
		if d.Quiet && loud > 0 && !s.verbose {
			continue
		}
		switch {
		case d.Old == "":
			s.stdout.printf("    %s: now %s\n", d.Field, d.New)
		case d.New == "":
			s.stdout.printf("    %s: no longer %s\n", d.Field, d.Old)
		default:
			s.stdout.printf("    %s: %s -> %s\n", d.Field, d.Old, d.New)
		}
	}
	if changed && len(list) == 0 {
		s.stdout.printf("    It says the same, written in another way.\n")
	}
}

// renamed is what an item is called, and was called before if that is something
// else: "Anna Berg -> Unknown".
func renamed(c *archive.Change) string {
	for _, d := range c.Differences {
		if c.What == archive.Changed && d.Field == "Name" && d.Old != "" && d.Old != c.Name {
			return d.Old + " -> " + named(c.Name)
		}
	}
	return named(c.Name)
}

func named(name string) string {
	if name == "" {
		return "(no name)"
	}
	return name
}

func (p *changesPrinter) json(c *archive.Change) error {
	j := changeJSON{c.What, c.Account, c.Collection, c.ID, c.UID, c.Name, c.Kind, c.Why, c.Differences, nil}
	if c.From != nil {
		j.From = &placeJSON{c.From.Collection, c.From.ID, c.From.Name, c.From.To}
	}
	if j.Fields == nil {
		j.Fields = []fields.Difference{}
	}
	b, err := json.Marshal(j)
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	separator := ","
	if !p.begun {
		separator = "{\"changes\":["
	}
	p.begun = true
	p.s.stdout.raw(separator + "\n" + string(b))
	return nil
}

// end prints the sum, and what looked like a loss in it or was noticed.
func (p *changesPrinter) end(n int64, l *export.Ledger) error {
	c := p.count
	if p.s.json {
		if !p.begun {
			p.s.stdout.raw("{\"changes\":[")
		}
		told, err := json.Marshal(struct {
			Held   bool         `json:"held"`
			Loss   *export.Loss `json:"loss"`
			Notice *export.Loss `json:"notice"`
		}{l.Held, l.Loss, l.Notice})
		if err != nil {
			return fmt.Errorf("writing JSON: %w", err)
		}
		p.s.stdout.raw(fmt.Sprintf("],\"export\":%d,\"added\":%d,\"changed\":%d,\"moved\":%d,\"gone\":%d,%s\n", n, c.Added, c.Changed, c.Moved, c.Gone, told[1:]))
		return nil
	}
	if c == (archive.ChangeCount{}) {
		p.s.say("Export %d changed nothing.\n", n)
		return nil
	}
	p.s.say("%s\n", signed(c))
	if c.Gone > 0 {
		p.s.say("Gone means gone from the service. It stays in your archive.\n")
	}
	switch {
	case l.Loss != nil:
		p.s.say("It looked like a loss:\n")
		p.lines(lossLines(p.s.of, l.Loss))
	case l.Notice != nil:
		p.s.say("Much has changed in it:\n")
		p.lines(append(lossLines(p.s.of, l.Notice), noticeAnswers(l)))
	}
	return nil
}

func (p *changesPrinter) lines(list []string) {
	for _, line := range list {
		p.s.say("  %s\n", line)
	}
}

// signed is "+3 added, ~2 changed, -1 gone".
func signed(c archive.ChangeCount) string {
	moved := ""
	if c.Moved > 0 {
		moved = ", >" + words.Number(c.Moved) + " moved"
	}
	return "+" + words.Number(c.Added) + " added, ~" + words.Number(c.Changed) + " changed" + moved + ", -" + words.Number(c.Gone) + " gone"
}

// dayTime is a day and time in full, for what may be years ago.
func dayTime(t time.Time) string { return t.Local().Format("2 January 2006, 15:04") }
