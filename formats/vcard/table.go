package vcard

import "strings"

// A rule says what a property is called in each version and what its value is.
// A name with X- stands in for a property that the version lacks.
type rule struct {
	v40, v30, v21 string
	value         valueType
	limit         int // how many of them a card of vCard 2.1 and 3.0 may have; 0 for any number
}

// rules are the properties of RFC 6350, RFC 2426 and vCard 2.1, and those of
// their extensions that have another name elsewhere. What is not here keeps its
// name, and its value as it is.
var rules = []rule{
	// vCard 4.0       vCard 3.0                    vCard 2.1                    value   limit
	{"FN", "FN", "FN", asText, 1},
	{"N", "N", "N", asFields, 1},
	{"NICKNAME", "NICKNAME", "X-NICKNAME", asList, 0},
	{"PHOTO", "PHOTO", "PHOTO", asMedia, 0},
	{"BDAY", "BDAY", "BDAY", asDate, 1},
	{"ANNIVERSARY", "X-ANNIVERSARY", "X-ANNIVERSARY", asDate, 1},
	{"X-ABDATE", "X-ABDATE", "X-ABDATE", asDate, 0},
	{"DEATHDATE", "X-DEATHDATE", "X-DEATHDATE", asDate, 1},    // RFC 6474
	{"BIRTHPLACE", "X-BIRTHPLACE", "X-BIRTHPLACE", asText, 1}, // RFC 6474
	{"DEATHPLACE", "X-DEATHPLACE", "X-DEATHPLACE", asText, 1}, // RFC 6474
	{"GENDER", "X-GENDER", "X-GENDER", asGender, 1},
	{"ADR", "ADR", "ADR", asFields, 0},
	{"LABEL", "LABEL", "LABEL", asText, 0}, // in 4.0 a parameter of ADR
	{"TEL", "TEL", "TEL", asPhone, 0},
	{"EMAIL", "EMAIL", "EMAIL", asText, 0},
	{"IMPP", "IMPP", "X-IMPP", asURI, 0}, // RFC 4770; in 2.1 X-JABBER and the like
	{"LANG", "X-LANG", "X-LANG", asText, 0},
	{"LANGUAGE", "X-LANGUAGE", "X-LANGUAGE", asText, 1}, // RFC 9554
	{"TZ", "TZ", "TZ", asZone, 1},
	{"GEO", "GEO", "GEO", asPosition, 1},
	{"TITLE", "TITLE", "TITLE", asText, 0},
	{"ROLE", "ROLE", "ROLE", asText, 0},
	{"LOGO", "LOGO", "LOGO", asMedia, 0},
	{"ORG", "ORG", "ORG", asFields, 0},
	{"KIND", "X-ADDRESSBOOKSERVER-KIND", "X-ADDRESSBOOKSERVER-KIND", asText, 1},
	{"MEMBER", "X-ADDRESSBOOKSERVER-MEMBER", "X-ADDRESSBOOKSERVER-MEMBER", asURI, 0},
	{"RELATED", "X-ABRELATEDNAMES", "X-ABRELATEDNAMES", asRelated, 0},
	{"CATEGORIES", "CATEGORIES", "X-CATEGORIES", asList, 0},
	{"NOTE", "NOTE", "NOTE", asText, 0},
	{"PRODID", "PRODID", "X-PRODID", asText, 1},
	{"REV", "REV", "REV", asStamp, 1},
	{"SOUND", "SOUND", "SOUND", asMedia, 0},
	{"UID", "UID", "UID", asUID, 1},
	{"CLIENTPIDMAP", "X-CLIENTPIDMAP", "X-CLIENTPIDMAP", asIs, 0},
	{"URL", "URL", "URL", asURI, 0},
	{"KEY", "KEY", "KEY", asMedia, 0},
	{"FBURL", "FBURL", "X-FBURL", asURI, 0},             // RFC 2739
	{"CALADRURI", "CALADRURI", "X-CALADRURI", asURI, 0}, // RFC 2739
	{"CALURI", "CALURI", "X-CALURI", asURI, 0},          // RFC 2739
	{"XML", "X-XML", "X-XML", asText, 0},
	{"SOURCE", "SOURCE", "X-SOURCE", asURI, 0},
	{"EXPERTISE", "X-EXPERTISE", "X-EXPERTISE", asText, 0},            // RFC 6715
	{"HOBBY", "X-HOBBY", "X-HOBBY", asText, 0},                        // RFC 6715
	{"INTEREST", "X-INTEREST", "X-INTEREST", asText, 0},               // RFC 6715
	{"ORG-DIRECTORY", "X-ORG-DIRECTORY", "X-ORG-DIRECTORY", asURI, 0}, // RFC 6715
	{"CONTACT-URI", "X-CONTACT-URI", "X-CONTACT-URI", asURI, 0},       // RFC 8605
	{"CREATED", "X-CREATED", "X-CREATED", asStamp, 1},                 // RFC 9554
	{"GRAMGENDER", "X-GRAMGENDER", "X-GRAMGENDER", asText, 0},         // RFC 9554
	{"PRONOUNS", "X-PRONOUNS", "X-PRONOUNS", asText, 0},               // RFC 9554
	{"X-SOCIALPROFILE", "X-SOCIALPROFILE", "X-SOCIALPROFILE", asURI, 0},
	{"SOCIALPROFILE", "X-SOCIALPROFILE", "X-SOCIALPROFILE", asURI, 0}, // RFC 9554
	{"X-MAILER", "MAILER", "MAILER", asText, 0},
	{"X-NAME", "NAME", "X-NAME", asText, 1},
	{"X-CLASS", "CLASS", "X-CLASS", asText, 1},
	{"X-SORT-STRING", "SORT-STRING", "X-SORT-STRING", asText, 1}, // in 4.0 a parameter of N
	{"AGENT", "AGENT", "AGENT", asAgent, 0},                      // in 4.0 RELATED
	{"X-ABLABEL", "X-ABLabel", "X-ABLabel", asText, 0},
	{"X-PHONETIC-FIRST-NAME", "X-PHONETIC-FIRST-NAME", "X-PHONETIC-FIRST-NAME", asText, 0},
	{"X-PHONETIC-MIDDLE-NAME", "X-PHONETIC-MIDDLE-NAME", "X-PHONETIC-MIDDLE-NAME", asText, 0},
	{"X-PHONETIC-LAST-NAME", "X-PHONETIC-LAST-NAME", "X-PHONETIC-LAST-NAME", asText, 0},
	{"X-PHONETIC-ORG", "X-PHONETIC-ORG", "X-PHONETIC-ORG", asText, 0},
	{"X-MAIDENNAME", "X-MAIDENNAME", "X-MAIDENNAME", asText, 0},
}

