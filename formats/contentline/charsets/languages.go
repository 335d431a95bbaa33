package charsets

import (
	"math"
	"strings"
	"unicode"
)

// candidates are the charsets that are guessed, in the order of preference.
var candidates = []struct {
	name    string
	foreign bool // its letters beyond ASCII are not Latin, or take two bytes
	models  []model
}{
	{"windows-1252", false, western},
	{"iso-8859-15", false, western},
	{"windows-1250", false, central},
	{"iso-8859-2", false, central},
	{"windows-1254", false, turkish},
	{"windows-1257", false, baltic},
	{"windows-1251", true, russian},
	{"koi8-r", true, russian},
	{"windows-1253", true, greek},
	{"iso-8859-7", true, greek},
	{"windows-1255", true, hebrew},
	{"windows-1256", true, arabic},
	{"shift_jis", true, japanese},
	{"euc-jp", true, japanese},
	{"gbk", true, chinese},
	{"big5", true, traditional},
	{"euc-kr", true, korean},
}

// The letters beyond ASCII of languages, the most frequent first: a group is
// about half as frequent as the one before it.
var (
	western = latins(
		"ü öä ß é",         // German
		"é èàç êôîâ ûùëïœ", // French
		"íóáñ é ú ü",       // Spanish
		"ãçáéí óâê õàú ô",  // Portuguese
		"àèòùì é",          // Italian
		"åäö é ü",          // Swedish, Finnish
		"øåæ é ö ä",        // Danish, Norwegian
		"áíðóé þúæöý",      // Icelandic
		"ëéï èöü",          // Dutch
		"àéèç óíúòï",       // Catalan
		"äöüõ š ž",         // Estonian
	)
	central = latins(
		"łóąęż śćń ź",          // Polish
		"íáěéřščž ýů ú ňťďó",   // Czech
		"áíčéžš úýľťô ňďäóřĺŕ", // Slovak
		"áéőö óíű úü",          // Hungarian
		"ăâîş ţ",               // Romanian
		"čćšžđ",                // Croatian, Slovene
		"ü öä ß é",             // German names
	)
	turkish  = latins("ıüşçöğ İ âî", "ü öä ß é")
	baltic   = latins("ėšąžįųū čę", "āīēšū ļņžģķč")
	russian  = []model{alphabet(unicode.Cyrillic, "оаеи нтрсвл кмдпуя ыьгзбч йхжшюіїє цщэфўґ ъё")}
	greek    = []model{alphabet(unicode.Greek, "αοιετ σνηςυρπ κμλίάόέ ωδγήύθχ φβώξζ ψΐϊϋΰ")}
	hebrew   = []model{alphabet(unicode.Hebrew, "יוהלר אשמתבנ דכםעחק פגזסןט צךףץ")}
	arabic   = []model{alphabet(unicode.Arabic, "ايلمن رحدعبت هسفقوةك جشصطخض أزثغذظئءىؤإآ")}
	japanese = []model{characters("のーいしにたるはとんスがでトなルイてをア"+
		"かうこラリくれマレシちきあつロまけコよタテフドクりおカもさせグ", "田山子藤川村木本佐野中井三小高島原一大美松橋西谷太郎岡林"+
		"崎上正加石和健清森池花介前東山平明伊真智部長沢近内坂宮今後英理恵由紀香福鈴渡辺斎吉達也直樹浩司洋二翔隆誠裕陽次優会社電話町区市県")}
	chinese     = []model{characters("", "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成事作想看文开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话者情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付邹熊白孟秦邱侯江尹薛雷龙史陶黎贺顾毛郝龚邵钱严武戴莫孔向汤欧阳伟芳娜秀英敏静丽强磊洋勇艳杰娟涛超兰霞刚桂志建华玉红梅飞宇浩晨修")}
	traditional = []model{characters("", "的一是不了人我在有他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可裡後小麼心多天而能好都然沒日於起還發成事作想看文開手十用主行方又如前所本見經頭面公同三已老從動兩長知民樣現分將外但身些與高意進把法此實回二理美點月明其種聲全工話者情部正名定女問力機給等陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐周葉蘇莊呂江何蕭羅潘簡朱鍾彭游詹胡施沈余盧梁趙顏柯翁魏孫戴歐陽友傑華英玉志淑惠雅建俊連電話市區路號修")}
	korean      = []model{characters("", "이가의에다는을은지고하기로사인도리어자시수나한정대일해서김박최조강윤장임오신권황안송류전홍민영철희숙경미현성진주호준상우재혁동훈선연원식남들그보라게과만와아여으부제소구면비공스유무모양관세산방니생국학당화물문중집실교회전화시구서울")}
)

// latins makes a model of each language.
func latins(languages ...string) []model {
	var list []model
	for _, letters := range languages {
		list = append(list, alphabet(unicode.Latin, letters))
	}
	return list
}

// alphabet is the model of a language with these letters.
func alphabet(script *unicode.RangeTable, letters string) model {
	m := model{letters: map[rune]float64{}, script: script, other: -7}
	sum, weight := 0.0, 1.0
	for group := range strings.FieldsSeq(letters) {
		for _, r := range group {
			m.letters[r] = weight
			sum += weight
		}
		weight /= 2
	}
	for r, w := range m.letters {
		m.letters[r] = math.Log(w / sum)
	}
	return m
}

// characters is the model of a language with thousands of them, of which these
// are the most frequent: the first about as frequent as letters are.
func characters(kana, frequent string) model {
	m := model{letters: map[rune]float64{}, script: unicode.Han, other: -9}
	for _, r := range frequent {
		m.letters[r] = -5.5
		if unicode.Is(unicode.Hangul, r) {
			m.script, m.other = unicode.Hangul, -8
		}
	}
	if kana != "" {
		for r := 'ぁ'; r <= 'ヶ'; r++ {
			m.letters[r] = -6
		}
	}
	for _, r := range kana {
		m.letters[r] = -4
	}
	return m
}
