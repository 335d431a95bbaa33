package words

import "sidekeep/export"

// ForFile returns the words for err where the source are files on this
// computer, which the words of [For] would call a service.
func ForFile(err error) Words {
	if w, ok := fileCauses[Cause(err)]; ok {
		return w
	}
	return For(err)
}

// fileCauses has the words for the causes that mean something else of files.
var fileCauses = map[error]Words{
	export.ErrDenied: {
		"This file or folder may not be read.",
		"It was not imported.",
		"Allow yourself to read it, then import it again.",
	},
	export.ErrGone: {
		"The file was removed or changed while it was read.",
		"What was read before that is kept.",
		"Import it again when nothing writes to it.",
	},
	export.ErrDamaged: {
		"Some of it is damaged.",
		"What could be read of it is imported, and what came damaged is kept as it is.",
		"Mend the file and import it again.",
	},
	export.ErrTooLarge: {
		"It is larger than Sidekeep can take.",
		"It was not imported.",
		"Look at the file: it is larger than any real one.",
	},
	export.ErrStopped: {
		"The import was stopped.",
		"What was read until then is kept.",
		"Import the same again when you like: what is kept already is not taken twice.",
	},
}
