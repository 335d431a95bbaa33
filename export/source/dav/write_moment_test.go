package dav

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

// between serves s and calls before ahead of each PUT and DELETE.
func between(t *testing.T, s *site, before func(r *http.Request)) *httptest.Server {
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut || r.Method == http.MethodDelete {
			before(r)
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

// What another program writes after the last look and before the write is not
// lost: the server is told what has to be there.
func TestChangedInThisMoment(t *testing.T) {
	s := newSite(t, davserver.Options{})
	meddle := ""
	h := between(t, s, func(r *http.Request) {
		if meddle != "" {
			_, err := s.Put(r.URL.Path, []byte(meddle))
			must(t, err)
			meddle = ""
		}
	})
	src := openSite(t, quick(h.URL))
	friends := collectionNamed(t, src, "Friends & Co")
	for n := range 3 { // at first, and when the habits of the server are known
		theirs := card("sidekeep-contacts-1", "Theirs")
		meddle = theirs
		_, err := src.Put(t.Context(), friends, sourcetest.Sample(export.Contacts, 1, "ours"), export.Ref{})
		var exists *export.ExistsError
		if !errors.As(err, &exists) || exists.Same {
			t.Fatalf("%d: a new one: %v", n, err)
		}
		ref := exists.Ref
		meddle = card("sidekeep-contacts-1", "Theirs, changed")
		if _, err = src.Put(t.Context(), friends, sourcetest.Sample(export.Contacts, 1, "ours"), ref); !errors.Is(err, export.ErrChanged) {
			t.Fatalf("%d: replacing: %v", n, err)
		}
		meddle = theirs
		if err := src.Delete(t.Context(), friends, export.Ref{ID: ref.ID, Version: versionAt(t, src, friends, ref.ID)}); !errors.Is(err, export.ErrChanged) {
			t.Fatalf("%d: deleting: %v", n, err)
		}
		if got := s.bodies(t, book)[ref.ID]; got != theirs {
			t.Fatalf("%d: theirs is now %q", n, got)
		}
		must(t, s.Remove(book+ref.ID))
		_, err = src.Put(t.Context(), friends, sourcetest.Sample(export.Contacts, 10+n, "ours"), export.Ref{})
		must(t, err)
	}
}

func versionAt(t *testing.T, src *Source, c export.Collection, id string) string {
	t.Helper()
	it, err := src.Fetch(t.Context(), c, id)
	must(t, err)
	return it.Version
}

// An item that was there before is not taken for one whose answer was lost.
func TestLostButThereBefore(t *testing.T) {
	s := newSite(t, davserver.Options{})
	src := openSite(t, quick(s.url))
	friends := collectionNamed(t, src, "Friends & Co")
	it := sourcetest.Sample(export.Contacts, 1, "new")
	ref, err := src.Put(t.Context(), friends, it, export.Ref{})
	must(t, err)
	s.SetQuirks(davserver.Tune{}, davserver.LostBefore)
	_, err = src.Put(t.Context(), friends, it, export.Ref{})
	var exists *export.ExistsError
	if !errors.As(err, &exists) || exists.Ref != ref {
		t.Errorf("got %v", err)
	}
}

// Location alone tells where a new item is, if the server finds nothing by its
// UID.
func TestLocation(t *testing.T) {
	s := newSite(t, davserver.Options{Quirks: []davserver.Quirk{davserver.RenamesTold}})
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "REPORT" {
			http.Error(w, "no reports here", http.StatusForbidden)
			return
		}
		s.ServeHTTP(w, r)
	}))
	defer h.Close()
	src := openSite(t, quick(h.URL))
	friends := collectionNamed(t, src, "Friends & Co")
	ref, err := src.Put(t.Context(), friends, sourcetest.Sample(export.Contacts, 1, "new"), export.Ref{})
	must(t, err)
	if _, err := src.Fetch(t.Context(), friends, ref.ID); err != nil || len(ref.ID) < 5 || ref.ID[:3] != "srv" {
		t.Errorf("%+v, %v", ref, err)
	}
}

// Who removes an invitation that a restore has put back declines nothing.
func TestDeleteDeclinesNothing(t *testing.T) {
	s := newSite(t, davserver.Options{})
	reply := ""
	h := between(t, s, func(r *http.Request) { reply = r.Header.Get("Schedule-Reply") })
	src := openSite(t, quick(h.URL))
	must(t, src.Delete(t.Context(), collectionNamed(t, src, "Home"), export.Ref{ID: "e1.ics", Version: "*"}))
	if reply != "F" {
		t.Errorf("Schedule-Reply is %q", reply)
	}
}
