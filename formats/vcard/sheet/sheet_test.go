package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sidekeep/formats/contentline"
	"sidekeep/formats/vcard"
)

// bodies reads a CSV and gives the lines of each card, without FN and frame.
func bodies(t testing.TB, in string) (out []string, err error) {
	t.Helper()
	charset, err := CharsetOf(strings.NewReader(in))
	if err != nil {
		return nil, err
	}
	err = Read(strings.NewReader(in), charset, func(card []byte, line int) error {
		if line < 2 {
			t.Errorf("a card of line %d", line)
		}
		if _, err := vcard.View(card); err != nil {
			t.Errorf("%q: %v", card, err)
		}
		s := strings.ReplaceAll(strings.ReplaceAll(string(card), "\r\n ", ""), "\r\n", "\n")
		s = strings.TrimPrefix(s, "BEGIN:VCARD\nVERSION:3.0\n")
		var lines []string
		for l := range strings.SplitSeq(strings.TrimSuffix(s, "END:VCARD\n"), "\n") {
			if l != "" && !strings.HasPrefix(l, "FN:") {
				lines = append(lines, l)
			}
		}
		out = append(out, strings.Join(lines, "\n"))
		return nil
	})
	return out, err
}

var sheets = []struct {
	name, in string
	want     []string
}{
	{"Google", "First Name,Last Name,Name Prefix,Organization Name,Organization Department,Birthday,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Event 1 - Label,Event 1 - Value,Relation 1 - Label,Relation 1 - Value,Custom Field 1 - Label,Custom Field 1 - Value\r\n" +
		"Ann,Smith,Dr.,\"Acme, Inc.\",Sales,--04-12,\"two\r\nlines\",Friends ::: * myContacts,* Home,a@b.example ::: c@d.example,Summer house,+49 1,Anniversary,2001-05-06,Spouse,Bob,Shoe,44\r\n",
		[]string{"N:Smith;Ann;;Dr.;\nORG:Acme\\, Inc.;Sales\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12\nCATEGORIES:Friends\n" +
			"EMAIL;TYPE=home,pref:a@b.example\nEMAIL;TYPE=home:c@d.example\nitem1.TEL:+49 1\nitem1.X-ABLabel:Summer house\nX-ANNIVERSARY:2001-05-06\n" +
			"item2.X-ABRELATEDNAMES:Bob\nitem2.X-ABLabel:_$!<Spouse>!$_\nNOTE:two\\nlines\nNOTE:Shoe: 44"}},
	{"Google before 2024", "Name,Given Name,Family Name,Given Name Yomi,Group Membership,E-mail 1 - Type,E-mail 1 - Value,IM 1 - Type,IM 1 - Service,IM 1 - Value,Address 1 - Type,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Organization 1 - Type,Organization 1 - Name,Organization 1 - Title\n" +
		"Ann Smith,Ann,Smith,アン,* myContacts,* Work,a@b.example,Home,Jabber,a@j.example,Home,\"Main St 5\nBerlin\",Main St 5,Berlin,,Acme,Boss\n",
		[]string{"N:Smith;Ann;;;\nX-PHONETIC-FIRST-NAME:アン\nORG:Acme;\nEMAIL;TYPE=work,pref:a@b.example\nIMPP;TYPE=home;X-SERVICE-TYPE=Jabber:xmpp:a@j.example\nTITLE:Boss\nADR;TYPE=home:;;Main St 5;Berlin;;;"}},
	{"Outlook", "\"Title\",\"First Name\",\"Last Name\",\"Job Title\",\"Business Street\",\"Business City\",\"Home Street\",\"Home Phone\",\"Home Phone 2\",\"E-mail Address\",\"E-mail Type\",\"Birthday\",\"Anniversary\",\"Gender\",\"Priority\",\"Categories\",\"Spouse\"\r\n" +
		"\"Dr.\",\"Ann\",\"Smith\",\"Boss\",\"Main 1\",\"Berlin\",\"Side 2\",\"+49 1\",\"+49 2\",\"a@b.example\",\"SMTP\",\"4/13/1985\",\"0/0/00\",\"Unspecified\",\"Normal\",\"a;b\",\"Bob\"\r\n",
		[]string{"N:Smith;Ann;;Dr.;\nTITLE:Boss\nTEL;TYPE=home:+49 1\nTEL;TYPE=home:+49 2\nEMAIL:a@b.example\nBDAY:1985-04-13\nCATEGORIES:a,b\n" +
			"item1.X-ABRELATEDNAMES:Bob\nitem1.X-ABLabel:_$!<Spouse>!$_\nADR;TYPE=work:;;Main 1;Berlin;;;\nADR;TYPE=home:;;Side 2;;;;"}},
	{"Outlook in German, semicolons, windows-1252", "Anrede;Vorname;Nachname;Firma;Mobiltelefon;E-Mail-Adresse;Geburtstag;Notizen\r\nFrau;J\xfcrgen;M\xfcller;Acme;+49 1;a@b.example;12.4.1985;Gr\xfc\xdfe\r\n",
		[]string{"N:Müller;Jürgen;;Frau;\nORG:Acme;\nTEL;TYPE=cell:+49 1\nEMAIL:a@b.example\nBDAY:1985-04-12\nNOTE:Grüße"}},
	{"Yahoo", "\"First\",\"Middle\",\"Last\",\"Email\",\"Category\",\"Messenger ID\",\"Home\",\"Work\",\"Mobile\",\"Alternate Email 1\",\"Personal Website\",\"Title\",\"Company\",\"Home Address\",\"Home City\",\"Home ZIP\",\"Birthday\",\"Comments\"\n\"Ann\",\"M\",\"Smith\",\"a@b.example\",\"x\",\"ann\",\"1\",\"2\",\"3\",\"c@d.example\",\"http://a.example\",\"Boss\",\"Acme\",\"Main 1\",\"Berlin\",\"1\",\"1985/04/12\",\"hi\"\n",
		[]string{"N:Smith;Ann;M;;\nORG:Acme;\nEMAIL:a@b.example\nCATEGORIES:x\nIMPP:im:ann\nTEL;TYPE=home:1\nTEL;TYPE=work:2\nTEL;TYPE=cell:3\nEMAIL:c@d.example\nURL:http://a.example\nTITLE:Boss\nBDAY:1985-04-12\nADR;TYPE=home:;;Main 1;Berlin;;1;\nNOTE:hi"}},
	{"Thunderbird", "First Name,Last Name,Display Name,Primary Email,Secondary Email,Mobile Number,Fax Number,Birth Year,Birth Month,Birth Day,Custom 1\nAnn,Smith,Ann S.,a@b.example,c@d.example,1,2,,4,12,x\n",
		[]string{"N:Smith;Ann;;;\nEMAIL:a@b.example\nEMAIL:c@d.example\nTEL;TYPE=cell:1\nTEL;TYPE=fax:2\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12\nNOTE:Custom 1: x"}},
	{"an exporter of iCloud, tabs", "Full Name\tPhone (mobile)\tPhone (home)\tEmail (work)\tOrganisation\nAnn Smith\t1\t2\ta@b.example\tAcme\n",
		[]string{"N:;Ann Smith;;;\nORG:Acme;\nTEL;TYPE=cell:1\nTEL;TYPE=home:2\nEMAIL;TYPE=work:a@b.example"}},
	{"dates with the day first", "First Name,Birthday\nAnn,4/5/1985\nBob,13/5/1985\n", []string{"N:;Ann;;;\nBDAY:1985-05-04", "N:;Bob;;;\nBDAY:1985-05-13"}},
	{"dates with the month first", "First Name,Birthday\nAnn,4/5/1985\nBob,5/13/1985\n", []string{"N:;Ann;;;\nBDAY:1985-04-05", "N:;Bob;;;\nBDAY:1985-05-13"}},
	{"a date that is none", "First Name,Birthday\nAnn,soon\nBob,4/5/85\n", []string{"N:;Ann;;;\nNOTE:Birthday: soon", "N:;Bob;;;\nNOTE:Birthday: 4/5/85"}},
	{"days that no calendar has", "First Name,Birthday,Birth Year,Birth Month,Birth Day\nAnn,1985-02-31,,,\nBob,29.2.,,,\nCem,29.2.2023,,,\nDo,,2023,4,31\n",
		[]string{"N:;Ann;;;\nNOTE:Birthday: 1985-02-31", "N:;Bob;;;\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29", "N:;Cem;;;\nNOTE:Birthday: 29.2.2023", "N:;Do;;;\nNOTE:Birthday: 2023-4-31"}},
	{"blank rows, missing cells, more cells", "First Name,Last Name\n\n,\nAnn\nBob,Smith,x\n", []string{"N:;Ann;;;", "N:Smith;Bob;;;\nNOTE:x"}},
	{"CR", "First Name,Last Name\rAnn,Smith\r", []string{"N:Smith;Ann;;;"}},
	{"marks and control characters", "First Name,Last Name,Organization Name,Notes,Address 1 - Label,Address 1 - Street,Address 1 - Formatted,Website 1 - Label,Website 1 - Value,Group Membership\n" +
		"\"A;n,n\",\"\\N;\",\"a\x01b\x02\",\"\x00\\n\",\"B;\"\"o:a\"\"t\",\"S;t,r\",\"S;t,r\nBerlin\",Blog,\"http://a.example/?a,b;c\",\"x:y ::: z;w\"\n",
		[]string{"N:\\\\N\\;;A\\;n\\,n;;;\nORG:ab;\nCATEGORIES:x:y,z\\;w\nitem1.URL:http://a.example/?a,b;c\nitem1.X-ABLabel:Blog\n" +
			"item2.ADR:;;S\\;t\\,r;;;;\nLABEL:S\\;t\\,r\\nBerlin\nitem2.X-ABLabel:B\\;\"o:a\"t\nNOTE:\\\\n"}},
	{"what looks like lines of a card", "First Name,Notes\nAnn,\"x\nEND:VCARD\nBEGIN:VCARD\"\n", []string{"N:;Ann;;;\nNOTE:x\\nEND:VCARD\\nBEGIN:VCARD"}},
}

