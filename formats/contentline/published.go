package contentline

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"sidekeep/formats/contentline/charsets"
)

// Published returns raw in UTF-8 with CRLF line ends, the last included; raw
// itself, not copied, if it is so already. Nothing else changes, but for what
// the charset makes necessary: a byte order mark goes, a CHARSET parameter of a
// converted value says UTF-8, and a fold within a character moves to its edge. A
// quoted-printable value stays so, in its charset.
//
// Published of what it returns is the same again. The error is an [*Error]:
// raw is larger than [MaxObject].
func Published(raw []byte) ([]byte, error) { return PublishedFrom(raw, "") }

// PublishedFrom is Published of a part of a text that is in charset where it
// does not say what it is in: see [CharsetOf]. A quoted-printable value that does
// not say its charset says so in what is returned. With "" each line is guessed
// by itself.
func PublishedFrom(raw []byte, charset string) ([]byte, error) {
	if len(raw) > MaxObject {
		return nil, TooLarge()
	}
	if charset == "" && isPublished(raw) {
		return raw, nil
	}
	p := publisher{charset: charset, out: make([]byte, 0, len(raw)+len(raw)/16+64)}
	r := Reader{stream: stream{window: newWindow(raw, true), started: true}, limit: len(raw)}
	for {
		l, err := r.Next()
		if err != nil {
			return p.out, nil
		}
		p.line(&l, r.parts, r.enc)
	}
}

// isPublished tells whether b is UTF-8 with CRLF line ends already.
func isPublished(b []byte) bool {
	n := bytes.Count(b, []byte("\r\n"))
	return bytes.HasSuffix(b, []byte("\r\n")) && bytes.Count(b, []byte("\n")) == n && bytes.Count(b, []byte("\r")) == n &&
		sniff(b) == narrow && bytes.IndexByte(b, 0x1b) < 0 && !bytes.Contains(b, []byte(bom)) && utf8.Valid(b)
}

// A publisher writes lines in their published form.
type publisher struct {
	charset string // of the lines that do not tell; "" to guess each
	out     []byte
	leads   []string // of each delivered line: the white space that makes it a fold
	texts   []string // and what follows
}

func (p *publisher) line(l *Line, parts []span, enc layout) {
	p.leads, p.texts = p.leads[:0], p.texts[:0]
	valid := true
	for i, s := range parts {
		text, lead := string(enc.text(l.Raw[s.from:s.text])), ""
		if i == 0 {
			text = trimBOM(text)
		} else if text != "" && (text[0] == ' ' || text[0] == '\t') {
			text, lead = text[1:], text[:1]
		}
		valid = valid && utf8.ValidString(text)
		p.leads, p.texts = append(p.leads, lead), append(p.texts, text)
	}
	declared := ""
	if len(l.Params) > 0 {
		declared = l.Param("CHARSET")
	}
	if p.charset != "" && l.Quoted() && charsets.Decoder(declared) == nil && !utf8.ValidString(unquotePrintable(l.Value)) {
		p.label(p.charset)
	}
	switch {
	case valid && (l.Quoted() || charsets.Of(l.Value, declared) == ""):
	case l.Quoted():
		for i := range p.texts {
			p.texts[i] = escapeBytes(p.texts[i])
		}
	default:
		p.convert(declared)
	}
	for i, text := range p.texts {
		if text == "" && i > 0 && p.leads[i] != "" && !valid {
			continue // all of it went across the fold
		}
		p.out = append(p.out, p.leads[i]...)
		p.out = append(p.out, text...)
		p.out = append(p.out, "\r\n"...)
	}
}

// escapeBytes writes the bytes beyond ASCII as quoted-printable, so that they
// stay in the charset that the rest of the value is in.
func escapeBytes(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] < utf8.RuneSelf {
			b.WriteByte(s[i])
		} else {
			b.WriteByte('=')
			b.WriteByte("0123456789ABCDEF"[s[i]>>4])
			b.WriteByte("0123456789ABCDEF"[s[i]&15])
		}
	}
	return b.String()
}

// convert brings a line to UTF-8.
func (p *publisher) convert(declared string) {
	joined := strings.Join(p.texts, "")
	charset := charsets.Of(joined, declared)
	if p.charset != "" && charset != "" && charset != declared {
		charset = p.charset
	}
	switch {
	case charset == "":
		p.recut(joined)
	case charset != declared && charsets.Mixed(joined) && !charsets.TwoBytes(p.charset) || !p.decode(charset):
		p.recut(joined)
	}
	if charset != "" && declared != "" {
		p.relabel()
	}
}

// decode decodes the texts, a character that is folded in the middle going
// behind the fold. It changes nothing and returns false if they are not valid
// in the charset.
func (p *publisher) decode(charset string) bool {
	d := charsets.Decoder(charset).NewDecoder()
	texts := make([]string, len(p.texts))
	rest := []byte(nil)
	for i, text := range p.texts {
		in := append(rest, text...)
		out := make([]byte, 3*len(in)+16)
		nDst, nSrc, err := d.Transform(out, in, i == len(p.texts)-1)
		if err != nil && err != transform.ErrShortSrc || bytes.ContainsRune(out[:nDst], utf8.RuneError) {
			return false
		}
		texts[i], rest = string(out[:nDst]), in[nSrc:]
	}
	p.texts = texts
	return true
}

// recut makes the texts anew out of what they are, joined: a fold within a
// character moves behind it, and bytes that are not UTF-8 are read as
// windows-1252, which has a character for every byte.
func (p *publisher) recut(joined string) {
	from, to := 0, 0
	for i, text := range p.texts {
		to += len(text)
		var b strings.Builder
		for from < to {
			from += charsets.RepairRune(&b, joined[from:])
		}
		p.texts[i] = b.String()
	}
}

// relabel makes the CHARSET parameter say UTF-8. Folds before it go.
func (p *publisher) relabel() {
	for n := 1; n <= len(p.texts); n++ {
		s := strings.Join(p.texts[:n], "")
		colon := headEnd(s)
		at := charsetParam.FindStringIndex(s)
		if colon < 0 || at == nil || at[1] > colon {
			continue
		}
		p.texts = append([]string{s[:at[0]] + ";CHARSET=UTF-8" + s[at[1]:]}, p.texts[n:]...)
		p.leads = append([]string{""}, p.leads[n:]...)
		return
	}
}

// label adds a CHARSET parameter at the end of the others.
func (p *publisher) label(charset string) {
	for i := range p.texts {
		if colon := headEnd(strings.Join(p.texts[:i+1], "")); colon >= 0 {
			at := colon - len(strings.Join(p.texts[:i], ""))
			p.texts[i] = p.texts[i][:at] + ";CHARSET=" + charset + p.texts[i][at:]
			return
		}
	}
}

var charsetParam = regexp.MustCompile(`(?i);CHARSET="?[^;:",]*"?`)
