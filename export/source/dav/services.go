package dav

import "sidekeep/export"

// A Service is a provider that Sidekeep knows by name.
type Service struct {
	ID, Name string
	// Address is what Config.Address takes for it; "" if the person types the
	// address of their own server.
	Address string
	Gives   []export.Kind
	// AppPassword tells that the service does not take the account's own
	// password but one made for this program.
	AppPassword bool
	// Help is what to do before signing in, one step each, in plain words.
	Help    []string
	HelpURL string
	// Refused says why the service cannot be used; "" if it can.
	Refused string
}

// Services lists the services that are known, the most used first.
func Services() []Service { return nil }
