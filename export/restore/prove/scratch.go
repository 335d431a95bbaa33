package prove

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/restore"
)

// A scratch is the service that a proof restores into. It lives in memory and
// answers this process alone: its password is made for it.
type scratch struct {
	server      *davserver.Server
	source      export.Writer
	collections map[string]export.Collection // by item.key
	folders     map[string]string            // of photos, by collection
	photos      sync.Map                     // by the place of each: what writes it, once, and tells where it is
}

const (
	user = "proof"
	host = "127.0.0.1:1" // nobody is asked there: see Service.Transport
)

// start serves a scratch service with the collections that items are in.
func (p *proof) start(ctx context.Context, items []*item) error {
	s := &p.scratch
	password := rand.Text()
	quirks, tune, most := p.ways()
	s.server = davserver.New(davserver.Options{User: user, Password: password, HashFiles: true, Quirks: quirks, Tune: tune, MaxItem: most, MaxFile: 1 << 50})
	paths, err := s.make(items)
	if err != nil {
		return err
	}
	service := Service{Address: "http://" + host + "/", Host: host, User: user, Password: password, Transport: s.server}
	if len(s.folders) > 0 {
		service.Photos = service.Address + "files/" + user + "/"
	}
	if s.source, err = p.o.Open(ctx, service); err != nil {
		return err
	}
	list, err := s.source.Collections(ctx)
	if err != nil {
		p.stop()
		return err
	}
	s.collections = map[string]export.Collection{}
	for key, at := range paths {
		i := slices.IndexFunc(list, func(c export.Collection) bool { return c.ID == at })
		if i < 0 {
			p.stop()
			return fmt.Errorf("the scratch service does not list %s", at)
		}
		s.collections[key] = list[i]
	}
	return nil
}

func (p *proof) stop() {
	p.scratch.source.Close()
	p.scratch.server.Close()
	p.scratch = scratch{}
}

// ways are the quirks that make the scratch service refuse what the account's
// own service refuses.
func (p *proof) ways() (quirks []davserver.Quirk, tune davserver.Tune, maxItem int64) {
	quirks, tune = slices.Clone(p.o.Quirks), p.o.Tune
	only3, size := false, int64(0)
	for _, l := range p.o.Limits {
		only3 = only3 || len(l.VCard) > 0 && !l.TakesVCard("4.0") && l.TakesVCard("3.0")
		if l.MaxSize > 0 {
			size = max(size, l.MaxSize)
		}
	}
	if only3 {
		quirks = append(quirks, davserver.OnlyVCard3)
	}
	return quirks, tune, size
}

// make makes the collections of items and returns their paths.
func (s *scratch) make(items []*item) (paths map[string]string, err error) {
	paths, s.folders = map[string]string{}, map[string]string{}
	for _, it := range items {
		key := it.key()
		if paths[key] != "" {
			continue
		}
		n := fmt.Sprintf("%d", len(paths)+1)
		switch it.kind {
		case export.Contacts:
			paths[key] = "/contacts/" + user + "/" + n + "/"
			err = s.server.MakeAddressBook(paths[key], davserver.Collection{Name: it.collectionName})
		case export.Photos:
			paths[key] = "/files/" + user + "/"
			s.folders[it.collection] = n
			err = s.server.MakeFolder("/files/" + user + "/" + n + "/")
		default:
			paths[key] = "/calendars/" + user + "/" + n + "/"
			err = s.server.MakeCalendar(paths[key], davserver.Collection{Name: it.collectionName, Components: []string{"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"}})
		}
		if err != nil {
			return nil, err
		}
	}
	return paths, nil
}

func (s *scratch) put(ctx context.Context, c export.Collection, kind export.Kind, raw []byte) (export.Ref, error) {
	return s.source.Put(ctx, c, export.Item{Kind: kind}.OfBytes(raw), export.Ref{})
}

func conflict(err error) bool {
	return errors.Is(err, export.ErrConflict) || errors.Is(err, export.ErrExists)
}

