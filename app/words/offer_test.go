package words

import (
	"testing"

	"sidekeep/export/settings"
)

// TestOffer: where a password would go, and every place that would be read, is said
// of an account of any type.
func TestOffer(t *testing.T) {
	for _, c := range []struct {
		a    settings.Account
		want string
	}{
		{settings.Account{Type: settings.DAV, Address: "https://a.example/dav", User: "anna"}, "a service at https://a.example/dav; the password of anna would be asked for and sent to a.example"},
		{settings.Account{Type: settings.DAV, Address: "a.example", Photos: "https://b.example/p"}, "a service at a.example, with photos at https://b.example/p; nothing would be asked for, and a.example and b.example would be read"},
		{settings.Account{Type: settings.Folder, Address: "/home/anna"}, "the folder /home/anna of this computer, which exports would read and restores would write"},
		{settings.Account{Type: settings.Demo}, "the demo phone"},
		{
			settings.Account{Type: "cupboard", Address: "/home/anna", User: "anna", More: map[string]string{"key": "/etc/key", "drawer": "upper"}},
			"an account of the type “cupboard” with address “/home/anna”, drawer “upper”, key “/etc/key” and user “anna”; the password of anna would be asked for and given to it",
		},
		{settings.Account{Type: "cupboard"}, "an account of the type “cupboard”; nothing would be asked for, and it would be read"},
	} {
		if got := Offer(c.a); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
