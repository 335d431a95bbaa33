package dav

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/export/source"
)

// Type is the accounts on CardDAV, CalDAV and WebDAV servers.
func Type() source.Type {
	known := make([]source.Service, len(services))
	for i := range services {
		known[i] = services[i].Service
		known[i].Icon = cmp.Or(known[i].Icon, "mail")
	}
	return source.Type{
		ID: "dav", Icon: "globe",
		Fields: []source.Field{
			{ID: source.Address, Flag: "url", Form: source.Web, Leads: true},
			{ID: source.User, Flag: "user", Form: source.Name},
			{ID: source.Password, Form: source.Secret},
			{ID: source.Photos, Flag: "photos", Form: source.Web, Leads: true, For: export.Photos},
		},
		Services: known, Gives: export.Kinds(),
		Refuse: func(v source.Values) error {
			address, photos := strings.TrimSpace(v[source.Address]), strings.TrimSpace(v[source.Photos])
			if address != "" {
				if err := CheckAddress(address); err != nil {
					return err
				}
			}
			if photos == "" || address != "" && strings.HasPrefix(photos, "/") { // at the same service
				return nil
			}
			return CheckAddress(photos)
		},
		Open: func(ctx context.Context, c source.Config) (export.Source, error) {
			s, err := Open(ctx, Config{
				Address: c.Values[source.Address], Photos: c.Values[source.Photos], User: c.Values[source.User],
				Secret: c.Secret, Trust: c.Trust, Ask: c.Ask, Transport: c.Transport,
			})
			if err != nil {
				return nil, err
			}
			return s, nil
		},
	}
}

// A service is a provider, and where it is.
type service struct {
	source.Service
	starts  []startingPoint // none if it is found by RFC 6764
	domains []string        // of e-mail addresses and hosts
}

type startingPoint struct {
	url  string
	half half
}

var (
	people      = []export.Kind{export.Contacts, export.Events}
	peopleTodos = []export.Kind{export.Contacts, export.Events, export.Todos}
)

// services are those that are known, the most used first.
var services = []service{
	{
		// Reminders moved off CalDAV with iOS 13; the server shows placeholders.
		Service: source.Service{
			ID: "icloud", Name: "iCloud", Icon: "cloud", Address: "icloud.com", Gives: people, AppPassword: true,
			Help: []string{
				"Sign in at account.apple.com and open App-Specific Passwords.",
				"Make one, call it Sidekeep, and copy it.",
				"Here, give the e-mail address of your Apple Account and that password.",
			},
			HelpURL: "https://support.apple.com/en-us/102654",
		},
		starts:  []startingPoint{{"https://contacts.icloud.com/", books}, {"https://caldav.icloud.com/", calendars}},
		domains: []string{"icloud.com", "me.com", "mac.com"},
	},
	{
		Service: source.Service{
			ID: "google", Name: "Google", Address: "google.com",
			Refused: "Google lets other programs at contacts and calendars only through its own sign-in page (OAuth), which Sidekeep does not do yet",
		},
		domains: []string{"gmail.com", "googlemail.com", "google.com", "googleusercontent.com", "googleapis.com"},
	},
	{
		Service: source.Service{
			ID: "nextcloud", Name: "Nextcloud", Icon: "server", Gives: export.Kinds(), AppPassword: true,
			Help: []string{
				"In Nextcloud, open Settings, then Security, and there Devices & sessions.",
				"Make an app password, call it Sidekeep, and copy it.",
				"Here, give the address of your Nextcloud, your user name and that password.",
			},
			HelpURL: "https://docs.nextcloud.com/server/latest/user_manual/en/session_management.html",
		},
	},
	{
		Service: source.Service{
			ID: "fastmail", Name: "Fastmail", Address: "fastmail.com", Gives: people, AppPassword: true,
			Help: []string{
				"In Fastmail, open Settings, then Privacy & Security, and there the app passwords.",
				"Make one for contacts and calendars and copy it.",
				"Here, give your Fastmail address and that password.",
			},
			HelpURL: "https://www.fastmail.help/hc/en-us/articles/360058752854",
		},
		starts:  []startingPoint{{"https://carddav.fastmail.com/", books}, {"https://caldav.fastmail.com/", calendars}},
		domains: []string{"fastmail.com", "fastmail.fm"},
	},
	{
		Service: source.Service{
			ID: "mailboxorg", Name: "mailbox.org", Address: "mailbox.org", Gives: peopleTodos,
			Help: []string{"Give your mailbox.org address and your password."},
		},
		starts:  []startingPoint{{"https://dav.mailbox.org/", both}},
		domains: []string{"mailbox.org"},
	},
	{
		Service: source.Service{
			ID: "posteo", Name: "Posteo", Address: "posteo.de", Gives: peopleTodos,
			Help: []string{"Give your Posteo address and your password."},
		},
		starts:  []startingPoint{{"https://posteo.de:8843/", books}, {"https://posteo.de:8443/", calendars}},
		domains: []string{"posteo.de", "posteo.net", "posteo.org", "posteo.eu", "posteo.at", "posteo.ch"},
	},
	{
		Service: source.Service{
			ID: "gmx", Name: "GMX", Address: "gmx.net", Gives: peopleTodos, AppPassword: true,
			Help: []string{
				"If you sign in to GMX with two factors, make an application-specific password in its security settings.",
				"Give your GMX address and that password, else your own.",
			},
		},
		starts:  []startingPoint{{"https://carddav.gmx.net/.well-known/carddav", books}, {"https://caldav.gmx.net/.well-known/caldav", calendars}},
		domains: []string{"gmx.net", "gmx.de", "gmx.at", "gmx.ch"},
	},
	{
		Service: source.Service{
			ID: "webde", Name: "WEB.DE", Address: "web.de", Gives: peopleTodos, AppPassword: true,
			Help: []string{
				"If you sign in to WEB.DE with two factors, make an application-specific password in its security settings.",
				"Give your WEB.DE address and that password, else your own.",
			},
		},
		starts:  []startingPoint{{"https://carddav.web.de/.well-known/carddav", books}, {"https://caldav.web.de/.well-known/caldav", calendars}},
		domains: []string{"web.de"},
	},
	{
		Service: source.Service{
			ID: "yahoo", Name: "Yahoo", Address: "yahoo.com", Gives: people, AppPassword: true,
			Help: []string{
				"At Yahoo, open the security settings of your account and generate an app password.",
				"Here, give your Yahoo address and that password.",
			},
		},
		starts: []startingPoint{
			{"https://carddav.address.yahoo.com/.well-known/carddav", books},
			{"https://caldav.calendar.yahoo.com/.well-known/caldav", calendars},
		},
		domains: []string{"yahoo.com", "yahoo.de", "yahoo.co.uk", "yahoo.fr", "ymail.com", "rocketmail.com"},
	},
	{
		Service: source.Service{
			ID: "other", Name: "Another service", Other: true, Gives: export.Kinds(),
			Help: []string{"Give your e-mail address at the service, or the address of its CardDAV or CalDAV server."},
		},
	},
}

// serviceOf is the service that a host or the domain of an e-mail address
// belongs to; nil if it is none that is known.
func serviceOf(host string) *service {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, s := range services {
		if slices.ContainsFunc(s.domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) }) {
			return &s
		}
	}
	return nil
}
