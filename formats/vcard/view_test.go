package vcard

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// said writes what a Contact says in lines of field and value.
func said(c *Contact) string {
	var b strings.Builder
	v := reflect.ValueOf(*c)
	for i := 1; i < v.NumField(); i++ {
		sayField(&b, v.Type().Field(i).Name, v.Field(i))
	}
	return b.String()
}

func sayField(b *strings.Builder, name string, f reflect.Value) {
	switch f.Kind() {
	case reflect.Slice:
		for i := range f.Len() {
			sayField(b, name, f.Index(i))
		}
		return
	case reflect.Pointer:
		if !f.IsNil() {
			sayField(b, name, f.Elem())
		}
		return
	}
	if f.IsZero() {
		return
	}
	fmt.Fprintf(b, "%s: %s\n", name, say(f.Interface()))
}

func say(of any) string {
	switch x := of.(type) {
	case string:
		return fmt.Sprintf("%q", x)
	case Names:
		return strings.Join([]string{x.Family, x.Given, x.Additional, x.Prefix, x.Suffix}, "|")
	case Value:
		s := fmt.Sprintf("%q", x.Text)
		if x.Label != "" {
			s += " =" + x.Label
		}
		if len(x.Types) > 0 {
			s += " " + strings.Join(x.Types, ",")
		}
		if x.Pref > 0 {
			s += fmt.Sprint(" pref ", x.Pref)
		}
		return s
	case Organization:
		return say(x.Value) + " / " + strings.Join(x.Units, " / ")
	case Address:
		return say(x.Value) + " " + strings.Join([]string{x.POBox, x.Extended, x.Street, x.City, x.Region, x.Code, x.Country}, "|")
	case Profile:
		return x.Service + " " + x.User + " " + say(x.Value)
	case Date:
		return fmt.Sprintf("%d-%d-%d%s", x.Year, x.Month, x.Day, strings.TrimPrefix(" "+x.Time, " "))
	case Media:
		data, err := x.Bytes()
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("%s %q %q", x.Type, data, x.Text)
	case Property:
		return fmt.Sprintf("%d %s %s", x.Line, x.Name, say(x.Value))
	}
	return fmt.Sprint(of)
}

