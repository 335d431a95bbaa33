package words

import (
	"regexp"
	"strings"

	"sidekeep/export/settings"
)

// An Origin is what an account comes from, as sentences call it. The zero
// Origin is a service.
type Origin string

// The origins.
const (
	Service Origin = ""
	Folder  Origin = "folder"
)

// OriginOf is the origin of an account of that type of [settings.Account].
func OriginOf(accountType string) Origin {
	if accountType == settings.Folder {
		return Folder
	}
	return Service
}

// Say returns a sentence that speaks of the service as it is said of o. What
// stands in quotation marks “ ”, as names do, stays as it is.
func (o Origin) Say(sentence string) string {
	if o != Folder || !strings.Contains(sentence, "service") {
		return sentence
	}
	var out strings.Builder
	for sentence != "" {
		from := strings.Index(sentence, "“")
		if from < 0 {
			from = len(sentence)
		}
		out.WriteString(ofFolder(sentence[:from]))
		sentence = sentence[from:]
		to := strings.Index(sentence, "”")
		if to < 0 {
			to = len(sentence)
		}
		out.WriteString(sentence[:to])
		sentence = sentence[to:]
	}
	return out.String()
}

// SayAll is Say for the three sentences.
func (o Origin) SayAll(w Words) Words {
	return Words{o.Say(w.Title), o.Say(w.Meaning), o.Say(w.Try)}
}

var (
	inService  = regexp.MustCompile(`\b([Aa]t|[Oo]n) (the|this) service\b`)
	theService = regexp.MustCompile(`\b([Tt]he|[Tt]his|[Tt]hat) service\b`)
)

func ofFolder(s string) string {
	s = inService.ReplaceAllStringFunc(s, func(m string) string {
		in := "in "
		if m[0] == 'A' || m[0] == 'O' {
			in = "In "
		}
		return in + strings.TrimSuffix(m[3:], "service") + "folder"
	})
	return theService.ReplaceAllString(s, "$1 folder")
}
