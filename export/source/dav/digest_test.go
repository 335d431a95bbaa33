package dav

import (
	"fmt"
	"strings"
	"testing"

	peer "github.com/icholy/digest"
)

// What is computed is what another's code computes from the same header, in
// whatever it knows.
func TestDigestBesideAnother(t *testing.T) {
	for _, algorithm := range []string{"", "MD5", "SHA-256", "SHA-512-256"} {
		for _, rest := range []string{"", `, qop="auth"`, `, qop="auth,auth-int", opaque="5ccc"`, `, qop="auth", userhash=true`, `, qop="auth", stale=true`} {
			header := `Digest realm="Zugang für \"alle\"", nonce="7ypf/xlj9XXwfDPEoM4URrv"` + rest
			if algorithm != "" {
				header += ", algorithm=" + algorithm
			}
			chal, err := peer.ParseChallenge(header)
			must(t, err)
			theirs, err := peer.Digest(chal, peer.Options{
				Method: "PROPFIND", URI: "/dav/J%C3%B6rg/", Count: 17, Username: "jörg", Password: `p"ass\wort`, Cnonce: "abc",
			})
			must(t, err)
			c := choose([]string{header}, false)
			ours := digestHeader(c, 17, "jörg", `p"ass\wort`, "PROPFIND", "/dav/J%C3%B6rg/", "abc")
			read, err := peer.ParseCredentials(ours)
			must(t, err)
			if *read != *theirs && !(theirs.QOP == "" && read.Response == theirs.Response && read.Username == theirs.Username && read.Realm == theirs.Realm) {
				t.Errorf("%s\n  ours   %s\n  theirs %s", header, ours, theirs)
			}
			if c.stale != chal.Stale {
				t.Errorf("%s: stale %v", header, c.stale)
			}
		}
	}
}

// Servers that are in use ask in forms which the other code cannot answer.
func TestDigestForms(t *testing.T) {
	const nonce = `nonce="7ypf/xlj9XX"`
	for name, header := range map[string]string{
		"two challenges in one header": `Basic realm="a, b", Digest realm="x", ` + nonce + `, qop="auth"`,
		"capital names":                `Digest Realm="x", Nonce="7ypf/xlj9XX", QOP="auth"`,
		"no quotes":                    `Digest realm=x, nonce=7ypf/xlj9XX, qop=auth`,
		"auth is the second":           `Digest realm="x", ` + nonce + `, qop="auth-int, auth"`,
		"a tab":                        "Digest realm=\"x\",\t" + nonce + ", qop=\"auth\"",
		"a session":                    `Digest realm="x", ` + nonce + `, qop="auth", algorithm=MD5-sess`,
		"Latin-1":                      "Digest realm=\"Zugang f\xfcr alle\", " + nonce + `, qop="auth"`,
	} {
		c := choose([]string{header}, false)
		if c.scheme != digest || c.nonce != "7ypf/xlj9XX" {
			t.Errorf("%s: %+v", name, c)
			continue
		}
		got := digestHeader(c, 1, "jörg", "word", "GET", "/", "abc")
		if !strings.Contains(got, "realm="+quoted(c.realm)) || !strings.Contains(got, ", qop=auth, nc=00000001, ") {
			t.Errorf("%s: %s", name, got)
		}
		if chal, err := peer.ParseChallenge(header); err == nil {
			cred, err := peer.Digest(chal, peer.Options{Method: "GET", URI: "/", Count: 1, Username: "jörg", Password: "word", Cnonce: "abc"})
			if err == nil && cred.QOP == "auth" && strings.Contains(cred.String(), fmt.Sprintf(`response="%s"`, responseOf(got))) && cred.Nonce == c.nonce {
				t.Errorf("%s: the other code can do it: the comment is out of date", name)
			}
		}
	}
}

func responseOf(header string) string {
	_, rest, _ := strings.Cut(header, `response="`)
	response, _, _ := strings.Cut(rest, `"`)
	return response
}
