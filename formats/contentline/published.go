package contentline

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Published returns raw in UTF-8 with CRLF line ends, the last included; raw
// itself, not copied, if it is so already. Nothing else changes, but for what
// the charset makes necessary: a byte order mark goes, a CHARSET parameter of a
// converted value says UTF-8, a fold within a character moves behind it, and a
// converted value whose folds do so in its old charset is folded anew. A
// quoted-printable value stays so, in its charset.
//
// Published of what it returns is the same again. The error is an [*Error]:
// raw is larger than [MaxObject].
func Published(raw []byte) ([]byte, error) {
	if len(raw) > MaxObject {
		return nil, tooLarge()
	}
	if isPublished(raw) {
		return raw, nil
	}
	p := publisher{out: make([]byte, 0, len(raw)+len(raw)/16+64)}
	r := Reader{stream: stream{window: newWindow(raw, true), started: true}, limit: len(raw)}
	for {
		l, err := r.Next()
		if err != nil {
			return p.out, nil
		}
		p.line(&l, r.parts, r.enc)
	}
}

func tooLarge() *Error { return &Error{Reason: "it is larger than 32 MB"} }

// isPublished tells whether b is UTF-8 with CRLF line ends already.
func isPublished(b []byte) bool {
	n := bytes.Count(b, []byte("\r\n"))
	return bytes.HasSuffix(b, []byte("\r\n")) && bytes.Count(b, []byte("\n")) == n && bytes.Count(b, []byte("\r")) == n &&
		sniff(b) == narrow && bytes.IndexByte(b, 0x1b) < 0 && !bytes.Contains(b, []byte(bom)) && utf8.Valid(b)
}

// A publisher writes lines in their published form.
type publisher struct {
	out   []byte
	leads []string // of each delivered line: the white space that makes it a fold
	texts []string // and what follows
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
	switch {
	case valid && (l.Quoted() || charsetOf(l.Value, declared) == ""):
	case l.Quoted():
		for i := range p.texts {
			p.texts[i] = escapeBytes(p.texts[i])
		}
	default:
		p.convert(declared)
	}
	for i, text := range p.texts {
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
	charset := charsetOf(joined, declared)
	if charset == "" {
		p.moveFolds(joined)
		return
	}
	if charset != declared && mixed(joined) {
		p.refold(repair(joined))
		return
	}
	label := charset == declared
	texts := make([]string, len(p.texts))
	for i, text := range p.texts {
		var ok bool
		if texts[i], ok = decode(text, charset); !ok {
			whole, ok := decode(joined, charset)
			if !ok {
				whole = repair(joined)
			}
			if label {
				whole, _ = relabel(whole)
			}
			p.refold(whole)
			return
		}
	}
	if label {
		var ok bool
		if texts[0], ok = relabel(texts[0]); !ok {
			whole, _ := relabel(strings.Join(texts, ""))
			p.refold(whole)
			return
		}
	}
	p.texts = texts
}

func decode(s, charset string) (string, bool) {
	out, err := decoder(charset).NewDecoder().String(s)
	return out, err == nil && !strings.ContainsRune(out, utf8.RuneError) && !strings.ContainsAny(out, "\r\n")
}

// moveFolds moves the folds within a character behind it.
func (p *publisher) moveFolds(joined string) {
	from, to := 0, 0
	texts, leads := make([]string, 0, len(p.texts)), make([]string, 0, len(p.leads))
	for i, text := range p.texts {
		to += len(text)
		end := to
		for end < len(joined) && !utf8.RuneStart(joined[end]) {
			end++
		}
		if end > from || i == 0 {
			texts, leads = append(texts, joined[from:end]), append(leads, p.leads[i])
		}
		from = max(from, end)
	}
	p.texts, p.leads = texts, leads
}

// refold writes s in lines of at most 75 octets (RFC 5545 section 3.1).
func (p *publisher) refold(s string) {
	p.texts, p.leads = p.texts[:0], p.leads[:0]
	lead := ""
	for {
		n := min(75-len(lead), len(s))
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		p.texts, p.leads = append(p.texts, s[:n]), append(p.leads, lead)
		if s, lead = s[n:], " "; s == "" {
			return
		}
	}
}

// mixed tells whether s has characters of UTF-8 beside bytes that are not.
func mixed(s string) bool {
	for _, r := range s {
		if r >= utf8.RuneSelf && r != utf8.RuneError {
			return true
		}
	}
	return false
}

// repair reads the bytes of s that are not UTF-8 as windows-1252, which has a
// character for every byte.
func repair(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			one, _ := decoder("windows-1252").NewDecoder().String(s[i : i+1])
			b.WriteString(one)
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

var charsetParam = regexp.MustCompile(`(?i);CHARSET="?[^;:",]*"?`)

// relabel makes the CHARSET parameter say UTF-8. ok is false if s does not hold
// all of the part before the colon.
func relabel(s string) (out string, ok bool) {
	colon := headEnd(s)
	at := charsetParam.FindStringIndex(s)
	if colon < 0 || at == nil || at[1] > colon {
		return s, false
	}
	return s[:at[0]] + ";CHARSET=UTF-8" + s[at[1]:], true
}
