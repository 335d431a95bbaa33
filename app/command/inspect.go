package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/file"
	"sidekeep/formats/photo"

	"github.com/spf13/cobra"
)

func (s *session) inspectVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "inspect FILE...",
		Short: "Show what is in a file, item by item, and what is wrong with it",
		Long: "Show what is in files of contacts, calendars and to-dos (.vcf, .ics, .vcs, .csv), by their content, item by\n" +
			"item: what it is, what is odd in it, and what an import would set aside because it cannot be understood.\n" +
			"A folder stands for all files below it, a zip archive for all files in it, and “-” for stdin. Nothing is changed.",
		Args: arguments("FILE..."),
		RunE: func(cmd *cobra.Command, paths []string) error { return s.inspect(cmd.Context(), paths) },
	}
}

func (s *session) inspect(ctx context.Context, paths []string) error {
	in := &inspection{s: s, counts: map[string]int{}}
	to := work.Inspector{Begin: in.begin, Item: in.item, End: in.end}
	if s.json {
		j := &inspectionJSON{in: in}
		to = work.Inspector{Begin: j.begin, Item: j.item, End: j.end}
	}
	err := work.Inspect(ctx, paths, s.stdin, to)
	if err != nil {
		return err
	}
	if s.json {
		if !in.began {
			s.stdout.raw(`{"files":[`)
		}
		s.stdout.raw(fmt.Sprintf("],\n\"items\":%d,\"set_aside\":%d}\n", in.total, in.asideTotal))
	}
	if err := s.stdout.flush(); err != nil {
		return err
	}
	switch {
	case in.unread > 0:
		s.code = failed
		s.stderr.printf("sidekeep: %s could not be read to the end.\n  Nothing was changed.\n  Allow yourself to read it, or fetch it again from where it came.\n",
			plural(in.unread, "file", "files"))
	case in.asideTotal > 0:
		s.code = partly
		s.stderr.printf("sidekeep: %s cannot be understood.\n  An import keeps the bytes and sets them aside.\n  Mend the lines that are named above with a text editor.\n",
			plural(in.asideTotal, "item", "items"))
	}
	return nil
}

// An inspection prints what is found.
type inspection struct {
	s                 *session
	counts            map[string]int // of the file, by what they are
	order             []string
	aside             int
	total, asideTotal int
	unread            int
	began             bool // something of the JSON was written
}

// typeNames are what files are called before a person.
var typeNames = map[file.Type]string{
	file.Cards: "vCard", file.Calendar: "iCalendar", file.Table: "CSV", file.Photo: "a picture or video",
	file.Archive: "a zip archive", file.EmptyFile: "empty",
	file.Unknown: "no contacts, calendar, to-dos, picture or video",
}

func (in *inspection) begin(x work.Inspected) error {
	clear(in.counts)
	in.order, in.aside = nil, 0
	what := typeNames[x.Type]
	if x.Old {
		what = "vCalendar 1.0, the form before iCalendar"
	}
	in.s.stdout.printf("%s: %s\n", x.Path, what)
	return nil
}

func (in *inspection) count(it *file.Item) {
	kind := kindName(it)
	if in.counts[kind] == 0 {
		in.order = append(in.order, kind)
	}
	in.counts[kind]++
	in.total++
	if it.Err != nil {
		in.aside++
		in.asideTotal++
	}
}

func (in *inspection) item(it *file.Item) error {
	in.count(it)
	out := in.s.stdout
	name := it.Name()
	if name == "" {
		name = "(no name)"
	}
	line := fmt.Sprintf("%7d  %s%s%s", it.Line, pad(kindName(it), 9), pad(dateOf(it), 18), pad(clean(name), 28))
	for _, more := range []string{versionOf(it), clean(it.UID())} {
		if more != "" {
			line += "  " + more
		}
	}
	out.raw(strings.TrimRight(line, " ") + "\n")
	if it.Err != nil {
		out.printf("%s set aside: %s\n", indent, it.Err)
	}
	for _, o := range it.Findings() {
		if it.Err != nil && strings.HasSuffix(it.Err.Error(), o.Reason) {
			continue
		}
		out.printf("%s %s\n", indent, oddText(o))
	}
	return nil
}

const indent = "         "

func oddText(o file.Finding) string {
	if o.Line == 0 {
		return o.Reason
	}
	return fmt.Sprintf("line %d: %s", o.Line, o.Reason)
}

func (in *inspection) end(x work.Inspected) error {
	out := in.s.stdout
	for _, odd := range x.Odd {
		out.printf("  %s.\n", capital(odd))
	}
	switch {
	case x.Err != nil && errors.Is(x.Err, file.ErrNoTable):
		out.printf("  It is a table, and %s.\n", file.ErrNoTable)
	case x.Err != nil:
		in.unread++
		out.printf("  It could not be read to its end: %s\n", x.Err)
	}
	switch x.Type {
	case file.Cards, file.Calendar, file.Table:
		out.printf("  %s\n", in.sum())
	case file.Photo:
		if t := x.Taken.Time; !t.IsZero() {
			by := ""
			if x.Taken.How == photo.FromName {
				by = ", by its name"
			}
			out.printf("  taken %s%s, %s\n", t.Format("2006-01-02 15:04"), by, words.Size(x.Size))
		} else if x.Size > 0 {
			out.printf("  it does not say when it was taken, %s\n", words.Size(x.Size))
		}
	}
	return out.flush()
}

