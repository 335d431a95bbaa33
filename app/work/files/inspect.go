package files

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/export"
	"sidekeep/formats/file"
	"sidekeep/formats/photo"
	"sidekeep/formats/zips"
)

// Stdin is the path that stands for the standard input.
const Stdin = "-"

// An Inspected file is what [Inspect] tells of one.
type Inspected struct {
	Path  string
	Type  file.Type
	Old   bool          // of a calendar: it is vCalendar 1.0, before there was iCalendar
	Size  int64         // bytes read of it
	Taken photo.Capture // of a photo: when it was taken, as it or its name says
	Odd   []string      // in the way it is written, told at its end
	Err   error         // why it could not be read, or not to its end
}

// An Inspector takes what Inspect finds: Begin before the first item of a file
// with its path and type, End after the last. An error of it ends the
// inspection.
type Inspector struct {
	Begin func(Inspected) error
	Item  func(*file.Item) error // valid during the call
	End   func(Inspected) error
}

// Inspect reads files, folders with all that is below them, and stdin where a
// path is [Stdin], and tells what is in them. It changes nothing. What cannot
// be read is told and does not keep it from the rest; the error is of to, of
// ctx, or of a path that is not there.
func Inspect(ctx context.Context, paths []string, stdin io.Reader, to Inspector) error {
	for _, p := range paths {
		if p == Stdin {
			continue
		}
		if _, err := os.Stat(p); err != nil {
			return unreadable(p, err)
		}
	}
	for _, p := range paths {
		if p == Stdin {
			if err := inspect(ctx, Stdin, stdin, to); err != nil {
				return err
			}
			continue
		}
		err := eachFile(ctx, p, func(name string, err error) error {
			if err != nil {
				return errors.Join(to.Begin(Inspected{Path: name}), to.End(Inspected{Path: name, Err: err}))
			}
			return inspectFile(ctx, name, to)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func inspectFile(ctx context.Context, name string, to Inspector) error {
	f, err := os.Open(name)
	if err != nil {
		return errors.Join(to.Begin(Inspected{Path: name}), to.End(Inspected{Path: name, Err: err}))
	}
	defer f.Close()
	return inspect(ctx, name, f, to)
}

// inspectArchive tells how many files are in a zip archive, and which of them
// cannot be read, then what is in each of them.
func inspectArchive(ctx context.Context, x Inspected, open func() (*zips.FS, error), to Inspector) error {
	z, err := open()
	if errors.Is(err, zips.ErrEmpty) {
		x.Odd = append(x.Odd, err.Error())
		return to.End(x)
	} else if err != nil {
		x.Err = err
		return to.End(x)
	}
	defer func() { _ = z.Close() }() // it only read
	var names []string
	x.Err = fs.WalkDir(z, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	x.Odd = append(x.Odd, fmt.Sprintf("files in it that can be read: %d", len(names)))
	for _, left := range z.Left() {
		if left.Name == "" {
			x.Odd = append(x.Odd, left.Err.Error())
		} else {
			x.Odd = append(x.Odd, fmt.Sprintf("“%s”: %v", left.Name, left.Err))
		}
	}
	if err := to.End(x); err != nil {
		return err
	}
	for _, name := range names {
		if err := inspectEntry(ctx, x.Path, z, name, to); err != nil {
			return err
		}
	}
	return nil
}

// inspectEntry tells what is in a file of the archive z, which people know as path.
func inspectEntry(ctx context.Context, path string, z *zips.FS, name string, to Inspector) error {
	shown := path + "/" + name
	f, err := z.Open(name)
	if err != nil {
		return errors.Join(to.Begin(Inspected{Path: shown}), to.End(Inspected{Path: shown, Err: err}))
	}
	defer f.Close()
	return inspectAs(ctx, shown, f, func() (*zips.FS, error) { return z.Inner(name) }, to)
}

// oldVersion is the line of a vCalendar 1.0 that says so.
var oldVersion = regexp.MustCompile(`(?im)^VERSION:1\.0[ \t\r]*$`)

// inspect tells what is in one file.
func inspect(ctx context.Context, name string, in io.Reader, to Inspector) error {
	return inspectAs(ctx, name, in, func() (*zips.FS, error) { return zips.Open(name) }, to)
}

// inspectAs tells what is in a file, which open reads if it is an archive.
func inspectAs(ctx context.Context, name string, in io.Reader, open func() (*zips.FS, error), to Inspector) error {
	var layout file.Layout
	n := &counting{Reader: in, ctx: ctx}
	r := bufio.NewReaderSize(n, file.HeadSize)
	head, err := r.Peek(file.HeadSize)
	x := Inspected{Path: name}
	if err != nil && !errors.Is(err, io.EOF) {
		x.Err = err
	}
	x.Type = file.Detect(head, name)
	x.Old = x.Type == file.Calendar && oldVersion.Match(head)
	if err := to.Begin(x); err != nil {
		return err
	}
	switch x.Type {
	case file.Archive:
		if name != Stdin {
			return inspectArchive(ctx, x, open, to)
		}
	case file.Photo:
		if f, ok := in.(*os.File); ok && name != Stdin {
			x.Taken = photo.Captured(f, name, time.Time{}, time.Now())
			if info, err := f.Stat(); err == nil {
				n.n = info.Size()
			}
		}
	case file.Cards, file.Calendar, file.Table:
		var own error
		charset, err := charsetOf(in, head, x.Type)
		if err != nil {
			x.Err = err
		}
		err = file.Outlines(layout.Through(r), x.Type, charset, func(it *file.Item) error {
			own = export.Guard(func() error { return to.Item(it) })
			if errors.Is(own, export.ErrMistake) {
				x.Err, own = fmt.Errorf("%s: %w", placeOf(input{shown: name}, it), own), nil
			}
			return own
		})
		switch {
		case own != nil:
			return own
		case ctx.Err() != nil:
			return stoppedBy(ctx)
		}
		if err != nil {
			x.Err = err
		}
		x.Odd = layout.Findings()
	}
	x.Size = n.n
	return to.End(x)
}

// charsetOf is the charset that a file looks like as a whole; where it cannot be
// read twice, as its first bytes do. in was read up to the end of head.
func charsetOf(in io.Reader, head []byte, t file.Type) (string, error) {
	f, ok := in.(io.ReadSeeker)
	if !ok {
		return file.CharsetOf(bytes.NewReader(head), t)
	}
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil { // a pipe
		return file.CharsetOf(bytes.NewReader(head), t)
	}
	_, err = f.Seek(0, io.SeekStart)
	if err != nil {
		return "", err
	}
	name, err := file.CharsetOf(f, t)
	if err != nil {
		return "", err
	}
	_, err = f.Seek(at, io.SeekStart)
	return name, err
}

// counting counts what is read, and ends when the context does.
type counting struct {
	io.Reader
	ctx context.Context
	n   int64
}

func (c *counting) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

func stoppedBy(ctx context.Context) error {
	return fmt.Errorf("%w: %w", export.ErrStopped, ctx.Err())
}

// unreadable says that a path that was named cannot be read.
func unreadable(path string, err error) error {
	why := err.Error()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		why = "it is not there"
	case errors.Is(err, fs.ErrPermission):
		why = "it may not be read"
	}
	return &desk.Error{
		What: path + ": " + why + ".", Meaning: "Nothing was read or written.",
		Try: "Check how it is spelled, and where it is.", Usage: errors.Is(err, fs.ErrNotExist), Err: err,
	}
}
