package registry

import "sidekeep/app/work/desk"

// A Registry connects and removes accounts, and takes those of an archive that is opened.
type Registry struct{ d *desk.Desk }

// NewRegistry is the Registry of a desk.
func NewRegistry(d *desk.Desk) Registry { return Registry{d} }
