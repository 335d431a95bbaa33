package words

import (
	"strconv"
	"strings"
	"time"

	"sidekeep/export"
)

// Number writes n with a separator at the thousands.
func Number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + thousands + s[i:]
	}
	return sign + s
}

// Exports names exports by their numbers: "export 3", "exports 3, 7 and 12"; of
// many the newest ones.
func Exports(numbers []int64) string {
	const most = 12
	var list []string
	for _, n := range numbers[max(0, len(numbers)-most):] {
		list = append(list, strconv.FormatInt(n, 10))
	}
	last := len(list) - 1
	if last <= 0 {
		return "export " + strings.Join(list, "")
	}
	return "exports " + strings.Join(list[:last], ", ") + " and " + list[last]
}

// Noun is what n items of a kind are called: "person", "people". An unknown
// kind has items.
func Noun(k export.Kind, n int) string {
	w, ok := nouns[k]
	if !ok {
		w = nouns[""]
	}
	if n == 1 {
		return w.one
	}
	return w.many
}

// Group is the heading over the collections of a kind: "People", "Calendars".
func Group(k export.Kind) string {
	if w, ok := nouns[k]; ok {
		return w.group
	}
	return nouns[""].group
}

// Count is a number with its noun: "412 people", "1 to-do".
func Count(k export.Kind, n int) string { return Number(n) + " " + Noun(k, n) }

// Counts lists the kinds that have any, in reading order: "412 people, 38
// to-dos and 9,812 photos". It is "" if there are none.
func Counts(n map[export.Kind]int) string { return CountsFound(n, false) }

// CountsFound is Counts where, with mixed, there may be to-dos among the events.
func CountsFound(n map[export.Kind]int, mixed bool) string {
	var parts []string
	for _, k := range export.Kinds() {
		if n[k] > 0 {
			c := export.Collection{Kind: k, Mixed: mixed && k == export.Events}
			parts = append(parts, Number(n[k])+" "+NounIn(c, n[k]))
		}
	}
	return List(parts)
}

// List joins parts as a sentence does: "a, b and c".
func List(parts []string) string {
	switch n := len(parts); n {
	case 0:
		return ""
	case 1:
		return parts[0]
	default:
		return strings.Join(parts[:n-1], ", ") + and + parts[n-1]
	}
}

// Size writes a number of bytes in powers of 1000, as the systems' file
// managers do: "4 MB", "1.2 GB".
func Size(n int64) string {
	units := []string{"bytes", "KB", "MB", "GB", "TB", "PB", "EB"}
	v, u := float64(n), 0
	for v >= 999.5 && u < len(units)-1 {
		v, u = v/1000, u+1
	}
	if u == 0 {
		return plural(int(n), "byte", "bytes")
	}
	s := strconv.FormatFloat(v, 'f', 0, 64)
	if v < 9.95 {
		s = strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
		s = strings.Replace(s, ".", decimal, 1)
	}
	return s + " " + units[u]
}

func plural(n int, one, many string) string {
	if n == 1 {
		return Number(n) + " " + one
	}
	return Number(n) + " " + many
}

// When writes a time as people say it: "today 21:00", "yesterday 07:30",
// "Friday", then a date. The zero time is "never".
func When(t, now time.Time) string {
	if t.IsZero() {
		return wordNever
	}
	t = t.In(now.Location())
	switch days := daysBetween(t, now); {
	case days == 0:
		return wordToday + " " + t.Format("15:04")
	case days == 1:
		return wordYesterday + " " + t.Format("15:04")
	case days == -1:
		return wordTomorrow + " " + t.Format("15:04")
	case days > 1 && days < 7, days < -1 && days > -7:
		return weekday(t)
	}
	return day(t, now)
}

// Ago writes how long ago t was: "just now", "5 minutes ago", "2 hours ago",
// "yesterday", "on Friday", "on 3 March".
func Ago(t, now time.Time) string {
	if t.IsZero() {
		return wordNever
	}
	t = t.In(now.Location())
	d := now.Sub(t)
	days := daysBetween(t, now)
	switch {
	case d < time.Minute:
		return wordJustNow
	case d < time.Hour:
		return minutesAgo(int(d / time.Minute))
	case days == 0 || d < 6*time.Hour:
		return hoursAgo(int(d / time.Hour))
	case days == 1:
		return wordYesterday
	}
	return On(t, now)
}

// On is the day of t within a sentence: "today", "yesterday", "on Friday",
// "on 3 March".
func On(t, now time.Time) string {
	t = t.In(now.Location())
	switch days := daysBetween(t, now); {
	case days == 0:
		return wordToday
	case days == 1:
		return wordYesterday
	case days > 1 && days < 7:
		return "on " + weekday(t)
	}
	return "on " + day(t, now)
}

// daysBetween counts the midnights from t to now in now's zone; negative if t
// is to come.
func daysBetween(t, now time.Time) int {
	y, m, d := t.Date()
	a := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	y, m, d = now.Date()
	b := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return int(b.Sub(a) / (24 * time.Hour))
}

// CountBut counts the items of a kind, and beside them those that were set aside:
// what nobody could read is not called a person.
func CountBut(k export.Kind, n, aside int) string {
	switch {
	case aside == 0:
		return Count(k, n)
	case n == 0:
		return Count("", aside) + " set aside"
	}
	return Count(k, n) + and + Count("", aside) + " set aside"
}

// CountIn counts the items of a collection in an export: by kind where it holds
// events and to-dos, "3 events and 2 to-dos".
func CountIn(c export.CollectionLedger) string {
	if n := *c.Found - c.SetAside; c.SetAside > 0 {
		if n == 0 || len(c.Items) > 1 {
			return Count("", *c.Found)
		}
		return Count(c.Kind, n)
	}
	sum := 0
	for _, n := range c.Items {
		sum += n
	}
	if sum == *c.Found && sum > 0 {
		if text := Counts(c.Items); text != "" {
			return text
		}
	}
	return Count(c.Kind, *c.Found)
}

// NounIn is what n items of a collection are called; of one that takes events and
// to-dos, whose numbers nobody has told apart, both.
func NounIn(c export.Collection, n int) string {
	if c.Mixed {
		return Noun(export.Events, n) + or + Noun(export.Todos, n)
	}
	return Noun(c.Kind, n)
}
