package dav

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// opaque is what an ETag says without the forms in which servers write it:
// weak or not, quoted or not, with the mark that a compressing proxy adds.
func opaque(etag string) string {
	s := strings.TrimSpace(etag)
	s = strings.TrimPrefix(strings.TrimPrefix(s, "W/"), "w/")
	if strings.HasPrefix(s, "&quot;") { // escaped twice
		s = strings.ReplaceAll(s, "&quot;", `"`)
	}
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	return s
}

// served is the opaque ETag of an answer by GET.
func served(resp *http.Response) string {
	s := opaque(resp.Header.Get("ETag"))
	if resp.Uncompressed {
		for _, mark := range []string{"-gzip", ";gzip", "--gzip"} {
			s = strings.TrimSuffix(s, mark)
		}
	}
	return s
}

// strong is an ETag that If-Range may carry (RFC 9110, section 13.1.5); "" if
// the one given is weak.
func strong(etag string) string {
	s := strings.TrimSpace(etag)
	switch {
	case s == "", strings.HasPrefix(s, "W/"), strings.HasPrefix(s, "w/"):
		return ""
	case s[0] == '"':
		return s
	}
	return `"` + s + `"`
}

// versionOf is an item's version: its ETag, or its size and time; "" if the
// server states neither.
func versionOf(etag string, size, modified int64) string {
	if v := opaque(etag); v != "" {
		return v
	}
	if modified == 0 {
		return ""
	}
	return fmt.Sprintf("size %d time %d", size, modified)
}

func (r *record) version() string { return versionOf(r.etag, r.size, r.modified) }

func unixTime(date string) int64 {
	t, err := http.ParseTime(date)
	if err != nil {
		if t, err = time.Parse(time.RFC3339, date); err != nil {
			return 0
		}
	}
	return t.Unix()
}

func (r *record) time() time.Time {
	if r.modified == 0 {
		return time.Time{}
	}
	return time.Unix(r.modified, 0)
}
