package command

import (
	"context"
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/settings"
	"sidekeep/export/source"

	"github.com/spf13/cobra"
)

func (s *session) accountAddVerb() *cobra.Command {
	var c work.Candidate
	var p passwordFlags
	var only, alarm string
	var values sourceFlags
	verb := &cobra.Command{
		Use:   "add NAME " + leads(s.types),
		Short: "Set up an account: shows what was found, then saves it",
		Args:  arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if c.Only, err = kinds(only); err != nil {
				return err
			}
			c.PasswordCommand = p.command
			if c.Type, c.Values, err = values.given(s.types); err != nil {
				return err
			}
			var t export.Thresholds
			if alarm != "" {
				items, percent, _ := strings.Cut(alarm, ",")
				if t, err = alarmFlag(items, percent); err != nil {
					return err
				}
			}
			return s.accountAdd(cmd.Context(), args[0], c, &p, t)
		},
	}
	f := verb.Flags()
	values.add(f, s.types)
	f.StringVar(&only, "only", "", "export these kinds only: contacts,events,todos,photos")
	f.StringVar(&alarm, "alarm", "", "ask when so many items and such a share are gone: ITEMS,PERCENT% (default: 5,20%)")
	p.add(verb)
	return verb
}

func (s *session) accountAdd(ctx context.Context, name string, c work.Candidate, p *passwordFlags, alarm export.Thresholds) error {
	w, err := s.workFor(p)
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
	s.nothing = "Nothing was saved."
	if err := w.CheckName(name); err != nil {
		return err
	}
	if c, err = s.candidate(ctx, w, c, p); err != nil {
		return err
	}
	s.say("Looking at %s ...\n", s.placeOf(c))
	f, err := w.Find(ctx, c)
	if err != nil {
		return err
	}
	if !s.json {
		s.stdout.printf("Found%s:\n", at(f.Service))
		s.printFound(f)
		if err := s.stdout.flush(); err != nil {
			return err
		}
	}
	if already := words.KeptAlready(w.SamePlace(c, f)); already != "" {
		s.say("%s\n", already)
	}
	if s.tty != nil && !s.yes {
		yes, err := s.yesOrNo(ctx, "Save the account “"+clean(name)+"”?")
		if err != nil {
			return err
		}
		if !yes {
			s.say("Nothing was saved.\n")
			return nil
		}
	}
	if err := w.Add(ctx, name, c, f, nil); err != nil {
		return err
	}
	if alarm != (export.Thresholds{}) {
		if err := w.SetAlarm(ctx, name, alarm); err != nil {
			return err
		}
	}
	return s.added(w, name, f, alarm)
}

// candidate asks for what is missing.
func (s *session) candidate(ctx context.Context, w *work.Work, c work.Candidate, p *passwordFlags) (work.Candidate, error) {
	if err := w.CheckCandidate(c); err != nil {
		return c, err
	}
	t, _ := source.Find(s.types, c.Type)
	if !t.SignsIn() {
		if p.stdin {
			return c, &source.FieldError{Type: t.ID, Field: source.Password, Fault: source.Foreign}
		}
		return c, nil
	}
	user := c.Values.SignInName()
	var err error
	if user == "" && s.tty != nil && p.command == "" && !p.stdin {
		if user, err = s.line(ctx, "Name to sign in with (empty if the service asks for none): "); err != nil {
			return c, err
		}
	}
	c.Values[source.User] = user
	c.Values[source.Password], err = s.read(ctx, p, user)
	return c, err
}

// placeOf is what was given that tells where the source is.
func (s *session) placeOf(c work.Candidate) string {
	t, _ := source.Find(s.types, c.Type)
	var place strings.Builder
	for _, f := range t.Fields {
		if f.Leads {
			place.WriteString(c.Values[f.ID])
		}
	}
	return place.String()
}

func at(service string) string {
	if service == "" {
		return ""
	}
	return " at " + clean(service)
}

// added says that the account is saved.
func (s *session) added(w *work.Work, name string, f *work.Found, alarm export.Thresholds) error {
	if s.json {
		all := w.Accounts()
		i := slices.IndexFunc(all, func(a settings.Account) bool { return a.Name == name })
		if i < 0 {
			return export.ErrGone // removed by another program in this moment
		}
		return s.printJSON(map[string]any{"account": accountsJSON(all[i:i+1], map[string]export.Thresholds{name: alarm})[0], "found": foundsJSON(f), "skipped": skippedJSON(f.Skipped)})
	}
	s.say("“%s” is saved. Export it with: sidekeep export \"%s\"\n", name, name)
	return nil
}
