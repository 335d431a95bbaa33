package pages

import (
	"html/template"
	"net/url"
	"path"
	"strings"
)

// outside is the address behind a text of a contact or an event, if it is one
// that may be followed: http, https, mailto and tel. All others are text.
func outside(s string) template.URL {
	s = strings.TrimSpace(s)
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) >= 0 {
		return ""
	}
	switch strings.ToLower(scheme) {
	case "http", "https":
		if !strings.HasPrefix(rest, "//") {
			return ""
		}
	case "mailto", "tel":
	default:
		return ""
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return template.URL(u.String())
}

func mailLink(s string) template.URL {
	if !strings.Contains(s, "@") || len(s) > mostName {
		return ""
	}
	return template.URL("mailto:" + strings.ReplaceAll(url.PathEscape(strings.TrimSpace(s)), "%40", "@"))
}

// phoneLink keeps of a number what a telephone dials (RFC 3966).
func phoneLink(s string) template.URL {
	digits := 0
	dial := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			digits++
			return r
		case r == '+' || r == '*':
			return r
		}
		return -1
	}, s)
	if digits < 2 || len(s) > 60 {
		return ""
	}
	return template.URL("tel:" + dial)
}

// FileLink is the address of a file of the archive from a page below [Dir].
func FileLink(name string) template.URL { return local("../", name) }

// homeLink is the address of a file of the archive from README.html.
func homeLink(parts ...string) template.URL { return local("./", path.Join(parts...)) }

func local(root, name string) template.URL {
	if strings.IndexFunc(name, func(r rune) bool { return r > 'z' || r < '-' || r == ':' }) < 0 {
		return template.URL(root + name)
	}
	return template.URL(root + (&url.URL{Path: "./" + name}).EscapedPath()[2:])
}
