package archive

import (
	"sidekeep/export"
	"strings"
)

const (
	historyFile = "history.db"
	sideDir     = ".sidekeep"
	partialDir  = sideDir + "/partial" // photos on their way
	spoolDir    = sideDir + "/spool"   // large bodies on their way
	publishDir  = sideDir + "/publish" // open files on their way
	newHistory  = sideDir + "/new.db"
)

// The tag files of a bag (RFC 8493). history.db is none of those that the
// tagmanifest lists: it notes itself that the tagmanifest is in place.
const (
	bagitFile       = "bagit.txt"
	bagInfoFile     = "bag-info.txt"
	manifestFile    = "manifest-sha256.txt"
	tagManifestFile = "tagmanifest-sha256.txt"
	readmeFile      = "README.html"
)

// damagedDir has what was damaged, or changed by hand, before it was put back.
const damagedDir = sideDir + "/damaged"

type layout struct {
	kind               export.Kind
	folder, ext, plain string
}

// The folders of the open files, by kind, and what stands in for an empty name.
var layouts = []layout{
	{export.Contacts, "Contacts", ".vcf", "Contacts"},
	{export.Events, "Calendars", ".ics", "Calendar"},
	{export.Todos, "To-dos", ".ics", "To-dos"},
}

const (
	vanished = "Vanished/"
	asides   = "Set aside"
	albums   = "Albums"
)

// oldExt is the extension of a file of vCalendar 1.0.
const oldExt = ".vcs"

// asideName is what the file of an item is called that was set aside.
func asideName(called, id string, kind export.Kind) (stem, ext string) {
	name := lastPart(called)
	if name == "" {
		name = lastPart(strings.TrimRight(id, "/"))
	}
	stem, ext = splitExt(cleanName(name, maxNameUnits))
	for _, l := range layouts {
		if ext == "" && l.kind == kind {
			ext = l.ext
		}
	}
	return stem, ext
}

const indexFile = "index.csv"

// lastPart is what follows the last slash of a name from outside.
func lastPart(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

const (
	verifiedFile = sideDir + "/verified.json"
	verifiedNew  = sideDir + "/verified.new"
)
