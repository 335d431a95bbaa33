package files

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"sidekeep/app/work/desk"
	"sidekeep/export"
	"sidekeep/formats/file"
	"sidekeep/formats/vcard"
)

// A Target is what files are converted to.
type Target string

// The targets of a conversion.
const (
	ToVCard21 Target = "vcard2.1"
	ToVCard3  Target = "vcard3"
	ToVCard4  Target = "vcard4"
	ToCSV     Target = "csv"
	ToICS     Target = "ics"
)

// Targets lists every target.
func Targets() []Target { return []Target{ToVCard3, ToVCard4, ToVCard21, ToCSV, ToICS} }

// Converted is what a conversion did.
type Converted struct {
	Items       map[export.Kind]int // that were written; the birthdays among them are events
	Losses      []Loss
	Unconverted []Unsaved
}

// Convert reads files, folders with all that is below them, and stdin where a
// path is [Stdin], and writes what is in them to out: as cards of one version,
// as a table, or as one calendar. A table has the contacts, or the to-dos if
// there are no contacts. A calendar has the events and to-dos, and the
// birthdays of contacts. What cannot be converted is told and left out.
func Convert(ctx context.Context, paths []string, stdin io.Reader, t Target, out io.Writer) (done Converted, err error) {
	done.Items = map[export.Kind]int{}
	list, odd, end, err := inputs(ctx, paths, stdin)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, end()) }()
	done.Unconverted = odd
	c := &conversion{ctx: ctx, inputs: list, out: bufio.NewWriterSize(out, 64<<10), done: &done}
	switch t {
	case ToVCard21:
		err = c.cards(vcard.V21)
	case ToVCard3:
		err = c.cards(vcard.V30)
	case ToVCard4:
		err = c.cards(vcard.V40)
	case ToCSV:
		err = c.table()
	case ToICS:
		err = c.calendar()
	default:
		err = fmt.Errorf("there is no target %q", t)
	}
	if err == nil {
		err = c.out.Flush()
	}
	if err == nil && done.total() == 0 {
		err = nothingToConvert(t, done.Unconverted)
	}
	return done, err
}

func (c *Converted) total() int {
	n := 0
	for _, k := range c.Items {
		n += k
	}
	return n
}

// An input is a file that is converted, with the name that it has for a person.
type input struct{ path, shown string }

// inputs lists the files that paths name, and as odd what is no file and is left.
// What comes from stdin is kept in a temporary file until end, because a table
// needs it twice.
func inputs(ctx context.Context, paths []string, stdin io.Reader) (list []input, odd []Unsaved, end func() error, err error) {
	end = func() error { return nil }
	for _, p := range paths {
		if p == Stdin {
			name, err := keepStdin(stdin)
			if err != nil {
				return nil, nil, end, errors.Join(err, end())
			}
			before := end
			end = func() error { return errors.Join(before(), os.Remove(name)) }
			list = append(list, input{name, "stdin"})
			continue
		}
		err := eachFile(ctx, p, func(name string, err error) error {
			switch {
			case errors.Is(err, errNoFile):
				odd = append(odd, Unsaved{name, err.Error()})
			case err != nil:
				return unreadable(name, err)
			default:
				list = append(list, input{name, name})
			}
			return nil
		})
		if err != nil {
			return nil, nil, end, errors.Join(err, end())
		}
	}
	return list, odd, end, nil
}

// keepStdin copies stdin to a temporary file, whose name it returns.
func keepStdin(stdin io.Reader) (string, error) {
	f, err := os.CreateTemp("", "sidekeep-stdin-")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, stdin)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// A conversion is one under way.
type conversion struct {
	ctx    context.Context
	inputs []input
	out    *bufio.Writer
	done   *Converted
	groups groups // that contacts are in, for a table
	quiet  bool   // what cannot be converted was told before
}

// each yields every item of every file that can be understood.
func (c *conversion) each(yield func(in input, it *file.Item) error) error {
	for _, in := range c.inputs {
		if err := c.file(in, yield); err != nil {
			return err
		}
	}
	return nil
}

func (c *conversion) file(in input, yield func(in input, it *file.Item) error) error {
	f, err := os.Open(in.path)
	if err != nil {
		return unreadable(in.shown, err)
	}
	defer f.Close()
	r := bufio.NewReaderSize(&counting{Reader: f, ctx: c.ctx}, file.HeadSize)
	head, err := r.Peek(file.HeadSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return c.stopped(unreadable(in.shown, err))
	}
	t := file.Detect(head, in.shown)
	switch t {
	case file.Cards, file.Calendar, file.Table:
	case file.EmptyFile:
		return nil
	default:
		c.leave(in.shown, "it holds no contacts, events or to-dos")
		return nil
	}
	charset, err := charsetOf(f, head, t)
	if err != nil {
		return c.stopped(unreadable(in.shown, err))
	}
	var own error
	err = file.Items(r, t, charset, func(it *file.Item) error {
		if it.Err != nil {
			c.leave(placeOf(in, it), it.Err.Error())
			return nil
		}
		own = export.Guard(func() error { return yield(in, it) })
		if errors.Is(own, export.ErrMistake) {
			c.leave(placeOf(in, it), own.Error())
			own = nil
		}
		return own
	})
	switch {
	case own != nil, err == nil:
		return err
	case errors.Is(err, file.ErrNoTable):
		c.leave(in.shown, err.Error())
		return nil
	}
	return c.stopped(unreadable(in.shown, err))
}

func (c *conversion) stopped(err error) error {
	if c.ctx.Err() != nil {
		return stoppedBy(c.ctx)
	}
	return err
}

func placeOf(in input, it *file.Item) string {
	name := it.Name()
	if name == "" {
		name = "an item without a name"
	}
	return fmt.Sprintf("%s, line %d, %s", in.shown, it.Line, name)
}

// leave notes what is not converted.
func (c *conversion) leave(item, why string) {
	if !c.quiet {
		c.done.Unconverted = append(c.done.Unconverted, Unsaved{item, why})
	}
}

// lose notes what is not carried over, with lines as they are in the file.
func (c *conversion) lose(in input, it *file.Item, losses []vcard.Loss) {
	name := it.Name()
	if name == "" {
		name = fmt.Sprintf("line %d", it.Line)
	}
	for _, l := range losses {
		if l.Line > 0 {
			l.Line = it.FileLine(l.Line)
		}
		c.done.Losses = append(c.done.Losses, Loss{in.shown, name, l})
	}
}

func (c *conversion) cards(to vcard.Version) error {
	return c.each(func(in input, it *file.Item) error {
		if it.Type != file.Cards {
			c.leave(placeOf(in, it), "it is no contact, and vCard holds nothing else")
			return nil
		}
		out, losses, err := vcard.Export(it.Raw, to)
		if err != nil {
			c.leave(placeOf(in, it), err.Error())
			return nil
		}
		c.lose(in, it, losses)
		c.done.Items[export.Contacts]++
		_, err = c.out.Write(out)
		return err
	})
}

func nothingToConvert(t Target, left []Unsaved) error {
	what := "There is nothing in it that can be converted to " + string(t) + "."
	if len(left) > 0 {
		what = fmt.Sprintf("There is nothing in it that can be converted to %s. %s: %s.", t, left[0].Item, left[0].Why)
	}
	return &desk.Error{
		What: what, Meaning: "Nothing was written.",
		Try: "“sidekeep inspect FILE” shows what is in it.", Window: "Choose another file.", Err: export.ErrEmpty,
	}
}