func TestRead(t *testing.T) {
	for _, tt := range sheets {
		t.Run(tt.name, func(t *testing.T) {
			got, err := bodies(t, tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if !utf8.ValidString(tt.in) {
				return
			}
			wide := []byte{0xff, 0xfe}
			for _, r := range tt.in {
				wide = append(wide, byte(r), byte(r>>8))
			}
			if got, err = bodies(t, string(wide)); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error("UTF-16:", d)
			}
			if got, err = bodies(t, "\ufeff"+tt.in); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error("byte order mark:", d)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", "line 1: the table is empty"},
		{"other columns", "a,b\n1,2\n", "line 1: its columns are not those of contacts"},
		{"to-dos", "Subject,Due Date\nx,y\n", "line 1: its columns are not those of contacts"},
		{"a row that is too long", "First Name\nAnn\n\"" + strings.Repeat("x\n", MaxRow), "line 3: the row is larger than 4 MB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := bodies(t, tt.in)
			var e *contentline.Error
			if !errors.As(err, &e) || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	stop := errors.New("stop")
	if err := Read(strings.NewReader("First Name\na\nb\n"), "", func([]byte, int) error { return stop }); err != stop {
		t.Error(err)
	}
}

// TestReadStreams: the memory does not grow with the table.
func TestReadStreams(t *testing.T) {
	in := io.MultiReader(strings.NewReader("First Name,Notes\n"), io.LimitReader(&rowsOf{row: "Ann," + strings.Repeat("x", 1000) + "\n"}, 20<<20))
	n := 0
	var most uint64
	if err := Read(in, "", func([]byte, int) error {
		if n++; n%5_000 == 0 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
		return nil
	}); err != nil || n < 20_000 {
		t.Fatalf("%d rows: %v", n, err)
	}
	if most > 16<<20 {
		t.Errorf("%d MB in use", most>>20)
	}
}

type rowsOf struct {
	row string
	at  int
}

func (r *rowsOf) Read(p []byte) (int, error) {
	n := copy(p, r.row[r.at:])
	r.at = (r.at + n) % len(r.row)
	return n, nil
}

const whole = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Smith;Ann;Maria;Dr.;jr.\r\nFN:Dr. Ann Maria Smith jr.\r\nNICKNAME:Annie\r\nORG:Acme\\, Inc.;Sales\r\nTITLE:Boss\r\n" +
	"TEL;TYPE=CELL,pref:+49 1\r\nTEL;TYPE=HOME,FAX:+49 2\r\nTEL;TYPE=WORK:+49 3\r\nitem1.TEL:+49 4\r\nitem1.X-ABLabel:Summer house\r\nTEL;TYPE=CELL:+49 5\r\n" +
	"EMAIL;TYPE=HOME:a@b.example\r\nEMAIL:c@d.example\r\nEMAIL:e@f.example\r\nEMAIL:g@h.example\r\n" +
	"ADR;TYPE=HOME:;;Main St 5;Berlin;;10115;Germany\r\nADR;TYPE=WORK:1;;Side St 5;Paris;X;75;France\r\nURL:http://a.example/x\r\nIMPP;X-SERVICE-TYPE=Jabber:xmpp:a@j.example\r\n" +
	"BDAY:1985-04-12\r\nX-ANNIVERSARY:2001-05-06\r\nNOTE:one\\ntwo \\\"three\\\"\r\nCATEGORIES:Friends,Club\r\nitem2.X-ABRELATEDNAMES:Bob\r\nitem2.X-ABLabel:_$!<Spouse>!$_\r\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\nEND:VCARD\r\n"

func one(t testing.TB, card string) (*vcard.Contact, iter.Seq2[*vcard.Contact, error]) {
	t.Helper()
	c, err := vcard.View([]byte(card))
	if err != nil {
		t.Fatal(err)
	}
	return c, func(yield func(*vcard.Contact, error) bool) { yield(c, nil) }
}

// TestBack: what is written as a table and read again is the same contact.
func TestBack(t *testing.T) {
	for name, columns := range map[string]Columns{"Google": Google, "Outlook": Outlook} {
		t.Run(name, func(t *testing.T) {
			c, contacts := one(t, whole)
			var b bytes.Buffer
			losses, err := Write(&b, columns, contacts)
			if err != nil || !utf8.Valid(b.Bytes()) {
				t.Fatal(err)
			}
			gone := 0
			for _, l := range losses {
				if l.Gone {
					gone++
				}
			}
			if gone != 1 || losses[0].Property != "PHOTO" {
				t.Errorf("losses %+v", losses)
			}
			var back *vcard.Contact
			if err := Read(&b, "", func(card []byte, _ int) error { back, err = vcard.View(card); return err }); err != nil {
				t.Fatal(err)
			}
			if back.Names != c.Names || !cmp.Equal(back.Birthday, c.Birthday) || back.Organizations[0].Text != "Acme, Inc." {
				t.Errorf("%+v, %+v", back.Names, back.Birthday)
			}
			if d := cmp.Diff(c.Categories, back.Categories); d != "" {
				t.Error(d)
			}
			if columns == Outlook {
				for _, s := range []string{"+49 4", "+49 5", "g@h.example", "a@j.example"} {
					if !strings.Contains(back.Notes[0].Text, s) {
						t.Errorf("%s is not in the notes %q", s, back.Notes[0].Text)
					}
				}
				return
			}
			if d := cmp.Diff(c.Notes, back.Notes); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.Phones, back.Phones); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.Emails, back.Emails); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.Addresses, back.Addresses); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.Related, back.Related); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.Chats, back.Chats); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWriteHeader(t *testing.T) {
	_, contacts := one(t, whole)
	var b bytes.Buffer
	if _, err := Write(&b, Google, contacts); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0][:3], ","); got != "First Name,Middle Name,Last Name" {
		t.Error(got)
	}
	for _, want := range []string{"E-mail 4 - Value", "Phone 5 - Label", "Address 2 - Postal Code", "Relation 1 - Value", "Event 1 - Value", "Website 1 - Value"} {
		if !strings.Contains(strings.Join(rows[0], ","), want) {
			t.Errorf("no column %q", want)
		}
	}
}

// TestFormulas: no cell is run by a spreadsheet, and none is changed by it.
func TestFormulas(t *testing.T) {
	in := "BEGIN:VCARD\nVERSION:3.0\nFN:x\nN:=HYPERLINK(1)\\,2;@ann;+cmd|' /C calc'!A0;;\nTEL:+49 (30) 1\nEND:VCARD\n"
	c, contacts := one(t, in)
	for _, columns := range []Columns{Google, Outlook} {
		var b bytes.Buffer
		if _, err := Write(&b, columns, contacts); err != nil {
			t.Fatal(err)
		}
		s := b.String()
		if !strings.Contains(s, "'=HYPERLINK") || !strings.Contains(s, "'+cmd") || !strings.Contains(s, ",+49 (30) 1") || !strings.Contains(s, "@ann") {
			t.Errorf("%q", s)
		}
		if err := Read(&b, "", func(card []byte, _ int) error {
			back, err := vcard.View(card)
			if err == nil && back.Names != c.Names {
				t.Errorf("%+v", back.Names)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWriteStops: an error of the contacts ends it.
func TestWriteStops(t *testing.T) {
	stop := errors.New("stop")
	for _, columns := range []Columns{Google, Outlook} {
		if _, err := Write(io.Discard, columns, func(yield func(*vcard.Contact, error) bool) { yield(nil, stop) }); err != stop {
			t.Error(err)
		}
	}
}

// FuzzRead: no panic; every card can be read, and written as a table.
func FuzzRead(f *testing.F) {
	for _, tt := range sheets {
		f.Add([]byte(tt.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		last := 0
		err := Read(bytes.NewReader(in), "", func(card []byte, line int) error {
			if line <= last {
				t.Fatalf("line %d follows line %d", line, last)
			}
			last = line
			_, contacts := one(t, string(card))
			for _, columns := range []Columns{Google, Outlook} {
				if _, err := Write(io.Discard, columns, contacts); err != nil {
					t.Fatal(err)
				}
			}
			return nil
		})
		var e *contentline.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatal(err)
		}
	})
}
