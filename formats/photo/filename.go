package photo

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The forms in which cameras and programs put dates into names. The groups are
// year, month, day, and if there is a time, hour, minute and second.
var nameForms = []*regexp.Regexp{
	// IMG_20250108_123000, PXL_20210102_030405678, Screenshot_20250108-123000, 20250108_123000
	regexp.MustCompile(`(?:^|[^0-9])(\d{4})(\d\d)(\d\d)[_-](\d\d)(\d\d)(\d\d)(?:\d{3})?(?:[^0-9]|$)`),
	// IMG20250108123000, VID20250108123000
	regexp.MustCompile(`(?i)^(?:IMG|VID|PANO|MVIMG|Screenshot)[_-]?(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:[^0-9]|$)`),
	// Screenshot_2025-01-08-12-30-00, 2009-10-01 12.30.00, WhatsApp Image 2025-01-08 at 12.30.00, signal-2025-01-08-123000
	regexp.MustCompile(`(?:^|[^0-9])(\d{4})[-._](\d\d)[-._](\d\d)(?:[ _T-]| (?:at|um|om|à|kl\.|a las|alle) )(\d\d)[-.:_h]?(\d\d)[-.:_m]?(\d\d)(?:[^0-9]|$)`),
	// 2025-01-08
	regexp.MustCompile(`(?:^|[^0-9])(\d{4})-(\d\d)-(\d\d)(?:[^0-9]|$)`),
	// IMG-20250108-WA0000, IMG_20250108
	regexp.MustCompile(`(?i)(?:^|[^a-z0-9])(?:IMG|VID|STK|Screenshot|PHOTO|VIDEO)[_-](\d{4})(\d\d)(\d\d)(?:[^0-9]|$)`),
}

// afternoon is how a Mac with a clock of twelve hours ends the names of pictures
// of its screen.
var afternoon = regexp.MustCompile(`(?i)[0-9][ \x{202f}\x{a0}]?([ap])m(?:[^a-z]|$)`)

// firstName is the year before which no program gave such names.
const firstName = 1990

// FromFileName reads the date that a camera or a program put into a file's name,
// which a number that only looks like one is not: the form has to be one that is
// known, and the date one that there was.
func FromFileName(name string, now time.Time) (Capture, bool) {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.TrimSuffix(name, path.Ext(name))
	for _, form := range nameForms {
		m := form.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		n := [6]int{}
		for i := range m[1:] {
			n[i], _ = strconv.Atoi(m[i+1]) // digits
		}
		if half := afternoon.FindStringSubmatch(name); half != nil && len(m) > 4 && n[3] >= 1 && n[3] <= 12 {
			n[3] %= 12
			if strings.EqualFold(half[1], "p") {
				n[3] += 12
			}
		}
		t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
		if int(t.Month()) != n[1] || t.Day() != n[2] || n[3] > 23 || n[4] > 59 || n[5] > 59 || n[0] < firstName || t.After(now.AddDate(0, 0, 2)) {
			continue
		}
		return Capture{Time: t, Local: !strings.HasPrefix(name, "PXL_"), How: FromName}, true // a Pixel writes UTC
	}
	return Capture{}, false
}
