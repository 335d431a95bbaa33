package sheet

import "strings"

// abroad are the columns of Outlook in German, French, Spanish, Italian,
// Portuguese, Dutch and Polish that a heading of its own stands for. What has a
// place and a part of an address, or a kind of telephone, in its heading is told
// by [composed].
var abroad = []struct{ meaning, headings string }{
	{"N.0", "Nom de famille, Apellido, Primer apellido, Cognome, Sobrenome, Apelido, Último nome, Achternaam, Familienaam, Nazwisko"},
	{"N.1", "Primer nombre, Nome, Nome próprio, Primeiro nome, Voornaam, Imię"},
	{"N.2", "Zweiter Vorname, Deuxième prénom, Autres prénoms, Segundo nombre, Secondo nome, Segundo nome, Nome do meio, Middelste naam, Tweede voornaam, Drugie imię"},
	{"N.3", "Titre, Título, Titolo, Titel, Tytuł, Aanhef, Civilité, Tratamiento"},
	{"N.4", "Suffixe, Sufijo, Sufixo, Suffisso, Titolo straniero, Achtervoegsel, Sufiks"},
	{"FN", "Nom complet, Nombre completo, Nome completo, Volledige naam, Imię i nazwisko"},
	{"NICKNAME", "Surnom, Apodo, Soprannome, Alcunha, Bijnaam, Pseudonim"},
	{"ORG.0", "Unternehmen, Société, Entreprise, Organización, Compañía, Empresa, Società, Azienda, Companhia, Bedrijf"},
	{"ORG.1", "Service, Département, Departamento, Reparto, Afdeling, Dział"},
	{"TITLE", "Titre professionnel, Fonction, Poste, Puesto, Cargo, Posizione, Qualifica, Função, Functie, Stanowisko"},
	{"ROLE", "Beruf, Profession, Profesión, Professione, Profissão, Beroep, Zawód"},
	{"BDAY", "Anniversaire, Date de naissance, Cumpleaños, Fecha de nacimiento, Compleanno, Data di nascita, Aniversário, Data de nascimento, Verjaardag, Geboortedatum, Urodziny, Data urodzenia"},
	{"ANNIVERSARY", "Anniversaire de mariage ou fête, Anniversaire de mariage, Aniversario, Anniversario, Bodas, Data especial, Trouwdag, Speciale datum, Rocznica"},
	{"RELATED spouse", "Ehepartner, Conjoint, Conjoint(e), Cónyuge, Consorte, Coniuge, Nome coniuge, Cônjuge, Echtgenoot, Partner/echtgenoot, Współmałżonek, Małżonek"},
	{"RELATED child", "Enfants, Hijos, Figli, Filhos, Kinderen, Dzieci"},
	{"RELATED =_$!<Assistant>!$_", "Name Assistent, Assistant(e), Nombre del ayudante, Nombre del asistente, Nome assistente, Nome do assistente, Naam assistent, Asystent"},
	{"RELATED =_$!<Manager>!$_", "Name des/der Vorgesetzten, Responsable, Nombre del director, Administrador, Nome manager, Nome do gerente, Naam manager, Menedżer"},
	{"GENDER", "Sexe, Sexo, Sesso, Geslacht, Płeć"},
	{"CATEGORIES", "Catégories, Categorías, Categorie, Categorias, Categorieën, Kategorie"},
	{"NOTE", "Notas, Observaciones, Anotações, Observações, Notities, Notatki, Uwagi, Bemerkungen, Remarques"},
	{"LANG", "Langue, Idioma, Lingua, Taal, Język"},
	{"URL", "Page Web, Site web, Página web, Pagina Web, Sito web, Página da Web, Webpagina, Website, Strona sieci Web, Strona internetowa"},
	{"TEL pref", "Téléphone principal, Teléfono principal, Telefono principale, Telefone principal, Hoofdtelefoon, Telefon podstawowy"},
	{"TEL main", "Téléphone société, Número de centralita de la organización, Telefono principale società, Telefone principal da empresa, Hoofdtelefoon bedrijf, Główny telefon firmy"},
	{"TEL car", "Téléphone (voiture), Teléfono del automóvil, Telefono auto, Telefone do carro, Autotelefoon, Telefon w samochodzie"},
	{"TEL pager", "Récepteur de radiomessagerie, Localizador, Cercapersone, Semafoon"},
	{"TEL isdn", "RNIS, RDSI"},
	{"TEL home", "Particular, Abitazione, Abitazione 2, Domicile"},
	{"TEL work", "Ufficio, Ufficio 2"},
	{"TEL =Assistant", "Telefon Assistent, Tél. assistant, Téléphone assistant, Teléfono del asistente, Teléfono del ayudante, Telefono assistente, Telefone do assistente, Telefoon assistent, Telefon asystenta"},
	{"TEL =Callback", "Rückmeldung, Rappel, Devolución de llamada, Richiamata, Retorno de chamada, Terugbellen"},
}

