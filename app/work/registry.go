package work

// A Registry connects and removes accounts, and takes those of an archive that is opened.
type Registry struct{ d *Desk }

// newRegistry is the Registry of a desk.
func newRegistry(d *Desk) Registry { return Registry{d} }
