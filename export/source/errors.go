package source

import (
	"strings"

	"sidekeep/export"
)

// A Fault is what is wrong with what was given for a field.
type Fault int

// The faults of what was given.
const (
	Missing    Fault = iota // it has to be given
	Foreign                 // the type has no such field
	WithSecret              // an address with a name or password in it
)

// A FieldError says that a field was filled in as it must not be. Nothing was
// tried.
type FieldError struct {
	Type, Field string // their IDs
	Fault       Fault
}

func (e *FieldError) Error() string {
	return e.Type + ": " + e.Field + ": " + map[Fault]string{
		Missing: "it is missing", Foreign: "there is no such field", WithSecret: "it has a name or password in it",
	}[e.Fault]
}

// Check refuses what must never be tried or saved, with a [*FieldError] or the
// error of Refuse.
func (t *Type) Check(v Values) error {
	lead, led := "", false
	for _, f := range t.Fields {
		if f.Leads && lead == "" {
			lead = f.ID
		}
		led = led || f.Leads && strings.TrimSpace(v[f.ID]) != ""
	}
	for id, text := range v {
		if _, ok := t.Field(id); !ok && text != "" {
			return &FieldError{t.ID, id, Foreign}
		}
	}
	if lead != "" && !led {
		return &FieldError{t.ID, lead, Missing}
	}
	for _, f := range t.Fields {
		if f.Form == Web && HasSecret(v[f.ID]) {
			return &FieldError{t.ID, f.ID, WithSecret}
		}
	}
	if t.Refuse != nil {
		return t.Refuse(v)
	}
	return nil
}

// HasSecret reports whether an address has a name or password in it that is no
// part of an e-mail address.
func HasSecret(address string) bool {
	_, rest, typed := strings.Cut(address, "://")
	if !typed {
		rest = strings.TrimPrefix(address, "mailto:")
	}
	user, _, found := export.CutUser(rest)
	return found && (typed || strings.Contains(user, ":"))
}

// An UnsupportedError says that a service that is known cannot be used. It
// wraps [export.ErrDenied].
type UnsupportedError struct{ Service Service }

func (e *UnsupportedError) Error() string {
	return export.ErrDenied.Error() + ": " + e.Service.Refused
}

func (e *UnsupportedError) Unwrap() error { return export.ErrDenied }

// An OtherError says that a file or folder that was named is nothing that can
// be taken.
type OtherError struct {
	Path string
	Why  string // a clause without a full stop
}

func (e *OtherError) Error() string { return e.Path + ": " + e.Why }
