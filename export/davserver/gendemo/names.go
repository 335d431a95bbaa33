package main

// A culture is a set of names that go together. All people are made up: given
// and family names are common ones, put together by lot.
type culture struct {
	women, men, families []string
	tones                [2]int  // from light to dark
	last                 bool    // the family name stands first
	feminine             bool    // Slavic: -a for women, where families end so
	covered              float64 // share of women with a headscarf
	share                int     // people
	land                 string  // where most of them live
}

var cultures = []culture{
	{women: []string{"Anneliese", "Frieda", "Katrin", "Lotte", "Maren", "Wiebke", "Greta", "Jördis"}, men: []string{"Hinnerk", "Jürgen", "Sönke", "Thies", "Ole", "Götz", "Lorenz", "Knud"},
		families: []string{"Petersen", "Hövelmann", "Brüggemann", "Feddersen", "Groß", "Mäder", "Thomsen", "Köster", "Wübbena", "Lüders"}, tones: [2]int{0, 1}, share: 34, land: "DE"},
	{women: []string{"Edith", "Poppy", "Harriet", "Maeve", "Rosalind"}, men: []string{"Alfie", "Rupert", "Declan", "Huw", "Callum"},
		families: []string{"Ashdown", "Fairweather", "O'Shaughnessy", "Penhaligon", "Llewellyn-Price", "Thistlewood"}, tones: [2]int{0, 1}, share: 16, land: "GB"},
	{women: []string{"Savannah", "June", "Delia", "Keisha"}, men: []string{"Wyatt", "Darnell", "Emmett", "Curtis"},
		families: []string{"Whitlock", "Beaumont", "Stovall", "Hargrove", "McAllister"}, tones: [2]int{0, 5}, share: 10, land: "US"},
	{women: []string{"Adaeze", "Ngozi", "Folasade", "Amarachi"}, men: []string{"Chukwuemeka", "Babatunde", "Obinna", "Tunde"},
		families: []string{"Nwosu", "Adeyemi-Cole", "Okafor", "Eze", "Balogun"}, tones: [2]int{4, 5}, share: 9, land: "GB"},
	{women: []string{"Ananya", "Meera", "Kavitha", "Ishani"}, men: []string{"Arjun", "Vikram", "Rohan", "Suresh"},
		families: []string{"Raghavan", "Iyengar", "Deshpande", "Mukherjee", "Pillai"}, tones: [2]int{2, 4}, share: 10, land: "GB"},
	{women: []string{"प्रिया", "अनुराधा"}, men: []string{"विवेक", "सुनील"}, families: []string{"शर्मा", "जोशी", "वर्मा"}, tones: [2]int{2, 3}, share: 4, land: "DE"},
	{women: []string{"陽子", "美咲", "さくら"}, men: []string{"健太", "翔", "大輔"}, families: []string{"小川", "渡辺", "森田", "石井"}, tones: [2]int{0, 1}, last: true, share: 7, land: "DE"},
	{women: []string{"雅婷", "晓雯", "丽华"}, men: []string{"志强", "建国", "文杰"}, families: []string{"陈", "林", "黄", "欧阳"}, tones: [2]int{0, 1}, last: true, share: 7, land: "GB"},
	{women: []string{"지은", "수민"}, men: []string{"민준", "태형"}, families: []string{"김", "박", "최"}, tones: [2]int{0, 1}, last: true, share: 4, land: "US"},
	{women: []string{"ليلى", "سلمى", "نور"}, men: []string{"كريم", "يوسف", "سامي"}, families: []string{"الحداد", "منصور", "خليل"}, tones: [2]int{1, 3}, covered: 0.5, share: 7, land: "FR"},
	{women: []string{"נועה", "תמר"}, men: []string{"איתן", "יונתן"}, families: []string{"ברק", "שגיא", "אלמוג"}, tones: [2]int{1, 2}, share: 4, land: "US"},
	{women: []string{"شیرین", "مریم"}, men: []string{"فرید", "آرش"}, families: []string{"رحیمی", "کاظمی"}, tones: [2]int{1, 2}, covered: 0.3, share: 4, land: "DE"},
	{women: []string{"Elif", "Zeynep", "Gülşen", "Aslı"}, men: []string{"Çağlar", "Emre", "İlker", "Barış"},
		families: []string{"Yıldız", "Karaoğlu", "Şahin", "Öztürk", "Demirci"}, tones: [2]int{1, 2}, covered: 0.25, share: 12, land: "DE"},
	{women: []string{"Agnieszka", "Zofia", "Małgorzata"}, men: []string{"Jakub", "Łukasz", "Wojciech"}, families: []string{"Wiśniewski", "Zieliński", "Dąbrowski", "Wójcik"}, tones: [2]int{0, 0}, feminine: true, share: 11, land: "DE"},
	{women: []string{"Zdeňka", "Tereza"}, men: []string{"Jiří", "Ondřej"}, families: []string{"Dvořáček", "Příhoda", "Šťastný"}, tones: [2]int{0, 0}, share: 5, land: "DE"},
	{women: []string{"Марина", "Ольга"}, men: []string{"Сергей", "Дмитрий"}, families: []string{"Орлов", "Соколов", "Лебедев"}, tones: [2]int{0, 1}, feminine: true, share: 5, land: "DE"},
	{women: []string{"Оксана", "Соломія"}, men: []string{"Тарас", "Богдан"}, families: []string{"Коваленко", "Гончарук", "Мельник"}, tones: [2]int{0, 1}, share: 6, land: "DE"},
	{women: []string{"Ελένη", "Καλλιόπη"}, men: []string{"Νίκος", "Σταύρος"}, families: []string{"Αντωνίου", "Βασιλείου"}, tones: [2]int{1, 2}, share: 5, land: "DE"},
	{women: []string{"Beatriz", "Conceição", "Inês"}, men: []string{"João", "Tomé", "Gonçalo"}, families: []string{"Almeida", "Guimarães", "Figueiredo"}, tones: [2]int{1, 4}, share: 8, land: "FR"},
	{women: []string{"Begoña", "Nuria", "Guadalupe"}, men: []string{"Íñigo", "Andrés", "Joaquín"}, families: []string{"Ibáñez Ruiz", "Muñoz", "Castañeda"}, tones: [2]int{1, 3}, share: 9, land: "US"},
	{women: []string{"Éloïse", "Margaux", "Anaïs"}, men: []string{"Loïc", "Gaël", "Théophile"}, families: []string{"Lefèvre", "de la Fontaine", "Chaînard", "Œuvrard"}, tones: [2]int{0, 1}, share: 11, land: "FR"},
	{women: []string{"Giulia", "Nicoletta"}, men: []string{"Niccolò", "Ettore"}, families: []string{"Ferrante", "D'Angeli", "Zanardi"}, tones: [2]int{0, 2}, share: 8, land: "DE"},
	{women: []string{"Anneli", "Päivi"}, men: []string{"Väinö", "Mikko"}, families: []string{"Saarinen", "Hämäläinen"}, tones: [2]int{0, 0}, share: 5, land: "SE"},
	{women: []string{"Ingrid", "Åsa", "Linnéa"}, men: []string{"Håkan", "Björn", "Sixten"}, families: []string{"Sjögren", "Åkerlund", "Bergström"}, tones: [2]int{0, 0}, share: 9, land: "SE"},
	{women: []string{"Solveig", "Kirsten"}, men: []string{"Søren", "Torbjørn"}, families: []string{"Nørremølle", "Ødegård"}, tones: [2]int{0, 0}, share: 4, land: "SE"},
	{women: []string{"Þórunn", "Guðrún"}, men: []string{"Sigurður"}, families: []string{"Ægisdóttir", "Þórðarson"}, tones: [2]int{0, 0}, share: 2, land: "SE"},
	{women: []string{"Dao", "Thùy Linh"}, men: []string{"Minh Khôi", "Đức"}, families: []string{"Nguyễn", "Trần", "Phạm"}, tones: [2]int{1, 2}, last: true, share: 6, land: "DE"},
	{women: []string{"สุดา"}, men: []string{"ธนา"}, families: []string{"ใจดี"}, tones: [2]int{1, 2}, share: 2, land: "SE"},
	{women: []string{"ნინო"}, men: []string{"გიორგი"}, families: []string{"ბერიძე"}, tones: [2]int{1, 1}, share: 2, land: "DE"},
	{women: []string{"Մարիամ"}, men: []string{"Տիգրան"}, families: []string{"Սարգսյան"}, tones: [2]int{1, 2}, share: 1, land: "FR"},
	{women: []string{"ሰላም"}, men: []string{"ዳዊት"}, families: []string{"ተስፋዬ"}, tones: [2]int{3, 4}, share: 2, land: "US"},
	{women: []string{"Leilani", "Moana"}, men: []string{"Keoni"}, families: []string{"Kahale", "Kealoha"}, tones: [2]int{2, 3}, share: 2, land: "US"},
	{women: []string{"Réka", "Ágnes"}, men: []string{"Ákos"}, families: []string{"Szőllősi", "Kőműves"}, tones: [2]int{0, 1}, last: true, share: 3, land: "DE"},
}