var views = []struct{ name, in, want string }{
	{"RFC 6350 section 8", "VERSION:4.0\nFN:Simon Perreault\nN:Perreault;Simon;;;ing. jr,M.Sc.\nBDAY:--0203\nANNIVERSARY:20090808T1430-0500\nGENDER:M\nLANG;PREF=1:fr\nLANG;PREF=2:en\nORG;TYPE=work:Viagenie\nADR;TYPE=work:;Suite D2-630;2875 Laurier;\n Quebec;QC;G1V 2M2;Canada\nTEL;VALUE=uri;TYPE=\"work,voice\";PREF=1:tel:+1-418-656-9254;ext=102\nTEL;VALUE=uri;TYPE=\"work,cell,voice,video,text\":tel:+1-418-262-6501\nEMAIL;TYPE=work:simon.perreault@viagenie.ca\nGEO;TYPE=work:geo:46.772673,-71.282945\nKEY;TYPE=work;VALUE=uri:\n http://www.viagenie.ca/simon.perreault/simon.asc\nTZ:-0500\nURL;TYPE=home:http://nomis80.org\n",
		"Names: Perreault|Simon|||ing. jr M.Sc.\nOrganizations: \"Viagenie\" work / \nPhones: \"+1-418-656-9254 ext. 102\" work,voice pref 1\nPhones: \"+1-418-262-6501\" work,cell,voice,video,text\nEmails: \"simon.perreault@viagenie.ca\" work\n" +
			"Addresses: \"Suite D2-630\\n2875 Laurier\\nG1V 2M2 Quebec QC\\nCanada\" work |Suite D2-630|2875 Laurier|Quebec|QC|G1V 2M2|Canada\nURLs: \"http://nomis80.org\" home\nBirthday: 0-2-3\nAnniversary: 2009-8-814:30-05:00\nGender: \"M\"\n" +
			"Keys:  \"\" \"http://www.viagenie.ca/simon.perreault/simon.asc\"\nPlaces: \"46.772673,-71.282945\" work\nPlaces: \"-05:00\"\nLanguages: \"fr\" pref 1\nLanguages: \"en\" pref 2\n"},
	{"RFC 2426 section 7", "VERSION:3.0\nFN:Frank Dawson\nORG:Lotus Development Corporation\nADR;TYPE=WORK,POSTAL,PARCEL:;;6544 Battleford Drive\n ;Raleigh;NC;27613-3502;U.S.A.\nTEL;TYPE=VOICE,MSG,WORK:+1-919-676-9515\nEMAIL;TYPE=INTERNET,PREF:Frank_Dawson@Lotus.com\nURL:http://home.earthlink.net/~fdawson\nLABEL;TYPE=WORK,POSTAL,PARCEL:Mr. Frank\\nRaleigh\nAGENT:BEGIN:VCARD\\nFN:Susan Thomas\\nEND:VCARD\\n\n",
		"Organizations: \"Lotus Development Corporation\" / \nPhones: \"+1-919-676-9515\" voice,msg,work\nEmails: \"Frank_Dawson@Lotus.com\" internet pref 1\nAddresses: \"Mr. Frank\\nRaleigh\" work,postal,parcel ||6544 Battleford Drive|Raleigh|NC|27613-3502|U.S.A.\nURLs: \"http://home.earthlink.net/~fdawson\"\nAgents: \"Susan Thomas\"\n"},
	{"2.1 as Android wrote it", "VERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;\nTEL;CELL;PREF:0170\nTEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=C3=9Cber):0171\nADR;HOME:;;Main St 5, Apt 3;Berlin;;1;D\nBDAY:--04-12\nX-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;Jo;1;;;;;;;;;;;;;\nPHOTO;ENCODING=BASE64;JPEG:/9j/\n 4AAQ\n\nX-SKYPE-USERNAME:jo\n",
		"Names: Müller|Jörg|||\nNicknames: \"Jo\"\nPhones: \"0170\" cell pref 1\nPhones: \"0171\" =Über\nChats: Skype jo \"jo\"\nAddresses: \"Main St 5, Apt 3\\n1 Berlin\\nD\" home ||Main St 5, Apt 3|Berlin||1|D\nBirthday: 0-4-12\nPhotos: image/jpeg \"\\xff\\xd8\\xff\\xe0\\x00\\x10\" \"\"\n"},
	{"2.1 of a phone in Japan", "VERSION:2.1\nN;CHARSET=SHIFT_JIS:\x8eR\x93c;\x91\xbe\x98Y\nSOUND;X-IRMC-N;CHARSET=SHIFT_JIS:\xd4\xcf\xc0\xde;\xc0\xdb\xb3;;;\nTEL;HOME;VOICE:123\n",
		"Names: 山田|太郎|||\nPhonetic: ﾔﾏﾀﾞ|ﾀﾛｳ|||\nPhones: \"123\" home,voice\n"},
	{"Apple", "VERSION:3.0\nN:Smith;Ann;;;\nitem1.TEL;type=pref:1\nitem1.X-ABLabel:Summer\\, house\nitem2.X-ABRELATEDNAMES:Bob\nitem2.X-ABLabel:_$!<Spouse>!$_\nitem3.X-ABDATE:2001-05-06\nitem3.X-ABLabel:First day\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12\nX-SOCIALPROFILE;type=twitter;x-user=ann:http://twitter.com/ann\nIMPP;X-SERVICE-TYPE=Jabber;type=HOME:xmpp:a@b.example\nX-JABBER;type=HOME:a@b.example\nX-PHONETIC-FIRST-NAME:An\nX-ABShowAs:COMPANY\nORG:Acme;\nURL:http\\://a.example/b\\,c\n",
		"Names: Smith|Ann|||\nPhonetic: |An|||\nOrganizations: \"Acme\" / \nPhones: \"1\" =Summer, house pref 1\nChats: Jabber a@b.example \"xmpp:a@b.example\" home\nProfiles: twitter ann \"http://twitter.com/ann\" twitter\nURLs: \"http://a.example/b,c\"\nBirthday: 0-4-12\nDates: 2001-5-6\nRelated: \"Bob\" spouse\n"},
	{"a group", "VERSION:4.0\nKIND:group\nFN:Friends\nMEMBER:urn:uuid:1\nMEMBER:mailto:a@b.example\n", "Members: \"urn:uuid:1\"\nMembers: \"mailto:a@b.example\"\n"},
	{"a group of Apple", "VERSION:3.0\nN:Friends\nX-ADDRESSBOOKSERVER-KIND:group\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1\n", "Names: Friends||||\nMembers: \"urn:uuid:1\"\n"},
	{"pictures", "VERSION:4.0\nFN:x\nPHOTO:data:image/png;base64,iVBORw0KGgo=\nPHOTO;VALUE=uri:http://a.example/b,c\nLOGO;ENCODING=b:R0lGODlh\nKEY;VALUE=text:a\\, b\nSOUND:data:audio/ogg,OggS\n",
		"Photos: image/png \"\\x89PNG\\r\\n\\x1a\\n\" \"\"\nPhotos:  \"\" \"http://a.example/b,c\"\nLogos: image/gif \"GIF89a\" \"\"\nSounds: audio/ogg \"OggS\" \"\"\nKeys:  \"\" \"a, b\"\n"},
	{"a picture that is damaged", "FN:x\nPHOTO;ENCODING=b:AAA!\n", "Photos: decoding base64: illegal base64 data at input byte 3\n"},
	{"everything else", "VERSION:4.0\nFN:x\nFN;LANGUAGE=de:y\nSOURCE:http://a.example\nHOBBY;LEVEL=high:reading\nXML:<a/>\nX-FOO;TYPE=HOME:a\\,b\nlost text\nCATEGORIES:a\\,b,c\nNICKNAME:d,e\nGENDER:;it's complicated\nPRONOUNS:they/them\nDEATHDATE:2020\nFBURL:http://f.example\nRELATED;TYPE=friend:urn:uuid:2\nAGENT:\nBEGIN:VCARD\nFN:Bob\nEND:VCARD\nPRODID:p\nREV:r\n",
		"AltFN: \"y\"\nNicknames: \"d\"\nNicknames: \"e\"\nURLs: \"http://a.example\"\nURLs: \"http://f.example\"\nDates: 2020-0-0\nGender: \"it's complicated\"\nPronouns: \"they/them\"\nCategories: \"a,b\"\nCategories: \"c\"\nRelated: \"urn:uuid:2\" friend\nAgents: \"Bob\"\nRevised: \"r\"\nProduct: \"p\"\n" +
			"Rest: 6 HOBBY \"reading\"\nRest: 7 XML \"<a/>\"\nRest: 8 X-FOO \"a,b\" home\nRest: 9  \"lost text\"\n"},
	// What go-vcard loses.
	{"a number without TYPE=", "TEL;HOME;VOICE:123\n", "Phones: \"123\" home,voice\n"},
	{"soft line breaks", "FN:x\nNOTE;ENCODING=QUOTED-PRINTABLE:a=\n b=\nc=0D=0Ad\n", "Notes: \"abc\\nd\"\n"},
	{"a semicolon in a name", "N:Smith\\;Jones;Ann\n", "Names: Smith;Jones|Ann|||\n"},
	{"\\N", "FN:x\nNOTE:a\\Nb\n", "Notes: \"a\\nb\"\n"},
	{"quoted parameters with commas", "FN:x\nADR;LABEL=\"a, b\";TYPE=home:;;c;;;;\n", "Addresses: \"a, b\" home ||c||||\n"},
	{"a byte order mark", "\ufeffFN:x\nTEL:1\n", "Phones: \"1\"\n"},
	{"bare CR", "FN:x\rTEL:1\r", "Phones: \"1\"\n"},
}

