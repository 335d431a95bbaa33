package davserver

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const realm = "Sidekeep"

// nonceLife is how long a Digest nonce is taken.
const nonceLife = 5 * time.Minute

// A signer checks who asks.
type signer struct {
	user, password string
	digest, open   bool
	now            func() time.Time
	key            [32]byte

	mu   sync.Mutex
	used map[string]map[uint64]bool // nonce counts that were used, by nonce
}

func newSigner(o Options) *signer {
	g := &signer{user: o.User, password: o.Password, digest: o.Digest, open: o.Open, now: time.Now, used: map[string]map[uint64]bool{}}
	_, _ = rand.Read(g.key[:]) // never fails since Go 1.24
	return g
}

// allows reports whether r is signed in. If not, it has set the challenges.
func (g *signer) allows(w http.ResponseWriter, r *http.Request) bool {
	if g.open {
		return true
	}
	stale := false
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case g.digest && strings.EqualFold(scheme, "Digest"):
		var ok bool
		if ok, stale = g.checkDigest(r, parseParams(rest)); ok && !stale {
			return true
		}
	case !g.digest && strings.EqualFold(scheme, "Basic"):
		if user, password, ok := r.BasicAuth(); ok && same(user, g.user)&same(password, g.password) == 1 {
			return true
		}
	}
	g.challenge(w, stale)
	return false
}

func (g *signer) challenge(w http.ResponseWriter, stale bool) {
	if !g.digest {
		w.Header().Set("WWW-Authenticate", `Basic realm="`+realm+`", charset="UTF-8"`)
		return
	}
	common := `Digest realm="` + realm + `", qop="auth", nonce="` + g.nonce(g.now()) + `", charset=UTF-8, `
	if stale {
		common += "stale=true, "
	}
	// RFC 7616 s3.7: the preferred algorithm first.
	w.Header()["Www-Authenticate"] = []string{common + "algorithm=SHA-256", common + "algorithm=MD5"}
}

// same compares in constant time, whatever the lengths; 1 if equal.
func same(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:])
}

// nonce makes a nonce that shows by itself that this server made it, and when.
func (g *signer) nonce(at time.Time) string {
	var salt [6]byte
	_, _ = rand.Read(salt[:])
	return g.seal(strconv.FormatInt(at.Unix(), 16) + "-" + hex.EncodeToString(salt[:]))
}

func (g *signer) seal(text string) string {
	m := hmac.New(sha256.New, g.key[:])
	_, _ = m.Write([]byte(text)) // a hash never fails
	return text + "-" + base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:15])
}

// checkDigest checks an Authorization by RFC 7616 s3.4. stale tells that all
// is right but the nonce, which is too old or was used with this count before.
func (g *signer) checkDigest(r *http.Request, p map[string]string) (ok, stale bool) {
	var sum func() hash.Hash
	switch strings.ToUpper(p["algorithm"]) {
	case "SHA-256":
		sum = sha256.New
	case "", "MD5":
		sum = md5.New
	default:
		return false, false
	}
	// The path that is signed must be the one that is asked for.
	if p["qop"] != "auth" || p["uri"] != r.RequestURI || p["realm"] != realm {
		return false, false
	}
	h := func(parts ...string) string {
		d := sum()
		_, _ = d.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(d.Sum(nil))
	}
	want := h(h(g.user, realm, g.password), p["nonce"], p["nc"], p["cnonce"], p["qop"], h(r.Method, p["uri"]))
	if same(p["username"], g.user)&same(strings.ToLower(p["response"]), want) != 1 {
		return false, false
	}
	count, err := strconv.ParseUint(p["nc"], 16, 64)
	return err == nil, err == nil && !g.fresh(p["nonce"], count)
}

// fresh takes a nonce with its count once. Only requests that know the
// password come this far, so that nobody else can fill its memory.
func (g *signer) fresh(nonce string, count uint64) bool {
	const seal = 21 // "-" and 15 bytes in base64
	if len(nonce) <= seal || g.seal(nonce[:len(nonce)-seal]) != nonce || g.old(nonce) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	counts := g.used[nonce]
	if counts == nil {
		for n := range g.used {
			if g.old(n) {
				delete(g.used, n)
			}
		}
		counts = map[uint64]bool{}
		g.used[nonce] = counts
	}
	if counts[count] {
		return false
	}
	counts[count] = true
	return true
}

func (g *signer) old(nonce string) bool {
	at, _, _ := strings.Cut(nonce, "-")
	sec, err := strconv.ParseInt(at, 16, 64)
	age := g.now().Sub(time.Unix(sec, 0))
	return err != nil || age < -time.Minute || age > nonceLife
}

// parseParams reads the parameters of an Authorization (RFC 9110 s11.2).
func parseParams(s string) map[string]string {
	p := map[string]string{}
	for {
		s = strings.TrimLeft(s, " \t,")
		key, rest, ok := strings.Cut(s, "=")
		if !ok {
			return p
		}
		key = strings.ToLower(strings.TrimSpace(key))
		rest = strings.TrimLeft(rest, " \t")
		var v []byte
		if strings.HasPrefix(rest, `"`) {
			i := 1
			for ; i < len(rest) && rest[i] != '"'; i++ {
				if rest[i] == '\\' && i+1 < len(rest) {
					i++
				}
				v = append(v, rest[i])
			}
			s = rest[min(i+1, len(rest)):]
		} else {
			i := strings.IndexAny(rest, ", \t")
			if i < 0 {
				i = len(rest)
			}
			v, s = []byte(rest[:i]), rest[i:]
		}
		if _, twice := p[key]; !twice {
			p[key] = string(v)
		}
	}
}
