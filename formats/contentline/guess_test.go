package contentline

import (
	"fmt"
	"strings"
	"testing"

	"sidekeep/formats/contentline/charsets"
)

// addressBooks are names as address books of a country have them, and the charsets
// in which old programs write them.
var addressBooks = []struct {
	language string
	charsets []string
	names    []string
}{
	{"German", []string{"windows-1252", "iso-8859-15"}, []string{"Jürgen Müller", "Käthe Größe", "Günther Weiß", "Björn Schröder"}},
	{"French", []string{"windows-1252", "iso-8859-15"}, []string{"François Lefèvre", "Hélène Châtelet", "Noël Garçon", "Œuvre Cœur"}},
	{"Spanish", []string{"windows-1252"}, []string{"José Muñoz", "Íñigo Núñez", "María Ángeles Peña", "¿Begoña Ibáñez?"}},
	{"Portuguese", []string{"windows-1252"}, []string{"João Gonçalves", "Conceição Simões", "Antônio Magalhães", "Inês Falcão"}},
	{"Finnish", []string{"windows-1252"}, []string{"Päivi Hämäläinen", "Jyrki Mäkelä", "Åke Öberg", "Hyvää päivää"}},
	{"Italian", []string{"windows-1252"}, []string{"Niccolò Però", "Città Perché", "Lucìa Nicolò", "Giosuè Carducci"}},
	{"Danish", []string{"windows-1252"}, []string{"Søren Kierkegård", "Åse Bjørn", "Jørgen Sæther", "Lærke Krøyer"}},
	{"Dutch", []string{"windows-1252"}, []string{"Renée Coöperatie", "Zoë Ruïne", "Daniël Reünie"}},
	{"English", []string{"windows-1252"}, []string{"Zoë Smith", "Renée O’Hara", "John “Jack” Doe", "costs £20 – or €25", "20°C"}},
	{"Polish", []string{"windows-1250", "iso-8859-2"}, []string{"Łukasz Wiśniewski", "Zażółć Gęślą", "Małgorzata Dąbrowska", "Święty Żółw"}},
	{"Czech", []string{"windows-1250", "iso-8859-2"}, []string{"Jiří Dvořák", "Růžena Černá", "Ondřej Štěpánek", "Žofie Kučerová"}},
	{"Hungarian", []string{"windows-1250", "iso-8859-2"}, []string{"Kovács Ödön", "Szűcs Győző", "Erdős Tünde", "Kőműves Ágnes"}},
	{"Russian", []string{"windows-1251", "koi8-r"}, []string{"Иван Петров", "Ольга Щербакова", "Юрий Гагарин"}},
	{"Greek", []string{"windows-1253", "iso-8859-7"}, []string{"Γιώργος Παπαδόπουλος", "Ελένη Κωνσταντίνου", "Μαρία Αγγέλου"}},
	{"Turkish", []string{"windows-1254"}, []string{"Gökçe Yıldız", "Şükrü İnönü", "Ayşe Çağlar", "Oğuz Güneş"}},
	{"Hebrew", []string{"windows-1255"}, []string{"דוד כהן", "שרה לוי", "משה ישראלי"}},
	{"Japanese", []string{"shift_jis", "euc-jp"}, []string{"山田太郎", "鈴木花子", "佐藤健", "ヤマダタロウ"}},
	{"Chinese", []string{"gbk"}, []string{"王小明", "李娜", "张伟", "欧阳修"}},
	{"Traditional Chinese", []string{"big5"}, []string{"王小明", "李連杰", "張學友", "歐陽脩"}},
	{"Korean", []string{"euc-kr"}, []string{"김철수", "이영희", "박지성", "최민식"}},
}

// cards are cards in a charset that they do not name, behind others in ASCII.
func cards(t *testing.T, charset string, names []string) string {
	t.Helper()
	var b strings.Builder
	for i := range 30 {
		fmt.Fprintf(&b, "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:John Smith %d\r\nEND:VCARD\r\n", i)
	}
	for _, n := range names {
		raw, err := charsets.Decoder(charset).NewEncoder().String(n)
		if err != nil {
			t.Skip(err)
		}
		fmt.Fprintf(&b, "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:%s\r\nEND:VCARD\r\n", raw)
	}
	return b.String()
}

