package command

import (
	"context"
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/formats/vcard"

	"github.com/spf13/cobra"
)

func (s *session) saveVerb() *cobra.Command {
	var o work.SaveOptions
	var only, version, asOf string
	verb := &cobra.Command{
		Use:   "save --to DIR",
		Short: "Save what the archive holds as plain files in a folder",
		Long: "Save what the archive holds at present, or held at a moment, as plain files in an empty folder: contacts as\n" +
			".vcf, calendars and to-dos as .ics, photos as they are. With --split every contact, event and to-do is a file of its own, which\n" +
			"programs such as khal and khard read.",
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.Dir == "" {
				return s.missing("--to DIR")
			}
			if o.Only, err = kinds(only); err != nil {
				return err
			}
			switch o.VCard = vcard.Version(version); o.VCard {
			case "", vcard.V30, vcard.V40:
			default:
				return &work.Error{
					What: "“" + version + "” is no version that can be saved.", Meaning: "Nothing was written.",
					Try: "Use --vcard 3.0 or --vcard 4.0; “sidekeep convert --to vcard2.1” writes the old one.", Usage: true,
				}
			}
			return s.save(cmd.Context(), o, asOf)
		},
	}
	f := verb.Flags()
	f.StringVar(&o.Dir, "to", "", "folder to write to; it is made if it is missing")
	f.StringVar(&o.Account, "account", "", "save this account only")
	f.StringVar(&only, "only", "", "save these kinds only: contacts,events,todos,photos")
	f.StringVar(&version, "vcard", "", "convert contacts to vCard 3.0 or 4.0 (default: as they came)")
	f.StringVar(&asOf, "as-of", "", whenFlag)
	f.BoolVar(&o.Split, "split", false, "write a file for every contact, event and to-do")
	return verb
}

// missing refuses a call in which a flag is missing.
func (s *session) missing(flag string) error {
	return &work.Error{
		What: flag + " is missing.", Meaning: "Nothing was done.", Try: "Add it: it says where or as what to write.", Usage: true,
	}
}

type saveJSON struct {
	Dir      string              `json:"dir"`
	Files    int                 `json:"files"`
	Items    map[export.Kind]int `json:"items"`
	SetAside int                 `json:"set_aside"` // of the items: written as they came
	Losses   []lossJSON          `json:"losses"`
	Problems []problemJSON       `json:"problems"`
}

type lossJSON struct {
	File     string `json:"file"` // or account
	Item     string `json:"item"`
	Line     int    `json:"line"` // of the item as delivered; 0 if it is no single line
	Property string `json:"property"`
	Value    string `json:"value"`
	Happens  string `json:"happens"`
	Gone     bool   `json:"gone"` // it is no longer there in any form
}

type problemJSON struct {
	Item string `json:"item"`
	Why  string `json:"why"`
}

func lossesJSON(list []work.Loss) []lossJSON {
	out := []lossJSON{}
	for _, l := range list {
		out = append(out, lossJSON{l.File, l.Item, l.Line, l.Property, l.Value, l.Happens, l.Gone})
	}
	return out
}

func problemsJSON(list []work.Unsaved) []problemJSON {
	out := []problemJSON{}
	for _, u := range list {
		out = append(out, problemJSON(u))
	}
	return out
}

