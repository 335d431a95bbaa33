package multistatus

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

const maxTestData = 4 << 20

// flat is a response in a form that can be compared.
type flat struct {
	Href                      string
	More                      []string
	Status                    int
	ETag, Modified            string
	Length                    int64
	Types                     Types
	HasData                   bool
	Data                      string
	Name, Color, Order, Token string
	SyncCollection            bool
	Components                []string
	Principal                 string
	Unauthenticated           bool
	BookHomes, CalHomes       []string
}

func flatten(r *Response) flat {
	return flat{
		Href: string(r.Href), More: r.More, Status: r.Status, ETag: string(r.ETag), Modified: string(r.Modified),
		Length: r.Length, Types: r.Types, HasData: r.HasData, Data: string(r.Data), Name: string(r.Name),
		Color: string(r.Color), Order: string(r.Order), Token: string(r.SyncToken), SyncCollection: r.SyncCollection,
		Components: r.Components, Principal: string(r.Principal), Unauthenticated: r.Unauthenticated,
		BookHomes: r.BookHomes, CalHomes: r.CalHomes,
	}
}

func readAll(r io.Reader) (all []flat, token string, err error) {
	d := NewReader(r, maxTestData)
	for {
		resp, err := d.Next()
		if err == io.EOF {
			return all, string(d.SyncToken()), nil
		}
		if err != nil {
			return all, "", err
		}
		all = append(all, flatten(resp))
	}
}

const listing = `<?xml version="1.0" encoding="utf-8"?>
<!-- a comment --><multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR='urn:ietf:params:xml:ns:carddav'
  xmlns:A="http://apple.com/ns/ical/">
 <response><href>/a/</href><propstat><prop><resourcetype><collection/><C:calendar/></resourcetype>
  <displayname>Fam&#xfc;lie &amp; <![CDATA[<Freunde>]]></displayname><A:calendar-color>#ff0000ff</A:calendar-color>
  <C:supported-calendar-component-set><C:comp name="VEVENT"/><C:comp name='vtodo'></C:comp></C:supported-calendar-component-set>
  <supported-report-set><supported-report><report><sync-collection/></report></supported-report></supported-report-set>
  <sync-token>http://x/1</sync-token><C:max-resource-size>10000</C:max-resource-size></prop><status>HTTP/1.1 200 OK</status></propstat>
  <propstat><prop><getetag>"no"</getetag><getcontentlength>7</getcontentlength></prop><status>HTTP/1.1 404 Not Found</status></propstat></response>
 <response><href> /a/1.ics </href><propstat><prop><getetag>W/&quot;1&quot;</getetag><getcontentlength>12</getcontentlength>
  <C:calendar-data>BEGIN:X
END:X
</C:calendar-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>
 <D:response xmlns:D="DAV:"><D:href>/a/2.ics</D:href><D:status>HTTP/1.1 404 Not Found</D:status></D:response>
 <response><href>/p/</href><propstat><prop><current-user-principal><href>/u/</href></current-user-principal>
  <C:calendar-home-set><href>/a/</href><href>/b/</href></C:calendar-home-set></prop><status>HTTP/1.1 200 OK</status></propstat></response>
 <sync-token>http://x/2</sync-token></multistatus>`

