package words

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"sidekeep/export/settings"
)

// Offer says of an account that an archive brings along what taking it over
// would mean: where its password would go, and which folders would be used.
func Offer(a settings.Account) string {
	if offer := sources[a.Type].offer; offer != nil {
		return offer(a)
	}
	return offerOther(a)
}

// offerOther says it of a type that has no words for it, with all that the
// archive brings along.
func offerOther(a settings.Account) string {
	var parts []string
	values := a.Values()
	for _, id := range slices.Sorted(maps.Keys(values)) {
		parts = append(parts, id+" “"+values[id]+"”")
	}
	text := "an account of the type “" + a.Type + "”"
	if len(parts) > 0 {
		text += " with " + List(parts)
	}
	if a.User == "" {
		return text + "; nothing would be asked for, and it would be read"
	}
	return text + "; the password of " + a.User + " would be asked for and given to it"
}

func offerService(a settings.Account) string {
	text := "a service at " + a.Address
	if a.Photos != "" {
		text += ", with photos at " + a.Photos
	}
	hosts := hostOf(a.Address)
	if p := hostOf(a.Photos); a.Photos != "" && p != hosts {
		hosts += " and " + p
	}
	if a.User == "" {
		return text + "; nothing would be asked for, and " + hosts + " would be read"
	}
	return text + "; the password of " + a.User + " would be asked for and sent to " + hosts
}

// hostOf is the host that an address leads to: of a full address, of an e-mail
// address, or of a host by itself.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	host := address[strings.LastIndex(address, "@")+1:]
	host, _, _ = strings.Cut(host, "/")
	return cmp.Or(host, address)
}

// Of accounts that an archive brings along, in the window.
const (
	OfferTitle = "Accounts of this archive"
	OfferLine  = "These are not set up on this computer. Choose which of its accounts are to be exported from here; their passwords are asked for afterwards. Of an archive that somebody gave you, take none that you do not know."
	OfferTake  = "Take over the chosen ones"
	OfferLeave = "Take none"
)
