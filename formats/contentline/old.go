package contentline

import "strings"

// oldTypes are the types that vCard 2.1 lets stand alone, without TYPE= before
// them, and PNG, which came later and is written like them.
var oldTypes = func() map[string]bool {
	known := map[string]bool{}
	for _, name := range strings.Fields(`DOM INTL POSTAL PARCEL HOME WORK
		PREF VOICE FAX MSG CELL PAGER BBS MODEM CAR ISDN VIDEO
		AOL APPLELINK ATTMAIL CIS EWORLD INTERNET IBMMAIL MCIMAIL POWERSHARE PRODIGY TLX X400
		GIF CGM WMF BMP MET PMB DIB PICT TIFF PS PDF JPEG PNG MPEG MPEG2 AVI QTIME WAVE PCM AIFF X509 PGP`) {
		known[name] = true
	}
	return known
}()

// appendOldParams appends the parameters of a line of vCard 2.1, which has no
// quotes: what would need them is replaced by what reads alike.
func appendOldParams(b []byte, l *Line) []byte {
	for _, p := range l.Params {
		name := strings.ToUpper(p.Name)
		switch {
		case name == "ENCODING", name == "CHARSET", name == "":
		case p.Values == nil:
			b = append(b, ';')
			b = append(b, oldToken(p.Name)...)
		default:
			for _, v := range p.Values {
				b = append(b, ';')
				if upper := strings.ToUpper(v); name == "TYPE" && (oldTypes[upper] || strings.HasPrefix(upper, "X-")) {
					b = append(b, oldToken(upper)...)
					continue
				}
				b = append(b, paramName(p.Name)...)
				b = append(b, '=')
				b = append(b, oldToken(v)...)
			}
		}
	}
	return b
}

// oldToken is v as a parameter's value that is never quoted or encoded.
func oldToken(v string) string {
	return strings.Map(func(r rune) rune { // invalid bytes become U+FFFD
		switch {
		case r == ';' || r == ':' || r == ',' || r == '=':
			return '-'
		case r == '"':
			return '\''
		case r < ' ' || r == 0x7f:
			return ' '
		}
		return r
	}, v)
}

// appendQuoted appends v as quoted-printable (RFC 2045 section 6.7), the line
// having n bytes already. Spaces at the start and the end of a line are
// encoded, because some readers take them for a fold or cut them off, and so
// is the first letter of what would read as the BEGIN or END of a card.
func appendQuoted(b []byte, v string, n int) []byte {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(v); i++ {
		piece := []byte{v[i]}
		switch c := v[i]; {
		case c == '\r' && i+1 < len(v) && v[i+1] == '\n':
			continue
		case c == '\n', c == '\r':
			piece = []byte("=0D=0A")
		case c > '~', c < ' ', c == '=', (n == 0 || n+1 >= MaxWidth) && (c|0x20 == 'b' || c|0x20 == 'e'), c == ' ' && (n == 0 || n+1 >= MaxWidth-1 || i+1 == len(v)):
			piece = []byte{'=', hex[c>>4], hex[c&15]}
		}
		if n+len(piece) >= MaxWidth {
			b, n = append(b, "=\r\n"...), 0
		}
		b = append(b, piece...)
		n += len(piece)
	}
	return b
}
