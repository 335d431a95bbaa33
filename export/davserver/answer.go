package davserver

import (
	"compress/gzip"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
)

const (
	xmlType    = `application/xml; charset=utf-8`
	xmlHead    = `<?xml version="1.0" encoding="utf-8"?>` + "\n"
	namespaces = ` xmlns:d="DAV:" xmlns:card="` + nsCard + `" xmlns:cal="` + nsCal + `" xmlns:cs="` + nsCS + `" xmlns:ic="` + nsApple + `"`
)

// prefixes are those that [namespaces] declares.
var prefixes = map[string]string{nsDAV: "d:", nsCard: "card:", nsCal: "cal:", nsCS: "cs:", nsApple: "ic:"}

// flushAt is how many bytes of an answer are gathered before they are sent.
const flushAt = 32 << 10

// An answer is a multistatus (RFC 4918 s13) that is written as it grows.
type answer struct {
	w       http.ResponseWriter
	b       []byte
	err     error // of the connection; nothing is written after it
	user    string
	host    string // scheme and host in front of hrefs, with AbsoluteHrefs
	at      string // path of the request
	maxItem int64
	play    *played
	minimal bool // Prefer: return=minimal (RFC 8144)
	names   bool // DAV:propname: no values

	zip *gzip.Writer // around w, with Compressed

	tagFront, tagQuote string
	data               textOptions
	props              []asked
	missing            []int  // scratch of add
	beside             string // status that stands beside the propstat
}

// An asked is a property that the request names.
type asked struct {
	open, shut, none string // tags
	value            property
}

func (s *Server) newAnswer(w http.ResponseWriter, r *http.Request, p *played) *answer {
	a := &answer{w: w, user: s.o.User, at: r.URL.Path, maxItem: s.o.MaxItem, play: p, tagQuote: `"`}
	a.data = textOptions{escapeCR: p.has(EscapesCR), dropCR: p.has(LFInXML)}
	a.minimal = r.Header.Get("Brief") == "t" || strings.Contains(r.Header.Get("Prefer"), "return=minimal")
	switch {
	case p.has(WeakETags):
		a.tagFront = "W/"
	case p.has(QuotedETags):
		a.tagQuote = "&quot;"
	case p.has(BareETags):
		a.tagQuote = ""
	}
	if p.has(Compressed) && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		a.zip = gzip.NewWriter(w)
	}
	if p.has(AbsoluteHrefs) {
		a.host = "http://"
		if r.TLS != nil {
			a.host = "https://"
		}
		a.host += r.Host
	}
	return a
}

// ask takes the properties that the answer is about. With data set,
// address-data and calendar-data are among the known ones.
func (a *answer) ask(names []xml.Name, data bool) {
	for _, n := range names {
		p := asked{value: properties[n]}
		if data && (n == xml.Name{Space: nsCard, Local: "address-data"} || n == xml.Name{Space: nsCal, Local: "calendar-data"}) {
			p.value = itemData
		}
		tag, decl := n.Local, ""
		if prefix, ok := prefixes[n.Space]; ok {
			tag = prefix + tag
		} else if n.Space != "" {
			tag, decl = "x:"+tag, ` xmlns:x="`+string(appendText(nil, n.Space, textOptions{attr: true}))+`"`
		}
		p.open, p.shut, p.none = "<"+tag+decl+">", "</"+tag+">", "<"+tag+decl+"/>"
		a.props = append(a.props, p)
	}
}

// start sends the head of the multistatus.
func (a *answer) start() {
	a.w.Header().Set("Content-Type", xmlType)
	if a.zip != nil {
		a.w.Header().Set("Content-Encoding", "gzip")
		a.w.Header().Set("Vary", "Accept-Encoding")
	}
	a.w.WriteHeader(http.StatusMultiStatus)
	a.b = append(a.b, xmlHead...)
	if a.play.has(Entities) {
		a.b = append(a.b, entities...)
	}
	a.b = append(a.b, "<d:multistatus"+namespaces+">\n"...)
	if a.play.has(Entities) {
		a.b = append(a.b, entityResponse...)
	}
}

// finish sends the rest, with the sync token if there is one.
func (a *answer) finish(token string) {
	if token != "" {
		a.b = append(a.b, "<d:sync-token>"+token+"</d:sync-token>"...)
	}
	a.b = append(a.b, "</d:multistatus>\n"...)
	a.flush()
	if a.zip != nil && a.err == nil {
		a.err = a.zip.Close()
	}
}