// single are the properties of which a card of vCard 4.0 has one at most (RFC
// 6350 section 6, RFC 6474, RFC 9554).
var single = map[string]bool{
	"N": true, "BDAY": true, "ANNIVERSARY": true, "GENDER": true, "KIND": true, "PRODID": true, "REV": true, "UID": true,
	"DEATHDATE": true, "BIRTHPLACE": true, "DEATHPLACE": true, "LANGUAGE": true, "CREATED": true,
}

// aliases are further names that programs have given to a property.
var aliases = map[string]string{
	"X-EVOLUTION-ANNIVERSARY":      "ANNIVERSARY",
	"X-KADDRESSBOOK-X-ANNIVERSARY": "ANNIVERSARY",
	"X-EVOLUTION-BLOG-URL":         "URL",
	"X-BDAY":                       "BDAY",
	"X-KIND":                       "KIND",
	"X-MEMBER":                     "MEMBER",
	"X-RELATED":                    "RELATED",
	"X-WAB-GENDER":                 "GENDER",
	"X-EVOLUTION-SPOUSE":           "X-SPOUSE",
	"X-KADDRESSBOOK-X-SPOUSESNAME": "X-SPOUSE",
	"X-ABRELATEDNAME":              "RELATED",
	"X-ABSOCIALPROFILE":            "X-SOCIALPROFILE",
	"X-ABADDRESSBOOKSERVER-KIND":   "KIND",
	"X-PHONETIC-SURNAME":           "X-PHONETIC-LAST-NAME",
}

// newParams are the parameters that only vCard 4.0 has; elsewhere they get X-
// before their name (RFC 6350 section 5, RFC 6715, RFC 8605, RFC 9554).
var newParams = map[string]bool{
	"ALTID": true, "PID": true, "MEDIATYPE": true, "CALSCALE": true, "SORT-AS": true, "GEO": true, "TZ": true,
	"INDEX": true, "LEVEL": true, "CC": true, "AUTHOR": true, "AUTHOR-NAME": true, "CREATED": true, "DERIVED": true,
	"PHONETIC": true, "PROP-ID": true, "SCRIPT": true, "SERVICE-TYPE": true, "USERNAME": true,
}

