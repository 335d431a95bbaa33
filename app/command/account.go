package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/near"
	"sidekeep/export/settings"
)

func (s *session) accountVerb() *cobra.Command {
	verb := &cobra.Command{
		Use:   "account",
		Short: "Set up, list, check and remove accounts, and say what looks like a loss",
	}
	verb.AddCommand(s.accountAddVerb(), s.accountListVerb(), s.accountCheckVerb(), s.accountAlarmVerb(), s.accountRemoveVerb())
	return verb
}

// passwordFlags say where a password comes from.
type passwordFlags struct {
	command string
	stdin   bool
	given   answers
}

func (p *passwordFlags) add(verb *cobra.Command) {
	f := verb.Flags()
	f.StringVar(&p.command, "password-command", "", "shell command that writes the password to its output; saved instead of the password")
	f.BoolVar(&p.stdin, "password-stdin", false, "read the password from the first line of stdin")
	f.StringArrayVar(&p.given.trust, "trust", nil, "accept the certificate with this SHA-256 fingerprint")
	f.BoolVar(&p.given.allowHTTP, "allow-http", false, "send the password without encryption")
	f.StringArrayVar(&p.given.hosts, "allow-host", nil, "send the password to this host too")
}

// workFor is work with the answers of the flags.
func (s *session) workFor(p *passwordFlags) (*work.Work, error) {
	return work.New(work.Options{
		Settings: s.settings, Archive: s.archive, Ask: s.ask(p.given), Synced: s.maySync, Types: s.types,
		Moved: s.moved, Other: s.other, Begin: s.mayBegin, New: s.newArchive,
	})
}

// read returns the password: from stdin, or typed at the terminal. It is ""
// with a password command, and where there is no user to sign in.
func (s *session) read(ctx context.Context, p *passwordFlags, user string) (string, error) {
	switch {
	case p.command != "" && p.stdin:
		return "", &work.Error{
			What: "The password is to come from two places.", Meaning: "Nothing was saved.",
			Try: "Use either --password-command or --password-stdin.", Usage: true,
		}
	case p.command != "":
		return "", nil
	case p.stdin:
		text, err := await(ctx, func() (string, error) {
			text, err := s.stdin.ReadString('\n')
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return strings.TrimRight(text, "\r\n"), err
		})
		if err == nil && text == "" {
			err = &work.Error{
				What: "There is no password on stdin.", Meaning: "Nothing was saved.",
				Try: "Write the password as the first line of stdin.", Usage: true, Err: export.ErrNoPassword,
			}
		}
		return text, err
	case user == "":
		return "", nil
	case s.tty != nil:
		return s.password(ctx, "Password for "+user+" (it is not shown): ")
	}
	return "", &work.Error{
		What: "The password is missing.", Meaning: "Nothing was saved.",
		Try:   "Use --password-command or --password-stdin, or run this in a terminal and type it there.",
		Usage: true, Err: export.ErrNoPassword,
	}
}

// kinds reads KINDS: names with commas between them.
func kinds(text string) ([]export.Kind, error) {
	if text == "" {
		return nil, nil
	}
	var list []export.Kind
	for name := range strings.SplitSeq(text, ",") {
		k := export.Kind(strings.TrimSpace(name))
		if !slices.Contains(export.Kinds(), k) {
			return nil, noKind(name)
		}
		if !slices.Contains(list, k) {
			list = append(list, k)
		}
	}
	return list, nil
}

// alsoCalled are other names of kinds, those that Sidekeep itself shows among them.
var alsoCalled = map[string]export.Kind{
	"people": export.Contacts, "person": export.Contacts, "persons": export.Contacts, "calendar": export.Events, "dates": export.Events,
	"to-dos": export.Todos, "tasks": export.Todos, "reminders": export.Todos, "pictures": export.Photos, "videos": export.Photos,
}

func noKind(name string) error {
	list := []string{}
	for _, k := range export.Kinds() {
		list = append(list, string(k))
	}
	try := "The kinds are " + words.List(list) + "."
	k := string(alsoCalled[strings.ToLower(name)])
	if k == "" {
		k = near.To(name, list)
	}
	if k != "" {
		try = "Did you mean “" + k + "”? " + try
	}
	return &work.Error{
		What: fmt.Sprintf("“%s” is no kind of item.", name), Meaning: "Nothing was done.",
		Try: try, Usage: true,
	}
}

// accountJSON is an account as it is shown; it has no secret.
type accountJSON struct {
	Name            string        `json:"name"`
	Type            string        `json:"type"`
	Service         string        `json:"service"`
	Address         string        `json:"address"`
	Photos          string        `json:"photos"`
	User            string        `json:"user"`
	Only            []export.Kind `json:"only"` // empty means all kinds
	Skip            []string      `json:"skip"`
	NeedsPassword   bool          `json:"needs_password"`
	PasswordCommand bool          `json:"password_command"` // whether it has one

	More  map[string]string `json:"more,omitempty"` // what else its type asks for
	Alarm export.Thresholds `json:"alarm"`          // from when on missing items look like a loss
}

