package sheet

import (
	"slices"
	"strings"
	"testing"

	"sidekeep/formats/vcard"
)

// namesOf are the people of a table.
func namesOf(t *testing.T, in string) []string {
	t.Helper()
	var names []string
	err := Read(strings.NewReader(in), "", func(card []byte, _ int) error {
		c, err := vcard.View(card)
		if err == nil {
			names = append(names, c.Name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestBrokenQuotes(t *testing.T) {
	head := "First Name,Last Name,Notes,Mobile Phone\r\n"
	for _, tt := range []struct {
		in   string
		want []string
	}{
		{"Al,One,he said \"hi\" to me,+1 1\r\nBe,Two,\"unclosed quote,+1 2\r\nCe,Three,ok,+1 3\r\n", []string{"Al One", "Be Two", "Ce Three"}},
		{"Be,Two,\"unclosed,+1 2\nCe,Three,\"ok\",+1 3\n", []string{"Be Two", "Ce Three"}},
		{"Be,Two,\"unclosed,+1 2\nCe,\"Three\",ok,+1 3\nDe,Four,,+1 4\n", []string{"Be Two", "Ce Three", "De Four"}},
		{"Be,Two,\"unclosed,+1 2\n\"Ce\",\"Three\",\"ok\",\"+1 3\"\n", []string{"Be Two", "Ce Three"}},
		{"\"Be,Two,x,+1 2\nCe,Three,ok,+1 3", []string{"\"Be Two", "Ce Three"}},
		{"Be,Two,\"a \"b\" c\",+1 2\nCe,Three,ok,+1 3\n", []string{"Be Two", "Ce Three"}},
		{"Be,Two,\"one\n\ntwo, \"\"three\"\"\",+1 2\nCe,Three,ok,+1 3\n", []string{"Be Two", "Ce Three"}},
	} {
		if got := namesOf(t, head+tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("%q has %q, not %q", tt.in, got, tt.want)
		}
	}
}

func TestSeveralInOne(t *testing.T) {
	in := "Name,Address 1 - Type,Address 1 - Street,Address 1 - City,Organization 1 - Name,Organization 1 - Title,Phone 1 - Type,Phone 1 - Value,Custom Field 1 - Type,Custom Field 1 - Value\n" +
		"Ann,Home,1 First St ::: 2 Second St,Bern ::: Rome,One ::: Two,Boss ::: Clerk,Mobile,1 ::: 2,Tax,77 ::: 88\n"
	err := Read(strings.NewReader(in), "", func(card []byte, _ int) error {
		c, err := vcard.View(card)
		if err != nil {
			return err
		}
		if len(c.Addresses) != 2 || c.Addresses[1].Street != "2 Second St" || c.Addresses[1].City != "Rome" ||
			len(c.Organizations) != 2 || c.Organizations[1].Text != "Two" || len(c.Titles) != 2 || len(c.Phones) != 2 || c.Phones[1].Types[0] != "cell" ||
			strings.Contains(string(card), ":::") || !strings.Contains(string(card), "Tax: 88") {
			t.Errorf("%s", card)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLanguages(t *testing.T) {
	for _, head := range []string{
		"Prénom;Nom;Société;Rue (bureau);Ville (bureau);Code postal (bureau);Pays/Région (bureau);Téléphone (domicile);Tél. mobile;Adresse de messagerie;Anniversaire",
		"Vorname;Nachname;Firma;Straße geschäftlich;Ort geschäftlich;Postleitzahl geschäftlich;Land/Region geschäftlich;Telefon (privat);Mobiltelefon;E-Mail-Adresse;Geburtstag",
		"Nombre;Apellidos;Organización;Calle del trabajo;Ciudad de trabajo;Código postal del trabajo;País o región del trabajo;Teléfono particular;Móvil;Dirección de correo electrónico;Cumpleaños",
		"Nome;Cognome;Società;Via (uff.);Città (uff.);CAP (uff.);Paese (uff.);Abitazione;Cellulare;Indirizzo posta elettronica;Compleanno",
		"Primeiro nome;Sobrenome;Empresa;Rua do endereço comercial;Cidade do endereço comercial;CEP do endereço comercial;País/região do endereço comercial;Telefone residencial;Telefone celular;Endereço de email;Aniversário",
		"Voornaam;Achternaam;Bedrijf;Werkadres straat;Werkadres plaats;Werkadres postcode;Werkadres land;Telefoon thuis;Mobiele telefoon;E-mailadres;Verjaardag",
		"Imię;Nazwisko;Firma;Adres służbowy – ulica;Adres służbowy – miejscowość;Adres służbowy – kod pocztowy;Adres służbowy – kraj;Telefon domowy;Telefon komórkowy;Adres e-mail;Urodziny",
	} {
		in := head + "\nZoé;Œuvre;Été;3 rue É;Nîmes;30000;France;1;2;z@e.invalid;03/04/1971\n"
		err := Read(strings.NewReader(in), "", func(card []byte, _ int) error {
			c, err := vcard.View(card)
			if err != nil {
				return err
			}
			if c.Name != "Zoé Œuvre" || len(c.Organizations) != 1 || len(c.Addresses) != 1 || c.Addresses[0].City != "Nîmes" || c.Addresses[0].Code != "30000" ||
				c.Addresses[0].Country != "France" || !slices.Contains(c.Addresses[0].Types, "work") || len(c.Phones) != 2 ||
				!slices.Contains(c.Phones[0].Types, "home") || !slices.Contains(c.Phones[1].Types, "cell") || len(c.Emails) != 1 ||
				c.Birthday == nil || c.Birthday.Month != 4 || len(c.Notes) != 0 {
				t.Errorf("%s\n%s", head, card)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", head, err)
		}
	}
}

func TestSpreadsheetRunsNothing(t *testing.T) {
	card := "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:x\r\nN:=1+1;@a;;;\r\nTEL:+49 30 123\r\nNOTE:\\n=1\\n- a\r\nORG:＝cmd\r\nEND:VCARD\r\n"
	c, err := vcard.View([]byte(card))
	if err != nil {
		t.Fatal(err)
	}
	for _, columns := range []Columns{Google, Outlook} {
		var b strings.Builder
		if _, err := Write(&b, columns, func(yield func(*vcard.Contact, error) bool) { yield(c, nil) }); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{",=", ",@", ",＝", "\n=", "\n@"} {
			if strings.Contains(b.String(), bad) {
				t.Errorf("%q is in %q", bad, b.String())
			}
		}
		err := Read(strings.NewReader(b.String()), "", func(card []byte, _ int) error {
			again, err := vcard.View(card)
			if err != nil {
				return err
			}
			if again.Names != c.Names || again.Phones[0].Text != "+49 30 123" || again.Organizations[0].Text != "＝cmd" || !strings.Contains(again.Notes[0].Text, "=1\n- a") || strings.Contains(again.Notes[0].Text, "'") {
				t.Errorf("%s", card)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
