package dav

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
)

// An asked is what a server says of one resource, put together from the
// answers of as many questions as it took.
type asked struct {
	final *url.URL // the address that answered
	*multistatus.Response
}

// askingLess reports whether a server that answered err may answer when it is
// asked for less: it broke over a property, or refuses a question because of
// one. RFC 4918 wants a 404 inside the answer instead (section 9.1); some
// servers answer 500 to DAV:sync-token, others 400, 403 or 501 to what they do
// not know. A 503 says that no question is welcome.
func askingLess(err error) bool {
	var syntax *multistatus.SyntaxError
	switch code := statusOf(err); code {
	case 0:
		// A script that ended within the answer: the answer is whole, its XML is not.
		return errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errCut)
	case http.StatusBadRequest, http.StatusForbidden, http.StatusConflict, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusFailedDependency:
		return true
	case http.StatusServiceUnavailable:
		return false
	default:
		return code >= 500
	}
}

// maxCollections is how many collections one place may hold.
const maxCollections = 10_000

// properties asks u, and with depth "1" what is in it, for props, of which the
// first is [typeProp]. Plain files are left out. If the server fails over that,
// it is asked again: for the type alone, then for the rest in halves, so that
// one property which it cannot give does not hide the others. unknown are
// those it cannot give.
func (s *Source) properties(ctx context.Context, u *url.URL, depth string, props []string) (list []asked, unknown []string, err error) {
	list, err = s.propertiesOnce(ctx, u, depth, props, nil)
	if err == nil || !askingLess(err) {
		return list, nil, err
	}
	list, less := s.propertiesOnce(ctx, u, depth, props[:1], nil)
	if less != nil {
		return nil, nil, err // it was not for what was asked
	}
	among := make(map[string]int, len(list))
	for i := range list {
		among[list[i].path()] = i
	}
	unknown, err = s.halves(ctx, u, depth, props[1:], among, list)
	return list, unknown, err
}

// halves asks for props in halves, down to single ones, and adds what is
// answered to list, in which among finds each path.
func (s *Source) halves(ctx context.Context, u *url.URL, depth string, props []string, among map[string]int, list []asked) (unknown []string, err error) {
	half := len(props) / 2
	for _, part := range [][]string{props[:half], props[half:]} {
		if len(part) == 0 {
			continue
		}
		more, err := s.propertiesOnce(ctx, u, depth, part, among)
		switch {
		case err == nil:
			for _, m := range more {
				list[among[m.path()]].Add(m.Response)
			}
		case !askingLess(err):
			return unknown, err
		case len(part) == 1:
			unknown = append(unknown, part[0])
		default:
			none, err := s.halves(ctx, u, depth, part, among, list)
			if unknown = append(unknown, none...); err != nil {
				return unknown, err
			}
		}
	}
	return unknown, nil
}

// propertiesOnce asks once; a listing again if only the network broke it off.
// With among, resources that are not in it are left out.
func (s *Source) propertiesOnce(ctx context.Context, u *url.URL, depth string, props []string, among map[string]int) (list []asked, err error) {
	question := askFor(props)
	once := func() error {
		list = nil
		return s.propfind(ctx, u, depth, question, func(final *url.URL, m *multistatus.Response) error {
			if m.Status == http.StatusInsufficientStorage {
				return fmt.Errorf("%w: the server cut the list short", export.ErrDamaged)
			}
			a := asked{final, m}
			_, known := among[a.path()]
			if among != nil && !known || depth != "0" && m.Typed && m.Types == 0 {
				return nil
			}
			if len(list) == maxCollections {
				return fmt.Errorf("%w: more than %d collections in one place", export.ErrTooLarge, maxCollections)
			}
			a.Response = m.Clone()
			list = append(list, a)
			return nil
		})
	}
	if depth == "0" {
		err = once()
		return list, err
	}
	err = s.steady(ctx, once)
	return list, err
}

// path is the path of the resource in one spelling.
func (a asked) path() string {
	return strings.TrimSuffix(canonical(pathOf(a.final.EscapedPath(), string(a.Href))), "/")
}
