package datetime

import (
	"fmt"
	"strings"
)

// ParseOffset reads a UTC-OFFSET such as +0100 in seconds.
func ParseOffset(s string) (seconds int, ok bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ":", "")
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	for i := 1; i < len(s); i += 2 {
		if s[i] < '0' || s[i] > '9' || s[i+1] < '0' || s[i+1] > '9' {
			return 0, false
		}
		seconds = seconds*60 + int(s[i]-'0')*10 + int(s[i+1]-'0')
	}
	if len(s) == 5 {
		seconds *= 60
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, seconds > -24*3600 && seconds < 24*3600
}

// OffsetText writes a UTC-OFFSET (RFC 5545 section 3.3.14).
func OffsetText(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	s := fmt.Sprintf("%s%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		s += fmt.Sprintf("%02d", seconds%60)
	}
	return s
}
