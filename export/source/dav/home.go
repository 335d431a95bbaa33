package dav

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
)

// A homeSet is what a home set holds.
type homeSet struct {
	collections []*collection
	left        []export.Skipped
}

// homeSet lists a home set. What the server refuses to tell of one collection in
// the list is asked of that collection itself.
func (s *Source) homeSet(ctx context.Context, home *url.URL) (*homeSet, error) {
	list, unknown, err := s.properties(ctx, home, "1", collectionProps)
	if err != nil {
		return nil, listingError(home, err)
	}
	h := &homeSet{}
	self := false
	for _, a := range list {
		u := memberAt(a.final, string(a.Href))
		isHome := samePath(u.EscapedPath(), a.final.EscapedPath())
		self = self || isHome
		m, err := s.member(ctx, u, a.Response, unknown)
		if err != nil && statusOf(err) == 0 {
			return nil, listingError(u, err)
		}
		r := newResource(u, m)
		cs := newCollections(r)
		switch {
		case err != nil && !isHome:
			h.left = append(h.left, refused(r, statusOf(err)))
		case cs != nil:
			h.collections = append(h.collections, cs...)
		case !isHome:
			h.left = append(h.left, passedOver(r))
		}
	}
	if !self && len(h.collections) == 0 {
		return nil, fmt.Errorf("%s: %w: the home set does not even name itself", mark(hostPort(home)), export.ErrDamaged)
	}
	return h, nil
}

// memberAt is where a collection is that the answer from home names. It may be
// on another host of the domain; on the same host, a scheme or a port that
// differ are a mistake of a server behind a proxy.
func memberAt(home *url.URL, href string) *url.URL {
	named, ok := resolve(home, href)
	if ok && named.Scheme == home.Scheme && !strings.EqualFold(named.Hostname(), home.Hostname()) && kin(hostPort(named), hostPort(home)) {
		return named
	}
	return at(home, pathOf(home.EscapedPath(), href))
}

// member completes what a listing says of the resource at u. The error, if it
// has a status, is what the server answers of this one.
func (s *Source) member(ctx context.Context, u *url.URL, m *multistatus.Response, unknown []string) (*multistatus.Response, error) {
	props := collectionProps
	switch {
	case m.Status == 404 || m.Status == 410:
		return m, &statusError{Code: m.Status, Host: mark(hostPort(u))}
	case m.Status/100 > 2:
	case len(unknown) > 0 && m.Types&(multistatus.Book|multistatus.Calendar) != 0:
		props = append([]string{typeProp}, unknown...)
	default:
		return m, nil
	}
	list, _, err := s.properties(ctx, u, "0", props)
	switch {
	case err != nil && statusOf(err) == 0 && !askingLess(err):
		return m, err
	case err == nil && len(list) > 0 && list[0].Status/100 <= 2:
		m.Status = 0
		m.Add(list[0].Response)
	case m.Status/100 > 2:
		return m, &statusError{Code: m.Status, Host: mark(hostPort(u))}
	}
	return m, nil
}

// refused is a resource of which the server tells nothing but a status.
func refused(r *resource, status int) export.Skipped {
	c := collection{url: r.url}
	x := export.Skipped{Name: nameOf(r), Count: 1}
	switch {
	case status == http.StatusNotFound, status == http.StatusGone:
		x.Why = fmt.Sprintf("the service lists it, and then says that it is not there (%d)", status)
	case status >= 500:
		x.Why, x.Unread = fmt.Sprintf("the server reports a fault of its own when it is asked about it (%d)", status), true
	default:
		x.Why, x.ID = fmt.Sprintf("the service does not let this account look into it (%d)", status), c.path()
	}
	return x
}

// passedOver says why a resource is no collection to export.
func passedOver(r *resource) export.Skipped {
	x := export.Skipped{Name: nameOf(r), Count: 1, Usual: true}
	for _, t := range []struct {
		has multistatus.Types
		why string
	}{
		{multistatus.Trash, "it is the trash bin of the service"},
		{multistatus.Inbox, "it holds invitations that have just arrived, and is no calendar"},
		{multistatus.Outbox, "it only sends invitations, and is no calendar"},
		{multistatus.Notification, "it holds messages of the service itself"},
		{multistatus.Principal, "it stands for a person or a group, and holds nothing itself"},
	} {
		if r.types&t.has != 0 {
			x.Why = t.why
			return x
		}
	}
	x.Usual = false
	x.Why = "it is a folder, and neither an address book nor a calendar; to export what is in it, connect its own address"
	if r.types&multistatus.Subscribed != 0 {
		x.Why = "it is a subscription: its events are elsewhere, at the address that it names"
	}
	return x
}

// nameOf is what to call a resource: as the server shows it, or by its path.
func nameOf(r *resource) string {
	if r.name != "" {
		return r.name
	}
	return lastName(r.url.EscapedPath())
}

// newCollections is what a resource holds: an address book or a calendar,
// whatever else it is, or nothing that is exported. A calendar can be the
// outbox of invitations as well (SOGo), the copy of a subscription (Nextcloud),
// shared, or in the trash: it is the only place that has its items.
func newCollections(r *resource) []*collection {
	c := collection{Collection: export.Collection{Name: nameOf(r), Color: r.color, Order: r.order}, url: r.url, sync: r.sync, limits: r.limits}
	switch {
	case r.types&multistatus.Book != 0:
		c.Kind, c.book = export.Contacts, true
	case r.types&multistatus.Calendar != 0:
		// Without a list, a calendar takes everything (RFC 4791, section 5.2.3).
		c.Kind, c.Mixed = export.CalendarKind(slices.Contains(r.components, export.Events.Component()), slices.Contains(r.components, export.Todos.Component()))
	default:
		return nil
	}
	return []*collection{&c}
}