func accountsJSON(list []settings.Account, alarms map[string]export.Thresholds) []accountJSON {
	out := []accountJSON{}
	for _, a := range list {
		out = append(out, accountJSON{
			a.Name, a.Type, a.Service, a.Address, a.Photos, a.User,
			append([]export.Kind{}, a.Only...), append([]string{}, a.Skip...), a.NeedsPassword(), a.PasswordCommand != "",
			a.More, alarms[a.Name].OrDefault(),
		})
	}
	return out
}

// foundJSON is a collection that was found.
type foundJSON struct {
	Name   string      `json:"name"`
	Kind   export.Kind `json:"kind"`
	ID     string      `json:"id"`
	Count  *int        `json:"count"`  // null if the source cannot tell
	Export bool        `json:"export"` // it will be exported
}

func foundsJSON(f *work.Found) []foundJSON {
	out := []foundJSON{}
	for _, c := range f.Collections {
		out = append(out, foundJSON{c.Name, c.Kind, c.ID, total(c.Count), c.Wanted})
	}
	return out
}

// skippedJSON never is null.
func skippedJSON(list []export.Skipped) []export.Skipped { return append([]export.Skipped{}, list...) }

// printSkipped lists what is there besides, and why it is not exported; what
// usually is there only if all says so.
func (s *session) printSkipped(list []export.Skipped, all bool) {
	for _, x := range list {
		if x.Usual && !all {
			continue
		}
		s.stdout.printf("  %s\n", words.NotExported(x))
	}
}

// printFound lists what was found, with counts.
func (s *session) printFound(f *work.Found) {
	t := table{head: []string{"", "", " ", ""}}
	for _, c := range f.Collections {
		n, note := "?", ""
		if c.Count >= 0 {
			n = words.Number(c.Count)
		}
		if !c.Wanted {
			note = "(not exported)"
		}
		t.add(words.Group(c.Kind), c.Name, n, strings.TrimSpace(words.NounIn(c.Collection, c.Count)+" "+note))
	}
	t.print(s.stdout, "  ")
	if n, known := f.Counts(); known && len(n) > 0 {
		s.stdout.printf("  Together: %s.\n", countsOrNothing(n, f.Mixed()))
	}
	if len(f.Collections) == 0 {
		s.stdout.printf("  %s\n", words.EmptyAccount)
	}
	s.printSkipped(f.Skipped, true)
}

func countsOrNothing(n map[export.Kind]int, mixed bool) string {
	if text := words.CountsFound(n, mixed); text != "" {
		return text
	}
	return "nothing yet"
}

func (s *session) accountListVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the accounts",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // it only read
			list := w.Accounts()
			alarms, err := w.Alarms(cmd.Context())
			if err != nil {
				return err
			}
			if s.json {
				return s.printJSON(map[string]any{"accounts": accountsJSON(list, alarms)})
			}
			if len(list) == 0 {
				s.say("No account is set up yet. Set one up with “sidekeep account add”.\n")
				return nil
			}
			t := table{head: []string{"name", "where", "user", "exports", ""}}
			for _, a := range list {
				t.add(a.Name, where(a), a.User, only(a), note(a, alarms[a.Name].OrDefault()))
			}
			t.print(s.stdout, "")
			return nil
		},
	}
}

func where(a settings.Account) string {
	if text := words.Where(a); text != "" {
		return text
	}
	var parts []string
	for _, p := range []string{a.Service, a.Address, a.Photos} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(a.More)) {
		parts = append(parts, a.More[id])
	}
	return strings.Join(parts, ", ")
}

func only(a settings.Account) string {
	text := "everything"
	if len(a.Only) > 0 {
		parts := make([]string, len(a.Only))
		for i, k := range a.Only {
			parts[i] = string(k)
		}
		text = strings.Join(parts, ",")
	}
	if n := len(a.Skip); n > 0 {
		text += " but " + plural(n, "collection", "collections")
	}
	return text
}

func note(a settings.Account, alarm export.Thresholds) string {
	var notes []string
	if a.NeedsPassword() {
		notes = append(notes, "needs its password")
	}
	if alarm != export.DefaultThresholds() {
		notes = append(notes, fmt.Sprintf("asks when %s and %d %% are gone", plural(alarm.Items, "item", "items"), alarm.Percent))
	}
	return words.List(notes)
}

func (s *session) accountRemoveVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove an account; its data stays in the archive",
		Long: "Remove an account, and its password from the keychain. Nothing more is exported from it. What was exported stays\n" +
			"in the archive; “sidekeep forget” deletes it.",
		Args: arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
			if err := w.Remove(cmd.Context(), args[0]); err != nil {
				return err
			}
			if s.json {
				return s.printJSON(map[string]string{"removed": args[0]})
			}
			s.say("“%s” is removed. What was exported from it stays in the archive. To delete that as well: sidekeep forget \"%s\"\n", args[0], args[0])
			return nil
		},
	}
}
