package davserver

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// entities is a document type whose entities grow to a hundred million bytes
// if a parser follows them, and one that names a file of the reader's disk.
const entities = `<!DOCTYPE d:multistatus [
<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">
<!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">
<!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;">
<!ENTITY file SYSTEM "file:///etc/passwd">
]>
`

const entityResponse = `<d:response><d:href>/&h;</d:href><d:propstat><d:prop><d:displayname>&file;</d:displayname></d:prop>` +
	`<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>` + "\n"

// played is what the server plays in one request. Its map is never changed.
type played struct {
	on   map[Quirk]bool
	tune Tune
}

func (p *played) has(q Quirk) bool { return p.on[q] }

// playing returns what is played from now on.
func (s *Server) playing() *played {
	s.quirks.mu.Lock()
	defer s.quirks.mu.Unlock()
	p := &played{on: s.quirks.on, tune: s.quirks.tune}
	t := &p.tune
	if len(t.On) == 0 {
		t.On = []Step{Listing, Fetch}
	}
	if t.Page <= 0 {
		t.Page = 10
	}
	if t.Garbage <= 0 {
		t.Garbage = 100_000_000
	}
	if t.MaxItem <= 0 {
		t.MaxItem = 1000
	}
	if t.RetryAfter <= 0 {
		t.RetryAfter = time.Second
	}
	return p
}

// strikes reports whether q, which spoils single exchanges, spoils this one.
func (c *call) strikes(q Quirk, step Step) bool {
	if !c.play.has(q) || !slices.Contains(c.play.tune.On, step) {
		return false
	}
	return c.nth(q)
}

// nth counts the request and reports whether it is one that q spoils.
func (c *call) nth(q Quirk) bool {
	s := &c.s.quirks
	s.mu.Lock()
	defer s.mu.Unlock()
	n, t := s.seen[q], &c.play.tune
	s.seen[q]++
	return n >= t.After && (t.Times < 0 || n < t.After+max(t.Times, 1))
}

// disturb plays the quirks that spoil the exchange. done means that c is
// answered.
func (c *call) disturb(step Step) (done bool, err error) {
	h := c.w.Header()
	if c.play.has(NewConnections) {
		h.Set("Connection", "close")
	}
	retry := c.play.tune.RetryAfter
	switch {
	case c.strikes(SignInLost, step):
		c.s.sign.challenge(c.w, false)
		return true, refuse(http.StatusUnauthorized, "", "sign in again")
	case c.strikes(TooMany, step):
		h.Set("Retry-After", strconv.Itoa(int((retry+time.Second-1)/time.Second)))
		return true, refuse(http.StatusTooManyRequests, "", "slow down")
	case c.strikes(Unavailable, step):
		h.Set("Retry-After", time.Now().Add(retry+time.Second-1).UTC().Format(http.TimeFormat))
		return true, refuse(http.StatusServiceUnavailable, "", "the server is being looked after")
	case c.strikes(Elsewhere, step):
		h.Set("Location", strings.TrimSuffix(c.play.tune.Target, "/")+c.r.URL.EscapedPath())
		c.w.WriteHeader(http.StatusTemporaryRedirect)
		return true, nil
	case c.strikes(RedirectLoop, step):
		n, _ := strconv.Atoi(c.r.URL.Query().Get("hop"))
		h.Set("Location", c.r.URL.EscapedPath()+"?hop="+strconv.Itoa(n+1))
		c.w.WriteHeader(http.StatusTemporaryRedirect)
		return true, nil
	case c.r.Method != http.MethodGet && c.strikes(Garbage, step):
		c.garbage("", "\x89PNG\x00\xff{\"error\": <<<&&& ]]>\r\n")
		return true, nil
	case c.r.Method != http.MethodGet && c.strikes(EndlessText, step):
		c.garbage(xmlHead+`<d:multistatus xmlns:d="DAV:"><d:response><d:href>/`, "aaaaaaaaaaaaaaa/")
		return true, nil
	}
	if step == Change {
		if done, err := c.refuses(); done || err != nil {
			return done, err
		}
	}
	for _, q := range []Quirk{Dropped, Short, Cut} {
		if c.strikes(q, step) {
			c.w = newCutter(c.w, c.r, q)
			return false, nil
		}
	}
	if c.play.has(IdleDropped) {
		c.w = newCutter(c.w, c.r, IdleDropped)
	}
	return false, nil
}

