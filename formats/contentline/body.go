package contentline

import (
	"bytes"
	"errors"
	"io"
)

// mostBody is the size up to which a [Body] is in memory as it is.
const mostBody = 4 << 20

// A Body is an object that may be long: all of it, or what it says.
type Body struct {
	Text []byte // all of it, or its outline
	Gaps Gaps   // what the outline lacks; none if Text is all

	open func() (io.ReadCloser, error)
}

// ReadBody reads an object that open opens, again and again if it is long. One of
// more than most bytes is in memory as its outline, unless that would not be
// smaller. Where it is the outline, all was written to tee, once. The error is
// [ErrLong] if the object has more than most bytes, or more than could be read if
// all of it has to be in memory.
func ReadBody(open func() (io.ReadCloser, error), most int64, tee io.Writer) (Body, error) {
	r, err := open()
	if err != nil {
		return Body{}, err
	}
	head, err := io.ReadAll(io.LimitReader(r, mostBody+1))
	if err != nil || len(head) <= mostBody {
		return Body{Text: head}, errors.Join(err, r.Close())
	}
	all := &io.LimitedReader{R: io.MultiReader(bytes.NewReader(head), r), N: most + 1}
	text, gaps, err := OutlineOf(io.TeeReader(all, tee), mostBody)
	if all.N <= 0 {
		err = errors.Join(err, ErrLong)
	}
	err = errors.Join(err, r.Close())
	if !errors.Is(err, ErrNoOutline) || errors.Is(err, ErrLong) {
		return Body{Text: text, Gaps: gaps, open: open}, err
	}
	if r, err = open(); err != nil {
		return Body{}, err
	}
	text, err = io.ReadAll(io.LimitReader(r, most+1))
	if err = errors.Join(err, r.Close()); err == nil && int64(len(text)) > most {
		err = ErrLong
	}
	return Body{Text: text}, err
}

// ErrLong says that an object is too long to be read.
var ErrLong = errors.New("it is too long")

// Long tells whether Text is only the outline.
func (b *Body) Long() bool { return len(b.Gaps) > 0 }

// Fits tells whether a text that was made of b.Text can be written as a whole: all
// marks are in it still.
func (b *Body) Fits(text []byte) bool { return !b.Long() || Marks(text) == len(b.Gaps) }

// Whole makes b.Text all of the object, whatever its length.
func (b *Body) Whole() error {
	if !b.Long() {
		return nil
	}
	r, err := b.open()
	if err != nil {
		return err
	}
	text, err := io.ReadAll(r)
	b.Text, b.Gaps = text, nil
	return errors.Join(err, r.Close())
}

// Write writes a part of b.Text, or of its published form or what else has the
// marks of it in their order, as it is as a whole: crlf tells that it has CRLF line
// ends. Parts that are written one after the other need a [Filler].
func (b *Body) Write(w io.Writer, part []byte, crlf bool) error {
	fill, done, err := b.Filler(crlf)
	if err != nil {
		return err
	}
	return errors.Join(fill(w, part), done())
}

// Filler returns what writes parts of b.Text one after the other, and what ends
// it.
func (b *Body) Filler(crlf bool) (fill func(w io.Writer, part []byte) error, done func() error, err error) {
	if !b.Long() {
		return func(w io.Writer, part []byte) error {
			_, err := w.Write(part)
			return err
		}, func() error { return nil }, nil
	}
	r, err := b.open()
	if err != nil {
		return nil, nil, err
	}
	return NewFiller(b.Gaps, r, crlf).Fill, r.Close, nil
}

// Open reads a text that has the marks of b.Text in their order as it is as a
// whole.
func (b *Body) Open(text []byte, crlf bool) io.ReadCloser {
	if !b.Long() {
		return io.NopCloser(bytes.NewReader(text))
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(b.Write(w, text, crlf)) }()
	return r
}
