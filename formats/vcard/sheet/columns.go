package sheet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fixed are the columns that have one meaning each, one meaning a line: what
// a cell becomes, and the headings that Google (of today and of before 2024),
// Outlook, Yahoo, Thunderbird and exporters of iCloud give it. Headings are
// compared by their letters and digits alone.
//
// A meaning is a property with its types: N.1 is the first field of N, and
// "TEL home fax" a telephone of these types.
var fixed = []struct{ meaning, headings string }{
	{"N.0", "Last Name, Family Name, Last, Surname, Name - Last, Nachname, Nom, Apellidos"},
	{"N.1", "First Name, Given Name, First, Forename, Name - First, Vorname, Prénom, Nombre"},
	{"N.2", "Middle Name, Additional Name, Middle, Additional Names, Weitere Vornamen"},
	{"N.3", "Name Prefix, Prefix, Honorific Prefix, Name - Prefix, Title of name, Anrede"},
	{"N.4", "Name Suffix, Suffix, Honorific Suffix, Name - Suffix, Generation"},
	{"FN", "Name, Full Name, Display Name, Formatted Name, Contact Name, FullName, Anzeigename"},
	{"PHONETIC.1", "Phonetic First Name, Given Name Yomi, Phonetic First, Yomi First Name, Yomi Given Name"},
	{"PHONETIC.2", "Phonetic Middle Name, Additional Name Yomi"},
	{"PHONETIC.0", "Phonetic Last Name, Family Name Yomi, Phonetic Last, Yomi Last Name, Yomi Family Name"},
	{"NICKNAME", "Nickname, Nick Name, Short Name, Spitzname"},
	{"X-MAIDENNAME", "Maiden Name"},
	{"SORT-AS", "File As"},
	{"ORG.0", "Organization Name, Company, Organization, Organisation, Company Name, Firma"},
	{"ORG.1", "Organization Department, Department, Abteilung"},
	{"TITLE", "Organization Title, Job Title, Position"},
	{"ROLE", "Profession, Occupation, Role"},

	{"EMAIL", "E-mail Address, Email, E-mail, Email Address, Primary Email, E-mail 1, Email 1, E-Mail-Adresse, Mail"},
	{"EMAIL", "E-mail 2 Address, E-mail 2, Email 2, Secondary Email, Alternate Email 1, Alternate Email, E-Mail 2: Adresse"},
	{"EMAIL", "E-mail 3 Address, E-mail 3, Email 3, Alternate Email 2, E-Mail 3: Adresse"},
	{"EMAIL home", "Home Email, Email (home), Personal Email"},
	{"EMAIL work", "Work Email, Email (work), Business Email"},

	{"TEL", "Phone, Telephone, Phone Number, Phone 1, Primary, Telefon"},
	{"TEL pref", "Primary Phone, Haupttelefon"},
	{"TEL cell", "Mobile Phone, Mobile, Mobile Number, Cell Phone, Cell, Phone (mobile), Phone : mobile, Mobiltelefon"},
	{"TEL cell", "Mobile Phone 2"},
	{"TEL home", "Home Phone, Home, Phone (home), Phone : home, Telefon (privat)"},
	{"TEL home", "Home Phone 2, Telefon (privat 2)"},
	{"TEL work", "Business Phone, Work Phone, Work, Phone (work), Phone : work, Telefon geschäftlich"},
	{"TEL work", "Business Phone 2, Telefon geschäftlich 2"},
	{"TEL home fax", "Home Fax, Fax privat"},
	{"TEL work fax", "Business Fax, Work Fax, Fax geschäftlich"},
	{"TEL fax", "Fax, Fax Number, Other Fax, Weiteres Fax"},
	{"TEL pager", "Pager, Pager Number"},
	{"TEL car", "Car Phone, Autotelefon"},
	{"TEL isdn", "ISDN"},
	{"TEL textphone", "TTY/TDD Phone"},
	{"TEL main", "Company Main Phone, Main Phone, Telefon Firma"},
	{"TEL", "Other Phone, Other, Weiteres Telefon"},
	{"TEL =Assistant", "Assistant's Phone"},
	{"TEL =Callback", "Callback"},
	{"TEL =Radio", "Radio Phone"},
	{"TEL =Telex", "Telex"},
	{"TEL =Yahoo", "Yahoo Phone"},

	{"ADR home.2", "Home Street, Home Address, Home Address Street, Straße privat"},
	{"ADR home.2", "Home Street 2, Home Address 2, Home Street 3"},
	{"ADR home.3", "Home City, Home Town, Home Address City, Ort privat"},
	{"ADR home.4", "Home State, Home County, Home Province, Home Address State"},
	{"ADR home.5", "Home Postal Code, Home ZIP, Home ZipCode, Home Post Code, Home Address Postal Code, Postleitzahl privat"},
	{"ADR home.6", "Home Country/Region, Home Country, Home Address Country, Land/Region privat"},
	{"ADR home.0", "Home Address PO Box, Home PO Box"},
	{"ADR work.2", "Business Street, Work Address, Work Street, Business Address, Straße geschäftlich"},
	{"ADR work.2", "Business Street 2, Business Street 3, Work Address 2"},
	{"ADR work.3", "Business City, Work City, Work Town, Ort geschäftlich"},
	{"ADR work.4", "Business State, Work State, Work County, Work Province"},
	{"ADR work.5", "Business Postal Code, Work ZIP, Work ZipCode, Work Post Code, Postleitzahl geschäftlich"},
	{"ADR work.6", "Business Country/Region, Business Country, Work Country, Land/Region geschäftlich"},
	{"ADR work.0", "Business Address PO Box, Business PO Box"},
	{"ADR .2", "Other Street, Address, Street, Street Address"},
	{"ADR .2", "Other Street 2, Other Street 3, Address 2"},
	{"ADR .3", "Other City, City, Town"},
	{"ADR .4", "Other State, State, County, Province"},
	{"ADR .5", "Other Postal Code, ZIP, Zip Code, Postal Code, Post Code"},
	{"ADR .6", "Other Country/Region, Other Country, Country"},
	{"ADR .0", "Other Address PO Box"},

	{"URL", "Web Page, Website, URL, Personal Website, Web Page 2, Webseite"},
	{"URL work", "Business Website, Web Page 1"},
	{"FBURL", "Internet Free Busy"},
	{"X-SKYPE", "Skype ID, Skype"},
	{"IMPP", "IM, IM Address, IMAddress, Messenger ID, Instant Messenger, Screen Name"},
	{"BDAY", "Birthday, Date of Birth, DOB, Geburtstag"},
	{"BDAY.0", "Birth Year"}, {"BDAY.1", "Birth Month"},
	{"ANNIVERSARY", "Anniversary, Jahrestag"},
	{"RELATED spouse", "Spouse, Partner, Partner/in"},
	{"RELATED child", "Children, Child, Kinder"},
	{"RELATED =_$!<Assistant>!$_", "Assistant's Name, Assistant"},
	{"RELATED =_$!<Manager>!$_", "Manager's Name, Manager"},
	{"GENDER", "Gender, Geschlecht"},
	{"CATEGORIES", "Labels, Group Membership, Categories, Category, Groups, Tags, Kategorien"},
	{"NOTE", "Notes, Note, Comments, Notizen"},
	{"PHOTO", "Photo"},
	{"LANG", "Language, Sprache"},
	{"X-HOBBY", "Hobby"},
}

