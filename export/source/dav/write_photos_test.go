package dav

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

// A photo of which only the beginning arrived, before the program ended, is
// completed and not doubled; one that merely has the name is left.
func TestTornPhoto(t *testing.T) {
	for _, q := range []davserver.Quirk{"", davserver.NoConditions, davserver.MissingETags} {
		s := newSite(t, davserver.Options{Quirks: []davserver.Quirk{q}})
		src := openWriter(t, s)
		photos := collectionNamed(t, src, "DCIM")
		it := sourcetest.Sample(export.Photos, 1, "whole")
		it.Folder = ""
		r, _, err := it.Open(t.Context(), 0)
		must(t, err)
		whole, err := io.ReadAll(r)
		must(t, err)
		for _, torn := range []int{0, 1, len(whole) - 1} {
			_, err = s.Put("/files/alice/DCIM/"+it.Name, whole[:torn])
			must(t, err)
			ref, err := src.Put(t.Context(), photos, it, export.Ref{})
			must(t, err)
			body, err := s.Body("/files/alice/DCIM/" + it.Name)
			if err != nil || !bytes.Equal(body, whole) || ref.ID != it.Name {
				t.Errorf("%s: %d bytes of %d: %+v, %v", q, torn, len(whole), ref, err)
			}
		}
		other := append(bytes.Clone(whole), 'x')
		_, err = s.Put("/files/alice/DCIM/"+it.Name, other[1:])
		must(t, err)
		ref, err := src.Put(t.Context(), photos, it, export.Ref{})
		must(t, err)
		if body, err := s.Body("/files/alice/DCIM/" + it.Name); err != nil || !bytes.Equal(body, other[1:]) || ref.ID != "IMG_0001%20(2).JPG" {
			t.Errorf("%s: another photo of the name: %+v, %v", q, ref, err)
		}
	}
}

// Stopped in the middle of a large photo, nothing of it stays at the server.
func TestStoppedPhoto(t *testing.T) {
	dir := t.TempDir()
	s := sourcetest.RcloneWebDAVWritable(t, dir)
	cfg := quick("")
	cfg.Photos, cfg.Sleep = s.URL, sleep // rclone takes a moment to notice
	src := openSite(t, cfg)
	photos := collectionNamed(t, src, "Photos")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	it := export.Item{Kind: export.Photos, Name: "large.jpg", Size: 8 << 20}
	it.Open = func(context.Context, int64) (io.ReadCloser, int64, error) {
		half := io.LimitReader(zeros{}, 4<<20)
		return io.NopCloser(io.MultiReader(half, stopping{cancel})), 0, nil
	}
	start := time.Now()
	_, err := src.Put(ctx, photos, it, export.Ref{})
	if export.Cause(err) != export.ErrStopped || time.Since(start) > 8*time.Second {
		t.Errorf("%v after %s", err, time.Since(start))
	}
	if _, err := os.Stat(filepath.Join(dir, "large.jpg")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a part of it is left: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// stopping stops the run and then has nothing to give for a moment.
type stopping struct{ cancel func() }

func (s stopping) Read([]byte) (int, error) {
	s.cancel()
	time.Sleep(300 * time.Millisecond)
	return 0, io.ErrUnexpectedEOF
}

// A sign-in that is asked for in the middle, and Digest, where each request is
// signed anew: the body is sent again from its beginning.
func TestWriteSignsInAgain(t *testing.T) {
	for _, digest := range []bool{false, true} {
		s := newSite(t, davserver.Options{Digest: digest})
		src := openWriter(t, s)
		photos, friends := collectionNamed(t, src, "DCIM"), collectionNamed(t, src, "Friends & Co")
		for n := range 3 {
			s.SetQuirks(davserver.Tune{On: []davserver.Step{davserver.Change}, After: n}, davserver.SignInLost)
			_, err := src.Put(t.Context(), photos, sourcetest.Sample(export.Photos, n, "new"), export.Ref{})
			must(t, err)
			s.SetQuirks(davserver.Tune{On: []davserver.Step{davserver.Change}}, davserver.SignInLost)
			_, err = src.Put(t.Context(), friends, sourcetest.Sample(export.Contacts, n, "new"), export.Ref{})
			must(t, err)
		}
		if len(s.bodies(t, book)) != 26 || len(s.bodies(t, "/files/alice/DCIM/2024/Strand & Meer/")) != 3 {
			t.Errorf("%d contacts", len(s.bodies(t, book)))
		}
	}
}

// A collection that may not be made has a cause, and is not there.
func TestMakeRefused(t *testing.T) {
	for _, c := range []struct {
		quirk davserver.Quirk
		kind  export.Kind
		cause error
	}{
		{davserver.ReadOnly, export.Contacts, export.ErrReadOnly},
		{davserver.ReadOnly, export.Events, export.ErrReadOnly},
		{davserver.NoTodos, export.Todos, export.ErrUnsupported},
		{davserver.StorageFull, export.Events, export.ErrQuota},
		{"", export.Photos, export.ErrUnsupported},
	} {
		s := newSite(t, davserver.Options{})
		src := openSite(t, quick(s.url))
		s.SetQuirks(davserver.Tune{}, c.quirk)
		made, err := src.MakeCollection(t.Context(), export.Collection{Name: "New", Kind: c.kind})
		if export.Cause(err) != c.cause || made.ID != "" {
			t.Errorf("%s: made %+v, %v", c.quirk, made, err)
		}
		s.SetQuirks(davserver.Tune{})
		if all, err := src.Collections(t.Context()); err != nil || len(all) != 3 {
			t.Errorf("%s: %v, %v", c.quirk, all, err)
		}
	}
}

// A server that stops taking a photo is left after a while.
func TestUploadStalls(t *testing.T) {
	s := newSite(t, davserver.Options{})
	stall := make(chan struct{})
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			io.CopyN(io.Discard, r.Body, 1<<20)
			<-stall
			return
		}
		s.ServeHTTP(w, r)
	}))
	defer h.Close()
	defer close(stall)
	must(t, s.MakeFolder("/files/alice/DCIM"))
	cfg := quick(h.URL)
	cfg.Photos = "/files/alice/DCIM/"
	cfg.Timeouts = Timeouts{Idle: 200 * time.Millisecond, FirstByte: 30 * time.Second}
	src := openSite(t, cfg)
	it := export.Item{Kind: export.Photos, Name: "large.jpg", Size: 64 << 20}
	it.Open = func(context.Context, int64) (io.ReadCloser, int64, error) {
		return io.NopCloser(io.LimitReader(zeros{}, 64<<20)), 0, nil
	}
	start := time.Now()
	_, err := src.Put(t.Context(), collectionNamed(t, src, "DCIM"), it, export.Ref{})
	if export.Cause(err) != export.ErrUnreachable || time.Since(start) > 15*time.Second {
		t.Errorf("%v after %s", err, time.Since(start))
	}
}
