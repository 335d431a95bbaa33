package command

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/settings"
)

func (s *session) accountCheckVerb() *cobra.Command {
	var p passwordFlags
	verb := &cobra.Command{
		Use:   "check NAME",
		Short: "Sign in to an account and list what is there; takes a new password",
		Args:  arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.accountCheck(cmd.Context(), args[0], &p)
		},
	}
	p.add(verb)
	return verb
}

func (s *session) accountCheck(ctx context.Context, name string, p *passwordFlags) error {
	w, err := s.workFor(p)
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
	s.nothing = "Nothing was exported or changed."
	f, err := s.signedIn(ctx, w, name, p)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(map[string]any{"name": name, "service": f.Service, "found": foundsJSON(f), "skipped": skippedJSON(f.Skipped)})
	}
	s.stdout.printf("“%s” answers%s:\n", name, at(f.Service))
	s.printFound(f)
	return nil
}

// signedIn checks the account with the password of the flags, else with the
// saved one, else, if that is refused, with one typed at the terminal. A new
// password that is accepted is saved.
func (s *session) signedIn(ctx context.Context, w *work.Work, name string, p *passwordFlags) (*work.Found, error) {
	if p.command == "" && !p.stdin {
		f, err := w.Check(ctx, name)
		refused := errors.Is(err, export.ErrSignIn) || errors.Is(err, export.ErrExpired) || errors.Is(err, export.ErrNoPassword)
		if !refused || s.tty == nil {
			return f, err
		}
		s.explain(name, err)
	}
	password, err := s.read(ctx, p, userOf(w.Accounts(), name))
	if err != nil {
		return nil, err
	}
	f, err := w.SignIn(ctx, name, password, p.command)
	if err == nil {
		s.say("The new password is saved.\n")
	}
	return f, err
}

func userOf(list []settings.Account, name string) string {
	for _, a := range list {
		if a.Name == name {
			return a.User
		}
	}
	return ""
}
