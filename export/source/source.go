// Package source says what a source is before it is opened: what a person has
// to give for it, the services that are known behind it, what it holds, and how
// it is opened. What an opened one can do besides being an [export.Source] is
// an interface of its own, found by a helper that falls back.
//
// The packages below this one are the sources, and all lists them. It says
// nothing in sentences: app/words does, for each type and field.
package source

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"sidekeep/export"
)

// A Type is one way to hold a person's data: what accounts of it have in
// common.
type Type struct {
	ID   string // as the settings file names it
	Icon string // the picture of its accounts, where no service has one
	// Fields are what a person gives, in the order in which they are asked for.
	Fields   []Field
	Services []Service     // that are known by name, the most used first
	Gives    []export.Kind // what it may hold
	// Once says that it is read once, by an import: no account is made of it.
	Once bool
	// Refuse says what is wrong with values as they stand, asking nobody; nil if
	// only Open can tell.
	Refuse func(Values) error
	// Open signs in, or opens what is there. The caller closes the source. Each
	// error wraps a cause of package export, or is an [*UnsupportedError] or an
	// [*OtherError].
	Open func(ctx context.Context, c Config) (export.Source, error)
}

// Fields that most types ask for, under names of their own in the settings file.
const (
	Address  = "address"  // where it is: of a service, or the absolute path of a folder
	Photos   = "photos"   // address of a folder of photos
	User     = "user"     // who signs in
	Password = "password" // kept by the keychain, and by nothing else
)

// A Field is one thing that a person gives.
type Field struct {
	ID   string // as the settings file names it
	Flag string // of “account add”; of a [Secret] there is none, as it is no argument
	Form Form
	// Leads says that it tells where the source is: one such field has to be
	// given, and it tells the type.
	Leads bool
	// For is the kind that it is for: it is not asked for where a service does
	// not give that; "" for all.
	For export.Kind
}

// A Form is what is typed into a field.
type Form int

// The forms of fields.
const (
	Text   Form = iota
	Web         // an address, in which no password may stand
	Path        // a folder of this computer, absolute
	Name        // who signs in
	Secret      // never saved, shown or logged; at most one, with the ID Password
)

// A Service is a provider that is known by name.
type Service struct {
	ID, Name string
	Icon     string // its picture; "" for that of its type
	// Address is what the field of that name takes for it; "" if the person
	// types the address of their own server.
	Address string
	Gives   []export.Kind
	// AppPassword tells that the service takes, always or with two-step
	// sign-in, not the account's own password but one made for this program.
	AppPassword bool
	// Help is what to do before signing in, one step each, in plain words.
	Help    []string
	HelpURL string
	// Refused says why the service cannot be used; "" if it can.
	Refused string
	// Other marks the entry of services that have none of their own.
	Other bool
}

// Values are what was given, by the ID of the field.
type Values map[string]string

// SignInName is the user, or the e-mail address that stands for one.
func (v Values) SignInName() string {
	address := strings.TrimSpace(v[Address])
	if v[User] == "" && strings.Contains(address, "@") && !strings.Contains(address, "://") {
		return address
	}
	return v[User]
}

// A Config is what a source is opened with.
type Config struct {
	Values
	Paths []string // what a type that is read once is to read
	// Secret returns the password. It is called at most once, and only when it
	// is asked for. nil if there is none.
	Secret func(ctx context.Context) (string, error)
	Trust  Trust // what earlier yeses allow
	Ask    export.Ask
	// Transport, if set, answers in place of the network.
	Transport http.RoundTripper
}

// Trust is what the owner has said yes to. It holds no secret.
type Trust struct {
	// Pins maps a host (with its port, if that is not 443) to the SHA-256
	// fingerprint, in hex, of the certificate that is accepted for it.
	Pins map[string]string `json:"pins,omitempty" toml:"pins,omitempty"`
	// Hosts (with their port, if that is not 443) may receive the password
	// besides those that need no question.
	Hosts []string `json:"hosts,omitempty" toml:"hosts,omitempty"`
	// Plain are the host:ports that may be spoken to without encryption.
	Plain []string `json:"plain,omitempty" toml:"plain,omitempty"`
}

// Field is the field of that ID.
func (t *Type) Field(id string) (Field, bool) {
	i := slices.IndexFunc(t.Fields, func(f Field) bool { return f.ID == id })
	if i < 0 {
		return Field{}, false
	}
	return t.Fields[i], true
}

// SignsIn reports whether accounts of the type have a password.
func (t *Type) SignsIn() bool {
	return slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Form == Secret })
}

// Find is the type of that ID.
func Find(types []Type, id string) (Type, bool) {
	i := slices.IndexFunc(types, func(t Type) bool { return t.ID == id })
	if i < 0 {
		return Type{}, false
	}
	return types[i], true
}

// Accounts are the types of which accounts are made.
func Accounts(types []Type) []Type {
	return slices.DeleteFunc(slices.Clone(types), func(t Type) bool { return t.Once })
}

// Flagged is the type that flags of “account add” mean, by their names: the
// last one that a given flag leads to, and the first of all if none does.
func Flagged(types []Type, given func(flag string) bool) Type {
	types = Accounts(types)
	for _, t := range slices.Backward(types) {
		for _, f := range t.Fields {
			if f.Leads && given(f.Flag) {
				return t
			}
		}
	}
	return types[0]
}
