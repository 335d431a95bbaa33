// Package multistatus reads the answers of WebDAV servers (RFC 4918, section
// 13) as a stream: one response at a time, in memory that does not grow with
// the answer. encoding/xml does the same at a tenth of the speed and refuses a
// whole answer for one control character in one contact; it is what the tests
// compare with.
package multistatus

import (
	"bytes"
	"errors"
	"io"
	"strconv"
)

// ErrNotMultistatus means that the answer is XML (or a web page), but no
// multistatus.
var ErrNotMultistatus = errors.New("the answer is no multistatus")

// ErrTooLong means that one response is longer than any item may be.
var ErrTooLong = errors.New("one response of the answer is too long")

// Types says what a resource is.
type Types uint16

// The resource types.
const (
	Collection Types = 1 << iota
	Book
	Calendar
	Principal
	Inbox
	Outbox
	Notification
	Subscribed
	Trash
)

// A Response is what an answer says of one resource, with the properties that
// were found (2xx). Its slices are valid until the next call of Next.
type Response struct {
	Href   []byte
	More   []string // further hrefs that share Status
	Status int      // of the resource itself; 0 if the answer has properties

	ETag     []byte
	Length   int64 // -1 if not stated
	Modified []byte
	Typed    bool // a resourcetype was found
	Types    Types
	HasData  bool
	Data     []byte // address-data or calendar-data, line ends as on the wire
	DataLong bool   // Data was longer than the limit and is cut

	Name, Color, Order []byte
	SyncToken          []byte
	SyncCollection     bool // supported-report-set names it
	Reports            bool // supported-report-set was found
	Components         []string
	Principal          []byte
	Unauthenticated    bool
	BookHomes          []string
	CalHomes           []string

	BookMaxSize, CalMaxSize int64 // max-resource-size; 0 if not stated
	AddressTypes            []AddressType
	Privileges              bool // current-user-privilege-set names at least one
	MayWrite                bool // one of them is all, write, write-content or bind
}

// An AddressType is one of supported-address-data (RFC 6352, section 6.2.2).
type AddressType struct {
	Media   string // in small letters
	Version string
}

// A Reader reads one multistatus. The zero value is not ready: see Reset.
type Reader struct {
	s       scanner
	started bool
	done    bool
	token   []byte
	resp    Response
	small   []byte // text of small properties
	maxData int
	gap     int64
}

// Limits of single texts, in bytes.
const (
	maxSmall = 16 << 10
	maxHomes = 64
)

// NewReader returns a Reader of r that keeps at most maxData bytes of one
// item's data.
func NewReader(r io.Reader, maxData int) *Reader {
	d := &Reader{}
	d.Reset(r, maxData)
	return d
}

// Reset makes d read r, with the buffers that it has.
func (d *Reader) Reset(r io.Reader, maxData int) {
	d.s.reset(r)
	d.started, d.done, d.token = false, false, d.token[:0]
	d.maxData = maxData
	d.gap = int64(maxData)*6 + 16<<20
	d.s.limit = d.gap
}

// SyncToken is the token of the answer; it may stand behind the last response.
func (d *Reader) SyncToken() []byte { return d.token }

// Rest is what was read of the answer and stands behind its end. It is valid
// until the next call of Reset.
func (d *Reader) Rest() []byte { return d.s.buf[d.s.pos:d.s.end] }

// Offset is how many bytes of the answer were read.
func (d *Reader) Offset() int64 { return d.s.offset() }

// Next returns the next response, and io.EOF behind the last one if the answer
// is complete. Every other error means that it broke off.
func (d *Reader) Next() (*Response, error) {
	if d.done {
		return nil, io.EOF
	}
	if !d.started {
		if err := d.begin(); err != nil {
			return nil, err
		}
	}
	for {
		d.s.limit = d.s.offset() + d.gap
		k, err := d.s.next()
		if err != nil {
			return nil, err
		}
		if k == kindEnd {
			d.done = true
			return nil, io.EOF
		}
		switch d.s.elem {
		case elemResponse:
			if err := d.response(); err != nil {
				return nil, err
			}
			return &d.resp, nil
		case elemSyncToken:
			d.token, err = d.textOf(d.token, maxSmall)
		default:
			err = d.skip()
		}
		if err != nil {
			return nil, err
		}
	}
}

