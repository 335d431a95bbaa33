package disk

import (
	"strings"

	"sidekeep/export"
)

const (
	HistoryFile = "history.db"
	SideDir     = ".sidekeep"
	PartialDir  = SideDir + "/partial" // photos on their way
	SpoolDir    = SideDir + "/spool"   // large bodies on their way
	PublishDir  = SideDir + "/publish" // open files on their way
	NewHistory  = SideDir + "/new.db"
)

// The tag files of a bag (RFC 8493). history.db is none of those that the
// tagmanifest lists: it notes itself that the tagmanifest is in place.
const (
	BagitFile       = "bagit.txt"
	BagInfoFile     = "bag-info.txt"
	ManifestFile    = "manifest-sha256.txt"
	TagManifestFile = "tagmanifest-sha256.txt"
	ReadmeFile      = "README.html"
)

// DamagedDir has what was damaged, or changed by hand, before it was put back.
const DamagedDir = SideDir + "/damaged"

type Layout struct {
	Kind               export.Kind
	Folder, Ext, Plain string
}

// The folders of the open files, by kind, and what stands in for an empty name.
var Layouts = []Layout{
	{export.Contacts, "Contacts", ".vcf", "Contacts"},
	{export.Events, "Calendars", ".ics", "Calendar"},
	{export.Todos, "To-dos", ".ics", "To-dos"},
}

const (
	Vanished = "Vanished/"
	Asides   = "Set aside"
	Albums   = "Albums"
)

// OldExt is the extension of a file of vCalendar 1.0.
const OldExt = ".vcs"

// AsideName is what the file of an item is called that was set aside.
func AsideName(called, id string, kind export.Kind) (stem, ext string) {
	name := LastPart(called)
	if name == "" {
		name = LastPart(strings.TrimRight(id, "/"))
	}
	stem, ext = SplitExt(CleanName(name, MaxNameUnits))
	for _, l := range Layouts {
		if ext == "" && l.Kind == kind {
			ext = l.Ext
		}
	}
	return stem, ext
}

const IndexFile = "index.csv"

// LastPart is what follows the last slash of a name from outside.
func LastPart(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

const (
	VerifiedFile = SideDir + "/verified.json"
	VerifiedNew  = SideDir + "/verified.new"
)
