package archive_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/site"
)

// browse loads a page of the archive from the disk in a real browser, with a
// script that stands behind the page's own, and returns the page as it is then.
func browse(t *testing.T, a *archive.Archive, page, script string) string {
	t.Helper()
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && browser == "" {
			browser = path
		}
	}
	if browser == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is missing: apt-get install chromium")
		}
		t.Skip("needs chromium: apt-get install chromium")
	}
	dir := copyTree(t, a.Dir())
	file := filepath.Join(dir, filepath.FromSlash(page))
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	nonce := regexp.MustCompile(`'nonce-([^']+)'|&#39;nonce-([^&]+)&#39;`).FindStringSubmatch(string(raw))
	if nonce == nil {
		t.Fatalf("%s has no policy", page)
	}
	// The watcher has the page's mark, so that it runs; it notes what the policy
	// refuses from before anything else is read.
	watch := fmt.Sprintf(`<script nonce="%s">window.refused=[];document.addEventListener("securitypolicyviolation",function(e){refused.push(e.violatedDirective+" "+e.blockedURI)});
window.addEventListener("load",function(){setTimeout(function(){%s;setTimeout(function(){document.body.setAttribute("data-refused",refused.join("; "));document.body.setAttribute("data-owned",String(window.owned))},1500)},100)})</script>`, nonce[1]+nonce[2], script)
	head := strings.Index(string(raw), "<meta name=\"viewport\"")
	if err := os.WriteFile(file, []byte(string(raw[:head])+watch+string(raw[head:])), 0o666); err != nil {
		t.Fatal(err)
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(file)}
	cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(),
		"--virtual-time-budget=6000", "--dump-dom", u.String())
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

var attack = []string{
	`<script>owned=1</script>`, `"><img src=x onerror=owned=2>`, `javascript:owned=3`, `<svg onload=owned=4>`, `'-owned=5-'`,
	`</script><script>owned=6</script>`, "\u202eevil\u2066\u200f", "{{.Nonce}}", `</title><script>owned=7</script>`, "\u2028owned=8\u2029",
	strings.Repeat("long ", 2000), `<base href=//example.com>`, `<meta http-equiv=refresh content=0;url=//example.com>`,
}

