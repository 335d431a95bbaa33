package command

import (
	"strings"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"

	"github.com/spf13/cobra"
)

func (s *session) searchVerb() *cobra.Command {
	var limit uint
	var o archive.Search
	var kind string
	verb := &cobra.Command{
		Use:   "search WORDS",
		Short: "Look for words in everything that was ever kept, with when it was there",
		Long: "Look for words in every version of every person, event, to-do and photo: names, numbers, addresses, notes,\n" +
			"places and the names of files and folders. All words are to be found, each as the beginning of a word; case and\n" +
			"accents do not matter, and a telephone number is found however it is written.",
		Args: arguments("WORDS..."),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Limit = int(limit)
			o.Words, o.Kind = strings.Join(args, " "), export.Kind(kind)
			if kind != "" {
				if _, err := kinds(kind); err != nil || strings.Contains(kind, ",") {
					return noKind(kind)
				}
			}
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // it only read
			if o.Account != "" {
				if o.Account, err = w.ArchivedName(cmd.Context(), o.Account); err != nil {
					return err
				}
			}
			told := time.Time{}
			o.Report = func(done, total int) {
				if now := time.Now(); now.Sub(told) >= 2*time.Second {
					told = now
					s.say("Reading the history for the first search: %s versions.\n", words.Progress(done, total))
				}
			}
			r, err := w.Search(cmd.Context(), o)
			if err != nil {
				return err
			}
			return s.found(r)
		},
	}
	verb.Flags().StringVar(&o.Account, "account", "", "look in this account only")
	verb.Flags().StringVar(&kind, "only", "", "look for this kind only: contacts, events, todos or photos")
	verb.Flags().UintVar(&limit, "limit", 50, "how many items at most")
	return verb
}

type hitJSON struct {
	itemJSON
	In    string     `json:"in"` // present, vanished, older or held: the foremost version in which the words are
	Found []spanJSON `json:"found"`
}

type spanJSON struct {
	Export int64      `json:"export"`
	Name   string     `json:"name"`
	From   time.Time  `json:"from"`
	Until  *time.Time `json:"until"` // null if it still says it
}

func (s *session) found(r archive.SearchResult) error {
	if s.json {
		list := []hitJSON{}
		for _, h := range r.Hits {
			j := hitJSON{itemJSON: jsonOf(h.Item), In: h.In, Found: []spanJSON{}}
			for _, f := range h.Found {
				span := spanJSON{Export: f.Export, Name: f.Name, From: f.From}
				if !f.Until.IsZero() {
					span.Until = &f.Until
				}
				j.Found = append(j.Found, span)
			}
			list = append(list, j)
		}
		return s.printJSON(map[string]any{"hits": list, "more": r.More, "cut": r.Cut})
	}
	for i := range r.Hits {
		s.hit(&r.Hits[i])
	}
	if r.Cut {
		s.say("Only the first words were looked for: there are too many.\n")
	}
	switch {
	case len(r.Hits) == 0:
		s.say("Nothing was found, in what is there now and in all that was before.\n")
	case r.More:
		s.say("%s, and there are more. Add a word, or look at more with --limit.\n", plural(len(r.Hits), "item", "items"))
	default:
		s.say("%s\n", plural(len(r.Hits), "item", "items"))
	}
	return nil
}

// hit prints an item, and below it when it said what was looked for, if that is
// not simply now.
func (s *session) hit(h *archive.Hit) {
	what := words.Noun(h.Kind, 1) + ", " + h.Account
	if when := start(h.Item); when != "" {
		what += ", " + when
	}
	if strings.Contains(h.State, archive.Gone) {
		what += ", gone from the source since " + dayTime(h.Since)
	}
	where := ""
	if h.Path != "" {
		where = "  " + h.Path
	}
	s.stdout.printf("%s  (%s)%s\n", named(h.Name), what, where)
	for _, f := range h.Found {
		if h.In == archive.InPresent && f.Until.IsZero() && len(h.Found) == 1 {
			break
		}
		as := ""
		if f.Name != "" && f.Name != h.Name {
			as = " as “" + f.Name + "”"
		}
		until := "still"
		if !f.Until.IsZero() {
			until = "until " + dayTime(f.Until)
		}
		s.stdout.printf("    found%s from %s, export %d, %s\n", as, dayTime(f.From), int(f.Export), until)
	}
	if h.In == archive.InHeld {
		s.stdout.printf("    It is recorded and not accepted: its account is held.\n")
	}
}

// biographies prints the versions of the items that are meant.
func (s *session) biographies(list []work.Biography, differences func(old, new int64) error) error {
	for _, b := range list {
		s.stdout.printf("%s  (%s, %s)  %s\n", named(b.Item.Name), words.Noun(b.Item.Kind, 1), b.Item.Account, b.Item.ID)
		var last *archive.Version
		gone := false
		for i := range b.Versions {
			v := &b.Versions[i]
			what, compare := "came", false
			switch {
			case v.State == archive.Gone:
				what = "gone from the source"
			case v.State == archive.SetAside:
				what = "set aside: " + v.Why
			case gone:
				what = "returned"
			case last != nil:
				what, compare = "changed", true
			}
			if v.Shown {
				what += "  [shown now]"
			}
			s.stdout.printf("  %s  export %d  %s\n", dayTime(v.Since), int(v.Export), what)
			if gone = v.State == archive.Gone; gone {
				continue
			}
			if last != nil && (compare || string(last.Hash) != string(v.Hash)) {
				if err := differences(last.Number, v.Number); err != nil {
					return err
				}
			}
			last = v
		}
	}
	return nil
}
