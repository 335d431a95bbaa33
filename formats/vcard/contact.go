package vcard

import (
	"encoding/base64"
	"fmt"
)

// A Contact is all that a card says, for a person to read. Texts are in UTF-8
// with escapes undone, in the order of the card. What no other field has stands
// in Rest, so that every property of the card is somewhere.
type Contact struct {
	Card
	Names     Names   // the parts of N
	AltNames  []Names // other ways to write them: a second N with ALTID (RFC 6350 section 5.4)
	Phonetic  Names   // how they are pronounced, or sorted in Japanese
	SortAs    string  // SORT-STRING or SORT-AS
	AltFN     []string
	Nicknames []string
	Maiden    string // X-MAIDENNAME

	Organizations []Organization
	Titles        []Value
	Roles         []Value

	Phones    []Value
	Emails    []Value
	Chats     []Profile // IMPP, X-JABBER and the like
	Profiles  []Profile // SOCIALPROFILE, X-SOCIALPROFILE, X-TWITTER and the like
	Addresses []Address
	URLs      []Value // URL, and calendars: FBURL, CALURI, CALADRURI

	Birthday    *Date  // nil if the card has none that is not empty
	Anniversary *Date  // nil if the card has none that is not empty
	Dates       []Date // all others: X-ABDATE, DEATHDATE, a second birthday
	Gender      string // "M", "F", "O", "N", "U", a text, or both with a comma between
	Pronouns    []Value

	Notes      []Value
	Categories []string
	Related    []Value // the text is a name, or the UID or address of another card
	Members    []string
	Photos     []Media
	Logos      []Media
	Sounds     []Media
	Keys       []Media
	Agents     []Value // the text is a name or a URI
	Places     []Value // GEO as "latitude,longitude", TZ, BIRTHPLACE, DEATHPLACE
	Languages  []Value

	Revised string // REV as delivered
	Product string // PRODID as delivered
	Rest    []Property
}

// A Value is a text with what it is for.
type Value struct {
	Text  string
	Label string   // the owner's own word: "Summer house"; "" if there is none
	Types []string // in lower case: "home", "cell"; the label, if it is one that Apple translates, among them
	Pref  int      // 1 is the most preferred, 100 the least; 0 if nothing is said
	Kind  string   // the property's name in upper case, where a field holds several: "FBURL"
}

// Names are the parts of a person's name. Several in one part have a space
// between them.
type Names struct{ Family, Given, Additional, Prefix, Suffix string }

// An Organization is a company and its units.
type Organization struct {
	Value          // Text is the company
	Units []string // from the largest to the smallest
}

// An Address is a postal address. Value.Text is all of it as an envelope has
// it, with line breaks: the LABEL if the card has one, otherwise the parts.
type Address struct {
	Value
	POBox, Extended, Street, City, Region, Code, Country string
}

// A Profile is an account at a service.
type Profile struct {
	Value          // Text is the address or URL as the card has it
	Service string // "Jabber", "Twitter"; "" if the card does not say
	User    string // the name at the service; "" if it is not to be told from the address
}

// A Date is a day of which parts may be missing.
type Date struct {
	Value                   // Text is the date as delivered, or a text such as "circa 1800"
	Year, Month, Day int    // 0 for what is missing; all of them if it is only a text
	Time             string // as in "10:22:00Z"; "" if there is none
}

// A Media is a picture, a sound or a key, inline or as a link.
type Media struct {
	Value          // Text is the URI of a link, and of a key the text that it is
	Type    string // the media type in lower case, "image/jpeg"; "" if unknown
	encoded string
}

// A Property is what the other fields of a Contact have no place for.
type Property struct {
	Name  string // as delivered; "" for a line that is no property
	Value        // the text is as delivered but for escapes and encodings
	Line  int
}

// View reads all that one card says. An error is a [*contentline.Error] and
// means that the bytes are to be set aside.
func View(raw []byte) (*Contact, error) {
	d := desks.Get().(*desk)
	defer d.leave()
	if err := d.parse(raw); err != nil {
		return nil, err
	}
	return contactOf(&d.card), nil
}

// Inline tells whether the card holds the bytes themselves.
func (m *Media) Inline() bool { return m.encoded != "" }

// Bytes decodes what the card holds. It is nil for a link. The error says that
// it is damaged; what could be decoded is returned with it.
func (m *Media) Bytes() ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(m.encoded)
	if err != nil {
		return b, fmt.Errorf("decoding base64: %w", err)
	}
	return b, nil
}
