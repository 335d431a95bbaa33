package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAssets: the demo phone's cards and calendars are what this program writes,
// so that go generate changes nothing that was not meant.
func TestAssets(t *testing.T) {
	made := map[string]string{"contacts.vcf": makeContacts()}
	for _, c := range calendars {
		made[c.File] = makeCalendar(c)
	}
	for name, want := range made {
		have, err := os.ReadFile(filepath.Join("../../../assets/demo", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(have) != want {
			t.Errorf("%s is not what is made: run go generate ./export/davserver", name)
		}
	}
}
