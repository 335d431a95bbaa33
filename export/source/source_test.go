package source

import (
	"errors"
	"testing"
)

var (
	service = Type{ID: "service", Fields: []Field{
		{ID: Address, Flag: "url", Form: Web, Leads: true}, {ID: User, Flag: "user", Form: Name}, {ID: Password, Form: Secret},
		{ID: Photos, Flag: "photos", Form: Web, Leads: true},
	}}
	place = Type{ID: "place", Fields: []Field{{ID: Address, Flag: "folder", Form: Path, Leads: true}}}
	once  = Type{ID: "once", Once: true}
	bare  = Type{ID: "bare"}
)

func TestCheck(t *testing.T) {
	const good = Fault(-1)
	for _, c := range []struct {
		of    *Type
		v     Values
		field string
		want  Fault
	}{
		{&service, Values{Address: "example.org"}, "", good},
		{&service, Values{Address: "anna@example.org", User: "anna", Password: "x"}, "", good},
		{&service, Values{Photos: "https://example.org/photos"}, "", good},
		{&service, Values{}, Address, Missing},
		{&service, nil, Address, Missing},
		{&service, Values{Address: " \t", User: "anna"}, Address, Missing},
		{&service, Values{Address: "https://anna:x@example.org/"}, Address, WithSecret},
		{&service, Values{Address: "https://anna@example.org/"}, Address, WithSecret},
		{&service, Values{Address: "https://anna:p#w@example.org/"}, Address, WithSecret},
		{&service, Values{Address: "https://anna:50%off@example.org/"}, Address, WithSecret},
		{&service, Values{Address: "https://anna:a/b@example.org"}, Address, WithSecret},
		{&service, Values{Address: "anna:pw@example.org/dav"}, Address, WithSecret},
		{&service, Values{Address: "anna:pw@example.org"}, Address, WithSecret},
		{&service, Values{Address: "mailto:anna@example.org"}, "", good},
		{&service, Values{Address: "https://example.org:8443/dav/anna@example.org/"}, "", good},
		{&service, Values{Address: "https://[::1]:8443/dav/anna@example.org/"}, "", good},
		{&service, Values{Address: "example.org", Photos: "https://anna:x@example.org/"}, Photos, WithSecret},
		{&service, Values{Address: "example.org", "drawer": "x"}, "drawer", Foreign},
		{&service, Values{Address: "example.org", "drawer": ""}, "", good},
		{&place, Values{Address: "/media/a@b"}, "", good},
		{&place, Values{}, Address, Missing},
		{&place, Values{Address: "/media", User: "anna"}, User, Foreign},
		{&bare, Values{}, "", good},
		{&bare, Values{Password: "x"}, Password, Foreign},
	} {
		err := c.of.Check(c.v)
		var e *FieldError
		if c.want == good && err != nil || c.want != good && (!errors.As(err, &e) || e.Type != c.of.ID || e.Field != c.field || e.Fault != c.want) {
			t.Errorf("%s, %v: %v", c.of.ID, c.v, err)
		}
	}
}

func TestFlagged(t *testing.T) {
	types := []Type{once, service, place, bare}
	for _, c := range []struct {
		given []string
		want  string
	}{
		{nil, "service"}, {[]string{"user"}, "service"}, {[]string{"url"}, "service"}, {[]string{"photos", "user"}, "service"},
		{[]string{"folder"}, "place"}, {[]string{"url", "folder"}, "place"}, {[]string{"folder", "user"}, "place"},
	} {
		given := map[string]bool{}
		for _, f := range c.given {
			given[f] = true
		}
		if got := Flagged(types, func(flag string) bool { return given[flag] }); got.ID != c.want {
			t.Errorf("%v mean %s, want %s", c.given, got.ID, c.want)
		}
	}
}

func TestSignInName(t *testing.T) {
	for _, c := range []struct {
		v    Values
		want string
	}{
		{Values{Address: "anna@example.org"}, "anna@example.org"},
		{Values{Address: " anna@example.org "}, "anna@example.org"},
		{Values{Address: "anna@example.org", User: "anna"}, "anna"},
		{Values{Address: "https://anna@example.org"}, ""},
		{Values{Address: "example.org"}, ""},
		{nil, ""},
	} {
		if got := c.v.SignInName(); got != c.want {
			t.Errorf("%v signs in as %q, want %q", c.v, got, c.want)
		}
	}
}
