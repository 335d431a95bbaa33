package words

import (
	"errors"

	"sidekeep/export"
)

// Typed returns the words for err as the command line says them: what to do is
// what to type there. archive tells whether there is one that could be damaged.
func Typed(err error, archive bool) Words {
	return typed(For(err), causesTyped, err, archive)
}

// TypedForFile is Typed where the source are files on this computer; see
// [ForFile].
func TypedForFile(err error) Words {
	if _, ok := fileCauses[Cause(err)]; !ok {
		return Typed(err, true)
	}
	return typed(ForFile(err), fileCausesTyped, err, true)
}

func typed(w Words, tries map[error]string, err error, archive bool) Words {
	if try, ok := tries[Cause(err)]; ok && (archive || Cause(err) != export.ErrDamaged) {
		w.Try = try
	} else if Cause(err) == export.ErrDamaged {
		w.Try = "Try again: what arrived damaged is then fetched anew."
	}
	var link *export.LinkError
	if errors.As(err, &link) && link.IsFolder {
		w.Try = "Put the folder itself in the place of the link. To have the archive on another disk, move all of it there and say so with “sidekeep open FOLDER”."
	}
	return w
}

var causesTyped = map[error]string{
	export.ErrHistory:    "Run “sidekeep verify --repair”: it mends the history, or makes it anew from what is left of it and from the open files.",
	export.ErrDamaged:    "Run “sidekeep verify --repair” to have the archive looked through and mended; what the service sent damaged is fetched again at the next export.",
	export.ErrUnbalanced: "Export again; if it happens twice, run “sidekeep verify”.",
}

var fileCausesTyped = map[error]string{
	export.ErrDamaged:  "“sidekeep inspect FILE” shows the line; mend the file and import it again.",
	export.ErrTooLarge: "“sidekeep inspect FILE” shows where it is in the file.",
}
