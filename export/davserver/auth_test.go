package davserver_test

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"sidekeep/export/davserver"
)

func TestBasicSignIn(t *testing.T) {
	_, c := serve(t, davserver.Options{})
	for _, wrong := range []string{"", "Basic", "Basic !!!", "Basic YWxpY2U6d3Jvbmc=", "Basic Ym9iOnNlY3JldA==", "Bearer secret", "Digest username=\"alice\""} {
		r := c.expect(http.StatusUnauthorized, "PROPFIND", "/", "", "Depth", "0", "Authorization", wrong)
		if !strings.HasPrefix(r.header.Get("WWW-Authenticate"), `Basic realm=`) {
			t.Errorf("%q: %v", wrong, r.header)
		}
	}
	c.expect(http.StatusMultiStatus, "PROPFIND", "/", "", "Depth", "0")

	open := connect(t, davserver.New(davserver.Options{Open: true}))
	open.expect(http.StatusMultiStatus, "PROPFIND", "/contacts/phone/", "", "Depth", "0", "Authorization", "")
}

// digest signs a request by RFC 7616 s3.4.
func digest(algorithm, password, method, uri, nonce, nc string) string {
	sum := func() hash.Hash { return sha256.New() }
	if algorithm == "MD5" {
		sum = md5.New
	}
	h := func(s string) string {
		d := sum()
		d.Write([]byte(s))
		return hex.EncodeToString(d.Sum(nil))
	}
	response := h(h("alice:Sidekeep:"+password) + ":" + nonce + ":" + nc + ":abc:auth:" + h(method+":"+uri))
	return fmt.Sprintf(`Digest username="alice", realm="Sidekeep", uri="%s", nonce="%s", nc=%s, cnonce="abc", qop=auth, algorithm=%s, response="%s"`, uri, nonce, nc, algorithm, response)
}

func TestDigestSignIn(t *testing.T) {
	_, c := serve(t, davserver.Options{Digest: true})
	note := "/files/alice/DCIM/note.txt"
	r := c.expect(http.StatusUnauthorized, "GET", note, "") // Basic is not taken
	offers := r.header.Values("WWW-Authenticate")
	if len(offers) != 2 || !strings.Contains(offers[0], "SHA-256") || !strings.Contains(offers[1], "MD5") {
		t.Fatalf("%q", offers)
	}
	_, nonce, _ := strings.Cut(offers[0], `nonce="`)
	nonce, _, _ = strings.Cut(nonce, `"`)
	get := func(code int, auth string) reply {
		t.Helper()
		return c.expect(code, "GET", note, "", "Authorization", auth)
	}
	get(200, digest("SHA-256", "secret", "GET", note, nonce, "00000001"))
	get(200, digest("MD5", "secret", "GET", note, nonce, "00000002"))
	get(200, digest("MD5", "secret", "GET", note, nonce, "00000009"))
	get(200, digest("MD5", "secret", "GET", note, nonce, "00000003")) // of another connection
	if r := get(401, digest("MD5", "secret", "GET", note, nonce, "00000003")); !strings.Contains(r.header.Get("WWW-Authenticate"), "stale=true") {
		t.Errorf("a replay: %v", r.header)
	}
	if r := get(401, digest("MD5", "secret", "GET", note, "made-up-nonce-00000000000000000000", "00000001")); !strings.Contains(r.header.Get("WWW-Authenticate"), "stale=true") {
		t.Errorf("a nonce of another server: %v", r.header)
	}
	if r := get(401, digest("SHA-256", "wrong", "GET", note, nonce, "00000004")); strings.Contains(r.header.Get("WWW-Authenticate"), "stale") {
		t.Errorf("a wrong password: %v", r.header)
	}
	get(401, digest("SHA-256", "secret", "GET", "/", nonce, "00000005"))
	get(401, digest("SHA-256", "secret", "PUT", note, nonce, "00000006"))
	get(401, digest("SHA-512", "secret", "GET", note, nonce, "00000007"))
	get(401, "Digest ")
	get(401, `Digest username="alice`)
}

func TestCurlSignsInByDigest(t *testing.T) {
	needs(t, "curl")
	s, c := serve(t, davserver.Options{Digest: true})
	out, err := exec.Command("curl", "-sS", "--digest", "-u", "alice:secret", "--fail", "-T", "auth_test.go", c.url+"/files/alice/DCIM/up.txt", "--next",
		"-sS", "--digest", "-u", "alice:secret", "--fail", c.url+"/files/alice/DCIM/note.txt").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "0123456789") {
		t.Errorf("%v: %s", err, out)
	}
	if b, err := s.Body("/files/alice/DCIM/up.txt"); err != nil || !strings.Contains(string(b), "package davserver_test") {
		t.Errorf("curl's upload did not arrive: %v", err)
	}
}
