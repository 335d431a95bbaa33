package davserver

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// get answers GET and HEAD with the bytes as they are, also in ranges
// (RFC 9110 s14).
func (c *call) get() error {
	if c.it == nil {
		c.w.Header().Set("Allow", "OPTIONS, PROPFIND, PROPPATCH, REPORT, DELETE")
		return refuse(http.StatusMethodNotAllowed, "", "this is a collection: it is read with PROPFIND, by a program that speaks WebDAV")
	}
	if c.vanished(c.it) {
		return errNotFound
	}
	if c.play.has(ItemBreaks) && c.about(c.it) {
		return refuse(http.StatusInternalServerError, "", "this item cannot be read")
	}
	if c.it.hashed > 0 {
		return refuse(http.StatusForbidden, "", "of files this server keeps only the hash")
	}
	c.w.Header().Set("Content-Type", contentType(c.f, c.it))
	c.setETag(c.it)
	http.ServeContent(c.w, c.r, "", c.it.modified, strings.NewReader(c.it.body))
	return nil
}

func (c *call) setETag(it *item) {
	tag := it.etag()
	switch {
	case c.play.has(MissingETags):
		return
	case c.play.has(WeakETags), c.play.fresh(it):
		tag = "W/" + tag
	}
	c.w.Header().Set("ETag", tag)
}

// conditions returns what If-Match and If-None-Match ask of the item that is
// there (RFC 9110 s13.1).
func (c *call) conditions() func(*item) error {
	match, none := c.r.Header.Values("If-Match"), c.r.Header.Values("If-None-Match")
	if c.play.has(NoConditions) {
		match, none = nil, nil
	}
	weak := c.play.has(WeakETags) // a server that gives weak tags takes them
	return func(it *item) error {
		if err := c.unmodified(it); err != nil {
			return err
		}
		if len(match) > 0 && (it == nil || !anyTag(match, it.etag(), weak)) {
			return errETag
		}
		if len(none) > 0 && it != nil && anyTag(none, it.etag(), true) {
			return errETag
		}
		return nil
	}
}

// anyTag reports whether a list of entity tags names tag, or is "*".
func anyTag(lists []string, tag string, weak bool) bool {
	for _, list := range lists {
		for _, t := range strings.Split(list, ",") {
			t = strings.TrimSpace(t)
			if weak {
				t = strings.TrimPrefix(t, "W/")
			}
			if t == "*" || t == tag {
				return true
			}
		}
	}
	return false
}

// put answers PUT: the bytes are kept as they are.
func (c *call) put() error {
	if c.r.Header.Get("Content-Range") != "" {
		return refuse(http.StatusBadRequest, "", "a part of an item cannot be stored")
	}
	if len(c.seg) == 0 {
		return errFixed
	}
	if strings.HasSuffix(c.r.URL.EscapedPath(), "/") {
		return refuse(http.StatusMethodNotAllowed, "", "a collection cannot be stored")
	}
	f, it, err := c.find(c.seg[:len(c.seg)-1])
	if err != nil || it != nil {
		return errParent
	}
	if f.kind == files && c.s.o.HashFiles {
		return c.putHashed(f)
	}
	body, err := c.readItem(f)
	if err != nil {
		return err
	}
	if err := checkItem(f, c.r.Header.Get("Content-Type"), body); err != nil {
		return err
	}
	if err := c.takes(f, body); err != nil {
		return err
	}
	body = c.rewritten(f, body)
	stored, made, err := c.keep(f, body)
	if err != nil {
		return err
	}
	if !c.play.has(NoETagOnPut) && !c.play.has(Rewrites) {
		c.setETag(stored)
	}
	if made {
		if c.play.has(RenamesTold) {
			c.w.Header().Set("Location", string(appendPath(nil, f.path+stored.name)))
		}
		c.w.WriteHeader(http.StatusCreated)
	} else {
		c.w.WriteHeader(http.StatusNoContent)
	}
	return nil
}

// readItem reads the body of a PUT up to what f takes.
func (c *call) readItem(f *folder) (string, error) {
	limit, cond := c.s.o.MaxFile, ""
	switch f.kind {
	case book:
		limit, cond = c.s.o.MaxItem, "card:max-resource-size"
	case cal:
		limit, cond = c.s.o.MaxItem, "cal:max-resource-size"
	}
	tooLarge := refuse(http.StatusRequestEntityTooLarge, cond, fmt.Sprintf("an item here has at most %d bytes", limit))
	if c.r.ContentLength > limit {
		return "", tooLarge
	}
	var b strings.Builder
	if c.r.ContentLength > 0 {
		b.Grow(int(c.r.ContentLength))
	}
	n, err := io.Copy(&b, http.MaxBytesReader(c.w, c.r.Body, limit))
	switch {
	case n == limit && err != nil:
		return "", tooLarge
	case err != nil:
		return "", refuse(http.StatusBadRequest, "", "the body of the request ended early")
	}
	return b.String(), nil
}

// itemTypes are the media types that books and calendars take; none at all is
// taken for the right one.
var itemTypes = map[kind]map[string]bool{
	book: {"": true, "text/vcard": true, "text/x-vcard": true, "text/directory": true},
	cal:  {"": true, "text/calendar": true},
}

// checkItem checks the preconditions of RFC 6352 s5.3.2.1 and RFC 4791
// s5.3.2.1 that protect the client from storing something else than it means
// to. It asks for no UID and reads no value: what the server cannot understand
// is kept all the same.
func checkItem(f *folder, contentType, body string) error {
	types, ok := itemTypes[f.kind]
	if !ok {
		return nil
	}
	ns, begin, data := "card:", "VCARD", "address-data"
	if f.kind == cal {
		ns, begin, data = "cal:", "VCALENDAR", "calendar-data"
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil && contentType != "" || !types[media] {
		return refuse(http.StatusUnsupportedMediaType, ns+"supported-"+data, "this collection does not take "+contentType)
	}
	found := componentsOf(body)
	if len(found) == 0 || found[0] != begin {
		return refuse(http.StatusForbidden, ns+"valid-"+data, "the body does not begin with BEGIN:"+begin)
	}
	if f.kind != cal {
		return nil
	}
	for _, comp := range found[1:] {
		switch comp {
		case "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY":
			if !contains(f.components(), comp) {
				return refuse(http.StatusForbidden, "cal:supported-calendar-component", "this calendar does not take "+comp)
			}
		}
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if strings.EqualFold(l, s) {
			return true
		}
	}
	return false
}

// componentsOf names the components of body in the order in which they begin.
func componentsOf(body string) []string {
	var names []string
	body = strings.TrimPrefix(body, "\ufeff")
	for body != "" {
		line := body
		if i := strings.IndexAny(body, "\r\n"); i >= 0 {
			line, body = body[:i], body[i+1:]
		} else {
			body = ""
		}
		if len(line) > 6 && strings.EqualFold(line[:6], "BEGIN:") {
			names = append(names, strings.ToUpper(strings.TrimSpace(line[6:])))
		}
	}
	return names
}

// delete answers DELETE.
func (c *call) delete() error {
	if err := c.drop(); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
