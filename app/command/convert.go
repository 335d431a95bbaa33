package command

import (
	"context"
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"

	"github.com/spf13/cobra"
)

func (s *session) convertVerb() *cobra.Command {
	var to, out string
	var names []string
	for _, t := range work.Targets() {
		names = append(names, string(t))
	}
	verb := &cobra.Command{
		Use:   "convert --to " + strings.Join(names, "|") + " FILE...",
		Short: "Convert contacts, calendars and to-dos, and report what could not be carried over",
		Long: "Convert files of contacts, calendars and to-dos (.vcf, .ics, .vcs, .csv) into one file. “ics” makes one calendar\n" +
			"of events, to-dos and the birthdays of contacts; “csv” a table of contacts, or of to-dos, for a spreadsheet.\n" +
			"The files that are read stay as they are. A folder stands for all files below it, and “-” for stdin.",
		Args: arguments("FILE..."),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if to == "" {
				return s.missing("--to")
			}
			if !slices.Contains(names, to) {
				return &work.Error{
					What: "“" + to + "” is nothing that can be converted to.", Meaning: "Nothing was written.",
					Try: meant(to, names) + "Use one of: " + strings.Join(names, ", ") + ".", Usage: true,
				}
			}
			if s.json && out == "" {
				return s.missing("--out FILE, which --json needs,")
			}
			return s.convert(cmd.Context(), paths, work.Target(to), out)
		},
	}
	verb.Flags().StringVar(&to, "to", "", "what to convert to: "+strings.Join(names, ", "))
	verb.Flags().StringVar(&out, "out", "", "file to write (default: stdout)")
	return verb
}

type convertJSON struct {
	Out      string              `json:"out"`
	Items    map[export.Kind]int `json:"items"`
	Losses   []lossJSON          `json:"losses"`
	Problems []problemJSON       `json:"problems"` // items that were left out
}

func (s *session) convert(ctx context.Context, paths []string, to work.Target, out string) error {
	var done work.Converted
	var err error
	if out == "" {
		done, err = work.Convert(ctx, paths, s.stdin, to, s.stdout)
	} else {
		done, err = work.ConvertTo(ctx, paths, s.stdin, to, out, func(name string) bool {
			if s.yes || s.tty == nil {
				return s.yes
			}
			yes, err := s.yesOrNo(ctx, clean(name)+" is there already. Replace it?")
			return yes && err == nil
		})
	}
	if err != nil {
		return err
	}
	if len(done.Unconverted) > 0 {
		s.code = partly
	}
	switch {
	case s.json:
		err = s.printJSON(convertJSON{out, done.Items, lossesJSON(done.Losses), problemsJSON(done.Unconverted)})
	case out == "":
		err = s.stdout.flush()
	case !s.quiet:
		s.stdout.printf("%s written to %s.\n", words.Counts(done.Items), out)
		err = s.stdout.flush()
	}
	s.losses(done.Losses)
	s.unsaved(done.Unconverted)
	return err
}