func TestReader(t *testing.T) {
	want := []flat{
		{Href: "/a/", Length: -1, Types: Collection | Calendar, Name: "Famülie & <Freunde>", Color: "#ff0000ff",
			Components: []string{"VEVENT", "VTODO"}, SyncCollection: true, Token: "http://x/1"},
		{Href: "/a/1.ics", ETag: `W/"1"`, Length: 12, HasData: true, Data: "BEGIN:X\nEND:X\n"},
		{Href: "/a/2.ics", Status: 404, Length: -1},
		{Href: "/p/", Length: -1, Principal: "/u/", CalHomes: []string{"/a/", "/b/"}},
	}
	for name, r := range map[string]io.Reader{
		"whole": strings.NewReader(listing), "byte by byte": iotest.OneByteReader(strings.NewReader(listing)),
		"with a mark": strings.NewReader("\ufeff" + listing),
	} {
		got, token, err := readAll(r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(got, want) || token != "http://x/2" {
			t.Errorf("%s: got %+v\ntoken %q", name, got, token)
		}
	}
}

// Cut anywhere, an answer is never taken for a complete one.
func TestCutAtEveryByte(t *testing.T) {
	for i := range len(listing) {
		if _, _, err := readAll(strings.NewReader(listing[:i])); err == nil {
			t.Fatalf("cut at %d: no error", i)
		}
	}
}

func item(data string) string {
	return `<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><response><href>/1</href><propstat><prop><C:address-data>` +
		data + `</C:address-data></prop></propstat></response></multistatus>`
}

// What XML forbids but servers send passes as it is, line ends too.
func TestDataAsOnTheWire(t *testing.T) {
	for _, c := range []struct{ wire, want string }{
		{"a\r\nb\rc\n", "a\r\nb\rc\n"},
		{"a&#13;\nb", "a\r\nb"},
		{"form\ffeed", "form\ffeed"},
		{"form&#12;feed&#x0;", "form\ffeed\x00"},
		{"bad \xff\xfe utf-8", "bad \xff\xfe utf-8"},
		{"<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"},
		{"  kept  ", "  kept  "},
	} {
		got, _, err := readAll(strings.NewReader(item(c.wire)))
		if err != nil || got[0].Data != c.want {
			t.Errorf("%q: got %+v, %v", c.wire, got, err)
		}
	}
}

func TestLongDataIsCut(t *testing.T) {
	d := NewReader(strings.NewReader(item(strings.Repeat("x", 1000))), 999)
	r, err := d.Next()
	if err != nil || !r.HasData || !r.DataLong {
		t.Fatalf("got %+v, %v", r, err)
	}
}

func TestRefused(t *testing.T) {
	var syntax *SyntaxError
	for name, c := range map[string]struct {
		in   string
		want error // nil: a SyntaxError
	}{
		"entity":            {in: item("&lol;")},
		"document type":     {in: `<!DOCTYPE m [<!ENTITY lol "lol">]>` + item("&lol;")},
		"external entity":   {in: `<?xml version="1.0"?><!DOCTYPE m SYSTEM "file:///etc/passwd">` + item("x")},
		"surrogate":         {in: item("&#xd800;")},
		"beyond Unicode":    {in: item("&#x110000;")},
		"wrong end tag":     {in: `<multistatus xmlns="DAV:"><response></respons></multistatus>`},
		"latin 1":           {in: `<?xml version="1.0" encoding="ISO-8859-1"?>` + item("x")},
		"text":              {in: "hello, hello"},
		"deep":              {in: `<multistatus xmlns="DAV:">` + strings.Repeat("<a>", 1000)},
		"long tag":          {in: `<multistatus xmlns="DAV:" a="` + strings.Repeat("a", 1<<20)},
		"web page":          {in: "<html><body>Welcome</body></html>", want: ErrNotMultistatus},
		"empty":             {in: "", want: ErrNotMultistatus},
		"error":             {in: `<error xmlns="DAV:"/>`, want: ErrNotMultistatus},
		"another namespace": {in: `<multistatus xmlns="x"/>`, want: ErrNotMultistatus},
	} {
		_, _, err := readAll(strings.NewReader(c.in))
		if err == nil || c.want != nil && !errors.Is(err, c.want) || c.want == nil && !errors.As(err, &syntax) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// endless repeats its bytes.
type endless struct {
	b    string
	n, i int
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.b) < 64<<10 {
		e.b = strings.Repeat(e.b, 64<<10)
	}
	for n := 0; n < len(p); {
		c := copy(p[n:], e.b[e.i:])
		n, e.i = n+c, (e.i+c)%len(e.b)
	}
	e.n += len(p)
	return len(p), nil
}

// A response that never ends is given up, in bounded memory.
func TestEndless(t *testing.T) {
	for name, c := range map[string]struct{ head, body string }{
		"text":       {`<multistatus xmlns="DAV:"><response><href>`, "x"},
		"white":      {`<multistatus xmlns="DAV:">`, " "},
		"comment":    {`<multistatus xmlns="DAV:"><!--`, "-"},
		"properties": {`<multistatus xmlns="DAV:"><response><propstat><prop>`, "<a/>"},
		"garbage":    {"", "\x00\x01garbage"},
		"before":     {"", " "},
	} {
		e := &endless{b: c.body}
		d := NewReader(io.MultiReader(strings.NewReader(c.head), e), 1<<10)
		d.gap = 1 << 20
		d.s.limit = d.gap
		_, err := d.Next()
		if err == nil || e.n > 4<<20 {
			t.Errorf("%s: %v after %d bytes", name, err, e.n)
		}
	}
}

// oracle reads a multistatus with encoding/xml.
func oracle(b []byte) (all []flat, token string, err error) {
	type hrefs struct {
		Href []string `xml:"DAV: href"`
	}
	type prop struct {
		ETag     *string `xml:"DAV: getetag"`
		Length   *string `xml:"DAV: getcontentlength"`
		Modified *string `xml:"DAV: getlastmodified"`
		Card     *string `xml:"urn:ietf:params:xml:ns:carddav address-data"`
		Cal      *string `xml:"urn:ietf:params:xml:ns:caldav calendar-data"`
		Homes    hrefs   `xml:"urn:ietf:params:xml:ns:caldav calendar-home-set"`
	}
	var m struct {
		XMLName  xml.Name `xml:"DAV: multistatus"`
		Response []struct {
			Href     []string `xml:"DAV: href"`
			Propstat []struct {
				Prop   prop    `xml:"DAV: prop"`
				Status *string `xml:"DAV: status"`
			} `xml:"DAV: propstat"`
		} `xml:"DAV: response"`
		Token string `xml:"DAV: sync-token"`
	}
	if err := xml.Unmarshal(b, &m); err != nil {
		return nil, "", err
	}
	for _, r := range m.Response {
		f := flat{Length: -1}
		if len(r.Href) > 0 {
			f.Href = strings.TrimSpace(r.Href[0])
		}
		for _, p := range r.Propstat {
			if p.Status != nil && statusOf([]byte(strings.TrimSpace(*p.Status)))/100 != 2 {
				continue
			}
			if p.Prop.ETag != nil {
				f.ETag = strings.TrimSpace(*p.Prop.ETag)
			}
			for _, d := range []*string{p.Prop.Card, p.Prop.Cal} {
				if d != nil {
					f.Data, f.HasData = *d, true
				}
			}
		}
		all = append(all, f)
	}
	return all, strings.TrimSpace(m.Token), nil
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(listing))
	f.Add([]byte(item("a&amp;b")))
	f.Add([]byte(item("<![CDATA[x]]>")))
	f.Add([]byte(`<D:multistatus xmlns:D="DAV:"><D:response><D:href>/x</D:href><D:propstat><D:prop><D:getetag>"1"</D:getetag></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, token, err := readAll(bytes.NewReader(b))
		slow, slowToken, slowErr := readAll(iotest.OneByteReader(bytes.NewReader(b)))
		if (err == nil) != (slowErr == nil) || err == nil && (!reflect.DeepEqual(got, slow) || token != slowToken) {
			t.Fatalf("depends on how the bytes arrive: %v, %v\n%+v\n%+v", err, slowErr, got, slow)
		}
		want, wantToken, wantErr := oracle(b)
		if wantErr != nil || err != nil || !comparable(b) {
			return
		}
		if token != wantToken || len(got) != len(want) {
			t.Fatalf("got %d, %q, want %d, %q", len(got), token, len(want), wantToken)
		}
		for i, g := range got {
			w := want[i]
			if g.Href != w.Href || g.ETag != w.ETag || g.HasData != w.HasData || g.Data != w.Data {
				t.Fatalf("got %+v\nwant %+v", g, w)
			}
		}
	})
}

// comparable leaves out what the two readers treat differently on purpose:
// carriage returns, properties that are stated twice, mixed content.
func comparable(b []byte) bool {
	if bytes.ContainsAny(b, "\r") || bytes.Contains(b, []byte("&#")) || !utf8.Valid(b) {
		return false
	}
	for _, twice := range []string{"getetag", "-data", "status>", "sync-token"} {
		if bytes.Count(b, []byte(twice)) > 2*bytes.Count(b, []byte("<response")) {
			return false
		}
	}
	return len(b) < 10_000
}

func BenchmarkReader(b *testing.B) {
	var buf bytes.Buffer
	buf.WriteString(`<multistatus xmlns="DAV:" xmlns:CR="urn:ietf:params:xml:ns:carddav">`)
	for i := range 10_000 {
		fmt.Fprintf(&buf, `<response><href>/alice/book/contact-%d.vcf</href><propstat><prop><getetag>"%064x"</getetag><getcontentlength>%d</getcontentlength>`+
			`<CR:address-data>BEGIN:VCARD&#13;
VERSION:3.0&#13;
FN:Some One&#13;
N:One;Some;;;&#13;
TEL:+49 123 456 %d&#13;
END:VCARD&#13;
</CR:address-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>`, i, i, i, i)
	}
	buf.WriteString(`</multistatus>`)
	b.Run("own", func(b *testing.B) {
		b.SetBytes(int64(buf.Len()))
		b.ReportAllocs()
		d := NewReader(nil, maxTestData)
		for b.Loop() {
			d.Reset(bytes.NewReader(buf.Bytes()), maxTestData)
			n := 0
			for {
				if _, err := d.Next(); err != nil {
					break
				}
				n++
			}
			if n != 10_000 {
				b.Fatal(n)
			}
		}
	})
	b.Run("encoding/xml", func(b *testing.B) {
		b.SetBytes(int64(buf.Len()))
		for b.Loop() {
			if all, _, err := oracle(buf.Bytes()); err != nil || len(all) != 10_000 {
				b.Fatal(err)
			}
		}
	})
}
