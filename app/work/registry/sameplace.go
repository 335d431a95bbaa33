package registry

import (
	"net"
	"net/netip"
	"path/filepath"
	"strings"

	"sidekeep/app/work/desk"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

// SamePlace are the accounts that are set up for what c names already: the same
// folder, or the same address with the same sign-in name; and of a folder those
// whose folder it lies in or holds. f is what was found there, or nil.
func (w Registry) SamePlace(c Candidate, f *Found) (same, nested []string) {
	now := accountFor(w.d, "", c)
	places := map[string]bool{placeKey(now.Type, now.Address): now.Address != "", placeKey(now.Type, now.Photos): now.Address == ""}
	if f != nil && f.Address != "" {
		places[placeKey(now.Type, f.Address)] = true
	}
	for _, a := range w.d.Settings.Accounts() {
		at := a.Address
		if at == "" {
			at = a.Photos
		}
		if a.Type != now.Type || at == "" || !strings.EqualFold(signInName(a), signInName(now)) {
			continue
		}
		if key := placeKey(a.Type, at); places[key] {
			same = append(same, a.Name)
		} else if to := placeKey(now.Type, now.Address); now.Type == settings.Folder && (desk.LiesIn(to, key) || desk.LiesIn(key, to)) {
			nested = append(nested, a.Name)
		}
	}
	return same, nested
}

func signInName(a settings.Account) string {
	return source.Values{source.Address: a.Address, source.User: a.User}.SignInName()
}

// placeKey is the same for two ways of writing one place.
func placeKey(kind, place string) string {
	if kind == settings.Folder {
		if abs, err := filepath.Abs(place); err == nil {
			place = abs
		}
		return desk.Resolved(place)
	}
	place = strings.TrimSuffix(strings.TrimSpace(place), "/")
	if _, rest, ok := strings.Cut(place, "://"); ok {
		place = rest
	}
	host, path, _ := strings.Cut(place, "/")
	return hostKey(strings.ToLower(host)) + "/" + path
}

// hostKey is the same for all names of this computer itself, with one port.
func hostKey(host string) string {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.Trim(host, "[]"), ""
	}
	name = strings.TrimSuffix(name, ".")
	if ip, err := netip.ParseAddr(name); err == nil && ip.Unmap().IsLoopback() || strings.HasSuffix("."+name, ".localhost") {
		name = "localhost"
	}
	if port == "" || port == "443" {
		return name
	}
	return name + ":" + port
}