// sum is what a file holds, in numbers.
func (in *inspection) sum() string {
	var parts []string
	for _, kind := range in.order {
		parts = append(parts, plural(in.counts[kind], kind, manyOf(kind)))
	}
	text := "Nothing in it"
	if len(parts) > 0 {
		text = words.List(parts)
	}
	if in.aside > 0 {
		text += "; " + words.Number(in.aside) + " would be set aside"
	}
	return text + "."
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// kindName is what an item is, in one word.
func kindName(it *file.Item) string {
	if it.Type == file.Cards {
		switch it.Card.Kind {
		case "group", "org", "location":
			return it.Card.Kind
		}
		return "contact"
	}
	switch it.Component {
	case "VEVENT":
		return "event"
	case "VTODO":
		return "to-do"
	case "VJOURNAL":
		return "journal"
	case "VFREEBUSY":
		return "free-busy"
	}
	return "other"
}

func manyOf(kind string) string {
	switch kind {
	case "journal":
		return "journal entries"
	case "other", "free-busy":
		return kind
	}
	return kind + "s"
}

// versionOf is the version of the format, where an item has one of its own.
func versionOf(it *file.Item) string {
	if it.Type == file.Cards && it.Card.Version != "" {
		return "vCard " + clean(it.Card.Version)
	}
	return ""
}

func dateOf(it *file.Item) string {
	t := when(it)
	switch {
	case t.IsZero():
		return ""
	case it.Object.AllDay:
		return t.Format(time.DateOnly)
	case it.Object.Floating:
		return t.Format("2006-01-02 15:04")
	}
	return t.Local().Format("2006-01-02 15:04")
}

// when is the start of an event or to-do, or when it is due.
func when(it *file.Item) time.Time {
	if it.Object.Start.IsZero() {
		return it.Object.Due
	}
	return it.Object.Start
}

// inspectionJSON writes what is found as JSON, item by item.
type inspectionJSON struct {
	in    *inspection
	items int // of the file
}

type inspectedItem struct {
	Line      int         `json:"line"`
	Kind      export.Kind `json:"kind"`
	Component string      `json:"component"`
	Version   string      `json:"version"`
	Name      string      `json:"name"`
	UID       string      `json:"uid"`
	Date      *string     `json:"date"` // RFC 3339, a date alone if all day; null if it has none
	Recurs    bool        `json:"recurs"`
	Done      bool        `json:"done"`
	SetAside  *oddJSON    `json:"set_aside"` // null if it can be understood
	Odd       []oddJSON   `json:"odd"`
}

type oddJSON struct {
	Line   int    `json:"line"` // 0 if it is no single line
	Reason string `json:"reason"`
}

func (j *inspectionJSON) begin(x work.Inspected) error {
	clear(j.in.counts)
	j.in.aside, j.items = 0, 0
	separator := ",\n"
	if !j.in.began {
		separator, j.in.began = "{\"files\":[\n", true
	}
	b, err := json.Marshal(map[string]string{"path": x.Path, "type": string(x.Type)})
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	j.in.s.stdout.raw(separator + strings.TrimSuffix(string(b), "}") + `,"items":[`)
	return nil
}

func (j *inspectionJSON) item(it *file.Item) error {
	j.in.count(it)
	x := inspectedItem{
		Line: it.Line, Kind: kindOf(it), Component: it.Component, Version: it.Card.Version, Name: it.Name(), UID: it.UID(),
		Recurs: it.Object.Recurs, Done: it.Object.Done, Odd: []oddJSON{},
	}
	if it.Type == file.Cards {
		x.Component = "VCARD"
	}
	if t := when(it); !t.IsZero() {
		text := t.Format(time.RFC3339)
		switch {
		case it.Object.AllDay:
			text = t.Format(time.DateOnly)
		case it.Object.Floating:
			text = t.Format("2006-01-02T15:04:05")
		}
		x.Date = &text
	}
	for _, o := range it.Findings() {
		x.Odd = append(x.Odd, oddJSON(o))
	}
	var why *contentline.Error
	if errors.As(it.Err, &why) {
		x.SetAside = &oddJSON{why.Line, why.Reason}
	}
	b, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	separator := "\n"
	if j.items++; j.items > 1 {
		separator = ",\n"
	}
	j.in.s.stdout.raw(separator + string(b))
	return nil
}

func (j *inspectionJSON) end(x work.Inspected) error {
	tail := struct {
		SetAside int       `json:"set_aside"`
		Odd      []string  `json:"odd"`
		Taken    *string   `json:"taken"`           // of a picture or video, RFC 3339, without an offset if no zone is known; null if nothing says
		Dated    photo.How `json:"dated,omitempty"` // what says so
		Error    string    `json:"error"`           // why it could not be read to its end; "" if it was
	}{SetAside: j.in.aside, Odd: append([]string{}, x.Odd...)}
	if t := x.Taken; !t.Time.IsZero() {
		text := t.Time.Format(time.RFC3339)
		if t.Local {
			text = t.Time.Format("2006-01-02T15:04:05")
		}
		tail.Taken, tail.Dated = &text, t.How
	}
	if x.Err != nil {
		tail.Error = x.Err.Error()
		if !errors.Is(x.Err, file.ErrNoTable) {
			j.in.unread++
		}
	}
	b, err := json.Marshal(tail)
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	j.in.s.stdout.raw("]," + strings.TrimPrefix(string(b), "{"))
	return nil
}

func kindOf(it *file.Item) export.Kind {
	switch {
	case it.Type == file.Cards:
		return export.Contacts
	case it.Component == "VTODO":
		return export.Todos
	}
	return export.Events
}