func (a *answer) flush() {
	switch {
	case a.err != nil:
	case a.zip != nil:
		_, a.err = a.zip.Write(a.b)
	default:
		_, a.err = a.w.Write(a.b)
	}
	a.b = a.b[:0]
}

// appendPath appends an href's text.
func (a *answer) appendPath(b []byte, path string) []byte {
	b = append(b, a.host...)
	if a.play.has(EncodedHrefs) {
		return appendEncoded(b, path)
	}
	return appendPath(b, path)
}

// open begins a response about on.
func (a *answer) open(on subject) {
	a.b = append(a.b, "<d:response><d:href>"...)
	dir := on.f.path
	if a.play.has(RelativeHrefs) && dir == a.at && on.it != nil {
		if strings.Contains(on.it.name, ":") {
			a.b = append(a.b, "./"...) // RFC 3986 s4.2
		}
		dir = ""
	} else {
		a.b = append(a.b, a.host...)
	}
	switch {
	case a.play.has(EncodedHrefs):
		a.b = appendEncoded(a.b, dir)
		if on.it != nil {
			a.b = appendEncoded(a.b, on.it.name)
		}
	default:
		a.b = appendPath(a.b, dir)
		if on.it != nil {
			a.b = appendPath(a.b, on.it.name)
		}
	}
	a.b = append(a.b, "</d:href>"...)
}

// add writes a response with the properties of on.
func (a *answer) add(on subject) {
	a.open(on)
	a.b = append(a.b, a.beside...)
	a.missing = a.missing[:0]
	begin := len(a.b)
	a.b = append(a.b, "<d:propstat><d:prop>"...)
	found := false
	for i := range a.props {
		p := &a.props[i]
		if p.value == nil {
			a.missing = append(a.missing, i)
			continue
		}
		before := len(a.b)
		a.b = append(a.b, p.open...)
		full := len(a.b)
		b, ok := p.value(a, a.b, on)
		switch {
		case !ok:
			a.b = b[:before]
			a.missing = append(a.missing, i)
			continue
		case a.names || len(b) == full:
			a.b = append(b[:before], p.none...)
		default:
			a.b = append(b, p.shut...)
		}
		found = true
	}
	if found || len(a.missing) == 0 || a.minimal {
		a.b = append(a.b, "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"...)
	} else {
		a.b = a.b[:begin]
	}
	if len(a.missing) > 0 && !a.minimal {
		a.b = append(a.b, "<d:propstat><d:prop>"...)
		for _, i := range a.missing {
			a.b = append(a.b, a.props[i].none...)
		}
		a.b = append(a.b, "</d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"...)
	}
	a.shut()
}

// status writes a response that is only a status; cond is a precondition.
func (a *answer) status(path string, code int, cond string) {
	a.b = append(a.b, "<d:response>"...)
	a.b = a.appendHref(a.b, path)
	a.b = append(a.b, "<d:status>HTTP/1.1 "...)
	a.b = strconv.AppendInt(a.b, int64(code), 10)
	a.b = append(a.b, ' ')
	a.b = append(a.b, http.StatusText(code)...)
	a.b = append(a.b, "</d:status>"...)
	if cond != "" {
		a.b = append(a.b, "<d:error><"+cond+"/></d:error>"...)
	}
	a.shut()
}

func (a *answer) shut() {
	a.b = append(a.b, "</d:response>\n"...)
	if len(a.b) >= flushAt {
		a.flush()
	}
}

// textOptions say how text is written into XML.
type textOptions struct {
	attr     bool // inside a quoted attribute
	escapeCR bool
	dropCR   bool // CRLF becomes LF
}

// appendText appends s escaped. A CR stands as it is unless o says otherwise,
// so that a parser reads CRLF as LF (XML 1.0 s2.11), as with most servers.
func appendText(b []byte, s string, o textOptions) []byte {
	from := 0
	for i := range len(s) {
		var esc string
		switch s[i] {
		case '&':
			esc = "&amp;"
		case '<':
			esc = "&lt;"
		case '>':
			esc = "&gt;"
		case '"':
			if !o.attr {
				continue
			}
			esc = "&quot;"
		case '\r':
			switch {
			case o.escapeCR:
				esc = "&#13;"
			case o.dropCR && i+1 < len(s) && s[i+1] == '\n':
			default:
				continue
			}
		default:
			continue
		}
		b = append(b, s[from:i]...)
		b = append(b, esc...)
		from = i + 1
	}
	return append(b, s[from:]...)
}
