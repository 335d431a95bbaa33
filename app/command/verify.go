package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"

	"github.com/spf13/cobra"
)

func (s *session) verifyVerb() *cobra.Command {
	var slice string
	var repair bool
	cmd := &cobra.Command{
		Use:   "verify [--slice PART/PARTS] [--repair]",
		Short: "Re-read every byte of the archive against the manifest and the history",
		Long: "Re-read every byte of the archive against the manifest and the history. “sidekeep status” tells when that was\n" +
			"done last. With --slice a part is read at a time, such as one a day: “--slice 3/30”, or “--slice next/30” for the\n" +
			"first that was not read yet. With --repair what is damaged is mended as far as another copy of it is in the archive;\n" +
			"a history that is lost is made anew from the open files. Damaged files are kept in .sidekeep/damaged. The exit code\n" +
			"is 0 if everything is whole, and 1 if something is damaged or was lost for good.",
		Args: arguments(),
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		part, err := parseSlice(slice)
		if err == nil && repair && slice != "" {
			err = errors.New("--repair looks through all of the archive, so --slice does not go with it")
		}
		if err != nil {
			s.began = false
			return err
		}
		if repair {
			return s.repair(cmd)
		}
		return s.verify(cmd, part)
	}
	cmd.Flags().StringVar(&slice, "slice", "", "verify one part of so many: “3/30”, or “next/30”")
	cmd.Flags().BoolVar(&repair, "repair", false, "mend what is damaged")
	return cmd
}

// parseSlice reads “3/30” and “next/30”, which is part 0; all of it if text is "".
func parseSlice(text string) (archive.Slice, error) {
	if text == "" {
		return archive.Slice{Part: 1, Of: 1}, nil
	}
	part, of, ok := strings.Cut(text, "/")
	n, err := strconv.Atoi(of)
	if !ok || err != nil || n < 1 || n > 1000 {
		return archive.Slice{}, fmt.Errorf("--slice takes a part and a number of parts up to 1000, such as 3/30, not “%s”", text)
	}
	if part == "next" {
		return archive.Slice{Of: n}, nil
	}
	k, err := strconv.Atoi(part)
	if err != nil || k < 1 || k > n {
		return archive.Slice{}, fmt.Errorf("--slice takes a part from 1 to %d, or “next”, not “%s”", n, part)
	}
	return archive.Slice{Part: k, Of: n}, nil
}

func (s *session) verify(cmd *cobra.Command, part archive.Slice) error {
	w, err := s.work()
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
	report, end := s.readingProgress()
	c, part, err := w.VerifySlice(cmd.Context(), part, report)
	end()
	if err != nil {
		return err
	}
	if len(c.Bad) > 0 {
		s.code = failed
	}
	return s.printCheck(w, c, part)
}

func (s *session) repair(cmd *cobra.Command) error {
	w, err := s.work()
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
	report, end := s.readingProgress()
	r, err := w.Repair(cmd.Context(), report)
	end()
	if r != nil && len(r.Found) > 0 {
		s.stop.Meaning = "What was mended until then stays so, and nothing was deleted."
	}
	if err != nil {
		return err
	}
	if len(r.Bad) > 0 || len(r.Lost) > 0 {
		s.code = failed
	}
	return s.printRepaired(w.ArchiveDir(), r)
}

func (s *session) printCheck(w *work.Work, c archive.Check, part archive.Slice) error {
	switch obstacle := w.Obstacle(); {
	case len(c.Bad) == 0:
	case errors.Is(obstacle, export.ErrLink): // a repair refuses it, too
		defer s.explain("", obstacle)
	default:
		defer s.stderr.printf("sidekeep: %s written.\n  %s\n"+
			"  Run “sidekeep verify --repair” to mend what can be mended. Nothing is deleted by it.\n",
			plural(len(c.Bad), "file or item is not as it was", "files or items are not as they were"), elseWhole(c.Good))
	}
	if s.json {
		out := checkJSON{Check: c}
		if part.Of > 1 {
			out.Slice = fmt.Sprintf("%d/%d", part.Part, part.Of)
		}
		return s.printJSON(out)
	}
	what := ""
	if part.Of > 1 {
		what = fmt.Sprintf("part %d of %d: ", part.Part, part.Of)
	}
	s.stdout.printf("%s%s checked, %s good, in %s\n", what, words.Number(c.Checked), words.Number(c.Good), w.ArchiveDir())
	for _, b := range c.Bad {
		s.stdout.printf("  %s: %s\n", b.Path, b.Why)
	}
	s.printPaths(editedByHand, c.Edited, 0)
	return s.stdout.flush()
}

