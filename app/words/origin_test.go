package words

import (
	"testing"

	"sidekeep/export"
	"sidekeep/export/settings"
)

func TestOrigin(t *testing.T) {
	loss := Loss(export.Reason{Rule: export.RuleGone, Kind: export.Contacts, Had: 412, Has: 3, Lost: 409, Collection: "The service"})
	for _, c := range [][2]string{
		{loss, "The folder lists 3 of 412 people in “The service”."},
		{OnTheServiceNow, "In the folder now"},
		{"Look at them at the service; your copy has them.", "Look at them in the folder; your copy has them."},
		{"the service's was kept", "the folder's was kept"},
		{CannotKeep, "What this folder cannot keep"},
		{GoneMeans, "Gone means gone from the folder. It stays in your archive."},
		{"a practice service, and “an open quotation of the service", "a practice service, and “an open quotation of the service"},
	} {
		if got := OriginOf(settings.Folder).Say(c[0]); got != c[1] {
			t.Errorf("of a folder: %q, want %q", got, c[1])
		}
		if got := OriginOf(settings.DAV).Say(c[0]); got != c[0] {
			t.Errorf("of a service: %q, want %q", got, c[0])
		}
	}
}
