package dav

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
)

// MakeCollection makes an address book or a calendar in the first home set of
// its kind. See [export.Writer].
func (s *Source) MakeCollection(ctx context.Context, c export.Collection) (export.Collection, error) {
	s.making.Lock()
	defer s.making.Unlock()
	made, err := s.make(ctx, c)
	if err != nil {
		var e *statusError
		switch {
		case ctx.Err() != nil:
			err = stopped(ctx)
		case errors.As(err, &e):
			err = e.cause(nil, func(href string) string { return href })
		}
		return export.Collection{}, fmt.Errorf("making %q: %w", c.Name, err)
	}
	return made, nil
}

func (s *Source) make(ctx context.Context, c export.Collection) (export.Collection, error) {
	if c.Kind == export.Photos {
		return s.photoCollection(ctx)
	}
	home := s.calHome
	if c.Kind == export.Contacts {
		home = s.bookHome
	}
	if home == nil {
		return export.Collection{}, fmt.Errorf("%w: the account names no place where such a collection can be made", export.ErrUnsupported)
	}
	m := making{s: s, c: c, slug: slug(c)}
	if err := m.anywhere(ctx, home); err != nil {
		return export.Collection{}, err
	}
	return m.finish(ctx)
}

// Makes tells that there are photos only where the account names a folder for
// them: see [export.Maker].
func (s *Source) Makes(kind export.Kind) error {
	if kind == export.Photos && s.photos == nil {
		return fmt.Errorf("%w: the account has no folder for photos", export.ErrUnsupported)
	}
	return nil
}

// photoCollection is the one that there is.
func (s *Source) photoCollection(ctx context.Context) (export.Collection, error) {
	if err := s.Makes(export.Photos); err != nil {
		return export.Collection{}, err
	}
	all, err := s.Collections(ctx)
	if err != nil {
		return export.Collection{}, err
	}
	for _, c := range all {
		if c.Kind == export.Photos {
			return c, nil
		}
	}
	return export.Collection{}, fmt.Errorf("%w: the folder for photos", export.ErrGone)
}

// A making is a collection under way.
type making struct {
	s    *Source
	c    export.Collection
	slug string
	url  *url.URL
}

// slug is a name for the path: small letters, digits and hyphens.
func slug(c export.Collection) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(c.Name)) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case r < 0x80 && b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == 40 {
			break
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return string(c.Kind)
}

// anywhere makes the collection under the first free name in home.
func (m *making) anywhere(ctx context.Context, home *url.URL) error {
	prefix := strings.TrimSuffix(home.EscapedPath(), "/") + "/"
	for nth := range maxPlaces {
		name := m.slug
		if nth > 0 {
			name += "-" + strconv.Itoa(nth+1)
		}
		m.url = at(home, prefix+name+"/")
		_, err := m.s.lookAt(ctx, m.url, askCollections)
		if err == nil {
			continue // it is taken
		}
		if code := statusOf(err); code != http.StatusNotFound && code != http.StatusGone && code != http.StatusForbidden {
			return err
		}
		err = m.here(ctx)
		if statusOf(err) == http.StatusMethodNotAllowed || statusOf(err) == http.StatusConflict {
			if _, lookErr := m.s.lookAt(ctx, m.url, askCollections); lookErr == nil {
				continue // another made it in this moment
			}
		}
		return err
	}
	return fmt.Errorf("%w: %d collections have this name", export.ErrRefused, maxPlaces)
}

// An asking is how much of a collection a request asks for.
type asking struct{ extras, journals bool }

// askings are those that differ for this collection, the fullest first. A server
// that keeps no journal entries is not to refuse the calendar for them.
func (m *making) askings() []asking {
	if m.c.Kind == export.Contacts {
		return []asking{{}}
	}
	list := []asking{{m.extras() != "", m.c.Journals}}
	if list[0].extras {
		list = append(list, asking{journals: m.c.Journals})
	}
	if m.c.Journals {
		list = append(list, asking{})
	}
	return list
}

// here makes it at m.url: with all that is known of it, else with less, in each
// way that there is.
func (m *making) here(ctx context.Context) error {
	methods := []string{"MKCALENDAR", "MKCOL"} // RFC 4791, section 5.3.1; RFC 5689
	if m.c.Kind == export.Contacts {
		methods = methods[1:] // RFC 6352, section 6.3.1
	}
	var first error
	for _, method := range methods {
		for _, f := range m.askings() {
			err := m.send(ctx, method, f)
			if err == nil {
				return nil
			}
			if first == nil {
				first = err
			}
			code := statusOf(err)
			if code/100 != 4 || code == http.StatusTooManyRequests {
				if code != http.StatusNotImplemented {
					return err
				}
				break // the method is not known
			}
		}
	}
	return first
}

