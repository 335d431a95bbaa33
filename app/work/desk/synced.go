package desk

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// cloudFolders are names of folders that cloud programs synchronise, in lower
// case; a name may go on after a blank, a hyphen or a bracket ("OneDrive -
// Contoso").
var cloudFolders = []struct{ name, service string }{
	{"dropbox", "Dropbox"},
	{"onedrive", "OneDrive"},
	{"iclouddrive", "iCloud Drive"},
	{"icloud drive", "iCloud Drive"},
	{"com~apple~clouddocs", "iCloud Drive"},
	{"google drive", "Google Drive"},
	{"googledrive", "Google Drive"},
	{"my drive", "Google Drive"},
	{"nextcloud", "Nextcloud"},
	{"owncloud", "ownCloud"},
	{"pclouddrive", "pCloud"},
}

// cloudMarks are files and folders that such programs put at the top of what
// they synchronise.
var cloudMarks = []struct{ pattern, service string }{
	{".dropbox", "Dropbox"},
	{".dropbox.cache", "Dropbox"},
	{".tmp.drivedownload", "Google Drive"},
	{"._sync_*.db", "Nextcloud"},
	{".sync_*.db", "Nextcloud"},
	{".stfolder", "Syncthing"},
}

// SyncedBy names the cloud program that synchronises folder, "" if none is
// known to. The folder need not be there yet.
func SyncedBy(folder string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	if real, err := filepath.EvalSymlinks(filepath.Dir(folder)); err == nil {
		folder = filepath.Join(real, filepath.Base(folder))
	}
	for dir := folder; ; {
		parent := filepath.Dir(dir)
		if parent == dir || dir == home {
			return ""
		}
		if s := byName(filepath.Base(dir)); s != "" {
			return s
		}
		if s := byMark(dir); s != "" {
			return s
		}
		if runtime.GOOS == "darwin" && filepath.Base(parent) == "CloudStorage" {
			return filepath.Base(dir)
		}
		for _, env := range []string{"OneDrive", "OneDriveConsumer", "OneDriveCommercial"} {
			if one := os.Getenv(env); one != "" && strings.EqualFold(filepath.Clean(one), dir) {
				return "OneDrive"
			}
		}
		dir = parent
	}
}

func byName(base string) string {
	base = strings.ToLower(base)
	for _, c := range cloudFolders {
		rest, ok := strings.CutPrefix(base, c.name)
		if ok && (rest == "" || strings.ContainsAny(rest[:1], " -(")) {
			return c.service
		}
	}
	return ""
}

func byMark(dir string) string {
	for _, m := range cloudMarks {
		if hits, err := filepath.Glob(filepath.Join(escapeGlob(dir), m.pattern)); err == nil && len(hits) > 0 {
			return m.service
		}
	}
	return ""
}

// escapeGlob makes filepath.Glob take dir as it is. Windows has no escapes;
// there a folder with brackets is not looked into.
func escapeGlob(dir string) string {
	if runtime.GOOS == "windows" {
		return dir
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