// garbage sends head and then part over and over.
func (c *call) garbage(head, part string) {
	c.w.Header().Set("Content-Type", xmlType)
	c.w.WriteHeader(http.StatusMultiStatus)
	block := []byte(head + strings.Repeat(part, flushAt/len(part)))
	for left := c.play.tune.Garbage; left > 0; {
		block = block[:min(int64(len(block)), left)]
		n, err := c.w.Write(block)
		if err != nil {
			return // the client has had enough
		}
		left -= int64(n)
		block = []byte(strings.Repeat(part, flushAt/len(part)))
	}
}

// about reports whether the quirks about one item are about it.
func (c *call) about(it *item) bool {
	if name := c.play.tune.Item; name != "" {
		return it.name == name
	}
	if c.chosen == "" {
		t := &c.s.tree
		t.mu.RLock()
		for name := range c.f.items {
			if c.chosen == "" || name < c.chosen {
				c.chosen = name
			}
		}
		t.mu.RUnlock()
	}
	return it.name == c.chosen
}

func (c *call) vanished(it *item) bool { return c.play.has(ItemVanishes) && c.about(it) }

// breaks reports whether a multiget with it is answered by 500.
func (c *call) breaks(it *item) bool {
	return (c.play.has(MultigetBreaks) || c.play.has(ItemBreaks)) && c.about(it)
}

// A cutter gathers an answer, to send it with a connection that then ends.
type cutter struct {
	header http.Header
	code   int
	body   bytes.Buffer
	how    Quirk
	head   bool // the answer has no body
}

func newCutter(w http.ResponseWriter, r *http.Request, how Quirk) *cutter {
	return &cutter{header: w.Header(), how: how, head: r.Method == http.MethodHead}
}

func (k *cutter) Header() http.Header { return k.header }

func (k *cutter) WriteHeader(code int) {
	if k.code == 0 {
		k.code = code
	}
}

func (k *cutter) Write(b []byte) (int, error) {
	k.WriteHeader(http.StatusOK)
	return k.body.Write(b)
}

// send takes the connection over, sends what is to be sent and closes it. A
// connection that cannot be taken over (HTTP/2) is reset.
func (k *cutter) send(w http.ResponseWriter) {
	k.WriteHeader(http.StatusOK)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http's way to reset a connection
	}
	defer func() { _ = conn.Close() }()
	body := k.body.Bytes()
	half := body[:len(body)/2]
	h := k.header
	h.Del("Content-Length")
	proto := "HTTP/1.1"
	switch k.how {
	case IdleDropped:
		half = body
		if !k.head {
			h.Set("Content-Length", strconv.Itoa(len(body)))
		}
	case Short:
		h.Set("Content-Length", strconv.Itoa(len(body)))
	case Dropped:
		h.Set("Transfer-Encoding", "chunked")
		half = []byte(strconv.FormatInt(int64(len(half)), 16) + "\r\n" + string(half) + "\r\n")
	case Cut:
		proto = "HTTP/1.0"
	}
	var out bytes.Buffer
	out.WriteString(proto + " " + strconv.Itoa(k.code) + " " + http.StatusText(k.code) + "\r\n")
	_ = h.Write(&out) // a buffer takes everything
	out.WriteString("\r\n")
	if !k.head {
		out.Write(half)
	}
	_, _ = conn.Write(out.Bytes()) // the connection ends anyway
}
