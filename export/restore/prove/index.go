package prove

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"sync"
	"time"

	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
)

// An item is a line of index.csv, and what became of it.
type item struct {
	collection, id       string
	file                 string
	offset, length       int64
	published, delivered [32]byte
	wrapper              string
	kind                 export.Kind
	name, original       string
	folder               string
	modified             time.Time
	collectionName       string

	fault   string   // why it is bad
	refused bool     // the scratch service did not take it
	exact   bool     // it is to come back as it was delivered
	at      string   // its ID at the scratch service
	sent    [32]byte // SHA-256 of what was sent
	back    bool     // it came back as it should
}

// key tells collections of the scratch service apart.
func (it *item) key() string {
	if it.kind == export.Todos {
		return string(export.Events) + "\x00" + it.collection
	}
	return string(it.kind) + "\x00" + it.collection
}

// columns are those of index.csv that a proof reads: see FORMAT.md.
var columns = [...]string{
	"collection", "id", "file", "offset", "length", "published", "delivered", "wrapper", "state", "kind", "name",
	"original name", "folder", "modified", "collection name",
}

// An index reads index.csv, a line at a time.
type index struct {
	f     fs.File
	in    *csv.Reader
	at    [len(columns)]int
	width int
	line  int // the last one that was read
}

// openIndex opens index.csv, for the caller to close.
func openIndex(folder fs.FS) (*index, error) {
	f, err := folder.Open("index.csv")
	if err != nil {
		return nil, fmt.Errorf("reading index.csv: %w", err)
	}
	x := &index{f: f, in: csv.NewReader(f), line: 1}
	x.in.ReuseRecord = true
	x.in.FieldsPerRecord = -1
	head, err := x.in.Read()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: reading index.csv: %w", export.ErrDamaged, err), f.Close())
	}
	for i, name := range columns {
		if x.at[i] = slices.Index(head, name); x.at[i] < 0 {
			return nil, errors.Join(fmt.Errorf("%w: index.csv has no column %q", export.ErrDamaged, name), f.Close())
		}
	}
	x.width = len(head)
	return x, nil
}

// next is the next item that is present; nil at the end.
func (x *index) next() (*item, error) {
	for {
		line, err := x.in.Read()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: reading index.csv: %w", export.ErrDamaged, err)
		}
		if x.line++; len(line) != x.width {
			return nil, fmt.Errorf("%w: index.csv: line %d has %d columns, not %d", export.ErrDamaged, x.line, len(line), x.width)
		}
		field := func(name string) string { return line[x.at[slices.Index(columns[:], name)]] }
		if line[x.at[slices.Index(columns[:], "state")]] != "present" {
			continue
		}
		it, err := itemOf(field)
		if err != nil {
			return nil, fmt.Errorf("%w: index.csv: line %d: %w", export.ErrDamaged, x.line, err)
		}
		return it, nil
	}
}

func itemOf(field func(string) string) (*item, error) {
	it := &item{
		collection: field("collection"), id: field("id"), file: field("file"), wrapper: field("wrapper"), kind: export.Kind(field("kind")),
		name: field("name"), original: field("original name"), folder: field("folder"), collectionName: field("collection name"),
	}
	it.modified, _ = time.Parse(time.RFC3339, field("modified")) // empty where the source tells none
	var errs [4]error
	it.offset, errs[0] = strconv.ParseInt(field("offset"), 10, 64)
	it.length, errs[1] = strconv.ParseInt(field("length"), 10, 64)
	it.published, errs[2] = hashFrom(field("published"))
	it.delivered, errs[3] = hashFrom(field("delivered"))
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	if !fs.ValidPath(it.file) || it.offset < 0 || it.length < 0 || !slices.Contains(export.Kinds(), it.kind) {
		return nil, fmt.Errorf("%q is no place of an item", it.file)
	}
	return it, nil
}

func hashFrom(s string) ([32]byte, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 32 {
		return [32]byte{}, fmt.Errorf("%q is no SHA-256", s)
	}
	return [32]byte(b), nil
}

func sum(b []byte) [32]byte { return sha256.Sum256(b) }

// files are the published files of an account.
type files struct {
	folder fs.FS
	mu     sync.Mutex
	open   map[string]*published
}

type published struct {
	f     fs.File
	at    io.ReaderAt
	zones map[string][]byte
	err   error
	once  sync.Once
}

func newFiles(folder fs.FS) *files { return &files{folder: folder, open: map[string]*published{}} }

func (f *files) close() {
	for _, p := range f.open {
		if p.f != nil {
			p.f.Close()
		}
	}
}

// file opens a file of cards or calendar objects; each stays open.
func (f *files) file(name string) (*published, error) {
	f.mu.Lock()
	p := f.open[name]
	if p == nil {
		p = &published{}
		f.open[name] = p
	}
	f.mu.Unlock()
	p.once.Do(func() { p.read(f.folder, name) })
	return p, p.err
}

func (p *published) read(folder fs.FS, name string) {
	if p.f, p.err = folder.Open(name); p.err != nil {
		p.f = nil
		return
	}
	var ok bool
	if p.at, ok = p.f.(io.ReaderAt); !ok {
		p.err = fmt.Errorf("%s cannot be read at a place", name)
		return
	}
	if ext := path.Ext(name); ext != ".ics" && ext != ".vcs" {
		return
	}
	info, err := p.f.Stat()
	if err == nil {
		p.zones, err = ical.Zones(io.NewSectionReader(p.at, 0, info.Size()))
	}
	p.err = err
}

// delivered reads an item as it was delivered. exact is false if it is the
// published form of one that came in another charset or with other line ends.
func (f *files) delivered(it *item) (raw []byte, exact bool, err error) {
	if it.length > contentline.MaxObject {
		return nil, false, contentline.TooLarge()
	}
	p, err := f.file(it.file)
	if err != nil {
		return nil, false, err
	}
	span := make([]byte, it.length)
	if _, err := p.at.ReadAt(span, it.offset); err != nil {
		return nil, false, fmt.Errorf("reading its place in %s: %w", it.file, err)
	}
	if sum(span) != it.published {
		return nil, false, errors.New("the bytes at its place are not those that index.csv names")
	}
	if it.kind == export.Contacts {
		return span, it.published == it.delivered, nil
	}
	components, err := ical.Cut(span)
	if err != nil {
		return nil, false, err
	}
	if raw, err = ical.Join(it.wrapper, p.zones, components); err != nil {
		return nil, false, err
	}
	return raw, sum(raw) == it.delivered, nil
}
