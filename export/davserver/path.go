package davserver

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxSegment bounds the bytes of a name, maxDepth how deep folders nest.
const (
	maxSegment = 255
	maxDepth   = 32
)

// splitEscaped takes the path of a URL apart. A name that is empty, "." or
// "..", that holds a slash, a backslash, a control character or bad UTF-8 is
// no name here, however it was encoded.
func splitEscaped(escaped string) ([]string, error) {
	return split(escaped, url.PathUnescape)
}

// splitPlain takes a path apart that is not percent-encoded.
func splitPlain(path string) ([]string, error) {
	return split(path, func(s string) (string, error) { return s, nil })
}

func split(path string, decode func(string) (string, error)) ([]string, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, errPath
	}
	path = strings.TrimSuffix(path[1:], "/")
	if path == "" {
		return nil, nil
	}
	parts := strings.Split(path, "/")
	if len(parts) > maxDepth {
		return nil, errPath
	}
	for i, p := range parts {
		name, err := decode(p)
		if err != nil || !goodName(name) {
			return nil, errPath
		}
		parts[i] = name
	}
	return parts, nil
}

func goodName(name string) bool {
	if name == "" || name == "." || name == ".." || len(name) > maxSegment || !utf8.ValidString(name) {
		return false
	}
	for _, r := range name {
		if r < 0x20 || r == 0x7f || r == '/' || r == '\\' || r == 0xfffe || r == 0xffff {
			return false
		}
	}
	return true
}

// hrefSegments takes an href of a request apart: an absolute path, or a URL
// whose host is not looked at, because the server does not know its names.
func hrefSegments(href string) ([]string, error) {
	href = strings.TrimSpace(href)
	if i := strings.Index(href, "://"); i >= 0 && !strings.HasPrefix(href, "/") {
		rest := href[i+3:]
		j := strings.IndexByte(rest, '/')
		if j < 0 {
			return nil, nil
		}
		href = rest[j:]
	}
	if i := strings.IndexAny(href, "?#"); i >= 0 {
		href = href[:i]
	}
	return splitEscaped(href)
}

const hexDigits = "0123456789ABCDEF"

// plainByte tells the bytes that stand in a path as they are: RFC 3986 pchar
// without "&", which XML would escape once more.
var plainByte = byteSet("-._~!$'()*+,;=:@/")

// bareByte tells the bytes that stand as they are with [EncodedHrefs].
var bareByte = byteSet("/")

func byteSet(more string) (set [256]bool) {
	for c := '0'; c <= '9'; c++ {
		set[c] = true
	}
	for c := 'a'; c <= 'z'; c++ {
		set[c], set[c-'a'+'A'] = true, true
	}
	for i := range len(more) {
		set[more[i]] = true
	}
	return set
}

// appendPath appends path percent-encoded, so that it can stand in XML too.
func appendPath(b []byte, path string) []byte {
	for i := range len(path) {
		if c := path[i]; plainByte[c] {
			b = append(b, c)
		} else {
			b = append(b, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return b
}

// appendEncoded does so for every byte that is no letter or digit, in small
// letters.
func appendEncoded(b []byte, path string) []byte {
	const small = "0123456789abcdef"
	for i := range len(path) {
		if c := path[i]; bareByte[c] {
			b = append(b, c)
		} else {
			b = append(b, '%', small[c>>4], small[c&15])
		}
	}
	return b
}
