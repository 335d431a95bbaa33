package contentline

import (
	"bytes"
	"slices"
	"strings"
)

// Tidy returns raw as other programs read it best: [Published], without blank
// lines within or between content lines, and with every text in UTF-8. old says
// that it is vCard 2.1 or vCalendar 1.0, in which what is beyond ASCII becomes
// quoted-printable; elsewhere nothing stays quoted-printable. Other lines stay
// byte for byte. The error is an [*Error]: raw is larger than [MaxObject].
func Tidy(raw []byte, old bool) ([]byte, error) {
	raw, err := Published(raw)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(raw)+64)
	for l := range Lines(raw) {
		switch {
		case l.Blank():
		case l.Name != "" && old && !l.Quoted() && !l.Base64() && !isASCII(l.Value), l.Name != "" && old && l.Quoted() && l.Param("CHARSET") != "" && !strings.EqualFold(l.Param("CHARSET"), "UTF-8"):
			l.Params, l.Value = unencoded(l.Params), l.Text()
			out = AppendOld(out, &l)
		case l.Name != "" && !old && (l.Quoted() || l.Param("CHARSET") != ""):
			l.Params, l.Value = unencoded(l.Params), l.Text()
			out = Append(out, &l)
		default:
			out = appendFilled(out, l.Raw)
			if old && l.Base64() {
				out = append(out, "\r\n"...) // ends it
			}
		}
	}
	return out, nil
}

// appendFilled appends the delivered lines of b that are not empty.
func appendFilled(out, b []byte) []byte {
	if !bytes.Contains(b, []byte("\r\n\r\n")) {
		return append(out, b...)
	}
	for line := range bytes.SplitSeq(b, []byte("\r\n")) {
		if len(line) > 0 {
			out = append(append(out, line...), "\r\n"...)
		}
	}
	return out
}

// unencoded is the parameters without those that say how the value is encoded.
func unencoded(params []Param) []Param {
	return slices.DeleteFunc(slices.Clone(params), func(p Param) bool {
		switch strings.ToUpper(p.Name) {
		case "CHARSET", "QUOTED-PRINTABLE":
			return true
		case "ENCODING":
			return len(p.Values) > 0 && strings.EqualFold(p.Values[0], "QUOTED-PRINTABLE")
		}
		return false
	})
}
