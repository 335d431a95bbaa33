package command

import (
	"strconv"
	"time"

	"sidekeep/app/words"
	"sidekeep/export/archive"

	"github.com/spf13/cobra"
)

func (s *session) verifyVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Re-read every byte of the archive against the manifest and the history",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
			report, end := s.readingProgress()
			c, err := w.Verify(cmd.Context(), report)
			end()
			if err != nil {
				return err
			}
			if len(c.Bad) > 0 {
				s.code = failed
			}
			return s.printCheck(w.ArchiveDir(), c)
		},
	}
}

func (s *session) printCheck(dir string, c archive.Check) error {
	if c.Bad == nil {
		c.Bad = []archive.Bad{}
	}
	if len(c.Bad) > 0 {
		defer s.stderr.printf("sidekeep: %s not as it was written.\n  Everything else is whole.\n"+
			"  Keep this folder as it is, and copy what is named above from a backup if you have one.\n",
			plural(len(c.Bad), "file or item is", "files or items are"))
	}
	if s.json {
		return s.printJSON(c)
	}
	s.stdout.printf("%s checked, %s good, in %s\n", words.Number(c.Checked), words.Number(c.Good), dir)
	for _, b := range c.Bad {
		s.stdout.printf("  %s: %s\n", b.Path, b.Why)
	}
	return s.stdout.flush()
}

// readingProgress shows how far the reading of the archive is.
func (s *session) readingProgress() (report func(done, total int64), end func()) {
	width, live := isTerminal(s.stderr.out)
	if s.quiet || s.progress == "json" {
		width, live = 0, false
	}
	every := liveEvery
	if !live {
		every = plainEvery
	}
	last := time.Now()
	report = func(done, total int64) {
		if s.quiet || time.Since(last) < every {
			return
		}
		last = time.Now()
		switch {
		case s.progress == "json":
			s.stderr.raw(readingJSON(done, total))
		case live && width > 40:
			s.stderr.raw(clearLine + "reading " + words.Size(done) + " of " + words.Size(total))
		default:
			s.stderr.printf("reading %s of %s\n", words.Size(done), words.Size(total))
		}
	}
	return report, func() {
		if live {
			s.stderr.raw(clearLine)
		}
	}
}

func readingJSON(done, total int64) string {
	return `{"phase":"verifying","done":` + strconv.FormatInt(done, 10) + `,"total":` + strconv.FormatInt(total, 10) + "}\n"
}
