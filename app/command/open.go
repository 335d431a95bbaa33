package command

import (
	"sidekeep/app/words"
	"sidekeep/export"
	"sidekeep/export/settings"

	"github.com/spf13/cobra"
)

type openJSON struct {
	Archive  string              `json:"archive"`
	Items    map[export.Kind]int `json:"items"`
	Accounts []accountJSON       `json:"accounts"` // that were taken over
}

func (s *session) openVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "open DIR",
		Short: "Use an archive that is already there, on this or on a new computer",
		Args:  arguments("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
			o, err := w.OpenArchive(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			alarms, err := w.Alarms(cmd.Context())
			if err != nil {
				return err
			}
			if s.json {
				return s.printJSON(openJSON{o.Dir, o.Items, accountsJSON(o.Taken, alarms)})
			}
			s.stdout.printf("The archive in %s is used from now on.\n", o.Dir)
			if text := words.Counts(o.Items); text != "" {
				s.stdout.printf("It holds %s.\n", text)
			}
			for _, a := range o.Taken {
				s.stdout.printf("The account “%s” was taken over%s\n", a.Name, needs(a))
			}
			return nil
		},
	}
}

// needs says what an account that was taken over still needs.
func needs(a settings.Account) string {
	if a.NeedsPassword() {
		return "; it needs its password: sidekeep account check \"" + a.Name + "\""
	}
	return "."
}