// TestCharsetOf: a file is in one charset, which all of its text tells.
func TestCharsetOf(t *testing.T) {
	for _, w := range addressBooks {
		for _, charset := range w.charsets {
			t.Run(w.language+" "+charset, func(t *testing.T) {
				raw := cards(t, charset, w.names)
				name, err := CharsetOf(strings.NewReader(raw))
				if err != nil {
					t.Fatal(err)
				}
				text, err := PublishedFrom([]byte(raw), name)
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range w.names {
					if !strings.Contains(string(text), "FN:"+n+"\r\n") {
						t.Errorf("read as %s, and %q is not in it", name, n)
					}
				}
			})
		}
	}
}

// TestFewCharacters: one name with one or two letters beyond ASCII is no
// evidence of another script.
func TestFewCharacters(t *testing.T) {
	for _, n := range []string{
		"Müller", "Größe", "Weiß", "Ärzte", "Öl", "Übung", "José", "Peña", "Français", "Noël", "Ça va", "Åke", "Mäkelä", "Hyvää päivää", "São Paulo", "ação", "Niño", "pão", "Zoë",
		"Äußeres", "naïve", "el Niño", "à", "é", "Année", "cœur", "Bücher für Käthe", "½ l", "Jörg & Söhne", "Straße 5", "10 °C", "5 €",
	} {
		raw, err := charsets.Decoder("windows-1252").NewEncoder().String(n)
		if err != nil {
			t.Fatal(err)
		}
		l := Line{Name: "FN", Value: raw}
		if got := l.Text(); got != n {
			t.Errorf("%q is read as %q", n, got)
		}
	}
}

// TestDamagedUTF8 stays UTF-8 where it is good.
func TestDamagedUTF8(t *testing.T) {
	raw := "BEGIN:VCARD\r\nFN:Jörg und Käthe, und K\xe4the\r\nNOTE:山田太郎\xe5\r\nTITLE:gr\xc3\x9f\xc3\x9f\xc3\r\nEND:VCARD\r\n"
	name, err := CharsetOf(strings.NewReader(raw))
	if err != nil || name != "" {
		t.Errorf("%q, %v", name, err)
	}
	text, err := PublishedFrom([]byte(raw), name)
	if err != nil || !strings.Contains(string(text), "Jörg und Käthe, und Käthe") || !strings.Contains(string(text), "山田太郎") {
		t.Errorf("%q, %v", text, err)
	}
}

// TestDeclaredInsideGuessed: what a line says of itself counts, and a
// quoted-printable one that says nothing is told.
func TestDeclaredInsideGuessed(t *testing.T) {
	raw := "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8D=B2=93=A1\r\nFN:\xb3ukasz \xbf\xf3\xb3w\r\nNOTE;ENCODING=QUOTED-PRINTABLE:\xa3=F3d=BC g=EA=9Cl=B9\r\n" +
		"ADR;ENCODING=QUOTED-PRINTABLE:;;M=C3=BCllerstra=C3=9Fe\r\nEND:VCARD\r\n"
	name, err := CharsetOf(strings.NewReader(raw))
	if err != nil || name != "windows-1250" {
		t.Fatalf("%q, %v", name, err)
	}
	text, err := PublishedFrom([]byte(raw), name)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for l := range Lines(text) {
		got[l.Name] = l.Text()
	}
	for property, want := range map[string]string{"N": "佐藤", "FN": "łukasz żółw", "NOTE": "ŁódĽ gęślą", "ADR": ";;Müllerstraße"} {
		if got[property] != want {
			t.Errorf("%s: %q, want %q", property, got[property], want)
		}
	}
	if again, err := Published(text); err != nil || string(again) != string(text) {
		t.Errorf("published again: %q, %v", again, err)
	}
}

func BenchmarkCharsetOf(b *testing.B) {
	raw := strings.Repeat("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:John Smith\r\nNOTE:M\xfcller\r\nEND:VCARD\r\n", 1000)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := CharsetOf(strings.NewReader(raw)); err != nil {
			b.Fatal(err)
		}
	}
}
