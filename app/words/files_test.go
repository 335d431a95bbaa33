package words

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sidekeep/export"
)

func TestForFile(t *testing.T) {
	for _, cause := range export.Causes() {
		w := ForFile(fmt.Errorf("reading people.vcf: %w", cause))
		for what, s := range map[string]string{"Title": w.Title, "Meaning": w.Meaning, "Try": w.Try} {
			if !strings.HasSuffix(s, ".") {
				t.Errorf("%v: %s is no sentence: %q", cause, what, s)
			}
			if bad := unwelcome.FindString(s); bad != "" {
				t.Errorf("%v: %s says %q: %q", cause, what, bad, s)
			}
			if _, own := fileCauses[cause]; own && strings.Contains(s, "service") {
				t.Errorf("%v: %s speaks of a service: %q", cause, what, s)
			}
		}
	}
	if w := ForFile(errors.New("the moon fell")); !strings.Contains(w.Title, "the moon fell") {
		t.Errorf("an unknown error is not quoted: %q", w)
	}
}
