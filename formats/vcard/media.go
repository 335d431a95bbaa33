package vcard

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// A media is the value of PHOTO, LOGO, SOUND and KEY, in whichever way the
// versions write it: inline, as a link, or a key as a text.
type media struct {
	typ     string // the media type in lower case; "" if unknown
	encoded string // base64 without white space
	link    string
	text    string // escapes undone
}

// mediaTypes are the words that vCard 2.1 and 3.0 have for media types; of
// several words the first is written.
var mediaTypes = []struct{ word, typ string }{
	{"JPEG", "image/jpeg"}, {"JPG", "image/jpeg"}, {"PNG", "image/png"}, {"GIF", "image/gif"}, {"TIFF", "image/tiff"},
	{"BMP", "image/bmp"}, {"WEBP", "image/webp"}, {"HEIC", "image/heic"}, {"HEIF", "image/heif"}, {"SVG", "image/svg+xml"},
	{"CGM", "image/cgm"}, {"WMF", "image/wmf"}, {"PICT", "image/x-pict"}, {"MET", "image/x-met"}, {"PMB", "image/x-pmb"}, {"DIB", "image/x-dib"},
	{"PDF", "application/pdf"}, {"PS", "application/postscript"},
	{"WAVE", "audio/wav"}, {"WAV", "audio/wav"}, {"BASIC", "audio/basic"}, {"PCM", "audio/l16"}, {"AIFF", "audio/aiff"},
	{"MP3", "audio/mpeg"}, {"OGG", "audio/ogg"}, {"AMR", "audio/amr"},
	{"MPEG", "video/mpeg"}, {"MPEG2", "video/mpeg2"}, {"AVI", "video/x-msvideo"}, {"QTIME", "video/quicktime"},
	{"PGP", "application/pgp-keys"}, {"X509", "application/pkix-cert"}, {"X.509", "application/pkix-cert"},
}

var signatures = []struct{ start, typ string }{
	{"\xff\xd8\xff", "image/jpeg"}, {"\x89PNG", "image/png"}, {"GIF8", "image/gif"}, {"BM", "image/bmp"},
	{"II*\x00", "image/tiff"}, {"MM\x00*", "image/tiff"}, {"RIFF????WEBP", "image/webp"}, {"????ftyphei", "image/heic"},
	{"????ftypmif", "image/heif"}, {"RIFF????WAVE", "audio/wav"}, {"ID3", "audio/mpeg"}, {"OggS", "audio/ogg"}, {"#!AMR", "audio/amr"},
}

// readMedia reads the value of p and takes what says its type out of the types
// and parameters.
func readMedia(p *property) *media {
	m := &media{}
	value := strings.TrimSpace(p.value)
	m.typ = strings.ToLower(strings.Join(p.take("MEDIATYPE"), ","))
	m.takeType(p)
	data := p.is("DATA")
	if data {
		p.types = slices.DeleteFunc(slices.Clone(p.types), func(t string) bool { return strings.EqualFold(t, "DATA") })
	}
	switch {
	case hasScheme(value, "data"):
		m.data(value)
	case dataHead.MatchString(value[:min(len(value), 200)]): // PHOTO;DATA:IMAGE/JPEG;BASE64,...
		m.data("data:" + value)
	case isLink(unescapeURI(value)) && strings.IndexByte(value, ':') >= 0 && (p.base64 || p.kind == "binary" || p.kind == "inline"):
		m.link = unescapeURI(value) // whatever is said of it: base64 has no colon
	case data && looksEncoded(squeeze(value)):
		m.encoded = squeeze(value)
	case p.base64, p.kind == "binary", p.kind == "inline":
		m.encoded = squeeze(value)
	case p.kind == "uri", p.kind == "cid", p.kind == "content-id", p.kind == "" && isLink(value):
		m.link = unescapeURI(value)
	case p.kind == "" && looksEncoded(squeeze(value)):
		m.encoded = squeeze(value)
	default:
		m.text = unescape(p.value)
	}
	if m.typ == "" && m.encoded != "" {
		m.typ = sniffMedia(m.encoded)
	}
	return m
}

// dataHead is the beginning of a data: URI without its scheme.
var dataHead = regexp.MustCompile(`(?i)^[a-z]+/[-+.a-z0-9]+(\\?;[^;,]*)*\\?;base64\\?,`)

