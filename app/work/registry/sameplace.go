package registry

import (
	"path/filepath"
	"strings"

	"sidekeep/export/settings"
	"sidekeep/export/source"
)

// SamePlace are the accounts that are set up for what c names already: the same
// folder, or the same address with the same sign-in name.
func (w Registry) SamePlace(c Candidate, f *Found) []string {
	now := accountFor(w.d, "", c)
	places := map[string]bool{placeKey(now.Type, now.Address): now.Address != "", placeKey(now.Type, now.Photos): now.Address == ""}
	if f != nil && f.Address != "" {
		places[placeKey(now.Type, f.Address)] = true
	}
	var names []string
	for _, a := range w.d.Settings.Accounts() {
		at := a.Address
		if at == "" {
			at = a.Photos
		}
		if a.Type == now.Type && at != "" && places[placeKey(a.Type, at)] && strings.EqualFold(signInName(a), signInName(now)) {
			names = append(names, a.Name)
		}
	}
	return names
}

func signInName(a settings.Account) string {
	return source.Values{source.Address: a.Address, source.User: a.User}.SignInName()
}

// placeKey is the same for two ways of writing one place.
func placeKey(kind, place string) string {
	if kind == settings.Folder {
		if to, err := filepath.EvalSymlinks(place); err == nil {
			place = to
		}
		return filepath.Clean(place)
	}
	place = strings.TrimSuffix(strings.TrimSpace(place), "/")
	if _, rest, ok := strings.Cut(place, "://"); ok {
		place = rest
	}
	host, path, _ := strings.Cut(place, "/")
	return strings.ToLower(host) + "/" + path
}