// begin reads up to the root's start tag.
func (d *Reader) begin() error {
	s := &d.s
	for s.end-s.pos < 3 {
		if err := s.fill(); err != nil {
			if err == io.ErrUnexpectedEOF {
				return ErrNotMultistatus
			}
			return err
		}
	}
	if bytes.HasPrefix(s.buf[s.pos:s.end], []byte("\xef\xbb\xbf")) {
		s.pos += 3
	}
	k, err := s.next()
	if err != nil {
		return err
	}
	if k != kindStart || s.elem != elemMultistatus {
		return ErrNotMultistatus
	}
	d.started = true
	return nil
}

// skip goes behind the end of the element whose start tag was read last.
func (d *Reader) skip() error {
	depth := d.s.depth
	for {
		k, err := d.s.next()
		if err != nil {
			return err
		}
		if k == kindEnd && d.s.depth < depth {
			return nil
		}
	}
}

// children calls each for every child of the element whose start tag was read
// last; each reads up to the child's end.
func (d *Reader) children(each func(Elem) error) error {
	for {
		k, err := d.s.next()
		if err != nil || k == kindEnd {
			return err
		}
		if err := each(d.s.elem); err != nil {
			return err
		}
	}
}

// textOf reads the text of the element whose start tag was read last into
// dst[:0], without that of its children, and goes behind its end.
func (d *Reader) textOf(dst []byte, limit int) ([]byte, error) {
	s := &d.s
	s.text, s.max, s.over, s.want = dst[:0], limit, false, true
	err := d.children(func(Elem) error {
		s.want = false
		err := d.skip()
		s.want = true
		return err
	})
	s.want = false
	dst, s.text = s.text, nil
	return dst, err
}

// word reads a small text without the white space around it.
func (d *Reader) word(dst []byte) ([]byte, error) {
	dst, err := d.textOf(dst, maxSmall)
	if d.s.over {
		dst = dst[:0]
	}
	return bytes.TrimSpace(dst), err
}

func (d *Reader) response() error {
	r := &d.resp
	*r = Response{
		Href: r.Href[:0], ETag: r.ETag[:0], Length: -1, Modified: r.Modified[:0], Data: r.Data[:0],
		Name: r.Name[:0], Color: r.Color[:0], Order: r.Order[:0], SyncToken: r.SyncToken[:0], Principal: r.Principal[:0],
	}
	first := true
	return d.children(func(e Elem) (err error) {
		switch e {
		case elemHref:
			if first {
				r.Href, err = d.word(r.Href)
				first = false
				if err == nil && d.s.over {
					err = d.s.bad("an address of more than %d bytes", maxSmall)
				}
				return err
			}
			d.small, err = d.word(d.small)
			if len(r.More) < maxHomes {
				r.More = append(r.More, string(d.small))
			}
			return err
		case elemStatus:
			d.small, err = d.word(d.small)
			r.Status = statusOf(d.small)
			return err
		case elemPropstat:
			return d.propstat()
		}
		return d.skip()
	})
}

// statusOf reads "HTTP/1.1 200 OK"; 0 if it is none.
func statusOf(b []byte) int {
	_, rest, _ := bytes.Cut(b, []byte(" "))
	rest = bytes.TrimLeft(rest, " ")
	if len(rest) < 3 {
		return 0
	}
	n, err := strconv.Atoi(string(rest[:3]))
	if err != nil {
		return 0
	}
	return n
}

// propstat reads properties; those of a status other than 2xx are taken back,
// also when the status stands behind them.
func (d *Reader) propstat() error {
	status := 200
	var found props
	err := d.children(func(e Elem) (err error) {
		switch e {
		case elemProp:
			return d.children(func(e Elem) error { return d.property(e, &found) })
		case elemStatus:
			d.small, err = d.word(d.small)
			status = statusOf(d.small)
			return err
		}
		return d.skip()
	})
	if status/100 != 2 {
		d.forget(found)
	}
	return err
}
