package contentline

import "testing"

func TestUID(t *testing.T) {
	for item, want := range map[string]string{
		"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:a\r\nEND:VCARD\r\n":     "a",
		"BEGIN:VCARD\r\nitem1.UID;VALUE=text: a \r\nEND:VCARD\r\n": "a",
		"UID:a\r\n": "a",
		"BEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\n":                                                             "a",
		"BEGIN:VCALENDAR\r\nUID:calendar\r\nBEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n":         "a",
		"BEGIN:VCALENDAR\nUID:calendar\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n":                            "",
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUI\n D:a\n b\nEND:VEVENT\nUID:calendar\nEND:VCALENDAR\n":              "ab",
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nUID:calendar\nEND:VCALENDAR\n":                            "",
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VALARM\nUID:x\nEND:VALARM\nUID:a\nEND:VEVENT\nEND:VCALENDAR\n":  "a",
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:PARTICIPANT\nUID:x\nEND:PARTICIPANT\nEND:VEVENT\nEND:VCALENDAR": "",
		"": "",
	} {
		if got := UID([]byte(item)); got != want {
			t.Errorf("%q: %q, want %q", item, got, want)
		}
	}
}
