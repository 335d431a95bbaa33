package vcard

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sidekeep/formats/contentline"
)

// A conversions case has the lines of a card but for BEGIN, VERSION, END, and
// of FN and N unless it is about them. The lines that are wanted are unfolded.
var conversions = []struct {
	name     string
	from, to Version
	in       string
	want     string
	losses   string // PROPERTY, with a ! if the value is gone
}{
	// Dates.
	{"a birthday", V30, V40, "BDAY:1985-04-12", "BDAY:19850412", ""},
	{"a birthday with a time", V40, V30, "BDAY:19531015T231000Z", "BDAY;VALUE=date-time:1953-10-15T23:10:00Z", ""},
	{"a birthday without a year, 4.0 to 3.0", V40, V30, "BDAY:--0412", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12", "BDAY"},
	{"a birthday without a year, 3.0 to 4.0", V30, V40, "BDAY;X-APPLE-OMIT-YEAR=1604;VALUE=date:1604-04-12", "BDAY:--0412", ""},
	{"a birthday without a year, as Android has it", V30, V40, "BDAY:--04-12", "BDAY:--0412", ""},
	{"a birthday without a year, 4.0 to 2.1", V40, V21, "BDAY:--0412", "BDAY:--04-12", "BDAY"},
	{"a birthday in 1604, Apple's year for none", V30, V40, "BDAY:1604-04-12", "BDAY:--0412", ""},
	{"the same with a time", V30, V40, "BDAY;VALUE=date-time:1604-04-12T00:00:00Z", "BDAY:--0412T000000Z", ""},
	{"a death in 1604", V30, V40, "X-DEATHDATE:1604-04-12", "DEATHDATE:16040412", ""},
	{"a picture after DATA", V30, V40, "PHOTO;DATA:IMAGE/JPEG;BASE64,/9j/4AAQ", "PHOTO:data:image/jpeg;base64,/9j/4AAQ", ""},
	{"a picture as data without its scheme", V40, V30, "PHOTO:image/png;base64,iVBORw0KGgo=", "PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo=", ""},
	{"a data: URI in capitals", V40, V30, "PHOTO:DATA:image/png;BASE64,iVBORw0KGgo=", "PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo=", ""},
	{"a link that says it is binary", V30, V40, "PHOTO;VALUE=BINARY:https://img.invalid/p/7.jpg", "PHOTO:https://img.invalid/p/7.jpg", ""},
	{"a link that says it is base64", V30, V40, "PHOTO;ENCODING=b;TYPE=JPEG:http\\://img.invalid/7", "PHOTO;MEDIATYPE=image/jpeg:http://img.invalid/7", ""},
	{"an address of a picture on a phone", V21, V30, "PHOTO;ENCODING=BASE64:content://media/7", "PHOTO;VALUE=uri:content://media/7", ""},
	{"a logo that is a link", V30, V40, "LOGO;ENCODING=B:ftp://img.invalid/l.png", "LOGO:ftp://img.invalid/l.png", ""},
	{"two birthdays", V30, V40, "BDAY:1990-01-02\nBDAY:1991-03-04", "BDAY:19900102\nX-ALT-BDAY:19910304", "BDAY"},
	{"three names for an anniversary", V30, V40, "X-ANNIVERSARY:2000-01-01\nX-EVOLUTION-ANNIVERSARY:2002-01-01", "ANNIVERSARY:20000101\nX-ALT-ANNIVERSARY:20020101", "X-EVOLUTION-ANNIVERSARY"},
	{"two UIDs", V30, V40, "UID:urn:a:1\nUID:urn:a:2", "UID:urn:a:1\nX-ALT-UID:urn:a:2", "UID"},
	{"a year and a month", V40, V30, "BDAY:1985-04", "X-BDAY:1985-04", "BDAY"},
	{"a year and a month, back", V30, V40, "X-BDAY:1985-04", "BDAY:1985-04", ""},
	{"a birthday in words", V40, V30, "BDAY;VALUE=text:circa 1800", "X-BDAY;VALUE=text:circa 1800", "BDAY"},
	{"a birthday in words, back", V30, V40, "X-BDAY;VALUE=text:circa 1800", "BDAY;VALUE=text:circa 1800", ""},
	{"an anniversary", V40, V30, "ANNIVERSARY:20090808T1430-0500", "X-ANNIVERSARY;VALUE=date-time:2009-08-08T14:30-05:00", "ANNIVERSARY"},
	{"an anniversary, back", V30, V40, "X-ANNIVERSARY:2009-08-08", "ANNIVERSARY:20090808", ""},
	{"an anniversary of Evolution", V30, V40, "X-EVOLUTION-ANNIVERSARY:2009-08-08", "ANNIVERSARY:20090808", ""},
	{"an anniversary of Apple", V30, V40, "item1.X-ABDATE;type=pref:2009-08-08\nitem1.X-ABLabel:_$!<Anniversary>!$_", "item1.ANNIVERSARY;PREF=1:20090808\nitem1.X-ABLabel:_$!<Anniversary>!$_", ""},
	{"an anniversary of Apple, back", V40, V30, "item1.ANNIVERSARY;PREF=1:20090808\nitem1.X-ABLabel:_$!<Anniversary>!$_", "item1.X-ABDATE;TYPE=pref:2009-08-08\nitem1.X-ABLabel:_$!<Anniversary>!$_", ""},
	{"REV", V30, V40, "REV:1995-10-31T22:27:10Z", "REV:19951031T222710Z", ""},
	{"REV, back", V40, V30, "REV:19951031T222710Z", "REV:1995-10-31T22:27:10Z", ""},

	// TYPE and PREF.
	{"pref", V30, V40, "TEL;TYPE=HOME,pref:1\nTEL;TYPE=CELL;TYPE=VOICE:2", "TEL;TYPE=HOME;PREF=1:1\nTEL;TYPE=CELL,VOICE:2", ""},
	{"PREF of several", V40, V30, "EMAIL;PREF=50:a@b.example\nEMAIL;TYPE=work;PREF=10:c@d.example", "EMAIL:a@b.example\nEMAIL;TYPE=work,pref:c@d.example", "EMAIL"},
	{"types of 2.1", V21, V30, "TEL;HOME;VOICE;PREF:1\nEMAIL;INTERNET:a@b.example", "TEL;TYPE=HOME,VOICE,pref:1\nEMAIL;TYPE=INTERNET:a@b.example", ""},
	{"types of 2.1, back", V30, V21, "TEL;TYPE=HOME,VOICE,pref:1\nTEL;TYPE=iPhone:2\nEMAIL;TYPE=HOME:a@b.example", "TEL;HOME;VOICE;PREF:1\nTEL;TYPE=iPhone:2\nEMAIL;HOME:a@b.example", ""},
	{"INTERNET", V30, V40, "EMAIL;TYPE=INTERNET;TYPE=HOME:a@b.example", "EMAIL;TYPE=HOME:a@b.example", ""},
	{"types in one pair of quotes", V40, V30, "TEL;VALUE=uri;PREF=1;TYPE=\"voice,home\":tel:+1-555-555-5555;ext=5555", "TEL;TYPE=voice,home,pref:+1-555-555-5555 ext. 5555", ""},

	// Kinds and groups.
	{"a group of Apple", V30, V40, "X-ADDRESSBOOKSERVER-KIND:group\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1", "KIND:group\nMEMBER:urn:uuid:1", ""},
	{"a group, back", V40, V30, "KIND:group\nMEMBER:urn:uuid:1\nMEMBER:mailto:a@b.example", "X-ADDRESSBOOKSERVER-KIND:group\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1\nX-ADDRESSBOOKSERVER-MEMBER:mailto:a@b.example", ""},
	{"a company", V30, V40, "X-ABShowAs:COMPANY\nORG:Acme;", "KIND:org\nORG:Acme;", ""},
	{"a company, back", V40, V30, "KIND:org\nORG:Acme;", "X-ABShowAs:COMPANY\nORG:Acme;", ""},
	{"an individual", V40, V30, "KIND:individual\nNOTE:a", "NOTE:a", ""},
	{"CATEGORIES", V30, V40, "CATEGORIES:a,b\\,c,d", "CATEGORIES:a,b\\,c,d", ""},
	{"CATEGORIES in 2.1", V40, V21, "CATEGORIES:a,b\\,c,d", "X-CATEGORIES:a,b\\,c,d", "CATEGORIES"},

	// Pictures, sounds, keys.
	{"a portrait of 2.1", V21, V40, "PHOTO;ENCODING=BASE64;JPEG:\n /9j/\n 4AAQ\n\nNOTE:x", "PHOTO:data:image/jpeg;base64,/9j/4AAQ\nNOTE:x", ""},
	{"a portrait of 2.1 to 3.0", V21, V30, "PHOTO;BASE64;TYPE=JPEG:/9j/4AAQ\n", "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ", ""},
	{"a portrait of 3.0", V30, V40, "PHOTO;ENCODING=b;TYPE=JPEG;X-ABCROP-RECTANGLE=ABClipRect_1&0:/9j/4AAQ", "PHOTO;X-ABCROP-RECTANGLE=ABClipRect_1&0:data:image/jpeg;base64,/9j/4AAQ", ""},
	{"a portrait of 4.0", V40, V30, "PHOTO:data:image/png;base64,iVBORw0KGgo=", "PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo=", ""},
	{"a portrait of 4.0 to 2.1", V40, V21, "PHOTO:data:image/png;base64,iVBORw0KGgo=", "PHOTO;PNG;ENCODING=BASE64:iVBORw0KGgo=", ""},
	{"a portrait without a type", V30, V40, "PHOTO;ENCODING=B:iVBORw0KGgo=", "PHOTO:data:image/png;base64,iVBORw0KGgo=", ""},
	{"a data: URI in 3.0", V30, V40, "PHOTO;VALUE=uri:data:image/jpeg\\;base64\\,/9j/4AAQ", "PHOTO:data:image/jpeg;base64,/9j/4AAQ", ""},
	{"a data: URI without base64", V40, V30, "PHOTO:data:image/gif,GIF8%39a", "PHOTO;ENCODING=b;TYPE=GIF:R0lGODlh", ""},
	{"a portrait that is a link", V30, V40, "PHOTO;VALUE=URI;TYPE=GIF:http://a.example/b,c;d.gif", "PHOTO;MEDIATYPE=image/gif:http://a.example/b,c;d.gif", ""},
	{"a portrait that is a link, back", V40, V30, "PHOTO;MEDIATYPE=image/gif:http://a.example/b.gif", "PHOTO;VALUE=uri;TYPE=GIF:http://a.example/b.gif", ""},
	{"a portrait that is a link, to 2.1", V40, V21, "PHOTO:http://a.example/b.gif", "PHOTO;VALUE=URL:http://a.example/b.gif", ""},
	{"a sound", V21, V40, "SOUND;WAVE;BASE64:UklGRg==\n", "SOUND:data:audio/wav;base64,UklGRg==", ""},
	{"a key that is a text", V30, V40, "KEY:-----BEGIN\\, PGP", "KEY;VALUE=text:-----BEGIN\\, PGP", ""},
	{"a key that is a link", V40, V30, "KEY;MEDIATYPE=application/pgp-keys:ftp://a.example/k", "KEY;VALUE=uri;TYPE=PGP:ftp://a.example/k", ""},
	{"a key", V40, V30, "KEY:data:application/pgp-keys;base64,AAAA", "KEY;ENCODING=b;TYPE=PGP:AAAA", ""},

	// Addresses.
	{"LABEL", V30, V40, "ADR;TYPE=HOME:;;a;b;;c;d\nADR;TYPE=WORK:;;e;f;;g;h\nLABEL;TYPE=WORK:e\\nf\\, g", "ADR;TYPE=HOME:;;a;b;;c;d\nADR;TYPE=WORK;LABEL=\"e^nf, g\":;;e;f;;g;h", ""},
	{"LABEL, back", V40, V30, "ADR;TYPE=WORK;LABEL=\"e^nf, g\":;;e;f;;g;h", "ADR;TYPE=WORK:;;e;f;;g;h\nLABEL;TYPE=WORK:e\\nf\\, g", ""},
	{"LABEL as RFC 6350 has it", V40, V30, "ADR;LABEL=\"a, b\\nc\":;;e;f;;g;h", "ADR:;;e;f;;g;h\nLABEL:a\\, b\\nc", ""},
	{"LABEL alone", V30, V40, "LABEL;TYPE=WORK:e", "ADR;TYPE=WORK;LABEL=e:;;;;;;", ""},
	{"LABEL alone, back", V40, V30, "ADR;TYPE=WORK;LABEL=e:;;;;;;", "LABEL;TYPE=WORK:e", ""},
	{"commas of 2.1", V21, V30, "ADR;HOME:;;Main St 5, Apt 3;Berlin;;1;D", "ADR;TYPE=HOME:;;Main St 5\\, Apt 3;Berlin;;1;D", ""},
	{"a list in an address", V40, V21, "ADR:;;Main St 5,Apt\\, 3;Berlin\\;x;;1;D", "ADR:;;Main St 5, Apt, 3;Berlin\\;x;;1;D", ""},
	{"GEO", V30, V40, "GEO:37.386013;-122.082932", "GEO:geo:37.386013,-122.082932", ""},
	{"GEO, back", V40, V30, "GEO:geo:37.386013,-122.082932;u=10", "GEO:37.386013;-122.082932", "GEO"},
	{"GEO of 2.1", V21, V30, "GEO:37.24,-17.87", "GEO:37.24;-17.87", ""},
	{"GEO that is none", V30, V40, "GEO:over there", "X-GEO:over there", "GEO"},
	{"TZ", V30, V40, "TZ:-05:00", "TZ;VALUE=utc-offset:-0500", ""},
	{"TZ, back", V40, V30, "TZ;VALUE=utc-offset:-0500", "TZ:-05:00", ""},
	{"TZ that is a name", V40, V30, "TZ:Raleigh/North America", "TZ;VALUE=text:Raleigh/North America", ""},

	// Agents.
	{"an agent of 2.1", V21, V30, "AGENT:\nBEGIN:VCARD\nVERSION:2.1\nN:Doe;Jo\nTEL;HOME:1\nEND:VCARD\nNOTE:x", `AGENT:BEGIN:VCARD\nVERSION:3.0\nFN:Jo Doe\nN:Doe\;Jo\nTEL\;TYPE=HOME:1\nEND:VCARD\n` + "\nNOTE:x", ""},
	{"an agent of 3.0 to 2.1", V30, V21, `AGENT:BEGIN:VCARD\nVERSION:3.0\nN:Doe\;Jo\nTEL\;TYPE=HOME:1\nEND:VCARD\n` + "\nNOTE:x", "AGENT:\nBEGIN:VCARD\nVERSION:2.1\nN:Doe;Jo\nTEL;HOME:1\nEND:VCARD\nNOTE:x", ""},
	{"an agent of 3.0", V30, V40, `AGENT:BEGIN:VCARD\nVERSION:3.0\nFN:Jo\nEND:VCARD\n`, "RELATED;TYPE=agent:data:text/vcard;base64,QkVHSU46VkNBUkQNClZFUlNJT046NC4wDQpGTjpKbw0KRU5EOlZDQVJEDQo=", "AGENT"},
	{"an agent of 4.0", V40, V30, "RELATED;TYPE=agent:data:text/vcard;base64,QkVHSU46VkNBUkQNClZFUlNJT046NC4wDQpGTjpKbw0KRU5EOlZDQVJEDQo=", `AGENT:BEGIN:VCARD\nVERSION:3.0\nN:\;Jo\;\;\;\nFN:Jo\nEND:VCARD\n`, ""},
	{"an agent that is a link", V30, V40, "AGENT;VALUE=uri:CID:JQPUBLIC.part3@a.example", "RELATED;TYPE=agent:CID:JQPUBLIC.part3@a.example", ""},
	{"an agent that is a link, back", V40, V30, "RELATED;TYPE=agent:urn:uuid:1", "AGENT;VALUE=uri:urn:uuid:1", ""},

	// Messengers and profiles.
	{"X-JABBER", V30, V40, "X-JABBER;TYPE=HOME:a@b.example", "IMPP;TYPE=HOME;SERVICE-TYPE=Jabber:xmpp:a@b.example", ""},
	{"X-JABBER beside IMPP", V30, V40, "IMPP;X-SERVICE-TYPE=Jabber;TYPE=HOME:xmpp:a@b.example\nX-JABBER;TYPE=HOME,pref:a@b.example", "IMPP;TYPE=HOME;PREF=1;SERVICE-TYPE=Jabber:xmpp:a@b.example", ""},
	{"a name with a space and a percent sign", V30, V40, "X-SKYPE:a b%c", "IMPP;SERVICE-TYPE=Skype:skype:a%20b%25c", ""},
	{"IMPP to 3.0", V40, V30, "IMPP;PREF=1:xmpp:a@b.example", "IMPP;TYPE=pref:xmpp:a@b.example", ""},
	{"IMPP to 2.1", V40, V21, "IMPP;PREF=1:xmpp:a@b.example\nIMPP:skype:a%20b%25c\nIMPP:foo:x", "X-JABBER;PREF:a@b.example\nX-SKYPE:a b%c\nX-IMPP:foo:x", "IMPP,IMPP,IMPP"},
	{"a profile of RFC 9554", V40, V30, "SOCIALPROFILE;SERVICE-TYPE=Mastodon;USERNAME=ann:https://m.example/@ann", "X-SOCIALPROFILE;TYPE=mastodon;x-user=ann:https://m.example/@ann", ""},

	// Relations.
	{"a spouse of Apple", V30, V40, "item1.X-ABRELATEDNAMES;type=pref:Bob\nitem1.X-ABLabel:_$!<Spouse>!$_", "item1.RELATED;VALUE=text;TYPE=spouse;PREF=1:Bob\nitem1.X-ABLabel:_$!<Spouse>!$_", ""},
	{"a spouse, back", V40, V30, "RELATED;TYPE=spouse;VALUE=text:Bob", "item1.X-ABRELATEDNAMES:Bob\nitem1.X-ABLabel:_$!<Spouse>!$_", ""},
	{"a co-worker", V40, V30, "item4.TEL:1\nRELATED;TYPE=co-worker;VALUE=text:Bob", "item4.TEL:1\nitem5.X-ABRELATEDNAMES:Bob\nitem5.X-ABLabel:Co-worker", ""},
	{"another card", V40, V30, "RELATED;TYPE=friend:urn:uuid:1", "item1.X-ABRELATEDNAMES:urn:uuid:1\nitem1.X-ABLabel:_$!<Friend>!$_", "RELATED"},
	{"X-SPOUSE", V30, V40, "X-SPOUSE:Bob", "RELATED;VALUE=text;TYPE=spouse:Bob", ""},

	// Names.
	{"GENDER", V40, V30, "GENDER:O;intersex", "X-GENDER:O;intersex", "GENDER"},
	{"X-GENDER", V30, V40, "X-GENDER:Female", "GENDER:F", ""},
	{"X-WAB-GENDER", V21, V40, "X-WAB-GENDER:2", "GENDER:M", ""},
	{"names of Japan", V21, V30, "SOUND;X-IRMC-N;CHARSET=UTF-8:ヤマダ;タロウ;;;", "X-PHONETIC-LAST-NAME:ヤマダ\nX-PHONETIC-FIRST-NAME:タロウ", ""},
	{"phonetic names", V30, V40, "X-PHONETIC-LAST-NAME:ヤマダ", "X-PHONETIC-LAST-NAME:ヤマダ", ""},
	{"custom labels", V30, V40, "item1.TEL:1\nitem1.X-ABLabel:Summer\\, house", "item1.TEL:1\nitem1.X-ABLabel:Summer\\, house", ""},
	{"custom labels of Android", V21, V30, "TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=C3=9Cber):1", "item1.TEL:1\nitem1.X-ABLabel:Über", ""},

	{"a nickname of Android", V21, V30, "X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;Jo;1;;;;;;;;;;;;;", "NICKNAME:Jo", ""},
	{"an anniversary of Android", V30, V40, "X-ANDROID-CUSTOM:vnd.android.cursor.item/contact_event;2001-05-06;1;;;;;;;;;;;;;", "ANNIVERSARY:20010506", ""},
	{"a relation of Android", V21, V30, "X-ANDROID-CUSTOM:vnd.android.cursor.item/relation;Bob;14;;;;;;;;;;;;;", "item1.X-ABRELATEDNAMES:Bob\nitem1.X-ABLabel:_$!<Spouse>!$_", ""},

	// Texts.
	{"quoted-printable", V21, V30, "NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCll=\ner, a;b=0D=0A=5Cx", `NOTE:Müller\, a\;b\n\\x`, ""},
	{"charset", V21, V40, "NOTE;CHARSET=ISO-8859-1:M\xfcller", "NOTE:Müller", ""},
	{"to quoted-printable", V30, V21, `NOTE:Müller\, a\;b\n\\x`, "NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller, a;b=0D=0A\\x", ""},
	{"a backslash in 2.1", V30, V21, `NOTE:c:\\new\\temp`, `NOTE:c:\\new\temp`, ""},
	{"a URI that was escaped", V30, V40, `URL:http\://a.example/b\,c\;d`, "URL:http://a.example/b,c;d", ""},
	{"UID that is no URI", V30, V40, "UID:1-2", "UID;VALUE=text:1-2", ""},
	{"UID that is no URI, back", V40, V30, "UID;VALUE=text:1-2", "UID:1-2", ""},
	{"CLASS and MAILER", V30, V40, "CLASS:PRIVATE\nMAILER:m\nPROFILE:VCARD", "X-CLASS:PRIVATE\nX-MAILER:m", "CLASS,MAILER"},
	{"CLASS and MAILER, back", V40, V30, "X-CLASS:PRIVATE\nX-MAILER:m", "CLASS:PRIVATE\nMAILER:m", ""},
	{"parameters of 4.0", V40, V30, "NOTE;ALTID=1;LANGUAGE=de;PID=1.1:a", "NOTE;X-ALTID=1;LANGUAGE=de;X-PID=1.1:a", ""},
	{"parameters of 4.0, back", V30, V40, "NOTE;X-ALTID=1;LANGUAGE=de;X-PID=1.1:a", "NOTE;ALTID=1;LANGUAGE=de;PID=1.1:a", ""},
	{"what nobody knows", V30, V40, "g.X-FOO;X-BAR=\"a;b\",c:q,w;e\\,r\nETAG:\"1\"", "g.X-FOO;X-BAR=\"a;b\",c:q,w;e\\,r\nETAG:\"1\"", ""},
	{"what says nothing", V30, V40, "BDAY:\nPHOTO;ENCODING=b:\nGEO:\nTZ;VALUE=text:\nX-JABBER:\nCLASS:", "BDAY:\nPHOTO:\nGEO:\nTZ:\nX-JABBER:\nX-CLASS:", ""},
	{"a line that is no property", V30, V40, "NOTE:a\n\nlost, text", "NOTE:a\nNOTE:lost\\, text", "-"},
}

// framed is a whole card of the lines of a case.
func framed(v Version, lines string) string {
	names := "N:A;B;;;\nFN:B A\n"
	if strings.Contains(lines, "FN:C D") {
		names = ""
	}
	return "BEGIN:VCARD\nVERSION:" + string(v) + "\n" + names + lines + "\nEND:VCARD\n"
}

// unfolded is a written card with LF and without folds, but for soft breaks.
func unfolded(out []byte) string {
	s := strings.ReplaceAll(string(out), "\r\n ", "")
	if strings.Contains(s, "QUOTED-PRINTABLE") {
		s = strings.ReplaceAll(s, "=\r\n", "")
	}
	s = strings.ReplaceAll(s, "\r\n\r\n", "\r\n")
	return strings.ReplaceAll(s, "\r\n", "\n")
}

func TestConvert(t *testing.T) {
	for _, tt := range conversions {
		t.Run(tt.name, func(t *testing.T) {
			out, losses, err := Convert([]byte(framed(tt.from, tt.in)), tt.to)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(framed(tt.to, tt.want), unfolded(out)); d != "" {
				t.Error(d)
			}
			var got []string
			for _, l := range losses {
				if l.Happens == "" || l.Value == "" || l.Line == 0 {
					t.Errorf("a loss that says too little: %+v", l)
				}
				name := l.Property
				if name == "" {
					name = "-"
				}
				if l.Gone {
					name += "!"
				}
				got = append(got, name)
			}
			if d := cmp.Diff(tt.losses, strings.Join(got, ",")); d != "" {
				t.Error(d, losses)
			}
		})
	}
}

// TestConvertNames: FN and N are made where the target requires them.
func TestConvertNames(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		to       Version
		want     string
	}{
		{"N for 3.0", "VERSION:4.0\nFN:Ann Smith\n", V30, "VERSION:3.0\nN:;Ann Smith;;;\nFN:Ann Smith\n"},
		{"N of a group", "VERSION:4.0\nKIND:group\nFN:Friends\n", V30, "VERSION:3.0\nN:Friends;;;;\nX-ADDRESSBOOKSERVER-KIND:group\nFN:Friends\n"},
		{"FN for 4.0", "VERSION:2.1\nN:Smith;Ann\n", V40, "VERSION:4.0\nFN:Ann Smith\nN:Smith;Ann\n"},
		{"FN of a company", "VERSION:2.1\nORG:Acme, Inc.\n", V30, "VERSION:3.0\nFN:Acme\\, Inc.\nN:;;;;\nORG:Acme\\, Inc.\n"},
		{"SORT-STRING", "VERSION:3.0\nFN:x\nN:van der Harten;Rene\nSORT-STRING:Harten,Rene\n", V40, "VERSION:4.0\nFN:x\nN;SORT-AS=\"Harten,Rene\":van der Harten;Rene\n"},
		{"SORT-AS", "VERSION:4.0\nFN:x\nN;SORT-AS=\"Harten,Rene\":van der Harten;Rene\n", V30, "VERSION:3.0\nFN:x\nN:van der Harten;Rene\nSORT-STRING:Harten\\,Rene\n"},
		{"several FN", "VERSION:4.0\nFN:x\nFN;LANGUAGE=de:y\nN:x\n", V30, "VERSION:3.0\nFN:x\nX-ALT-FN;LANGUAGE=de:y\nN:x\n"},
		{"several FN, back", "VERSION:3.0\nFN:x\nX-ALT-FN;LANGUAGE=de:y\nN:x\n", V40, "VERSION:4.0\nFN:x\nFN;LANGUAGE=de:y\nN:x\n"},
		{"no version, 2.1", "N:x;y\nTEL;HOME:1\nFN:y x\n", V30, "VERSION:3.0\nN:x;y\nTEL;TYPE=HOME:1\nFN:y x\n"},
		{"lists in N", "VERSION:3.0\nN:Smith\\;Jones;Ann;Maria,Eva;;\nFN:x\n", V40, "VERSION:4.0\nN:Smith\\;Jones;Ann;Maria,Eva;;\nFN:x\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, _, err := Convert([]byte(card(tt.in)), tt.to)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(card(tt.want), unfolded(out)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestConvertSame(t *testing.T) {
	in := []byte("begin:vcard\nVERSION: 3.0\nfn:a\xff\nstray\nEND:VCARD\r\r\n")
	if out, losses, err := Convert(in, V30); err != nil || losses != nil || !bytes.Equal(out, in) {
		t.Errorf("%q, %v, %v", out, losses, err)
	}
	var e *contentline.Error
	if _, _, err := Convert([]byte("BEGIN:VCARD\nFN:a\n"), V30); !errors.As(err, &e) {
		t.Errorf("half a card: %v", err)
	}
	_, losses, _ := Convert([]byte("hello\n"+card("VERSION:3.0\nFN:a\n")), V40)
	if len(losses) != 1 || !losses[0].Gone || losses[0].Value != "hello" || losses[0].Line != 1 {
		t.Errorf("text before the card: %+v", losses)
	}
}

// TestConvertBack: what vCard 3.0 and 4.0 can both carry comes back the same.
func TestConvertBack(t *testing.T) {
	for _, tt := range conversions {
		if tt.from == V21 || tt.to == V21 || strings.Contains(tt.name, "none") {
			continue
		}
		first, _, err := Convert([]byte(framed(tt.from, tt.in)), tt.to)
		if err != nil {
			t.Fatal(err)
		}
		there, losses, err := Convert(first, tt.from)
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := Convert(there, tt.to)
		if err != nil {
			t.Fatal(err)
		}
		if tt.name == "X-SPOUSE" || tt.name == "an agent of 3.0" {
			continue // get a label, and a name
		}
		if d := cmp.Diff(unfolded(first), unfolded(back)); d != "" && len(losses) == 0 {
			t.Errorf("%s: %s by way of\n%s", tt.name, d, unfolded(there))
		}
	}
}

// FuzzConvert: no panic; what is written is one card of the target, in valid
// lines, and no text of a note is lost.
func FuzzConvert(f *testing.F) {
	for _, tt := range conversions {
		f.Add([]byte(framed(tt.from, tt.in)))
	}
	for _, tt := range reads {
		f.Add([]byte(tt.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := View(in)
		if err != nil {
			return
		}
		for _, to := range []Version{V21, V30, V40} {
			out, losses, err := Convert(in, to)
			if err != nil {
				t.Fatalf("%q can be read, but not be converted to %s: %v", in, to, err)
			}
			if bytes.Equal(out, in) {
				continue
			}
			for _, l := range losses {
				if l.Happens == "" {
					t.Fatalf("%+v says too little", l)
				}
			}
			checkWritten(t, in, out, to)
			again, err := View(out)
			if err != nil {
				t.Fatalf("%q to %s gives %q: %v", in, to, out, err)
			}
			if len(again.Notes) < len(c.Notes) && utf8.Valid(in) {
				t.Fatalf("%q to %s gives %q: notes %+v were %+v", in, to, out, again.Notes, c.Notes)
			}
		}
	})
}

func checkWritten(t *testing.T, in, out []byte, to Version) {
	t.Helper()
	if !utf8.Valid(out) {
		t.Fatalf("%q to %s gives %q, which is not UTF-8", in, to, out)
	}
	if !bytes.HasPrefix(out, []byte("BEGIN:VCARD\r\nVERSION:"+string(to)+"\r\n")) || !bytes.HasSuffix(out, []byte("END:VCARD\r\n")) {
		t.Fatalf("%q to %s gives %q", in, to, out)
	}
	if to == V21 {
		return
	}
	if n := bytes.Count(out, []byte("\r\n")); bytes.Count(out, []byte("\n")) != n || bytes.Count(out, []byte("\r")) != n {
		t.Fatalf("%q to %s gives line ends in %q", in, to, out)
	}
	for line := range bytes.SplitSeq(out, []byte("\r\n")) {
		if len(line) > contentline.MaxWidth {
			t.Fatalf("%q to %s gives a line of %d bytes: %q", in, to, len(line), line)
		}
	}
}

// TestExport writes cards of the version that they are in, as other programs
// read them.
func TestExport(t *testing.T) {
	for _, tt := range []struct {
		name string
		to   Version
		in   string
		want string
	}{
		{"no line end", V30, "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:a\r\nEND:VCARD", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:a\r\nEND:VCARD\r\n"},
		{"another charset", V30, "BEGIN:VCARD\nVERSION:3.0\nFN:Zo\xeb Br\xfcckner\nEND:VCARD\n", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoë Brückner\r\nEND:VCARD\r\n"},
		{"a charset that it says", V30, "BEGIN:VCARD\nVERSION:3.0\nFN;CHARSET=ISO-8859-1:Zo\xeb\nEND:VCARD\n", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoë\r\nEND:VCARD\r\n"},
		{"quoted-printable", V30, "BEGIN:VCARD\nVERSION:3.0\nFN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Zo=EB\nEND:VCARD\n", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoë\r\nEND:VCARD\r\n"},
		{"2.1", V21, "BEGIN:VCARD\nVERSION:2.1\nFN:Zo\xeb\nEND:VCARD\n", "BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Zo=C3=AB\r\nEND:VCARD\r\n"},
		{"blank lines", V30, "BEGIN:VCARD\n\nVERSION:3.0\n\nFN:a\n\nNOTE:b\n\n c\n\nEND:VCARD\n\n", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:a\r\nNOTE:b\r\n c\r\nEND:VCARD\r\n"},
		{"a picture after DATA", V40, "BEGIN:VCARD\nVERSION:4.0\nFN:a\nPHOTO;DATA:IMAGE/JPEG;BASE64,/9j/4AAQ\nEND:VCARD\n", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:a\r\nPHOTO:data:image/jpeg;base64,/9j/4AAQ\r\nEND:VCARD\r\n"},
		{"twice", V40, "BEGIN:VCARD\nVERSION:4.0\nFN:a\nBDAY:19900102\nBDAY:19910304\nEND:VCARD\n", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:a\r\nBDAY:19900102\r\nX-ALT-BDAY:19910304\r\nEND:VCARD\r\n"},
		{"two ways to write one", V40, "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:a\r\nN;ALTID=1:a;;;;\r\nN;ALTID=1;LANGUAGE=de:b;;;;\r\nEND:VCARD\r\n", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:a\r\nN;ALTID=1:a;;;;\r\nN;ALTID=1;LANGUAGE=de:b;;;;\r\nEND:VCARD\r\n"},
	} {
		out, _, err := Export([]byte(tt.in), tt.to)
		if err != nil || string(out) != tt.want {
			t.Errorf("%s: %v\n%s", tt.name, err, out)
		}
	}
}
