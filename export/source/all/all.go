// Package all lists the types of sources, so that nothing else knows one of
// them by name.
package all

import (
	"sidekeep/export/source"
	"sidekeep/export/source/dav"
	"sidekeep/export/source/files"
	"sidekeep/export/source/folder"
)

// Types lists every type in the order in which they are offered. The first is
// that of services.
func Types() []source.Type {
	return []source.Type{
		dav.Type(),
		folder.Type(),
		files.Type(),
	}
}
