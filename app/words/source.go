package words

import (
	"cmp"

	"sidekeep/export/settings"
	"sidekeep/export/source"
)

// sourceWords are the words for a type of source; see [source.Type].
type sourceWords struct {
	tile, line string                        // its tile, if it has no services
	where      string                        // where such an account is, if that is no address
	no         Words                         // of a field that it does not have
	offer      func(settings.Account) string // see Offer; nil says all that was given
	fields     map[string]fieldWords
}

// fieldWords are the words for a field of a type.
type fieldWords struct {
	usage   string                              // of its flag
	label   func(service source.Service) string // at the field, in the window
	hint    func(service source.Service) string // below it
	missing Words                               // typed and to be typed; see FieldTyped
	tap     string                              // what to do in the window, where that is another thing
}

func always(text string) func(source.Service) string {
	return func(source.Service) string { return text }
}

// sources are the words for each type, by its ID.
var sources = map[string]sourceWords{
	settings.DAV: {offer: offerService, fields: map[string]fieldWords{
		source.Address: {
			usage:   "an e-mail address, a host, or the full address of the service",
			label:   func(s source.Service) string { return AddressOf(s.Name) },
			hint:    func(s source.Service) string { return AddressHint(s.Name) },
			missing: Words{"The address is missing.", "Nothing was saved.", "Give an e-mail address, a host or a full address."},
			tap:     "Type an email address or the address of the service.",
		},
		source.User:   {usage: "name to sign in with", label: userLabel},
		source.Photos: {usage: "address of a WebDAV folder of photos", label: always(PhotoFolder), hint: always(PhotoFolderHint)},
		source.Password: {label: func(s source.Service) string {
			if s.AppPassword {
				return AppPassword
			}
			return Password
		}, hint: always(KeptInKeychain)},
	}},
	settings.Folder: {
		tile: AFolder, line: AFolderLine,
		no: Words{"A folder has no address and no sign-in.", "Nothing was saved.", "Give the folder alone, or the address of a service."},
		offer: func(a settings.Account) string {
			return "the folder " + a.Address + " of this computer, which exports would read and restores would write"
		},
		fields: map[string]fieldWords{source.Address: {
			usage:   "a folder on a disk instead, to be exported from and restored to",
			missing: Words{"The folder is missing.", "Nothing was saved.", "Name a folder."},
		}},
	},
	settings.Demo: {
		tile: DemoPhone, line: DemoLine, where: "the built-in demo phone",
		offer: func(settings.Account) string { return "the demo phone" },
	},
}

func userLabel(s source.Service) string {
	if s.Name != "" && s.Address != "" {
		return UserAt(s.Name)
	}
	return UserName
}

// SourceTile is the name and the line of a type that has no services of its
// own.
func SourceTile(t *source.Type) (name, line string) {
	w := sources[t.ID]
	return cmp.Or(w.tile, t.ID), cmp.Or(w.line, Gives(t.Gives))
}

// Where says where an account is; "" if its address says it.
func Where(a settings.Account) string { return sources[a.Type].where }

// FieldUsage says on the command line what a field of a type takes.
func FieldUsage(typeID, field string) string {
	return cmp.Or(sources[typeID].fields[field].usage, field)
}

// FieldLabel and FieldHint are what stands at a field of a type, of accounts at
// service, which is the zero one if it is not known.
func FieldLabel(typeID, field string, service source.Service) string {
	if label := sources[typeID].fields[field].label; label != nil {
		return label(service)
	}
	return FieldUsage(typeID, field)
}

// FieldHint: see FieldLabel.
func FieldHint(typeID, field string, service source.Service) string {
	if hint := sources[typeID].fields[field].hint; hint != nil {
		return hint(service)
	}
	return ""
}

// fieldTapped says in the window what is wrong with what was typed into a field.
func fieldTapped(e *source.FieldError) Words {
	if e.Fault == source.WithSecret {
		return AddressWithPassword()
	}
	w := fieldTyped(e)
	w.Meaning, w.Try = "", cmp.Or(sources[e.Type].fields[e.Field].tap, w.Try)
	return w
}
