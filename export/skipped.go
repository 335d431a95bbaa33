package export

// A Skipped is something that a source holds and that is not exported: a
// collection of another kind, or files alike. Nothing of it is fetched, and it is
// no part of the sum.
type Skipped struct {
	Name  string `json:"name"`  // of the collection, or of the first of the files; untrusted
	Count int    `json:"count"` // how many there are for the same reason, at least 1
	Why   string `json:"why"`   // a clause without a full stop, for a person: "it is a link to another place"
	// Unread says that it could not be looked into, so that there may be items
	// in it: nothing that the source does not name is taken for gone then.
	Unread bool `json:"unread,omitempty"`
	// Usual says that every source of its kind has it and that no item is lost
	// by it: it is told when somebody looks what an account holds, not each time.
	Usual bool `json:"usual,omitempty"`
	// ID is set if it is one resource that the source refuses to tell of: it is
	// Unread if the archive holds items of a collection with this ID.
	ID string `json:"-"`
}

// A Skipper is a Source that tells what it passes over.
type Skipper interface {
	// Skipped tells what the last Collections, and the Pulls since, passed
	// over: one of each reason that there is to tell.
	Skipped() []Skipped
}

// SkippedBy asks src what it passed over; nil if it does not tell.
func SkippedBy(src Source) []Skipped {
	if s, ok := src.(Skipper); ok {
		return s.Skipped()
	}
	return nil
}

// unread reports whether any of list could not be looked into.
func unread(list []Skipped) bool {
	for _, x := range list {
		if x.Unread {
			return true
		}
	}
	return false
}
