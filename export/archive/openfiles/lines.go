package openfiles

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
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/formats/ical"
)

// A Line is one of index.csv: an item as the open files have it.
type Line struct {
	Collection, Id, Mark, Uid string
	File                      string // relative to the archive; "" if the item was never read, or moved
	offset, Length            int64
	published, Delivered      []byte
	wrapper, State            string
	Kind                      export.Kind
	Name, Original            string
	Folder, Modified          string
	Called, Reason            string // the collection's name; why the item is set aside
}

func (l *Line) Present() bool {
	return l.State == history.Present || l.State == history.SetAside || l.State == history.Failed
}

// Moved tells whether another line has the item.
func (l *Line) Moved() bool {
	return l.State == history.Moved || l.State == history.SetAside+", "+history.Moved
}

func (l *Line) Aside() bool { return strings.HasPrefix(l.State, history.SetAside) }

// EachLine reads the index of the account in folder, and tells how many of its
// lines could not be read. The error is ErrNoHead if it is no index.
func EachLine(a *history.Store, folder string, do func(Line) error) (unread int, err error) {
	in, end, err := newSheet(func() (io.ReadCloser, error) { return a.Disk.Open(folder + "/" + disk.IndexFile) })
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
func (s *sheet) line(record []string, folder string) (Line, bool) {
	if record == nil {
		return Line{}, false
	}
	get := func(column string) string { return s.cell(record, column) }
	l := Line{
		Collection: get("collection"), Id: get("id"), Mark: get("version"), Uid: get("uid"), wrapper: get("wrapper"), State: get("state"),
		Kind: export.Kind(get("kind")), Name: get("name"), Original: get("original name"), Folder: get("folder"),
		Modified: get("modified"), Called: get("collection name"), Reason: get("reason"),
	}
	switch l.State {
	case history.Present, history.Gone, history.SetAside, history.SetAside + ", " + history.Gone, history.Failed, history.Moved, history.SetAside + ", " + history.Moved:
	default:
		return l, false
	}
	if kindWords[l.Kind] == [2]string{} {
		return l, false
	}
	if get("file") == "" {
		if !l.Moved() {
			return l, l.State == history.Failed
		}
		var err error
		l.Delivered, err = hex.DecodeString(get("delivered"))
		return l, err == nil && len(l.Delivered) == sha256.Size
	}
	l.File = folder + "/" + get("file")
	var errs [4]error
	l.offset, errs[0] = strconv.ParseInt(get("offset"), 10, 64)
	l.Length, errs[1] = strconv.ParseInt(get("length"), 10, 64)
	l.published, errs[2] = hex.DecodeString(get("published"))
	l.Delivered, errs[3] = hex.DecodeString(get("delivered"))
	whole := len(l.published) == sha256.Size && len(l.Delivered) == sha256.Size && l.offset >= 0 && l.Length >= 0
	return l, errors.Join(errs[:]...) == nil && whole && fs.ValidPath(l.File)
}

// An OpenReader reads items from the open files. It keeps the last file open;
// close closes it.
type OpenReader struct {
	A     *history.Store
	name  string
	f     disk.File
	size  int64
	zones map[string][]byte // nil until they are asked for
}

func (o *OpenReader) Close() error {
	if o.f == nil {
		return nil
	}
	err := o.f.Close()
	o.f, o.name, o.zones = nil, "", nil
	return err
}

func (o *OpenReader) open(name string) error {
	if o.f != nil && o.name == name {
		return nil
	}
	if err := o.Close(); err != nil {
		return err
	}
	info, err := o.A.Disk.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is missing", name)
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no plain file", name)
	}
	o.f, err = o.A.Disk.Open(name)
	o.name, o.size = name, info.Size()
	return err
}

// Bytes are those of the item as delivered, or, if the open files cannot tell
// them, as published; exact tells which. The error says why neither can be had.
func (o *OpenReader) Bytes(l Line) (raw []byte, exact bool, err error) {
	if err := o.open(l.File); err != nil {
		return nil, false, err
	}
	if l.Length > history.MaxText || l.offset+l.Length > o.size {
		return nil, false, fmt.Errorf("%s is shorter than it was", l.File)
	}
	if _, err := o.f.Seek(l.offset, io.SeekStart); err != nil {
		return nil, false, err
	}
	raw = make([]byte, l.Length)
	if _, err := io.ReadFull(o.f, raw); err != nil {
		return nil, false, err
	}
	if sum := sha256.Sum256(raw); !bytes.Equal(sum[:], l.published) {
		return nil, false, fmt.Errorf("%s was changed where it stands", l.File)
	}
	if l.wrapper != "" {
		if raw, err = o.join(l, raw); err != nil {
			return nil, false, err
		}
	}
	raw, exact = asDelivered(raw, l.Delivered)
	return raw, exact, nil
}

// join puts a calendar object together.
func (o *OpenReader) join(l Line, components []byte) ([]byte, error) {
	if o.zones == nil {
		if _, err := o.f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		zones, err := ical.Zones(o.f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.File, err)
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