// A firm is a card without a person.
type firm struct{ name, letters, what, land string }

var firms = []firm{
	{"Rahimi Joinery", "RJ", "Joiner", "DE"}, {"Zahnarztpraxis am Fleet", "ZF", "Dentist", "DE"}, {"Hafenbäckerei Möwe", "HM", "Bakery", "DE"},
	{"Raghavan & Sons", "R&S", "Tailor", "GB"}, {"Deichtor Cycles", "DC", "Bicycle workshop", "DE"}, {"Dr. med. vet. Köster", "VK", "Vet", "DE"},
	{"Harbour Choir e.V.", "HC", "Choir office", "DE"}, {"Kita Seepferdchen", "KS", "Nursery", "DE"}, {"Elbe Taxi", "ET", "Taxi", "DE"},
	{"Hausverwaltung Brook", "HB", "Landlord", "DE"}, {"Pension Dünenblick", "PD", "Guest house", "DE"}, {"Garage Lefèvre", "GL", "Garage", "FR"},
}

// A land is where telephone numbers, streets and towns come from. The numbers
// are from the ranges that its regulator keeps free for film and fiction
// (Bundesnetzagentur, Ofcom, NANPA, ARCEP, PTS); towns and streets are made up.
type land struct {
	mobile, home   string // "x" is a digit
	streets, towns []string
	postcode       string
	name, domain   string
	numberFirst    bool
}

