package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

// The benchmarks run the built program beside the tool that people use today,
// vdirsyncer, against one server that holds the same items, in turns, and
// report medians. Each takes minutes: `make bench`.

const rounds = 3

// A cost is what one process used from its start to its end.
type cost struct {
	cpu, wall time.Duration
	peak      int64 // bytes
	requests  int64
}

func median[T int64 | time.Duration](costs []cost, of func(cost) T) T {
	var all []T
	for _, c := range costs {
		all = append(all, of(c))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func cpu(c cost) time.Duration  { return c.cpu }
func wall(c cost) time.Duration { return c.wall }
func peak(c cost) int64         { return c.peak }
func requests(c cost) int64     { return c.requests }

// spend runs a command that succeeds and returns what it cost and what it
// printed.
func spend(b *testing.B, count *atomic.Int64, env []string, name string, args ...string) (cost, []byte) {
	b.Helper()
	c, out, err := measure(b, count, env, name, args...)
	if err != nil {
		b.Fatalf("%s %v: %v", name, args, err)
	}
	return c, out
}

// measure runs a command and returns what it cost and what it printed. The error
// says how it ended, with its words.
func measure(b *testing.B, count *atomic.Int64, env []string, name string, args ...string) (cost, []byte, error) {
	b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	var out, words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &words
	before, started := count.Load(), time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan struct{})
	peak := make(chan int64)
	go func() { peak <- watch(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	close(ended)
	took := time.Since(started)
	if err != nil {
		err = fmt.Errorf("%w\n%s%s", err, out.Bytes(), words.Bytes())
	}
	return cost{
		cpu:      cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		wall:     took,
		peak:     <-peak,
		requests: count.Load() - before,
	}, out.Bytes(), err
}

// watch returns the peak of a process's resident memory, in bytes. The kernel's
// ru_maxrss would not do: it starts with the size of the process that forked.
func watch(pid int, ended <-chan struct{}) (peak int64) {
	for {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if _, rest, ok := bytes.Cut(status, []byte("VmHWM:")); ok && err == nil {
			var kb int64
			if _, err := fmt.Sscan(string(rest), &kb); err == nil {
				peak = max(peak, kb<<10)
			}
		}
		select {
		case <-ended:
			return peak
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// counted passes requests on to target and counts them.
func counted(b *testing.B, target string) (address string, n *atomic.Int64) {
	to, err := url.Parse(target)
	if err != nil {
		b.Fatal(err)
	}
	n = new(atomic.Int64)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
	}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		proxy.ServeHTTP(w, r)
	}))
	b.Cleanup(s.Close)
	return s.URL, n
}

// A keeper exports one account with the built program.
type keeper struct {
	b     *testing.B
	env   []string
	count *atomic.Int64
}

func newKeeper(b *testing.B, address, user, password string, count *atomic.Int64) *keeper {
	dir := b.TempDir()
	k := &keeper{b, []string{
		"SIDEKEEP_SETTINGS=" + filepath.Join(dir, "settings"),
		"SIDEKEEP_ARCHIVE=" + filepath.Join(dir, "archive"),
		"LANG=en_US.UTF-8",
	}, count}
	spend(b, count, k.env, program, "account", "add", "home", "--url", address, "--user", user,
		"--password-command", "printf %s "+password)
	return k
}

// export runs one export that must find n items, kept of them new, with the
// proof that is due after it.
func (k *keeper) export(n, kept int) cost {
	k.b.Helper()
	c, out := spend(k.b, k.count, k.env, program, "export", "home", "--json")
	var answer struct {
		Exports []struct{ Found, Kept, Collections any }
	}
	if err := json.Unmarshal(out, &answer); err != nil || len(answer.Exports) != 1 {
		k.b.Fatalf("%v in %s", err, out)
	}
	if e := answer.Exports[0]; fmt.Sprint(e.Found, e.Kept) != fmt.Sprint(float64(n), float64(kept)) {
		k.b.Fatalf("found %v, kept %v; want %d, %d", e.Found, e.Kept, n, kept)
	}
	return c
}

// proven fails unless the account was proven, with n items.
func (k *keeper) proven(n int) {
	k.b.Helper()
	_, out := spend(k.b, k.count, k.env, program, "status", "--json")
	var answer struct {
		Accounts []struct {
			Proof struct{ Checked, Good int }
		}
	}
	if err := json.Unmarshal(out, &answer); err != nil || len(answer.Accounts) != 1 {
		k.b.Fatalf("%v in %s", err, out)
	}
	if p := answer.Accounts[0].Proof; p.Checked != n || p.Good != n {
		k.b.Fatalf("proven: %+v; want %d", p, n)
	}
}

const vdirsyncerConfig = `[general]
status_path = "%[1]s/status/"

[pair contacts]
a = "contacts_here"
b = "contacts_there"
collections = ["contacts"]

[storage contacts_here]
type = "filesystem"
path = "%[1]s/contacts/"
fileext = ".vcf"

[storage contacts_there]
type = "carddav"
url = "%[2]s/"
username = "%[3]s"
password = "%[4]s"

[pair calendar]
a = "calendar_here"
b = "calendar_there"
collections = ["calendar"]

[storage calendar_here]
type = "filesystem"
path = "%[1]s/calendars/"
fileext = ".ics"

[storage calendar_there]
type = "caldav"
url = "%[2]s/"
username = "%[3]s"
password = "%[4]s"
`

// A peer syncs the same account with vdirsyncer.
type peer struct {
	b     *testing.B
	env   []string
	count *atomic.Int64
}

func newPeer(b *testing.B, address, user, password string, count *atomic.Int64) *peer {
	dir := b.TempDir()
	config := filepath.Join(dir, "config")
	text := fmt.Sprintf(vdirsyncerConfig, dir, address, user, password)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	p := &peer{b, []string{"VDIRSYNCER_CONFIG=" + config, "LC_ALL=C.UTF-8"}, count}
	spend(b, count, p.env, "sh", "-c", "yes | vdirsyncer discover")
	return p
}

func (p *peer) sync() cost {
	p.b.Helper()
	c, _ := spend(p.b, p.count, p.env, "vdirsyncer", "sync")
	return c
}

// BenchmarkBesideVdirsyncer exports contacts and as many events from one
// Radicale for the first time, with pages and proof, and again with nothing
// changed. What a small account costs shows what every export costs.
func BenchmarkBesideVdirsyncer(b *testing.B) {
	for _, n := range []int{10_000, 2_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { besideVdirsyncer(b, n) })
	}
}

func besideVdirsyncer(b *testing.B, n int) {
	server := sourcetest.Radicale(b)
	fillRadicale(b, server, n)
	address, count := counted(b, strings.TrimSuffix(server.URL, "/"))
	var first, again, peerFirst, peerAgain, bare []cost
	for b.Loop() {
		for range rounds {
			bare = append(bare, download(b, address, server))
			k := newKeeper(b, address, server.User, server.Password, count)
			first = append(first, k.export(2*n, 2*n))
			k.proven(2 * n)
			again = append(again, k.export(2*n, 0))
			p := newPeer(b, address, server.User, server.Password, count)
			peerFirst = append(peerFirst, p.sync())
			peerAgain = append(peerAgain, p.sync())
		}
	}
	compare(b, "first", first, peerFirst)
	compare(b, "again", again, peerAgain)
	b.Logf("first: %v wall, a bare download of the same bodies %v", median(first, wall), median(bare, wall))
	b.ReportMetric(float64(median(first, wall))/float64(median(bare, wall)), "wall-to-bare-download")
}

// download lists both collections and fetches every body over as many
// connections as an export has, and keeps nothing.
func download(b *testing.B, address string, server sourcetest.Server) cost {
	b.Helper()
	const connections, batch = 4, 100
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	ask := func(method, path, depth, body string) []byte {
		req, err := http.NewRequest(method, address+path, strings.NewReader(body))
		if err != nil {
			b.Error(err)
			return nil
		}
		req.SetBasicAuth(server.User, server.Password)
		req.Header.Set("Depth", depth)
		req.Header.Set("Content-Type", "text/xml")
		resp, err := client.Do(req)
		if err != nil {
			b.Error(err)
			return nil
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusMultiStatus {
			b.Error(method, path, resp.Status, err)
		}
		return answer
	}
	started := time.Now()
	for path, report := range map[string]string{
		"/alice/contacts/": `<C:addressbook-multiget xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><prop><getetag/><C:address-data/></prop>%s</C:addressbook-multiget>`,
		"/alice/calendar/": `<C:calendar-multiget xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop><getetag/><C:calendar-data/></prop>%s</C:calendar-multiget>`,
	} {
		list := ask("REPORT", path, "0", `<sync-collection xmlns="DAV:"><sync-token/><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>`)
		hrefs := regexp.MustCompile(`<href>[^<]*\.(vcf|ics)</href>`).FindAll(list, -1)
		jobs := make(chan [][]byte)
		var workers sync.WaitGroup
		for range connections {
			workers.Go(func() {
				for job := range jobs {
					ask("REPORT", path, "0", fmt.Sprintf(report, bytes.Join(job, nil)))
				}
			})
		}
		for job := range slices.Chunk(hrefs, batch) {
			jobs <- job
		}
		close(jobs)
		workers.Wait()
		if len(hrefs) == 0 {
			b.Fatalf("nothing listed: %.500s", list)
		}
	}
	return cost{wall: time.Since(started)}
}

func compare(b *testing.B, name string, ours, theirs []cost) {
	b.Logf("%s: sidekeep %v cpu, %v wall, %d MB, %d requests; vdirsyncer %v cpu, %v wall, %d MB, %d requests", name,
		median(ours, cpu), median(ours, wall), median(ours, peak)>>20, median(ours, requests),
		median(theirs, cpu), median(theirs, wall), median(theirs, peak)>>20, median(theirs, requests))
	b.ReportMetric(float64(median(ours, cpu))/float64(median(theirs, cpu)), name+"-cpu-ratio")
	b.ReportMetric(float64(median(ours, peak))/(1<<20), name+"-MB")
	b.ReportMetric(float64(median(ours, requests)), name+"-requests")
}

// fillRadicale writes n contacts and n events into the server's storage folder.
func fillRadicale(b *testing.B, server sourcetest.Server, n int) {
	b.Helper()
	home := filepath.Join(server.Dir, "collection-root", server.User)
	write := func(collection, props string, item func(i int) (name, body string)) {
		dir := filepath.Join(home, collection)
		if err := os.MkdirAll(dir, 0o777); err != nil {
			b.Fatal(err)
		}
		put := func(name, body string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o666); err != nil {
				b.Fatal(err)
			}
		}
		put(".Radicale.props", props)
		for i := range n {
			put(item(i))
		}
	}
	write("contacts", `{"tag": "VADDRESSBOOK", "D:displayname": "Contacts"}`, func(i int) (string, string) {
		uid := fmt.Sprintf("contact-%05d", i)
		return uid + ".vcf", benchCard(uid, i)
	})
	write("calendar", `{"tag": "VCALENDAR", "D:displayname": "Calendar", "C:supported-calendar-component-set": "VEVENT"}`, func(i int) (string, string) {
		uid := fmt.Sprintf("event-%05d", i)
		return uid + ".ics", benchEvent(uid, i)
	})
	// The server runs as another user, and keeps its caches beside the items.
	err := filepath.WalkDir(filepath.Join(server.Dir, "collection-root"), func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(path, 0o777)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func benchCard(uid string, i int) string {
	return fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:%s\r\nFN:Person Number %d\r\nN:Number %d;Person;;;\r\n"+
		"TEL;TYPE=CELL:+1 555 01%05d\r\nEMAIL;TYPE=HOME:person%d@example.com\r\n"+
		"ADR;TYPE=HOME:;;%d Main Street;Springfield;;%05d;\r\nNOTE:Met at the fair in year %d\\, has a dog.\r\nEND:VCARD\r\n",
		uid, i, i, i, i, i%400, i, 1990+i%30)
}

func benchEvent(uid string, i int) string {
	at := time.Date(2020, 1, 1, 8+i%10, 0, 0, 0, time.UTC).AddDate(0, 0, i%2500)
	return fmt.Sprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Bench//EN\r\nBEGIN:VEVENT\r\nUID:%s\r\n"+
		"DTSTAMP:20260101T000000Z\r\nDTSTART:%s\r\nDTEND:%s\r\nSUMMARY:Meeting %d\r\nLOCATION:Room %d\r\n"+
		"DESCRIPTION:Agenda\\, minutes and coffee.\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		uid, at.Format("20060102T150405Z"), at.Add(time.Hour).Format("20060102T150405Z"), i, i%40)
}

// BenchmarkMemory exports 10,000 and 100,000 contacts from our own server: the
// peak must hardly grow.
func BenchmarkMemory(b *testing.B) {
	peaks := map[int]int64{}
	for b.Loop() {
		for _, n := range []int{10_000, 100_000} {
			server := davserver.New(davserver.Options{User: "alice", Password: "secret"})
			const book = "/contacts/alice/contacts/"
			if err := server.MakeAddressBook(book, davserver.Collection{Name: "Contacts"}); err != nil {
				b.Fatal(err)
			}
			for i := range n {
				uid := fmt.Sprintf("contact-%06d", i)
				if _, err := server.Put(book+uid+".vcf", []byte(benchCard(uid, i))); err != nil {
					b.Fatal(err)
				}
			}
			s := httptest.NewServer(server)
			var costs []cost
			for range rounds {
				k := newKeeper(b, s.URL, "alice", "secret", new(atomic.Int64))
				costs = append(costs, k.export(n, n))
				k.proven(n)
			}
			s.Close()
			peaks[n] = median(costs, peak)
			b.Logf("%d contacts: %d MB, %v cpu, %v wall", n, peaks[n]>>20, median(costs, cpu), median(costs, wall))
		}
	}
	b.ReportMetric(float64(peaks[10_000])/(1<<20), "MB-at-10000")
	b.ReportMetric(float64(peaks[100_000])/float64(peaks[10_000]), "growth-to-100000")
}
