package command

import (
	"errors"

	"sidekeep/app/words"
	"sidekeep/export"
	"sidekeep/export/settings"

	"github.com/spf13/cobra"
)

type openJSON struct {
	Archive  string              `json:"archive"`
	Items    map[export.Kind]int `json:"items"`
	Accounts []accountJSON       `json:"accounts"` // that were taken over
	Shared   bool                `json:"shared"`   // others on this computer may read it
}

func (s *session) openVerb() *cobra.Command {
	var shared, private bool
	verb := &cobra.Command{
		Use:   "open DIR",
		Short: "Use an archive that is already there, on this or on a new computer",
		Long: "Use an archive that is already there, on this or on a new computer. With --shared or --private it is also said, for good,\n" +
			"who on this computer may read it: everybody, or its owner only, as is usual.",
		Args: arguments("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if shared && private {
				s.began = false
				return errors.New("--shared does not go with --private")
			}
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
			o, err := w.OpenArchive(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if shared || private {
				if err := w.Share(cmd.Context(), shared); err != nil {
					return err
				}
			}
			others, err := w.Shared()
			if err != nil {
				return err
			}
			alarms, err := w.Alarms(cmd.Context())
			if err != nil {
				return err
			}
			if s.json {
				return s.printJSON(openJSON{o.Dir, o.Items, accountsJSON(o.Taken, alarms), others})
			}
			s.stdout.printf("The archive in %s is used from now on.\n", o.Dir)
			if text := words.Counts(o.Items); text != "" {
				s.stdout.printf("It holds %s.\n", text)
			}
			switch {
			case others:
				s.stdout.printf("%s\n", othersRead)
			case private:
				s.stdout.printf("Only you can read it.\n")
			}
			for _, a := range o.Taken {
				s.stdout.printf("The account “%s” was taken over%s\n", a.Name, needs(a))
			}
			return nil
		},
	}
	f := verb.Flags()
	f.BoolVar(&shared, "shared", false, "let everybody on this computer read the archive")
	f.BoolVar(&private, "private", false, "let its owner only read it, as is usual")
	return verb
}

// othersRead says that the archive is shared.
const othersRead = "Others on this computer can read it."

// needs says what an account that was taken over still needs.
func needs(a settings.Account) string {
	if a.NeedsPassword() {
		return "; it needs its password: sidekeep account check \"" + a.Name + "\""
	}
	return "."
}
