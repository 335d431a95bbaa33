package datetime

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	tests := []struct {
		in   string
		want Duration
		ok   bool
	}{
		{"P1W", Duration{Days: 7}, true},
		{"P1DT2H3M4S", Duration{Days: 1, Exact: 2*time.Hour + 3*time.Minute + 4*time.Second}, true},
		{"-PT15M", Duration{Exact: -15 * time.Minute}, true},
		{"+PT1H", Duration{Exact: time.Hour}, true},
		{"P", Duration{}, false}, {"", Duration{}, false}, {"PT", Duration{}, true}, {"P1", Duration{}, false},
		{"P1M", Duration{}, false}, {"PH", Duration{}, false}, {"P99999999999D", Duration{}, false}, {"1D", Duration{}, false},
	}
	for _, tt := range tests {
		got, ok := ParseDuration(tt.in)
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("%q is %v, %v", tt.in, got, ok)
		}
	}
}
