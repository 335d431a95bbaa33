package file

import (
	"slices"
	"strings"
)

// Litter reports whether systems and programs leave files and folders of this
// name everywhere, which hold nothing of a person's.
func Litter(name string) bool {
	lower := strings.ToLower(name)
	for _, known := range []string{
		"thumbs.db", "desktop.ini", "__macosx", "system volume information", "$recycle.bin", "recycler", "lost+found",
		".ds_store", ".spotlight-v100", ".fseventsd", ".temporaryitems", ".documentrevisions-v100", ".trashes", ".directory",
		".localized", ".nomedia", ".stfolder", ".git", ".sidekeep", ".xandikos", ".props", ".lock", ".thumbnails",
	} {
		if lower == known {
			return true
		}
	}
	for _, prefix := range []string{"._", ".trash", ".radicale.", ".sidekeep-", ".~lock."} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	return false
}

// Beside tells what of a folder is no item of anybody's present data, although it
// looks like one, by the names of all that is in it: the layouts are those of a
// Sidekeep archive and of an account in it. It returns the names that are to be
// passed over, with a clause without a full stop that says why.
func Beside(names []string) map[string]string {
	has := func(name string) bool { return slices.Contains(names, name) }
	out := map[string]string{}
	switch {
	case has("bagit.txt") && has("manifest-sha256.txt") && has("data"):
		for _, name := range names {
			if name != "data" {
				out[name] = "it tells of the Sidekeep archive that lies here, and holds nothing of its own"
			}
		}
	case has("index.csv") && (has("Contacts") || has("Calendars") || has("To-dos") || has("Photos") || has("Vanished")):
		if has("Vanished") {
			out["Vanished"] = "it is what the account of this Sidekeep archive no longer had"
		}
		out["index.csv"] = "it tells of the Sidekeep archive that lies here, and holds nothing of its own"
	}
	return out
}
