package source

import "sidekeep/export"

// A Truster is a source that asks its owner whom to trust.
type Truster interface {
	// Trust is what the owner allows, with the yeses given since it was opened.
	Trust() Trust
}

// TrustOf is what the owner of src allows; false if it never asks.
func TrustOf(src export.Source) (Trust, bool) {
	if t, ok := src.(Truster); ok {
		return t.Trust(), true
	}
	return Trust{}, false
}

// A Locator is a source that finds out where it is and whose.
type Locator interface {
	// Service is the name of the service, "" if it is none that is known.
	Service() string
	// FoundAt is the address that led to the account, if that is none which the
	// typed one leads to by itself; else "".
	FoundAt() string
}

// Located tells where src was found; both are "" if it does not say.
func Located(src export.Source) (service, address string) {
	if l, ok := src.(Locator); ok {
		return l.Service(), l.FoundAt()
	}
	return "", ""
}

// A Vacater is a source that may be there and yet be nothing but the place of
// one, as a folder is on which a disk is to be mounted.
type Vacater interface {
	// IsEmpty reports whether there is nothing at all.
	IsEmpty() (bool, error)
}

// IsEmpty reports whether there is nothing at all in src; false if it does not
// tell.
func IsEmpty(src export.Source) (bool, error) {
	if v, ok := src.(Vacater); ok {
		return v.IsEmpty()
	}
	return false, nil
}

// A SkippedFile is one that holds nothing that could be taken, or cannot be
// read, and was reached through a folder or a zip archive.
type SkippedFile struct {
	Path string // as far as it is to be shown: the folder that was named, and what is below it
	Why  string // a clause without a full stop
	Err  error  // nil if the file is merely of another kind
}

// A FileSkipper is a source of files that tells of each one that it passes
// over.
type FileSkipper interface {
	// SkippedFiles tells what the last Collections passed over.
	SkippedFiles() []SkippedFile
}

// SkippedFiles asks src which files it passed over; nil if it does not tell.
func SkippedFiles(src export.Source) []SkippedFile {
	if s, ok := src.(FileSkipper); ok {
		return s.SkippedFiles()
	}
	return nil
}
