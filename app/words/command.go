package words

import (
	"errors"

	"sidekeep/export"
	"sidekeep/export/source"
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
	var field *source.FieldError
	if errors.As(err, &field) {
		return fieldTyped(field)
	}
	if try, ok := tries[Cause(err)]; ok && (archive || Cause(err) != export.ErrDamaged) {
		w.Try = try
	} else if Cause(err) == export.ErrDamaged {
		w.Try = "Try again: what arrived damaged is then fetched anew."
	}
	var link *export.LinkError
	if errors.As(err, &link) && link.IsFolder {
		w.Try = "Put the folder itself in the place of the link. To have the archive on another disk, move all of it there and say so with “sidekeep open FOLDER”."
	}
	var wrong *export.AddressError
	if errors.As(err, &wrong) && wrong.Flaw == export.OwnFolder {
		w.Try = "Connect it with “--folder DIR” in place of the address, or take what is in it once with “sidekeep import PATH”."
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

// fieldTyped says what is wrong with what was given for a field on the command
// line.
func fieldTyped(e *source.FieldError) Words {
	w := sources[e.Type]
	switch e.Fault {
	case source.WithSecret:
		return Words{
			"The address has a name or password in it.", "It was not used, because addresses are shown and saved in the clear.",
			"Give the address without it, the name with --user, and the password when you are asked.",
		}
	case source.Foreign:
		if w.no != (Words{}) {
			return w.no
		}
		return Words{"An account of this kind has no “" + e.Field + "”.", "Nothing was saved.", "Leave it out."}
	}
	if missing := w.fields[e.Field].missing; missing != (Words{}) {
		return missing
	}
	return Words{"The “" + e.Field + "” is missing.", "Nothing was saved.", "Give it."}
}
