package dav

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"sidekeep/export"
)

// Bounds of what is read and kept of a refusal.
const (
	maxRefusal  = 64 << 10
	maxSentence = 300
)

// refusal reads why a request that writes was refused (RFC 4918, section 16)
// and closes the answer.
func (c *client) refusal(u *url.URL, resp *http.Response) error {
	defer discard(resp)
	e := &statusError{Code: resp.StatusCode, Host: mark(hostPort(u))}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	if err != nil && len(body) == 0 {
		return e // the status alone says it
	}
	if strings.Contains(resp.Header.Get("Content-Type"), "xml") {
		e.read(string(body))
	} else if !strings.Contains(resp.Header.Get("Content-Type"), "html") {
		e.Text = string(body)
	}
	e.Text = sentence(e.Text)
	if c.signIn.tells(e.Text) {
		e.Text = ""
	}
	return e
}

// read takes the conditions, the href and the sentence out of the XML of a
// refusal as far as it is one.
func (e *statusError) read(body string) {
	d := xml.NewDecoder(strings.NewReader(body))
	d.Strict = false
	var names []string
	for {
		tok, err := d.Token()
		if err != nil {
			return
		}
		switch t := tok.(type) {
		case xml.StartElement:
			names = append(names, t.Name.Local)
			if len(e.Conditions) < 32 {
				e.Conditions = append(e.Conditions, t.Name.Local)
			}
		case xml.EndElement:
			if len(names) > 0 {
				names = names[:len(names)-1]
			}
		case xml.CharData:
			if len(names) == 0 {
				continue
			}
			switch names[len(names)-1] {
			case "responsedescription", "message", "human-readable": // "message" is SabreDAV's
				e.Text += string(t)
			case "href":
				if slices.Contains(names, "no-uid-conflict") {
					e.Href = strings.TrimSpace(e.Href + string(t))
				}
			}
		}
	}
}

// sentence is s in one line of bounded length without anything that a terminal
// would obey.
func sentence(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if r := []rune(s); len(r) > maxSentence {
		s = string(r[:maxSentence]) + "…"
	}
	return s
}

// tells reports whether s has the secret in it, in whatever form.
func (a *signIn) tells(s string) bool {
	a.mu.Lock()
	short := a.password != "" && strings.Contains(s, a.password)
	a.mu.Unlock()
	return short || reveals(a.told(false), s)
}

func (e *statusError) has(condition string) bool { return slices.Contains(e.Conditions, condition) }

// cause says what a refusal of a write to col means. names makes an ID of an
// href.
func (e *statusError) cause(col *collection, id func(href string) string) error {
	text := strings.ToLower(e.Text)
	switch {
	case e.has("no-uid-conflict"):
		c := &export.ConflictError{}
		if e.Href != "" {
			c.ID = id(e.Href)
		}
		return c
	case strings.Contains(text, "uid already exists"): // Nextcloud, with 400
		return &export.ConflictError{Trash: strings.Contains(text, "deleted")}
	case e.Code == http.StatusInsufficientStorage, e.has("quota-not-exceeded"), e.has("sufficient-disk-space"):
		return e.as(export.ErrQuota)
	case e.has("max-resource-size"), e.Code == http.StatusRequestEntityTooLarge:
		return e.as(export.ErrOversize)
	case e.has("supported-address-data"), e.has("supported-calendar-data"), e.has("supported-calendar-component"),
		e.Code == http.StatusUnsupportedMediaType:
		return e.as(export.ErrUnsupported)
	case e.has("need-privileges"), e.Code == http.StatusMethodNotAllowed, e.Code == http.StatusForbidden && col != nil && col.limits.ReadOnly:
		return e.as(export.ErrReadOnly)
	case e.Code == http.StatusNotFound, e.Code == http.StatusGone:
		return e.as(export.ErrGone)
	case e.Code == http.StatusTooManyRequests:
		return e.as(export.ErrThrottled)
	case e.Code == http.StatusBadGateway, e.Code == http.StatusServiceUnavailable, e.Code == http.StatusGatewayTimeout:
		return e.as(export.ErrUnreachable)
	}
	return e.as(export.ErrRefused)
}

// as is e with another cause than that of its status when reading.
func (e *statusError) as(cause error) error { return fmt.Errorf("%w: %s", cause, e.Error()) }
