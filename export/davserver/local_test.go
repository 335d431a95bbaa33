package davserver

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestRoundTrip asks a server without a network.
func TestRoundTrip(t *testing.T) {
	s := New(Options{Open: true})
	if err := s.MakeAddressBook("/contacts/phone/book/", Collection{Name: "Book"}); err != nil {
		t.Fatal(err)
	}
	card := "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:Anna\r\nNOTE:" + strings.Repeat("x", 1<<20) + "\r\nEND:VCARD\r\n"
	ask := func(method, path, body string) (*http.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:1"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Depth", "1")
		return s.RoundTrip(req)
	}
	const at = "/contacts/phone/book/1.vcf"
	resp, err := ask("PUT", at, card)
	if err != nil || resp.StatusCode != http.StatusCreated || resp.ContentLength != 0 {
		t.Fatalf("PUT: %v %+v", err, resp)
	}
	resp, err = ask("GET", at, "")
	if err != nil || resp.StatusCode != http.StatusOK || resp.ContentLength != int64(len(card)) {
		t.Fatalf("GET: %v %+v", err, resp)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(body, []byte(card)) {
		t.Errorf("GET: %d bytes of %d, %v", len(body), len(card), err)
	}
	resp.Body.Close()
	resp, err = ask("GET", at, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(resp.Body, make([]byte, 100)); err != nil {
		t.Error(err)
	}
	resp.Body.Close() // before its end: the handler is told
	if n, err := resp.Body.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("after Close: %d, %v", n, err)
	}
	if resp, err = ask("GET", "/contacts/phone/book/2.vcf", ""); err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("what is not there: %v %+v", err, resp)
	}
	s.SetQuirks(Tune{}, LostAfter)
	if resp, err = ask("PUT", "/contacts/phone/book/3.vcf", strings.ReplaceAll(card, "UID:1", "UID:3")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a server that hangs up: %v %+v", err, resp)
	}
}
