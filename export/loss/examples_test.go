package loss

import (
	"slices"
	"testing"
)

func TestExamplesNameNothingTwice(t *testing.T) {
	facts := []Fact{{Name: "Stage setup"}, {Name: ""}, {Name: "Stage setup"}, {Name: "Choir"}, {Name: "Stage setup"}, {Name: "Solo"}}
	if got := examples(facts); !slices.Equal(got, []string{"Stage setup", "Choir", "Solo"}) {
		t.Errorf("%q", got)
	}
}
