package davserver_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sidekeep/export/davserver"
)

// TestCloseEndsWhatIsLate: nothing of what a server would have done by itself
// happens after Close, and what was due before has happened.
func TestCloseEndsWhatIsLate(t *testing.T) {
	const card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:a\r\nFN:Anna\r\nN:;Anna;;;\r\nEND:VCARD\r\n"
	for _, c := range []struct {
		name  string
		wait  time.Duration // before Close
		after int           // what a GET answers for good
	}{
		{"closed before", 30 * time.Second, http.StatusNotFound},
		{"closed after", 90 * time.Second, http.StatusOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := davserver.New(davserver.Options{Open: true, Quirks: []davserver.Quirk{davserver.Late}, Tune: davserver.Tune{Delay: time.Minute}})
				const at = "/contacts/phone/book/a.vcf"
				if err := s.MakeAddressBook("/contacts/phone/book/", davserver.Collection{Name: "Book"}); err != nil {
					t.Fatal(err)
				}
				expect := func(code int, method, body string) {
					t.Helper()
					r := httptest.NewRequest(method, at, strings.NewReader(body))
					r.Header.Set("Content-Type", "text/vcard")
					w := httptest.NewRecorder()
					if s.ServeHTTP(w, r); w.Code != code {
						t.Errorf("%s: %d, want %d", method, w.Code, code)
					}
				}
				expect(http.StatusCreated, http.MethodPut, card)
				expect(http.StatusNotFound, http.MethodGet, "")
				time.Sleep(c.wait)
				synctest.Wait()
				for range 2 {
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Hour)
				expect(c.after, http.MethodGet, "")
			})
		})
	}
}
