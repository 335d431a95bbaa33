package dav

import (
	"bytes"
	"sync"
	"unicode/utf8"

	"sidekeep/export/source/dav/multistatus"
)

// A form is how the bytes that a multiget gives become those that the server
// keeps. XML turns CRLF into LF (XML 1.0, section 2.11); some servers write the
// carriage returns all the same, some keep LF.
type form int

const (
	asGiven form = iota
	withCRLF
	withLF
	noForm // none: the item is fetched by GET
)

// forms are tried in this order.
var forms = [...]form{asGiven, withCRLF, withLF}

// apply gives data the line ends of f; dst is used if it has to change.
func (f form) apply(dst, data []byte) []byte {
	switch f {
	case withCRLF:
		dst = dst[:0]
		for {
			i := bytes.IndexByte(data, '\n')
			if i < 0 {
				return append(dst, data...)
			}
			dst = append(dst, bytes.TrimSuffix(data[:i], []byte("\r"))...)
			dst = append(dst, "\r\n"...)
			data = data[i+1:]
		}
	case withLF:
		dst = dst[:0]
		for {
			i := bytes.Index(data, []byte("\r\n"))
			if i < 0 {
				return append(dst, data...)
			}
			dst = append(append(dst, data[:i]...), '\n')
			data = data[i+2:]
		}
	}
	return data
}

// length is that of data in form f.
func (f form) length(data []byte) int64 {
	n := int64(len(data))
	switch f {
	case withCRLF:
		return n + int64(bytes.Count(data, []byte("\n"))-bytes.Count(data, []byte("\r\n")))
	case withLF:
		return n - int64(bytes.Count(data, []byte("\r\n")))
	}
	return n
}

// suspicious reports whether data has what XML cannot carry or what stands for
// something that was lost on the way: control characters, bytes that are no
// UTF-8, the replacement character, a lone carriage return.
func suspicious(data []byte) bool {
	for i, c := range data {
		if c < ' ' && c != '\n' && c != '\t' && (c != '\r' || i+1 == len(data) || data[i+1] != '\n') {
			return true
		}
	}
	return !utf8.Valid(data) || bytes.Contains(data, []byte("\ufffd"))
}

// delivered decides whether what multiget gave for r is what the server keeps:
// the length that the server states says so. If it states none, compare tells
// that the item has to be fetched both ways, and sure that a sample of such
// items has decided for the collection.
func (w *worker) delivered(r *record, m *multistatus.Response) (data []byte, sure, compare bool) {
	if suspicious(m.Data) {
		return nil, false, false
	}
	length := m.Length
	if length < 0 && (len(m.ETag) == 0 || opaque(string(m.ETag)) == opaque(r.etag)) {
		length = r.size
	}
	if length >= 0 {
		for _, f := range forms {
			if f.length(m.Data) == length {
				return w.formed(f, m.Data), true, false
			}
		}
		return nil, false, false
	}
	f, decided := w.p.rule.form()
	if !decided {
		return nil, false, true
	}
	if f == noForm {
		w.p.alone.Store(true)
		return nil, false, false
	}
	return w.formed(f, m.Data), true, false
}

func (w *worker) formed(f form, data []byte) []byte {
	if f == asGiven {
		return data
	}
	w.fixed = f.apply(w.fixed, data)
	return w.fixed
}

// samples is how many items are fetched both ways where no length is stated.
const samples = 8

// rules learns from samples which form a server without lengths uses.
type rules struct {
	mu    sync.Mutex
	seen  int
	wrong [len(forms)]bool
}

// learn compares what multiget gave with what GET gave.
func (r *rules) learn(given, kept []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen++
	for i, f := range forms {
		r.wrong[i] = r.wrong[i] || !bytes.Equal(f.apply(nil, given), kept)
	}
}

// form is what was learnt, once there were enough samples or none is left.
func (r *rules) form() (f form, decided bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, f := range forms {
		if !r.wrong[i] {
			return f, r.seen >= samples
		}
	}
	return noForm, true
}
