package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/ical"
)

// A line is one of index.csv: an item as the open files have it.
type line struct {
	collection, id, mark, uid string
	file                      string // relative to the archive; "" if the item was never read, or moved
	offset, length            int64
	published, delivered      []byte
	wrapper, state            string
	kind                      export.Kind
	name, original            string
	folder, modified          string
	called, reason            string // the collection's name; why the item is set aside
}

func (l *line) present() bool {
	return l.state == Present || l.state == SetAside || l.state == Failed
}

// moved tells whether another line has the item.
func (l *line) moved() bool { return l.state == Moved || l.state == SetAside+", "+Moved }

func (l *line) aside() bool { return strings.HasPrefix(l.state, SetAside) }

// lines reads the index of the account in folder, and tells how many of its
// lines could not be read. The error is errNoHead if it is no index.
func lines(a *Store, folder string, do func(line) error) (unread int, err error) {
	in, end, err := newSheet(func() (io.ReadCloser, error) { return a.disk.Open(folder + "/" + indexFile) })
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, end()) }()
	for {
		record, err := in.next()
		if errors.Is(err, io.EOF) {
			return unread, nil
		}
		if err != nil {
			return unread, err
		}
		l, ok := in.line(record, folder)
		if !ok {
			unread++
			continue
		}
		if err := do(l); err != nil {
			return unread, err
		}
	}
}

// line reads a line; false if it cannot be one.
func (s *sheet) line(record []string, folder string) (line, bool) {
	if record == nil {
		return line{}, false
	}
	get := func(column string) string { return s.cell(record, column) }
	l := line{
		collection: get("collection"), id: get("id"), mark: get("version"), uid: get("uid"), wrapper: get("wrapper"), state: get("state"),
		kind: export.Kind(get("kind")), name: get("name"), original: get("original name"), folder: get("folder"),
		modified: get("modified"), called: get("collection name"), reason: get("reason"),
	}
	switch l.state {
	case Present, Gone, SetAside, SetAside + ", " + Gone, Failed, Moved, SetAside + ", " + Moved:
	default:
		return l, false
	}
	if kindWords[l.kind] == [2]string{} {
		return l, false
	}
	if get("file") == "" {
		if !l.moved() {
			return l, l.state == Failed
		}
		var err error
		l.delivered, err = hex.DecodeString(get("delivered"))
		return l, err == nil && len(l.delivered) == sha256.Size
	}
	l.file = folder + "/" + get("file")
	var errs [4]error
	l.offset, errs[0] = strconv.ParseInt(get("offset"), 10, 64)
	l.length, errs[1] = strconv.ParseInt(get("length"), 10, 64)
	l.published, errs[2] = hex.DecodeString(get("published"))
	l.delivered, errs[3] = hex.DecodeString(get("delivered"))
	whole := len(l.published) == sha256.Size && len(l.delivered) == sha256.Size && l.offset >= 0 && l.length >= 0
	return l, errors.Join(errs[:]...) == nil && whole && fs.ValidPath(l.file)
}

// An openReader reads items from the open files. It keeps the last file open;
// close closes it.
type openReader struct {
	a     *Store
	name  string
	f     File
	size  int64
	zones map[string][]byte // nil until they are asked for
}

func (o *openReader) close() error {
	if o.f == nil {
		return nil
	}
	err := o.f.Close()
	o.f, o.name, o.zones = nil, "", nil
	return err
}

func (o *openReader) open(name string) error {
	if o.f != nil && o.name == name {
		return nil
	}
	if err := o.close(); err != nil {
		return err
	}
	info, err := o.a.disk.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is missing", name)
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no plain file", name)
	}
	o.f, err = o.a.disk.Open(name)
	o.name, o.size = name, info.Size()
	return err
}

// bytes are those of the item as delivered, or, if the open files cannot tell
// them, as published; exact tells which. The error says why neither can be had.
func (o *openReader) bytes(l line) (raw []byte, exact bool, err error) {
	if err := o.open(l.file); err != nil {
		return nil, false, err
	}
	if l.length > maxText || l.offset+l.length > o.size {
		return nil, false, fmt.Errorf("%s is shorter than it was", l.file)
	}
	if _, err := o.f.Seek(l.offset, io.SeekStart); err != nil {
		return nil, false, err
	}
	raw = make([]byte, l.length)
	if _, err := io.ReadFull(o.f, raw); err != nil {
		return nil, false, err
	}
	if sum := sha256.Sum256(raw); !bytes.Equal(sum[:], l.published) {
		return nil, false, fmt.Errorf("%s was changed where it stands", l.file)
	}
	if l.wrapper != "" {
		if raw, err = o.join(l, raw); err != nil {
			return nil, false, err
		}
	}
	raw, exact = asDelivered(raw, l.delivered)
	return raw, exact, nil
}

// join puts a calendar object together.
func (o *openReader) join(l line, components []byte) ([]byte, error) {
	if o.zones == nil {
		if _, err := o.f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		zones, err := ical.Zones(o.f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.file, err)
		}
		o.zones = zones
	}
	list, err := ical.Cut(components)
	if err != nil {
		return nil, err
	}
	return ical.Join(l.wrapper, o.zones, list)
}

// asDelivered undoes what publishing does to line ends, if the hash tells that
// this is how the bytes came. Without such a hash they stay as they are.
func asDelivered(raw, hash []byte) ([]byte, bool) {
	bom := []byte("\xef\xbb\xbf")
	lf := bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	for _, try := range [][]byte{raw, lf, bytes.TrimSuffix(raw, []byte("\r\n")), bytes.TrimSuffix(lf, []byte("\n"))} {
		for _, head := range [][]byte{nil, bom} {
			h := sha256.New()
			h.Write(head)
			h.Write(try)
			if bytes.Equal(h.Sum(nil), hash) {
				return append(bytes.Clone(head), try...), true
			}
		}
	}
	return raw, false
}
