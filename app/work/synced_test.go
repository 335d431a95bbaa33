package work_test

import (
	"os"
	"path/filepath"
	"testing"

	"sidekeep/app/work/desk"
)

func TestSyncedBy(t *testing.T) {
	root := t.TempDir()
	t.Setenv("HOME", filepath.Join(root, "home"))
	t.Setenv("OneDriveCommercial", filepath.Join(root, "home", "Firma"))
	marked := filepath.Join(root, "home", "mark[ed]")
	for _, dir := range []string{marked, filepath.Join(marked, ".stfolder"), filepath.Join(root, "home", "plain")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(marked, filepath.Join(root, "home", "link")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"home/Sidekeep":                                              "",
		"home/plain/Sidekeep":                                        "",
		"home/Dropbox/Sidekeep":                                      "Dropbox",
		"home/Dropbox (Personal)/a/Sidekeep":                         "Dropbox",
		"home/Dropboxes/Sidekeep":                                    "",
		"home/OneDrive - Contoso/Sidekeep":                           "OneDrive",
		"home/Firma/Sidekeep":                                        "OneDrive",
		"home/iCloudDrive/Sidekeep":                                  "iCloud Drive",
		"home/Google Drive/My Drive/Sidekeep":                        "Google Drive",
		"home/Nextcloud/Sidekeep":                                    "Nextcloud",
		"home/mark[ed]/Sidekeep":                                     "Syncthing",
		"home/link/Sidekeep":                                         "Syncthing",
		"home/Library/Mobile Documents/com~apple~CloudDocs/Sidekeep": "iCloud Drive",
	} {
		if got := desk.SyncedBy(filepath.Join(root, filepath.FromSlash(path))); got != want {
			t.Errorf("syncedBy(%q) = %q, want %q", path, got, want)
		}
	}
}