// byName holds rules under all names of a property.
var byName = func() map[string]*rule {
	m := map[string]*rule{}
	for i := range rules {
		r := &rules[i]
		for _, name := range [...]string{r.v40, strings.ToUpper(r.v30), strings.ToUpper(r.v21)} {
			if m[name] == nil {
				m[name] = r
			}
		}
		m[r.v40] = r
	}
	for name, of := range aliases {
		m[name] = m[of]
	}
	return m
}()

// canonical is the name that a property of this name, in upper case, has in
// vCard 4.0.
func canonical(upper string) string {
	switch upper {
	case "FN", "N", "TEL", "EMAIL", "ADR", "ORG", "NOTE", "BDAY", "URL", "UID", "PHOTO", "REV", "TITLE":
		return upper // what most lines are
	}
	if r := byName[upper]; r != nil {
		return r.v40
	}
	if of := aliases[upper]; of != "" {
		return of
	}
	if rest, ok := strings.CutPrefix(upper, "X-ALT-"); ok && byName[rest] != nil {
		return byName[rest].v40
	}
	return upper
}

// in is what a property is called in a version; as if nothing is known of it.
func (r *rule) in(v Version) string {
	switch v {
	case V21:
		return r.v21
	case V30:
		return r.v30
	}
	return r.v40
}

// services are the messengers for which vCard 2.1 and 3.0 have properties of
// their own, the scheme of their addresses in IMPP (RFC 4770), and what Apple
// calls them.
var services = []struct{ property, scheme, name string }{
	{"X-JABBER", "xmpp", "Jabber"},
	{"X-AIM", "aim", "AIM"},
	{"X-ICQ", "icq", "ICQ"},
	{"X-MSN", "msnim", "MSN"},
	{"X-YAHOO", "ymsgr", "Yahoo"},
	{"X-SKYPE", "skype", "Skype"},
	{"X-SKYPE-USERNAME", "skype", "Skype"},
	{"X-GOOGLE-TALK", "xmpp", "GoogleTalk"},
	{"X-GTALK", "xmpp", "GoogleTalk"},
	{"X-GADUGADU", "gg", "GaduGadu"},
	{"X-GROUPWISE", "groupwise", "GroupWise"},
	{"X-QQ", "qq", "QQ"},
	{"X-NETMEETING", "callto", "NetMeeting"},
	{"X-MS-IMADDRESS", "im", ""},
	{"X-KADDRESSBOOK-X-IMADDRESS", "im", ""},
	{"X-SIP", "sip", "SIP"},
	{"X-TELEGRAM", "tg", "Telegram"},
	{"X-MATRIX", "matrix", "Matrix"},
}

type kinship struct {
	label, typ string
	back       bool
}

// kin are the labels that Apple gives to related people, and the types of
// RELATED (RFC 6350 section 6.6.6) that they stand for. The label is written
// for the type only where back is set.
var kin = []kinship{
	{"Spouse", "spouse", true}, {"Wife", "spouse", false}, {"Husband", "spouse", false},
	{"Partner", "sweetheart", true},
	{"Child", "child", true}, {"Son", "child", false}, {"Daughter", "child", false},
	{"Parent", "parent", true}, {"Mother", "parent", false}, {"Father", "parent", false},
	{"Sibling", "sibling", true}, {"Brother", "sibling", false}, {"Sister", "sibling", false},
	{"Friend", "friend", true},
	{"Assistant", "co-worker", false}, {"Manager", "colleague", false},
	{"Family", "kin", true},
	{"Contact", "contact", false}, {"Acquaintance", "acquaintance", false}, {"Met", "met", false},
	{"Co-worker", "co-worker", false}, {"Colleague", "colleague", false}, {"Co-resident", "co-resident", false},
	{"Neighbor", "neighbor", false}, {"Muse", "muse", false}, {"Crush", "crush", false}, {"Date", "date", false},
	{"Sweetheart", "sweetheart", false}, {"Me", "me", false}, {"Agent", "agent", false}, {"Emergency", "emergency", false},
}