func TestView(t *testing.T) {
	for _, tt := range views {
		t.Run(tt.name, func(t *testing.T) {
			in := card(tt.in)
			if strings.Contains(tt.in, "\r") {
				in = strings.ReplaceAll(in, "\n", "\r")
			}
			c, err := View([]byte(in))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, said(c)); d != "" {
				t.Error(d)
			}
			if again, err := Read([]byte(in)); err != nil || again != c.Card {
				t.Errorf("Read gives %+v, View %+v", again, c.Card)
			}
		})
	}
}

// TestViewMisses: every value of a card is somewhere in the view.
func TestViewMisses(t *testing.T) {
	for _, tt := range conversions {
		if tt.name == "what says nothing" {
			continue
		}
		c, err := View([]byte(framed(tt.from, tt.in)))
		if err != nil {
			t.Fatal(err)
		}
		if s := said(c) + c.UID; strings.Count(s, "\n") < 2 && c.UID == "" && c.Kind == "individual" { // the names, and something else
			t.Errorf("%s: %q says only %s", tt.name, tt.in, s)
		}
	}
	for name := range byName {
		c, err := View([]byte(card("FN:x\n" + name + ":wqx\n")))
		if err != nil {
			t.Fatal(err)
		}
		if s := said(c) + c.Name + c.UID + c.Kind; !strings.Contains(strings.ToLower(s), "wqx") && name != "X-ABLABEL" && byName[name].value != asDate && byName[name].value != asMedia && byName[name].v40 != "KIND" {
			t.Errorf("%s is nowhere in %s", name, s)
		}
	}
}

