package loss

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// countries are the regions of ISO 3166 by their folded names in the languages
// that services write addresses in.
var countries = sync.OnceValue(func() map[string]string {
	names := map[string]string{"england": "GB", "scotland": "GB", "wales": "GB", "u s a": "US", "us of america": "US",
		"united states of america": "US", "holland": "NL", "federal republic of germany": "DE", "czech republic": "CZ", "great britain": "GB",
		"grossbritannien": "GB", "republic of ireland": "IE", "russian federation": "RU", "korea": "KR", "viet nam": "VN", "turkey": "TR"}
	for _, lang := range strings.Fields("en de fr es it pt nl pl cs da sv nb fi hu tr ru uk el ja zh") {
		regions := display.Regions(language.Make(lang))
		for a := 'A'; a <= 'Z'; a++ {
			for b := 'A'; b <= 'Z'; b++ {
				code := string([]rune{a, b})
				r, err := language.ParseRegion(code)
				if err != nil || !r.IsCountry() || r.Canonicalize() != r {
					continue
				}
				if name := strings.Join(say(regions.Name(r)).words, " "); name != "" && names[name] == "" {
					names[name] = code
				}
			}
		}
	}
	return names
})

// countryOf is the ISO 3166 code of what an address calls its country, "" if it
// is not known.
func countryOf(name string) string {
	words := say(name).words
	key := strings.Join(words, " ")
	if key == "" {
		return ""
	}
	if len(words) == 1 && (len(key) == 2 || len(key) == 3) && isASCII(key) {
		if code := shortCountries[key]; code != "" {
			return code
		}
		if r, err := language.ParseRegion(strings.ToUpper(key)); err == nil && r.IsCountry() {
			return r.Canonicalize().String()
		}
	}
	return countries()[key]
}

// shortCountries are codes that are none of ISO 3166, as plates of cars have
// them and as people write them.
var shortCountries = map[string]string{"uk": "GB", "usa": "US", "brd": "DE"}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0
}

// callingCodes are those of ITU-T E.164 of the countries that have a telephone
// number of their own.
var callingCodes = func() map[string]string {
	codes := map[string]string{}
	for c := range strings.FieldsSeq(`US1 CA1 RU7 KZ7 EG20 ZA27 GR30 NL31 BE32 FR33 ES34 HU36 IT39 RO40 CH41 AT43 GB44 DK45 SE46 NO47 PL48 DE49 PE51 MX52
		AR54 BR55 CL56 CO57 VE58 MY60 AU61 ID62 PH63 NZ64 SG65 TH66 JP81 KR82 VN84 CN86 TR90 IN91 PK92 LK94 IR98 MA212 DZ213 TN216 NG234 KE254 PT351 LU352
		IE353 IS354 AL355 MT356 CY357 FI358 BG359 LT370 LV371 EE372 MD373 BY375 MC377 UA380 RS381 ME382 HR385 SI386 BA387 MK389 CZ420 SK421 LI423 HK852
		TW886 LB961 JO962 SA966 AE971 IL972`) {
		codes[c[:2]] = c[2:]
	}
	return codes
}()