// hostile is a phone whose owner had a bad friend.
func hostile() *shelf {
	s := smallPhone()
	people, events, todos := s.collections[0], s.collections[1], s.collections[2]
	for i, bad := range attack {
		line := strings.NewReplacer("\\", "\\\\", ",", "\\,", ";", "\\;").Replace(bad)
		body := fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:bad-%d\r\nFN:%[2]s\r\nN:%[2]s;;;;\r\nORG:%[2]s\r\nTEL;TYPE=%[3]s:%[2]s\r\nitem1.EMAIL:%[2]s\r\nitem1.X-ABLabel:%[2]s\r\nURL:%[4]s\r\nURL:javascript:owned=9\r\nURL:data:text/html,<script>owned=10</script>\r\nIMPP:%[4]s\r\nADR:;;%[2]s;;;;\r\nNOTE:%[2]s\r\nX-EVIL:%[2]s\r\nEND:VCARD\r\n",
			i, line, "HOME", bad)
		people.items = append(people.items, text(fmt.Sprintf("/bad/%d.vcf", i), "1", "bad.vcf", body))
		events.items = append(events.items, text(fmt.Sprintf("/bad/%d.ics", i), "1", "bad.ics", fmt.Sprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:bad-%d\r\nDTSTAMP:20240101T000000Z\r\nDTSTART;TZID=%[3]q:20240506T080000\r\nSUMMARY:%[2]s\r\nLOCATION:%[2]s\r\nDESCRIPTION:%[2]s\r\nURL:javascript:owned=11\r\nATTENDEE;CN=x:%[2]s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", i, line, "<b>")))
		todos.items = append(todos.items, text(fmt.Sprintf("/bad/t%d.ics", i), "1", "bad.ics", fmt.Sprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTODO\r\nUID:badt-%d\r\nDTSTAMP:20240101T000000Z\r\nSUMMARY:%[2]s\r\nDESCRIPTION:%[2]s\r\nURL:javascript:owned=12\r\nEND:VTODO\r\nEND:VCALENDAR\r\n", i, line)))
	}
	for _, c := range s.collections {
		c.Name = `</h2><script>owned=13</script>`
	}
	return s
}

// TestHostilePages: nothing that came from outside runs in the pages, and the
// policy has nothing to refuse.
func TestHostilePages(t *testing.T) {
	a := create(t, archive.Options{})
	if _, err := export.Run(t.Context(), hostile(), a, export.Plan{Account: `"><script>owned=14</script>`}, nil); err != nil {
		t.Fatal(err)
	}
	whole(t, a)
	for _, page := range []string{"README.html", "readme/people.html", "readme/agenda.html", "readme/todos.html", "readme/photos.html"} {
		script := ""
		if page == "readme/people.html" {
			script = `var f=document.getElementById("sought");f.focus();f.value="owned";f.dispatchEvent(new Event("input"))`
		}
		dom := browse(t, a, page, script)
		if !strings.Contains(dom, `data-owned="undefined"`) || !strings.Contains(dom, `data-refused=""`) {
			t.Errorf("%s: something ran, or was refused: %s", page, regexp.MustCompile(`<body[^>]*>`).FindString(dom))
		}
		for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(dom, -1) {
			scheme, _, ok := strings.Cut(link[1], ":")
			if ok && !strings.ContainsAny(scheme, "/#?%") && !strings.Contains("http https mailto tel", scheme) {
				t.Errorf("%s leads to %q", page, link[1])
			}
		}
		if script != "" && strings.Count(dom, `<a href="../readme/people.html#p`) < 5 {
			t.Error("the search found nothing")
		}
	}
}

// TestPolicyHolds: a script that got into a page all the same does not run.
func TestPolicyHolds(t *testing.T) {
	a := create(t, archive.Options{})
	run(t, a, tinyPhone())
	name := filepath.Join(a.Dir(), "README.html")
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Replace(string(raw), "</main>", `<script>owned=1</script><img src=x onerror="owned=2"><img src="https://example.com/x.png"><p style="color:red">x</p></main>`, 1)
	if err := os.WriteFile(name, []byte(bad), 0o666); err != nil {
		t.Fatal(err)
	}
	dom := browse(t, a, "README.html", "")
	body := regexp.MustCompile(`<body[^>]*>`).FindString(dom)
	for _, want := range []string{`data-owned="undefined"`, "script-src-elem inline", "script-src-attr inline", "img-src https://example.com", "style-src-attr inline"} {
		if !strings.Contains(body, want) {
			t.Errorf("not refused: %s in %s", want, body)
		}
	}
}

// many is a phone with n people, of which every one has a portrait and a number.
func many(n int) *shelf {
	s := tinyPhone()
	c := s.collections[0]
	c.items = nil
	for i := range n {
		c.items = append(c.items, text(fmt.Sprintf("/m/%d.vcf", i), "1", "x.vcf", personCard(i, "")))
	}
	return s
}

const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

func personCard(i int, extra string) string {
	first := []string{"Anna", "Bela", "Émile", "Dora", "Ewa", "Farid", "Øystein", "王", "Zoë", "Person"}[i%10]
	return fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:m-%d\r\nFN:%s %05d%s\r\nN:x;y;;;\r\nTEL:+49 30 77%05d\r\nPHOTO;ENCODING=b;TYPE=PNG:%s\r\nEND:VCARD\r\n", i, first, i, extra, i, dot)
}

// TestSearchInPages: the search finds people by name, without accents, and by number,
// however many pages they are on; the address book has everybody.
func TestSearchInPages(t *testing.T) {
	a := create(t, archive.Options{})
	run(t, a, many(3000))
	for words, want := range map[string]string{"emile 00042": "Émile 00042", "7700317": "王 00317", "ZOE 01008": "Zoë 01008"} {
		dom := browse(t, a, "README.html", fmt.Sprintf(`var f=document.getElementById("sought");f.focus();f.value=%q;f.dispatchEvent(new Event("input"))`, words))
		found := dom[strings.Index(dom, `id="found"`):]
		if found = found[:strings.Index(found, "</div>")]; strings.Count(found, "<a ") != 1 || !strings.Contains(found, want) {
			t.Errorf("%q found %s", words, found)
		}
		href := regexp.MustCompile(`href="([^"#]*)#(p\d+)"`).FindStringSubmatch(found)
		if href == nil || !strings.Contains(read(t, a, href[1]), `id="`+href[2]+`"`) {
			t.Errorf("%q leads to %v", words, href)
		}
	}
	book := browse(t, a, site.PagesDir+site.BookFile, "")
	if n := strings.Count(book, "<article>"); n != 3000 {
		t.Errorf("%d people in the address book", n)
	}
}

// TestThumbnailsShow: portraits and thumbnails are there for the browser.
func TestThumbnailsShow(t *testing.T) {
	a := create(t, archive.Options{})
	s := many(3)
	raw, err := base64.StdEncoding.DecodeString(dot)
	if err != nil {
		t.Fatal(err)
	}
	photos := s.collections[len(s.collections)-1]
	photos.items = append(photos.items, text("/p/dot.png", "1", "dot.png", string(raw)))
	run(t, a, s)
	for page, n := range map[string]int{"readme/people.html": 3, "readme/photos.html": 1} {
		dom := browse(t, a, page, `document.body.setAttribute("data-pictures",Array.from(document.images).map(function(i){i.loading="eager";return i.naturalWidth||"none"}).join(" "))`)
		if want := `data-pictures="` + strings.TrimSpace(strings.Repeat("1 ", n)) + `"`; !strings.Contains(dom, want) {
			t.Errorf("%s: %s", page, regexp.MustCompile(`<body[^>]*>`).FindString(dom))
		}
	}
}