func (s *session) save(ctx context.Context, o work.SaveOptions, asOf string) error {
	w, err := s.work()
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
	if o.AsOf, err = s.moment(ctx, w, asOf); err != nil {
		return err
	}
	o.Into = func(ctx context.Context, dir string) bool {
		if s.yes || s.tty == nil {
			return s.yes
		}
		yes, err := s.yesOrNo(ctx, "The folder "+clean(dir)+" is not empty. Add files to it? Nothing in it is replaced.")
		return yes && err == nil
	}
	out, err := w.Save(ctx, o)
	if err != nil {
		if out.Files > 0 {
			s.stop.Meaning = plural(out.Files, "file was", "files were") + " saved until then in " + clean(out.Dir) + ", which is not everything. Your copy is as it was."
			s.stop.Try = "Save again to another folder, or empty this one first."
			if ctx.Err() == nil {
				s.stderr.printf("  %s\n", s.stop.Meaning)
			}
		}
		return err
	}
	if len(out.Unsaved) > 0 {
		s.code = partly
	}
	if s.json {
		err = s.printJSON(saveJSON{out.Dir, out.Files, out.Items, out.SetAside, lossesJSON(out.Losses), problemsJSON(out.Unsaved)})
	} else if !s.quiet {
		s.stdout.printf("%s saved in %s: %s.\n", countsOrNothing(out.Items, false), plural(out.Files, "file", "files"), out.Dir)
		if out.SetAside > 0 {
			s.stdout.printf("  %s, as they came, under “Set aside”.\n", words.Number(out.SetAside)+" of them could not be understood")
		}
		err = s.stdout.flush()
	}
	s.losses(out.Losses)
	s.unsaved(out.Unsaved)
	return err
}

// A lostKind is what several items lose alike.
type lostKind struct {
	property, happens string
	gone              bool
	items             []string // the first three, with the value
	n                 int
}

func lostKinds(list []work.Loss) []*lostKind {
	var kinds []*lostKind
	at := map[string]*lostKind{}
	for _, l := range list {
		key := l.Property + "\x00" + l.Happens
		k, ok := at[key]
		if !ok {
			k = &lostKind{property: l.Property, happens: l.Happens, gone: l.Gone}
			at[key], kinds = k, append(kinds, k)
		}
		if k.n++; k.n <= 3 {
			name := l.Item
			if l.Value != "" {
				name += " “" + l.Value + "”"
			}
			k.items = append(k.items, strings.TrimSpace(name))
		}
	}
	slices.SortStableFunc(kinds, func(a, b *lostKind) int {
		switch {
		case a.gone == b.gone:
			return 0
		case a.gone:
			return -1
		}
		return 1
	})
	return kinds
}

// losses reports on stderr what a conversion could not carry over, what is lost
// first; --verbose names each.
func (s *session) losses(list []work.Loss) {
	gone := 0
	for _, l := range list {
		if l.Gone {
			gone++
		}
	}
	if len(list) == 0 || s.quiet && gone == 0 {
		return
	}
	lost := "none is lost"
	if gone > 0 {
		lost = words.Number(gone) + " of them lost in what was written"
	}
	s.stderr.printf("%s could not be carried over just so, %s:\n", plural(len(list), "detail", "details"), lost)
	if s.verbose {
		for _, l := range list {
			s.stderr.printf("  %s%s “%s”: %s\n", of(l.Item), l.Property, l.Value, l.Happens)
		}
		return
	}
	for i, k := range lostKinds(list) {
		if i == 20 {
			s.stderr.printf("  and others; see them all with --json or --verbose.\n")
			return
		}
		more := ""
		if k.n > len(k.items) {
			more = " and " + words.Number(k.n-len(k.items)) + " more"
		}
		s.stderr.printf("  %s: %s\n    %s%s\n", k.property, k.happens, strings.Join(k.items, ", "), more)
	}
}

func of(item string) string {
	if item == "" { // a table, whose losses name the contact themselves
		return ""
	}
	return item + ": "
}

func (s *session) unsaved(list []work.Unsaved) {
	for i, u := range list {
		if i == 10 && !s.verbose {
			s.stderr.printf("  and %s more; see them all with --json or --verbose.\n", words.Number(len(list)-i))
			break
		}
		s.stderr.printf("  %s: %s\n", u.Item, u.Why)
	}
	if len(list) > 0 {
		s.stderr.printf("sidekeep: %s not written as asked.\n  Everything else was, and what they came from is as it was.\n  Look at each of them with “sidekeep inspect”.\n",
			plural(len(list), "item was", "items were"))
	}
}