var lands = map[string]land{
	"DE": {"+49 171 39200xx", "+49 40 66969 xxx", []string{"Möwenstieg", "Am Alten Deich", "Lindenhof", "Fährgasse", "Brookkamp", "Kastanienallee"}, []string{"Nordwarden", "Altenbrook", "Seehude"}, "00xxx", "Deutschland", "example.org", false},
	"GB": {"+44 7700 900xxx", "+44 20 7946 0xxx", []string{"Heron Lane", "Mill Rise", "St Bride's Walk", "Larkspur Road"}, []string{"Wexcombe", "Little Harrow", "Stonebeck"}, "ZZ9 xZZ", "United Kingdom", "example.com", true},
	"US": {"+1 202-555-01xx", "+1 617-555-01xx", []string{"Cedar Hollow Rd", "Juniper St", "Old Ferry Ave"}, []string{"Port Amity, ME", "Clearwell, OR", "Mesa Blanca, AZ"}, "0000x", "United States", "example.com", true},
	"FR": {"+33 6 39 98 xx xx", "+33 1 99 00 xx xx", []string{"rue des Tilleuls", "quai des Mouettes", "impasse du Puits"}, []string{"Saint-Aubrac", "Vallonnes"}, "000xx", "France", "example.net", true},
	"SE": {"+46 70 174 06 xx", "+46 8 465 004 xx", []string{"Björkstigen", "Fyrvägen", "Ängsgatan"}, []string{"Sandhamra", "Lövnäs"}, "000 xx", "Sverige", "example.org", false},
}