// writePhoto streams a photo. The service keeps its hash.
func (p *proof) writePhoto(ctx context.Context, c export.Collection, it *item) error {
	open := func(_ context.Context, _ int64) (io.ReadCloser, int64, error) {
		f, err := p.files.folder.Open(it.file)
		return f, 0, err
	}
	info, err := fs.Stat(p.files.folder, it.file)
	if err != nil {
		return err
	}
	if info.Size() != it.length {
		return fmt.Errorf("the file has %d bytes, not the %d that index.csv names", info.Size(), it.length)
	}
	// The place in the archive is unique, whatever the source calls it. Items of
	// the same bytes share it: they are written once.
	place := strings.TrimSuffix(p.scratch.folders[it.collection]+"/"+path.Dir(it.file), "/.")
	write, _ := p.scratch.photos.LoadOrStore(place+"/"+path.Base(it.file), sync.OnceValues(func() (string, error) {
		ref, err := p.scratch.source.Put(ctx, c, export.Item{Kind: export.Photos, Name: path.Base(it.file), Folder: place,
			Size: it.length, Modified: it.modified, Open: open}, export.Ref{})
		var there *export.ExistsError
		if errors.As(err, &there) {
			return there.Ref.ID, nil
		}
		return ref.ID, err
	}))
	at, err := write.(func() (string, error))()
	if err != nil {
		return fmt.Errorf("%w: %w", errNotTaken, err)
	}
	it.at, it.exact, it.sent = at, true, it.delivered
	return nil
}

// readBack reads everything that the scratch service has and compares.
func (p *proof) readBack(ctx context.Context, items []*item) error {
	expected := map[string]map[string][]*item{}
	for _, it := range items {
		if it.fault == "" {
			id := p.scratch.collections[it.key()].ID
			if expected[id] == nil {
				expected[id] = map[string][]*item{}
			}
			expected[id][it.at] = append(expected[id][it.at], it)
		}
	}
	done := map[string]bool{}
	for _, c := range p.scratch.collections {
		if done[c.ID] {
			continue
		}
		done[c.ID] = true
		b := &back{p: p, items: expected[c.ID], kind: c.Kind}
		if _, err := p.scratch.source.Pull(ctx, c, b, b); err != nil {
			return fmt.Errorf("reading the scratch service: %w", err)
		}
	}
	return nil
}

// A back compares what a Pull brings with what was sent.
type back struct {
	p     *proof
	kind  export.Kind
	mu    sync.Mutex
	items map[string][]*item
}

func (b *back) Token() string                         { return "" }
func (b *back) Partial(string) (string, int64, error) { return "", 0, nil }
func (b *back) Retry(func(id string) bool) error      { return nil }
func (b *back) Listed(int, bool) error                { return nil }
func (b *back) Gone(string) error                     { return nil }

// Version is, of a photo, the hash that the service is to have of it: what it
// lists in this version has come as it should.
func (b *back) Version(id string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if list := b.items[id]; b.kind == export.Photos && len(list) > 0 {
		return hex.EncodeToString(list[0].delivered[:16]), nil
	}
	return "", nil
}

func (b *back) Seen(id, _ string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, it := range b.items[id] {
		if it.back = it.delivered == b.items[id][0].delivered; !it.back {
			it.fault = "its bytes are not those that were delivered"
		}
	}
	return nil
}

func (b *back) Put(ctx context.Context, got export.Item) error {
	b.mu.Lock()
	list := b.items[got.ID]
	b.mu.Unlock()
	if len(list) == 0 {
		return nil
	}
	fault := b.compare(ctx, got, list[0])
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, it := range list {
		it.back, it.fault = fault == "", fault
	}
	return nil
}

// compare says what is wrong with an item that came back.
func (b *back) compare(ctx context.Context, got export.Item, it *item) string {
	if it.kind == export.Photos {
		return "its bytes are not those that were delivered"
	}
	if got.Err != nil {
		return got.Err.Error()
	}
	r, _, err := got.Open(ctx, 0)
	if err != nil {
		return err.Error()
	}
	raw, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return err.Error()
	}
	if sum(raw) == it.sent {
		return ""
	}
	was, _, err := b.p.files.delivered(it)
	if err == nil {
		was, err = restore.Fit(it.kind, was, b.p.limits(b.p.scratch.collections[it.key()], it), true)
	}
	if err != nil {
		return err.Error()
	}
	if !restore.Same(it.kind, raw, was) {
		return "it came back saying something else"
	}
	it.exact = false
	return ""
}
