package command

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"

	"github.com/spf13/cobra"
)

// demoArchive is where the demo phone is exported to unless an archive is
// named.
const demoArchive = "Sidekeep demo"

func (s *session) demoVerb() *cobra.Command {
	disaster := false
	verb := &cobra.Command{
		Use:   "demo",
		Short: "Export the built-in demo phone into ./Sidekeep demo",
		Long: "Export the built-in demo phone, a fictional one, into ./Sidekeep demo. With --disaster the service of the phone then\n" +
			"loses nearly everything, as one did in October 2009, and everything is put back. The program checks each thing that it\n" +
			"tells, and fails if one is untrue.",
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error { return s.demo(cmd.Context(), disaster) },
	}
	verb.Flags().BoolVar(&disaster, "disaster", false, "play October 2009: the service loses nearly everything, and it is put back")
	return verb
}

func (s *session) demo(ctx context.Context, disaster bool) error {
	if s.settings == "" {
		dir, err := work.SettingsDir()
		if err != nil {
			return err
		}
		s.settings = dir
	}
	if s.archive == "" {
		s.archive = demoArchive
	}
	if err := s.demoSettings(); err != nil {
		return err
	}
	w, err := s.work()
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
	name, err := w.AddDemo(ctx)
	if err != nil {
		return err
	}
	s.say("A fictional phone is exported over real HTTP; nothing leaves this computer.\n")
	if disaster {
		return s.disaster(ctx, w, name)
	}
	ledgers, err := s.exports(ctx, w, []string{name})
	if err != nil || s.json || s.quiet || s.code == failed || s.code == stopped || len(ledgers) == 0 {
		return err
	}
	s.has(&ledgers[0])
	return s.whatIsWhere(ctx, w)
}

// demoSettings gives the demo settings of its own for each folder that it
// exports into: it never touches the owner's accounts, and where its archive
// was thrown away it begins anew.
func (s *session) demoSettings() error {
	dir, err := filepath.Abs(s.archive)
	if err != nil {
		return fmt.Errorf("finding the demo's folder: %w", err)
	}
	sum := sha256.Sum256([]byte(dir))
	s.settings = filepath.Join(s.settings, "demo", hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := os.RemoveAll(s.settings); err != nil {
		return fmt.Errorf("beginning the demo anew: %w", err)
	}
	return nil
}

// has says what the phone holds, in collections and items.
func (s *session) has(l *export.Ledger) {
	n := map[export.Kind]int{}
	items := map[export.Kind]int{}
	for _, c := range l.Collections {
		n[c.Kind]++
		if c.Found != nil {
			items[c.Kind] += *c.Found
		}
	}
	s.stdout.printf("  The phone holds %s, %s with %s, %s with %s and %s.\n",
		words.Count(export.Contacts, items[export.Contacts]),
		plural(n[export.Events], "calendar", "calendars"), words.Count(export.Events, items[export.Events]),
		plural(n[export.Todos], "to-do list", "to-do lists"), words.Count(export.Todos, items[export.Todos]),
		words.Count(export.Photos, items[export.Photos]))
}

// furtherFiles are the files beside data/ and what they are for.
var furtherFiles = []struct{ name, what string }{
	{"README.html", "what this folder is and how to read it"},
	{"history.db", "every version of every item as delivered, every export"},
	{"manifest-sha256.txt", "check every file with: sha256sum -c manifest-sha256.txt"},
}

// whatIsWhere lists the open files with what is in each.
func (s *session) whatIsWhere(ctx context.Context, w *work.Work) error {
	type file struct {
		kind export.Kind
		n    int
	}
	files := map[string]*file{}
	for it, err := range w.Items(ctx, archive.Query{}) {
		if err != nil {
			return err
		}
		if it.Path == "" {
			continue
		}
		name := it.Path
		if it.Kind == export.Photos {
			name = yearOf(name)
		}
		if files[name] == nil {
			files[name] = &file{kind: it.Kind}
		}
		files[name].n++
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	s.stdout.printf("\nIn %s\n", w.ArchiveDir())
	t := table{head: []string{"", ""}}
	for _, name := range names {
		t.add(name, words.Count(files[name].kind, files[name].n))
	}
	for _, f := range furtherFiles {
		if _, err := os.Stat(filepath.Join(w.ArchiveDir(), f.name)); err == nil {
			t.add(f.name, f.what)
		}
	}
	t.print(s.stdout, "  ")
	return nil
}

// yearOf is the folder of a photo's year, data/<account>/Photos/<year>/.
func yearOf(file string) string {
	parts := strings.SplitN(path.Dir(file), "/", 5)
	return strings.Join(parts[:min(4, len(parts))], "/") + "/"
}