// Words of headings, by their letters; a heading has one if it contains it.
var (
	atWork  = []string{"bureau", "professionnel", "geschäftlich", "trabajo", "uff", "comercial", "empresa", "trabalho", "opwerk", "werkadres", "werk", "zakelijk", "służbow", "firmow"}
	atHome  = []string{"domicile", "privat", "particular", "residencia", "casa", "abitazione", "huis", "privé", "domow"}
	atOther = []string{"autre", "weitere", "otra", "otro", "altra", "altro", "outra", "outro", "ander", "inny", "inna", "inne"}

	// kinds are in the order in which they are looked for: an address of e-mail is
	// no postal one.
	kinds = []struct {
		meaning string
		words   []string
	}{
		{"", []string{"typedemessagerie", "emailtyp", "tipodecorreo", "tipoposta", "tipodecorreio", "tipodeemail", "typeemail", "emailtype", "typeadresuemail", "nomcompletdel", "angezeigtername", "mostrar", "nomevisualizzato", "nombreparamostrar", "nomeparaexibição", "nomedeexibição", "weergavenaam", "nazwawyświetlana", "assist", "asystent", "telex", "télex"}},
		{"EMAIL", []string{"email", "messagerie", "correo", "postaelettronica", "correio", "mailadres"}},
		{"TEL fax", []string{"fax", "télécopie", "faks"}},
		{"TEL cell", []string{"mobil", "mobiel", "portable", "móvil", "cellulare", "celular", "telemóvel", "komórk"}},
		{"ADR 0", []string{"postfach", "boîtepostale", "bpprofessionnelle", "apartado", "casellapostale", "caixapostal", "postbus", "skrytka"}},
		{"ADR 5", []string{"codepostal", "postleitzahl", "códigopostal", "cap", "cep", "postcode", "kodpocztowy"}},
		{"ADR 6", []string{"pays", "land", "país", "paese", "kraj"}},
		{"ADR 4", []string{"région", "bundesland", "region", "kanton", "provincia", "estado", "provincie", "województwo", "dép"}},
		{"ADR 3", []string{"ville", "ort", "ciudad", "città", "cidade", "localidade", "plaats", "stad", "miasto", "miejscowość"}},
		{"ADR 2", []string{"rue", "straße", "strasse", "calle", "via", "indirizzo", "rua", "endereço", "straat", "ulica", "adresse", "dirección", "morada", "adres"}},
		{"TEL", []string{"tél", "telefon", "teléfono", "telefoon", "telefone"}},
	}
)

// composed tells what a heading means by the words that it is made of: a place,
// and a part of an address or a kind of telephone. key is the heading by its
// letters.
func composed(key string) string {
	for _, k := range kinds {
		if !hasWord(key, k.words) {
			continue
		}
		place := ""
		switch {
		case hasWord(key, atWork):
			place = "work"
		case hasWord(key, atHome):
			place = "home"
		}
		what, part, _ := strings.Cut(k.meaning, " ")
		switch {
		case what == "ADR" && place == "" && !hasWord(key, atOther) && part != "2" && len(key) > 14:
			return ""
		case what == "ADR":
			return "ADR " + place + "." + part
		case what == "TEL":
			return strings.TrimSpace("TEL " + strings.TrimSpace(place+" "+part))
		}
		return what
	}
	return ""
}

func hasWord(key string, words []string) bool {
	for _, w := range words {
		if len(w) <= 3 && w != "fax" && w != "rue" && w != "uff" { // too short to stand within another
			if strings.HasPrefix(key, w) {
				return true
			}
		} else if strings.Contains(key, w) {
			return true
		}
	}
	return false
}