// mislabelled tells whether pictures and the like do not say rightly how they are
// encoded: a link as base64, data as a link.
func (p *parsed) mislabelled() bool {
	for i := range p.properties {
		q := &p.properties[i]
		if ruleOf(q.name) != asMedia {
			continue
		}
		value := strings.TrimSpace(q.value)
		encoded := q.base64 || q.kind == "binary" || q.kind == "inline"
		if q.is("DATA") || dataHead.MatchString(value[:min(len(value), 200)]) || encoded && strings.IndexByte(value, ':') >= 0 || q.base64 && p.is(V40) {
			return true
		}
	}
	return false
}

// isLink tells whether a value of which nothing is said is a URI. A key may be
// a text, which has spaces or line breaks.
func isLink(s string) bool {
	return schemeOf(s) != "" && !strings.ContainsAny(s, " \n") && !strings.Contains(s, `\n`)
}

// takeType takes the media type out of the types.
func (m *media) takeType(p *property) {
	rest := p.types[:0:0]
	for _, t := range p.types {
		typ := ""
		if strings.Contains(t, "/") {
			typ = strings.ToLower(t)
		}
		for _, k := range mediaTypes {
			if strings.EqualFold(k.word, t) {
				typ = k.typ
				break
			}
		}
		if typ == "" || m.typ != "" {
			rest = append(rest, t)
			continue
		}
		m.typ = typ
	}
	p.types = rest
}

// data reads a data: URI (RFC 2397).
func (m *media) data(s string) {
	head, body, _ := strings.Cut(s[len("data:"):], ",")
	head = strings.ReplaceAll(head, `\`, "")
	inBase64 := false
	if n := len(head) - len(";base64"); n >= 0 && strings.EqualFold(head[n:], ";base64") {
		head, inBase64 = head[:n], true
	}
	if head != "" && !strings.HasPrefix(head, ";") {
		m.typ = strings.ToLower(head)
	}
	if un, err := url.PathUnescape(unescapeURI(body)); err == nil {
		body = un
	}
	if inBase64 {
		m.encoded = squeeze(body)
		return
	}
	m.encoded = base64.StdEncoding.EncodeToString([]byte(body))
}

// squeeze is base64 without white space, and with the padding that it lacks.
func squeeze(s string) string {
	if strings.IndexByte(s, ' ') >= 0 || strings.IndexByte(s, '\t') >= 0 || strings.IndexByte(s, '\n') >= 0 || strings.IndexByte(s, '\r') >= 0 {
		s = strings.Map(func(r rune) rune {
			if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
				return -1
			}
			return r
		}, s)
	}
	if n := len(s) % 4; n > 1 && !strings.HasSuffix(s, "=") {
		s += "=="[:4-n]
	}
	return s
}

// looksEncoded tells whether s is base64 although nothing says so.
func looksEncoded(s string) bool {
	if len(s) < 64 {
		return false
	}
	_, err := base64.StdEncoding.DecodeString(s)
	return err == nil
}

// sniffMedia tells the media type by the first bytes; "" if it does not know.
func sniffMedia(encoded string) string {
	start, err := base64.StdEncoding.DecodeString(encoded[:min(len(encoded), 32)&^3])
	if err != nil {
		return ""
	}
	for _, k := range signatures {
		if matches(start, k.start) {
			return k.typ
		}
	}
	return ""
}

func matches(b []byte, pattern string) bool {
	if len(b) < len(pattern) {
		return false
	}
	for i := range len(pattern) {
		if pattern[i] != '?' && b[i] != pattern[i] {
			return false
		}
	}
	return true
}

// word is what vCard 2.1 and 3.0 call the media type; "" if it is unknown.
func (m *media) word() string {
	for _, k := range mediaTypes {
		if k.typ == m.typ {
			return k.word
		}
	}
	_, sub, _ := strings.Cut(m.typ, "/")
	sub, _, _ = strings.Cut(sub, ";")
	return strings.ToUpper(sub)
}

// full is the media type for a data: URI.
func (m *media) full() string {
	if m.typ == "" {
		return "application/octet-stream"
	}
	return m.typ
}

// schemeOf is the scheme of a URI in lower case, "" if s is none.
func schemeOf(s string) string {
	i := strings.IndexByte(s, ':')
	if i < 2 {
		return "" // one letter is a drive of Windows
	}
	for k := range i {
		c := s[k] | 0x20
		if (c < 'a' || c > 'z') && (k == 0 || (s[k] < '0' || s[k] > '9') && s[k] != '+' && s[k] != '-' && s[k] != '.') {
			return ""
		}
	}
	return strings.ToLower(s[:i])
}

func hasScheme(s, scheme string) bool {
	return len(s) > len(scheme) && s[len(scheme)] == ':' && strings.EqualFold(s[:len(scheme)], scheme)
}