// dull are cells that say nothing: what Outlook writes where nothing is set.
var dull = map[string]bool{
	"gender=Unspecified": true, "priority=Normal": true, "sensitivity=Normal": true, "private=False": true,
	"emailtype=SMTP": true, "email2type=SMTP": true, "email3type=SMTP": true, "anniversary=0/0/00": true, "birthday=0/0/00": true,
}

// numbered are the columns that Google numbers: "Phone 2 - Value".
var numbered = map[string]string{
	"email": "EMAIL", "phone": "TEL", "address": "ADR", "im": "IMPP", "organization": "ORG", "relation": "RELATED",
	"event": "EVENT", "website": "URL", "customfield": "CUSTOM",
}

// letters is a heading by its letters and digits alone, in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r >= 0x80 && (unicode.IsLetter(r) || unicode.IsMark(r)):
			return r
		}
		return -1
	}, strings.ToLower(norm.NFC.String(s)))
}

// meanings are the fixed columns by their headings.
var meanings = func() map[string]string {
	m := map[string]string{}
	for _, f := range append(fixed[:len(fixed):len(fixed)], abroad...) {
		for heading := range strings.SplitSeq(f.headings, ", ") {
			if key := letters(heading); m[key] == "" {
				m[key] = f.meaning
			}
		}
	}
	return m
}()

// english tells whether a heading is one of Outlook's that only looks like one of
// another language.
func english(key string) bool {
	switch key {
	case "location", "directoryserver", "emailtype", "email2type", "email3type", "emaildisplayname", "email2displayname", "email3displayname":
		return true
	}
	return false
}

// A column is what a heading means.
type column struct {
	heading string
	meaning string // of a fixed column; "" if it is none
	group   string // of a numbered column: "EMAIL"; "" if it is none
	number  int
	part    string // of a numbered column, by its letters: "value", "street"
}

// columnOf tells what a heading means.
func columnOf(heading string) column {
	heading = strings.TrimSpace(strings.TrimPrefix(heading, "\ufeff"))
	c := column{heading: heading}
	if left, part, ok := strings.Cut(heading, " - "); ok {
		if i := strings.LastIndexByte(left, ' '); i > 0 {
			n := 0
			for _, d := range left[i+1:] {
				if d < '0' || d > '9' || n > 1000 {
					n = -1
					break
				}
				n = 10*n + int(d-'0')
			}
			if group := numbered[letters(left[:i])]; group != "" && n > 0 {
				c.group, c.number, c.part = group, n, letters(part)
				return c
			}
		}
	}
	key := letters(heading)
	if c.meaning = meanings[key]; c.meaning == "" && strings.ContainsFunc(heading, unicode.IsLetter) && !english(key) {
		c.meaning = composed(key)
	}
	if strings.EqualFold(heading, "Birth Day") {
		c.meaning = "BDAY.2" // of Thunderbird, and no birthday
	}
	return c
}