// TestHostile: what takes long or deep is bounded.
func TestHostile(t *testing.T) {
	for _, tt := range []struct{ name, in string }{
		{"agents in agents", strings.Repeat("BEGIN:VCARD\nAGENT:\n", 5_000) + strings.Repeat("END:VCARD\n", 5_000)},
		{"many properties of one name", card(strings.Repeat("FN:x\n", 5_000))},
		{"many labels", card(strings.Repeat("item1.X-ABRELATEDNAMES:x\nLABEL:x\nADR:y\n", 2_000))},
		{"many groups", card(strings.Repeat("RELATED;TYPE=friend:x\n", 5_000))},
		{"many types", card("TEL;" + strings.Repeat("A=b;", 5_000) + "TYPE=" + strings.Repeat("x,", 2_000) + ":1\n")},
		{"many fields", card("N:" + strings.Repeat(";,", 50_000) + "\n")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			if _, err := View([]byte(tt.in)); err != nil {
				t.Fatal(err)
			}
			for _, to := range []Version{V21, V30, V40} {
				out, _, err := Convert([]byte(tt.in), to)
				if err != nil {
					t.Fatal(err)
				}
				if len(out) > 60*len(tt.in) {
					t.Errorf("%d bytes of %d", len(out), len(tt.in))
				}
			}
			t.Log(time.Since(start))
		})
	}
}

// TestViewSurvives cuts cards at every byte and changes every byte: no panic.
func TestViewSurvives(t *testing.T) {
	for _, tt := range views {
		in := []byte(card(tt.in))
		for i := range in {
			for _, c := range []byte("\n;:\\\"\xff") {
				changed := bytes.Clone(in)
				changed[i] = c
				if v, err := View(changed); err == nil {
					_ = said(v)
				}
			}
		}
	}
}

// TestViewKeeps: a converted card says the same to a person. What the target
// has no form for is reported, and still there.
func TestViewKeeps(t *testing.T) {
	for _, tt := range views {
		in := []byte(card(tt.in))
		before, err := View(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []Version{V21, V30, V40} {
			out, losses, err := Convert(in, to)
			if err != nil {
				t.Fatal(err)
			}
			after, err := View(out)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(words(before), words(after)); d != "" {
				t.Errorf("%s to %s: %s\n%s\n%+v", tt.name, to, d, out, losses)
			}
		}
	}
}

// words is what a contact says, without what a conversion changes: the
// derived N, the lines of the rest and X- before them, the order of what is
// less preferred, the scheme of a chat, an agent that has become a relation.
func words(c *Contact) []string {
	if n := c.Names; n.Given == c.Name || n.Family == c.Name {
		c.Names = Names{}
	}
	for i := range c.Chats {
		c.Chats[i].Text = ""
	}
	for i := range c.Rest {
		p := &c.Rest[i]
		if p.Name == "" {
			c.Notes = append(c.Notes, Value{Text: p.Text})
			p.Text = ""
		}
		p.Line, p.Name = 0, strings.TrimPrefix(p.Name, "X-")
	}
	for _, v := range c.Agents {
		c.Related = append(c.Related, Value{Text: v.Text, Types: []string{"agent"}})
	}
	c.Agents = nil
	s := strings.ReplaceAll(said(c), " pref 2", "")
	s = strings.ReplaceAll(s, " internet", "")
	return strings.Split(strings.ReplaceAll(s, "Rest: 0  \"\"\n", ""), "\n")
}
