package dav

import (
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

// writer is a fixture on an empty davserver.
func (s *site) writer(t *testing.T, src *Source) sourcetest.WriterFixture {
	return sourcetest.WriterFixture{
		Writer: src, Kinds: export.Kinds(), Bytes: getBytes(s.url), Places: true, Dates: true,
		Meddle: func(c export.Collection, id string, body []byte) error {
			path, err := url.PathUnescape(c.ID + id)
			if err != nil {
				return err
			}
			_, err = s.Put(path, body)
			return err
		},
	}
}

func openWriter(t *testing.T, s *site) *Source {
	must(t, s.MakeFolder("/files/alice/DCIM"))
	cfg := quick(s.url)
	cfg.Photos = "/files/alice/DCIM/"
	return openSite(t, cfg)
}

func TestWriterDavserver(t *testing.T) {
	for name, o := range map[string]davserver.Options{"basic": {}, "open": {Open: true}} {
		t.Run(name, func(t *testing.T) {
			sourcetest.Writer(t, func(t *testing.T) sourcetest.WriterFixture {
				s := newSite(t, o)
				return s.writer(t, openWriter(t, s))
			})
		})
	}
}

// With these quirks the promises are kept as without them.
func TestWriterQuirks(t *testing.T) {
	t.Parallel()
	for _, q := range []davserver.Quirk{
		davserver.NoSyncToken, davserver.WeakETags, davserver.QuotedETags, davserver.BareETags, davserver.MissingETags,
		davserver.AbsoluteHrefs, davserver.EncodedHrefs, davserver.NewConnections, davserver.IdleDropped,
		davserver.Renames, davserver.RenamesTold, davserver.NoETagOnPut, davserver.Rewrites, davserver.NoConditions,
	} {
		t.Run(string(q), func(t *testing.T) {
			sourcetest.Writer(t, func(t *testing.T) sourcetest.WriterFixture {
				s := newSite(t, davserver.Options{Quirks: []davserver.Quirk{q}})
				f := s.writer(t, openWriter(t, s))
				switch q {
				case davserver.Rewrites:
					f.Same = sameText
				case davserver.Renames, davserver.RenamesTold:
					f.Places = false
				}
				return f
			})
		})
	}
}

func realWriter(s sourcetest.Server, src *Source, kinds ...export.Kind) sourcetest.WriterFixture {
	return sourcetest.WriterFixture{
		Writer: src, Kinds: kinds, Bytes: getBytes(s.URL), Same: sameText, Places: true,
		Meddle: func(c export.Collection, id string, body []byte) error {
			ext := ".ics"
			if c.Kind == export.Contacts {
				ext = ".vcf"
			}
			if id[len(id)-len(ext):] != ext {
				return fmt.Errorf("the item is called %q", id)
			}
			return trySend(s, "PUT", c.ID+id, string(body))
		},
	}
}

func TestWriterRadicale(t *testing.T) {
	t.Parallel()
	sourcetest.Writer(t, func(t *testing.T) sourcetest.WriterFixture {
		s := sourcetest.Radicale(t)
		send(t, s, "MKCOL", "/alice/first/", `<mkcol xmlns="DAV:" xmlns:R="urn:ietf:params:xml:ns:carddav"><set><prop>`+
			`<resourcetype><collection/><R:addressbook/></resourcetype></prop></set></mkcol>`)
		return realWriter(s, openSite(t, quick(s.URL)), export.Contacts, export.Events, export.Todos)
	})
}

func TestWriterXandikos(t *testing.T) {
	t.Parallel()
	sourcetest.Writer(t, func(t *testing.T) sourcetest.WriterFixture {
		s := sourcetest.Xandikos(t)
		return realWriter(s, openSite(t, quick(s.URL)), export.Contacts, export.Events, export.Todos)
	})
}

func TestWriterRclone(t *testing.T) {
	t.Parallel()
	sourcetest.Writer(t, func(t *testing.T) sourcetest.WriterFixture {
		dir := t.TempDir()
		s := sourcetest.RcloneWebDAVWritable(t, dir)
		cfg := quick("")
		cfg.Photos, cfg.Sleep = s.URL, sleep // rclone takes a moment to notice
		f := realWriter(s, openSite(t, cfg), export.Photos)
		f.Same = nil
		f.Meddle = func(c export.Collection, id string, body []byte) error {
			path, err := url.PathUnescape(id)
			if err != nil {
				return err
			}
			return os.WriteFile(dir+"/"+path, body, 0o644)
		}
		return f
	})
}

// What it costs to write a contact, with four at once.
func BenchmarkPut(b *testing.B) {
	s := newSite(b, davserver.Options{})
	src, err := Open(b.Context(), quick(s.url))
	must(b, err)
	defer src.Close()
	friends := collectionNamed(b, src, "Friends & Co")
	jobs := make(chan int)
	var wg sync.WaitGroup
	before, _ := src.Used()
	b.ResetTimer()
	for range 4 {
		wg.Go(func() {
			for n := range jobs {
				if _, err := src.Put(b.Context(), friends, sourcetest.Sample(export.Contacts, n, "new"), export.Ref{}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for n := range b.N {
		jobs <- n
	}
	close(jobs)
	wg.Wait()
	after, _ := src.Used()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "contacts/s")
	b.ReportMetric(float64(after-before)/float64(b.N), "requests/contact")
}
