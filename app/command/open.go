package command

import (
	"context"
	"errors"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/settings"

	"github.com/spf13/cobra"
)

type openJSON struct {
	Archive  string              `json:"archive"`
	Items    map[export.Kind]int `json:"items"`
	Accounts []accountJSON       `json:"accounts"` // that were taken over
	Offered  []accountJSON       `json:"offered"`  // that were not, for want of a yes
	Shared   bool                `json:"shared"`   // others on this computer may read it
}

func (s *session) openVerb() *cobra.Command {
	var shared, private bool
	verb := &cobra.Command{
		Use:   "open DIR",
		Short: "Use an archive that is already there, on this or on a new computer",
		Long: "Use the archive in DIR from now on. Each account that it knows and that is not set up here is shown with\n" +
			"the address that its password would go to, or its folder, and is only taken over with a yes of yours.\n" +
			"Passwords and what was agreed to on another computer are never in an archive. With --shared or --private it\n" +
			"is also said, for good, who on this computer may read it: everybody, or its owner only, as is usual.",
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
				taken, left, err := s.takeOver(cmd.Context(), w, o.Offered)
				if err != nil {
					return err
				}
				return s.printJSON(openJSON{o.Dir, o.Items, accountsJSON(taken, alarms), accountsJSON(left, alarms), others})
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
			taken, _, err := s.takeOver(cmd.Context(), w, o.Offered)
			if err != nil {
				return err
			}
			for _, a := range taken {
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

// takeOver asks for each account that the archive offers, and takes over those
// that get a yes; the others are left.
func (s *session) takeOver(ctx context.Context, w *work.Work, offered []settings.Account) (taken, left []settings.Account, err error) {
	var names []string
	for _, a := range offered {
		s.stderr.printf("The archive knows the account “%s”: %s.\n", a.Name, words.Offer(a))
		yes, err := s.agreed(ctx, "  Take it over?")
		if err != nil {
			return nil, nil, err
		}
		if yes {
			names = append(names, a.Name)
		} else {
			left = append(left, a)
		}
	}
	if len(names) > 0 {
		taken, err = w.TakeAccounts(ctx, names)
	}
	if len(left) > 0 && s.tty == nil {
		s.stderr.printf("  Nobody is there to say yes, so no account was taken over. Run it in a terminal, or add --yes if all of these are yours.\n")
	}
	return taken, left, err
}

// needs says what an account that was taken over still needs.
func needs(a settings.Account) string {
	if a.NeedsPassword() {
		return "; it needs its password: sidekeep account check \"" + a.Name + "\""
	}
	return "."
}
