package davserver

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHashFiles(t *testing.T) {
	s := New(Options{Open: true, HashFiles: true})
	do := func(method, path, body, match string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		if match != "" {
			r.Header.Set("If-Match", match)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	const tag = `"ba7816bf8f01cfea414140de5dae2223"` // of the SHA-256 of abc
	if w := do("PUT", "/files/phone/a.jpg", "abc", ""); w.Code != http.StatusCreated || w.Header().Get("ETag") != tag {
		t.Errorf("PUT: %d %s", w.Code, w.Header().Get("ETag"))
	}
	if w := do("GET", "/files/phone/a.jpg", "", ""); w.Code != http.StatusForbidden {
		t.Errorf("GET: %d", w.Code)
	}
	if w := do("PUT", "/files/phone/a.jpg", "abcd", `"other"`); w.Code != http.StatusPreconditionFailed {
		t.Errorf("PUT with another tag: %d", w.Code)
	}
	if w := do("PUT", "/files/phone/a.jpg", "abcd", tag); w.Code != http.StatusNoContent {
		t.Errorf("PUT: %d", w.Code)
	}
	items, err := s.Items("/files/phone/")
	if err != nil || len(items) != 1 || items[0].Size != 4 || items[0].ETag == tag {
		t.Errorf("%+v %v", items, err)
	}
}
