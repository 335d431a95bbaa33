package dav

import (
	"errors"
	"strings"
	"testing"

	"sidekeep/export"
)

func TestCheckAddress(t *testing.T) {
	for typed, want := range map[string]export.AddressError{
		"":                              {Flaw: export.NoHost},
		"htp://dav.example.org/":        {Flaw: export.OtherScheme, Part: "htp", Meant: "https://dav.example.org/"},
		"htps://dav.example.org/x":      {Flaw: export.OtherScheme, Part: "htps", Meant: "https://dav.example.org/x"},
		"HTTTPS://dav.example.org":      {Flaw: export.OtherScheme, Part: "HTTTPS", Meant: "https://dav.example.org"},
		"ftp://dav.example.org/":        {Flaw: export.OtherScheme, Part: "ftp"},
		"imap://dav.example.org/":       {Flaw: export.OtherScheme, Part: "imap"},
		"htp://anna:geheim@example.org": {Flaw: export.OtherScheme, Part: "htp", Meant: "https://example.org"},
		"webcal://example.org/a.ics":    {Flaw: export.CalendarFile, Part: "webcal"},
		"https:/dav.example.org":        {Flaw: export.BadHost, Part: "https:", Meant: "https://dav.example.org"},
		"https:dav.example.org":         {Flaw: export.BadHost, Part: "https:", Meant: "https://dav.example.org"},
		"https//dav.example.org/a":      {Flaw: export.BadHost, Part: "https/", Meant: "https://dav.example.org/a"},
		"HTTP//dav.example.org":         {Flaw: export.BadHost, Part: "HTTP/", Meant: "http://dav.example.org"},
		"https://https://a.example":     {Flaw: export.BadHost, Part: "https:", Meant: "https://a.example"},
		"http://https://a.example":      {Flaw: export.BadHost, Part: "https:", Meant: "https://a.example"},
		"https://":                      {Flaw: export.NoHost},
		"https://:8443/":                {Flaw: export.NoHost},
		"anna@":                         {Flaw: export.NoHost},
		"@example.org":                  {Flaw: export.NoUser, Meant: "example.org"},
		"dav example.org":               {Flaw: export.Blank, Part: "dav example.org"},
		"https://dav. example.org/":     {Flaw: export.Blank, Part: "dav. example.org"},
		"Anna Lee <anna@example.org>":   {Flaw: export.Blank, Meant: "anna@example.org"},
		"anna lee@example.org":          {Flaw: export.Blank},
		"https://example.org:99999/":    {Flaw: export.BadPort, Part: "99999"},
		"https://example.org:0/":        {Flaw: export.BadPort, Part: "0"},
		"example.org:port":              {Flaw: export.BadPort, Part: "port"},
		"https://example..org":          {Flaw: export.BadHost, Part: "example..org"},
		"example.org,":                  {Flaw: export.BadHost, Part: "example.org,"},
		"https://exam|ple.org":          {Flaw: export.BadHost, Part: "exam|ple.org"},
		"/home/anna/contacts":           {Flaw: export.OwnFolder},
		"./contacts":                    {Flaw: export.OwnFolder},
		"~/contacts":                    {Flaw: export.OwnFolder},
		`C:\Users\anna`:                 {Flaw: export.OwnFolder},
		`\\nas\anna`:                    {Flaw: export.OwnFolder},
		"file:///home/anna":             {Flaw: export.OwnFolder},
	} {
		var got *export.AddressError
		if err := CheckAddress(typed); !errors.As(err, &got) {
			t.Errorf("%q: %v", typed, err)
			continue
		}
		if got.Flaw != want.Flaw || got.Part != want.Part || got.Meant != want.Meant {
			t.Errorf("%q: got %q, %q, %q, want %q, %q, %q", typed, got.Flaw, got.Part, got.Meant, want.Flaw, want.Part, want.Meant)
		}
	}
	for _, typed := range []string{
		"example.org", " example.org ", "example.org.", "example.org:8443", "https://example.org/a b/", "http://127.0.0.1:5232", "[::1]:5232",
		"::1", "https://[2001:db8::1]/dav/", "anna@example.org", "mailto:anna@example.org", "münchen.example", "https://my_cloud:8080/",
		"nas", "https.example.org", "httpbin.example", "webdavs://example.org/x", "CalDAVs://example.org", "example.org/a@b",
	} {
		if err := CheckAddress(typed); err != nil {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

func TestMeantDomain(t *testing.T) {
	for host, want := range map[string]string{
		"icloud.co": "icloud.com", "iclod.com": "icloud.com", "www.icluod.com": "icloud.com", "icloud": "icloud.com", "gmial.com": "gmail.com",
		"gmail.con": "gmail.com", "gogle.com": "google.com", "fastmial.com": "fastmail.com", "posteo.d": "posteo.de", "mailbox.og": "mailbox.org",
		"icloud.com": "", "caldav.icloud.com": "", "example.org": "", "a.b": "", "web.dev": "web.de", "localhost": "", "nas": "",
	} {
		if got := meantDomain(host); got != want {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}

// TestPasswordInAnAddress: an address that is refused is told without the password
// in it, whatever that has in it.
func TestPasswordInAnAddress(t *testing.T) {
	for _, text := range []string{
		"https://anna:sec/ret@example.org:99999/", "https://anna:sec#ret@example.org:99999", "https://anna:sec?ret@exa mple.org",
		"anna:sec@ret@example.org:99999/dav", "gopher://anna:sec/ret@example.org", "anna:sec/ret@example..org/dav", "webcal://anna:secret@example.org",
	} {
		err := CheckAddress(text)
		var e *export.AddressError
		if !errors.As(err, &e) || strings.Contains(e.Address+e.Part+e.Meant+e.Error(), "sec") || !strings.Contains(e.Address, "exa") {
			t.Errorf("%s: %+v, %v", text, e, err)
		}
	}
}