// send makes it by one method, and reads back whether it did if the answer is
// lost.
func (m *making) send(ctx context.Context, method string, f asking) error {
	for t := m.s.c.tries(); ; {
		resp, err := m.s.answer(ctx, request{method: method, url: m.url, body: m.body(method, f), writes: true})
		if err == nil && resp.StatusCode == http.StatusMultiStatus {
			err = &statusError{Code: http.StatusForbidden, Host: mark(hostPort(m.url)), Text: "a property was refused"}
		}
		if !unsure(err) {
			return err
		}
		switch st, lookErr := m.s.lookAt(ctx, m.url, askCollections); {
		case lookErr == nil && st.resource.types&(multistatus.Book|multistatus.Calendar) != 0:
			return nil // there was nothing before
		case !errors.Is(lookErr, export.ErrGone):
			return err
		}
		if err := t.again(ctx, err); err != nil {
			return err
		}
	}
}

// body is that of MKCALENDAR and of the extended MKCOL.
func (m *making) body(method string, f asking) []byte {
	var b strings.Builder
	text := func(open, value, end string) {
		b.WriteString(open)
		xml.EscapeText(&b, []byte(value))
		b.WriteString(end)
	}
	root := `C:mkcalendar`
	if method == "MKCOL" {
		root = `mkcol`
	}
	b.WriteString(head + `<` + root + spaces + `><set><prop>`)
	switch {
	case m.c.Kind == export.Contacts:
		b.WriteString(`<resourcetype><collection/><R:addressbook/></resourcetype>`)
	case method == "MKCOL":
		b.WriteString(`<resourcetype><collection/><C:calendar/></resourcetype>`)
	}
	text(`<displayname>`, m.c.Name, `</displayname>`)
	if m.c.Kind != export.Contacts {
		b.WriteString(`<C:supported-calendar-component-set>`)
		for _, kind := range []export.Kind{export.Events, export.Todos} {
			if m.c.Kind == kind || m.c.Mixed {
				b.WriteString(`<C:comp name="` + kind.Component() + `"/>`)
			}
		}
		if f.journals {
			b.WriteString(`<C:comp name="VJOURNAL"/>`)
		}
		b.WriteString(`</C:supported-calendar-component-set>`)
		if f.extras {
			b.WriteString(m.extras())
		}
	}
	b.WriteString(`</prop></set></` + root + `>`)
	return []byte(b.String())
}

// extras are the properties that not every server has.
func (m *making) extras() (s string) {
	if color := colorOf(m.c.Color); color != "" {
		s = `<A:calendar-color>` + color + `</A:calendar-color>`
	}
	if m.c.Order > 0 {
		s += `<A:calendar-order>` + strconv.Itoa(m.c.Order) + `</A:calendar-order>`
	}
	return s
}

// finish sees that it is what was asked for, names it if it has no name, and
// returns it as it is listed.
func (m *making) finish(ctx context.Context) (export.Collection, error) {
	st, err := m.s.lookAt(ctx, m.url, askCollections)
	if err != nil {
		return export.Collection{}, err
	}
	if len(newCollections(st.resource)) == 0 {
		return export.Collection{}, fmt.Errorf("%w: the server made something else", export.ErrRefused)
	}
	if st.resource.name != m.c.Name {
		m.patch(ctx, `<displayname>`+escaped(m.c.Name)+`</displayname>`)
	}
	if x := m.extras(); x != "" && m.c.Kind != export.Contacts && st.resource.color == "" {
		m.patch(ctx, x)
	}
	all, err := m.s.Collections(ctx)
	if err != nil {
		return export.Collection{}, err
	}
	for _, c := range all {
		if col, err := m.s.find(ctx, c.ID); err == nil && samePath(col.url.EscapedPath(), m.url.EscapedPath()) {
			return c, nil
		}
	}
	return export.Collection{}, fmt.Errorf("%w: the server made it and does not list it", export.ErrRefused)
}

// patch sets properties. A server that takes none of them shows the
// collection by its path.
func (m *making) patch(ctx context.Context, props string) {
	body := head + `<propertyupdate` + spaces + `><set><prop>` + props + `</prop></set></propertyupdate>`
	_, _ = m.s.answer(ctx, request{method: "PROPPATCH", url: m.url, body: []byte(body), writes: true})
}

func escaped(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s))
	return b.String()
}
