package command

import (
	"errors"
	"fmt"
	"strings"

	"sidekeep/export/near"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// otherVerbs are what other programs call the verbs.
var otherVerbs = map[string]string{
	"backup": "export", "sync": "export", "fetch": "export", "pull": "export", "run": "export",
	"ls": "list", "show": "list", "find": "search", "grep": "search", "log": "history", "diff": "changes",
	"delete": "forget", "rm": "forget", "put": "restore", "upload": "restore", "info": "status", "state": "status",
	"add": "account add", "login": "account check", "accounts": "account list", "remove": "account remove",
	"doctor": "verify", "fsck": "verify", "repair": "verify --repair", "clean": "prune", "download": "save", "dump": "save",
}

// group makes verb one that only has others below it.
func (s *session) group(verb *cobra.Command, missing string) {
	if verb.HasParent() {
		verb.Use += " " + strings.Join(verbsOf(verb), "|")
	} else {
		verb.Use += " [VERB]"
	}
	verb.Args = unknownVerb
	verb.RunE = func(*cobra.Command, []string) error {
		s.began = false
		return errors.New(missing)
	}
}

// unknownVerb refuses a word that is no verb below verb, and says which was meant.
func unknownVerb(verb *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	names := verbsOf(verb)
	meant, before := near.To(args[0], names), ""
	if verb.HasParent() {
		before = verb.Name() + " "
	} else if meant == "" {
		meant = otherVerbs[strings.ToLower(args[0])]
	}
	switch {
	case meant != "":
		return fmt.Errorf("there is no verb “%s%s”; did you mean “%s%s”?", before, args[0], before, meant)
	case before != "":
		return fmt.Errorf("there is no verb “%s%s”; “%s” needs one of: %s", before, args[0], verb.Name(), strings.Join(names, ", "))
	}
	return fmt.Errorf("there is no verb “%s”; “sidekeep help” lists them", args[0])
}

func verbsOf(verb *cobra.Command) []string {
	var names []string
	for _, v := range verb.Commands() {
		if !v.Hidden {
			names = append(names, v.Name())
		}
	}
	return names
}

// meant asks whether the one of list was meant that word is a slip of; "" if it is
// of none.
func meant(word string, list []string) string {
	if m := near.To(word, list); m != "" {
		return "Did you mean “" + m + "”? "
	}
	return ""
}

// flagSlip says what is wrong with the flags of verb, and which was meant.
func flagSlip(verb *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		empty   *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
		syntax  *pflag.InvalidSyntaxError
	)
	switch {
	case errors.As(err, &unknown):
		name, dashes := unknown.GetSpecifiedName(), "--"
		if short := unknown.GetSpecifiedShortnames(); short != "" {
			name, dashes = short, "-"
		}
		if meant := near.To(name, flagsOf(verb)); meant != "" {
			return fmt.Errorf("there is no flag “%s%s”; did you mean “--%s”?", dashes, name, meant)
		}
		return fmt.Errorf("there is no flag “%s%s”; “%s --help” lists them", dashes, name, verb.CommandPath())
	case errors.As(err, &empty):
		return fmt.Errorf("the flag “--%s” needs a value", empty.GetFlag().Name)
	case errors.As(err, &invalid):
		return fmt.Errorf("the flag “--%s” takes %s, not “%s”", invalid.GetFlag().Name, takes(invalid.GetFlag()), invalid.GetValue())
	case errors.As(err, &syntax):
		return fmt.Errorf("“%s” is no flag", syntax.GetSpecifiedFlag())
	}
	return err
}

// takes says which values a flag has.
func takes(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "no value, or true or false"
	case "uint":
		return "a number from 0 up"
	}
	return "another value"
}

// flagsOf are the flags of a verb, of all verbs if it is the root: what stands
// before the verb is read as the root's.
func flagsOf(verb *cobra.Command) []string {
	var names []string
	of := func(v *cobra.Command) {
		for _, set := range []*pflag.FlagSet{v.NonInheritedFlags(), v.InheritedFlags()} {
			set.VisitAll(func(f *pflag.Flag) {
				if !f.Hidden {
					names = append(names, f.Name)
				}
			})
		}
	}
	of(verb)
	if !verb.HasParent() {
		for _, v := range verb.Commands() {
			of(v)
		}
	}
	return names
}

// helpVerb tells about a verb, and refuses what is none.
func (s *session) helpVerb(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [VERB]",
		Short: "Tell about a verb",
		RunE: func(_ *cobra.Command, args []string) error {
			verb, rest, err := root.Find(args)
			if err == nil && verb.HasSubCommands() {
				err = unknownVerb(verb, rest)
			} else if err == nil {
				err = arguments()(verb, rest)
			}
			if err != nil {
				s.began = false
				return err
			}
			verb.InitDefaultHelpFlag()
			return verb.Help()
		},
	}
}