// elseWhole says of the rest of what was checked that it is whole, if there is any.
func elseWhole(good int) string {
	if good == 0 {
		return "Nothing else was checked."
	}
	return "Everything else is whole."
}

type checkJSON struct {
	archive.Check
	Slice string `json:"slice,omitempty"` // “3/30” if a part was verified
}

func (s *session) printRepaired(dir string, r *archive.Repaired) error {
	switch n := len(r.Bad) + len(r.Lost); {
	case n == 1 && r.Rebuilt && !r.Salvaged && len(r.Lost) == 1: // the rest came from the open files
		defer s.stderr.printf("sidekeep: The history was lost.\n  Your files are whole. What only it had is lost with it.\n" +
			"  If you have a backup of history.db, put it in its place, and export again.\n")
	case n > 0:
		defer s.stderr.printf("sidekeep: %s not be mended.\n  %s\n"+
			"  Export again: what is still at the source is fetched. Copy the rest from a backup if you have one.\n",
			plural(n, "file or item could", "files or items could"), elseWhole(r.Good))
	}
	if s.json {
		return s.printJSON(r)
	}
	if len(r.Found) == 0 {
		s.stdout.printf("Nothing is damaged: %s checked, %s good, in %s\n", words.Number(r.Checked), words.Number(r.Good), dir)
		return s.stdout.flush()
	}
	s.stdout.printf("%s mended, %s left, in %s\n", words.Number(len(r.Mended)), words.Number(len(r.Bad)+len(r.Lost)), dir)
	s.listBad("mended", r.Mended)
	s.listBad("left", r.Bad)
	s.listBad("lost", r.Lost)
	if r.Rebuilt {
		s.stdout.printf("%s\n", rebuiltWords(r))
	}
	if r.Converted > 0 {
		s.stdout.printf("%s kept in the form of the open files: nothing tells any more in which form it came.\n", plural(r.Converted, "item is", "items are"))
	}
	s.printPaths(editedByHand, r.Edited, 0)
	if r.Kept != "" {
		s.stdout.printf("What was damaged is kept in %s\n", r.Kept)
	}
	return s.stdout.flush()
}

func (s *session) listBad(what string, list []archive.Bad) {
	for _, b := range list {
		s.stdout.printf("  %s: %s: %s\n", what, b.Path, b.Why)
	}
}

// rebuiltWords say what a history that was made anew has and lacks.
func rebuiltWords(r *archive.Repaired) string {
	if r.Salvaged {
		return "The history was made anew from what could still be read of it and from the open files."
	}
	if len(r.Lost) > 1 || len(r.Bad) > 0 {
		return "The history was made anew from what could be read of the open files."
	}
	return "The history was made anew from the open files: everything is in it as it is now, what has vanished too."
}

// readingProgress shows how far the reading of the archive is, how fast it
// goes, and how long it will take.
func (s *session) readingProgress() (report func(done, total int64), end func()) {
	line := s.live()
	every := liveEvery
	if !line.on {
		every = plainEvery
	}
	began := time.Now()
	last, before := began, int64(0)
	report = func(done, total int64) {
		now := time.Now()
		if done < before {
			began = now // what was mended is verified again
		}
		before = done
		if s.quiet || now.Sub(last) < every {
			return
		}
		last = now
		r := reading{Phase: "verifying", Done: done, Total: total}
		if spent := now.Sub(began).Seconds(); spent > 0 && done > 0 {
			r.Rate = float64(done) / spent
			left := float64(total-done) / r.Rate
			r.Left = &left
		}
		switch {
		case s.progress == "json":
			s.stderr.raw(r.json())
		case line.on:
			line.show(r.words(now.Sub(began)), done, total)
		default:
			s.stderr.printf("%s\n", r.words(now.Sub(began)))
		}
	}
	return report, line.end
}

// A reading is how far the reading of the archive is.
type reading struct {
	Phase string   `json:"phase"`
	Done  int64    `json:"done"` // bytes
	Total int64    `json:"total"`
	Rate  float64  `json:"rate"` // bytes a second
	Left  *float64 `json:"left"` // seconds; null if it cannot be told
}

func (r reading) json() string {
	b, err := json.Marshal(r)
	if err != nil {
		return "" // only a rate that is no number
	}
	return string(b) + "\n"
}

func (r reading) words(since time.Duration) string {
	text := "reading " + words.Size(r.Done) + " of " + words.Size(r.Total)
	if r.Rate > 0 {
		text += " · " + words.Size(int64(r.Rate)) + " a second"
	}
	if r.Left != nil && since > leftAfter {
		text += " · " + words.Left(time.Duration(*r.Left*float64(time.Second)))
	}
	return text
}
