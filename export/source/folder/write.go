package folder

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/formats/contentline"
	"sidekeep/formats/photo"
)

// maxPlaces is how many names are tried for a new item.
const maxPlaces = 1000

// Put writes it aside, syncs it, and gives it its name. See [export.Writer].
func (s *Source) Put(ctx context.Context, c export.Collection, it export.Item, at export.Ref) (export.Ref, error) {
	p, err := s.find(c.ID)
	if err != nil {
		return export.Ref{}, err
	}
	if p.many {
		return export.Ref{}, p.sealed()
	}
	ref, err := s.put(ctx, p, it, at)
	if err != nil {
		var exists *export.ExistsError
		if !errors.As(err, &exists) {
			err = caused(err)
		}
		return export.Ref{}, fmt.Errorf("writing to %q: %w", p.Name, err)
	}
	return ref, nil
}

// sealed says why nothing is written into a file of many.
func (p place) sealed() error {
	return fmt.Errorf("%w: %s", export.ErrSealed, p.dir)
}

func (s *Source) put(ctx context.Context, p place, it export.Item, at export.Ref) (export.Ref, error) {
	if err := errors.Join(stoppedOr(ctx), it.Err); err != nil {
		return export.Ref{}, err
	}
	if at.Version != "" {
		if err := p.named(at.ID); err != nil {
			return export.Ref{}, err
		}
		defer s.alone(p.path(at.ID))()
		if err := s.due(p, at); err != nil {
			return export.Ref{}, err
		}
		part, _, err := s.aside(ctx, p, path.Dir(p.path(at.ID)), it)
		if err != nil {
			return export.Ref{}, err
		}
		if err = s.due(p, at); err == nil { // writing aside takes its time
			err = s.root.Rename(part, p.path(at.ID))
		}
		if err != nil {
			return export.Ref{}, errors.Join(err, s.root.Remove(part))
		}
		return s.settle(p, at.ID)
	}
	return s.create(ctx, p, it, at.ID)
}

// due fails unless the item at is there in its version.
func (s *Source) due(p place, at export.Ref) error {
	now, err := s.item(p, at.ID)
	if err != nil {
		return err
	}
	if at.Version != "*" && now.Version != at.Version {
		return fmt.Errorf("%w: it is in another version", export.ErrChanged)
	}
	return nil
}

// create gives it the first name that no other item has.
func (s *Source) create(ctx context.Context, p place, it export.Item, wish string) (export.Ref, error) {
	dir := p.dir
	if p.photos() {
		if !photo.IsPhoto(it.Name) {
			return export.Ref{}, fmt.Errorf("%w: %q does not end as pictures and videos do", export.ErrUnsupported, it.Name)
		}
		dir = path.Dir(p.path(p.place(it, "", "", 0)))
	}
	part, uid, err := s.aside(ctx, p, dir, it)
	if err != nil {
		return export.Ref{}, err
	}
	ref, err := s.settleIn(p, it, part, uid, wish)
	if err != nil {
		return export.Ref{}, errors.Join(err, s.root.Remove(part))
	}
	return ref, nil
}

// settleIn moves what was written aside to the first name that no other item has.
func (s *Source) settleIn(p place, it export.Item, part, uid, wish string) (export.Ref, error) {
	try := func(id string) (other bool, err error) {
		defer s.alone(p.path(id))()
		if err := s.root.MkdirAll(path.Dir(p.path(id)), 0o755); err != nil {
			return false, err
		}
		err = s.moveNew(part, p.path(id))
		if errors.Is(err, fs.ErrExist) {
			return s.taken(p, id, part, uid)
		}
		return false, err
	}
	for nth := range maxPlaces {
		id := p.place(it, uid, wish, nth)
		other, err := try(id)
		if err == nil {
			return s.settle(p, id)
		}
		if !other {
			return export.Ref{}, err
		}
	}
	return export.Ref{}, fmt.Errorf("%w: %d items have this name", export.ErrRefused, maxPlaces)
}

// place is the nth name for a new item; nth 0 is the wish, if it can be
// granted.
func (p place) place(it export.Item, uid, wish string, nth int) string {
	if wish != "" && p.wishes(wish) {
		if nth == 0 {
			return wish
		}
		nth--
	}
	n := 0
	free := func(string) bool { n++; return n > nth }
	if !p.photos() {
		return archive.FileName(strings.TrimPrefix(uid, "urn:uuid:"), p.ext, "item", free)
	}
	var parts []string
	for part := range strings.SplitSeq(it.Folder, "/") {
		if part == "" || part == "." || part == ".." {
			continue
		}
		if part = clean(part); len(parts) == 0 && apart(part) {
			part = "_" + part
		}
		parts = append(parts, part)
	}
	ext := path.Ext(it.Name)
	name := strings.TrimSuffix(it.Name, ext)
	if strings.HasPrefix(name, ".") {
		name = "_" + name
	}
	return path.Join(append(parts, archive.FileName(name, ext, "photo", free))...)
}

func clean(name string) string {
	if strings.HasPrefix(name, ".") {
		name = "_" + name
	}
	return archive.FileName(name, "", "folder", func(string) bool { return true })
}

// wishes reports whether a new item may have this name.
func (p place) wishes(id string) bool {
	if p.named(id) != nil || !p.photos() && !strings.EqualFold(path.Ext(id), p.ext) || p.photos() && apart(strings.Split(id, "/")[0]) {
		return false
	}
	for part := range strings.SplitSeq(id, "/") {
		if strings.HasPrefix(part, ".") || part != archive.FileName(part, "", "x", func(string) bool { return true }) {
			return false
		}
	}
	return true
}

// taken compares what has the name of a new item with what was written aside.
// other tells that another item has the name. A photo of which only the
// beginning is there, as a copy that broke off leaves it, is another.
func (s *Source) taken(p place, id, part, uid string) (other bool, err error) {
	now, err := s.item(p, id)
	if err != nil {
		return errors.Is(err, export.ErrGone), err // a folder, for instance
	}
	exists := &export.ExistsError{Ref: export.Ref{ID: id, Version: now.Version}}
	a, err := s.root.Open(p.path(id))
	if err != nil {
		return false, err
	}
	defer a.Close()
	b, err := s.root.Open(part)
	if err != nil {
		return false, err
	}
	defer b.Close()
	if exists.Same, err = same(a, b); err != nil {
		return false, err
	}
	if p.photos() || exists.Same {
		return !exists.Same, exists
	}
	was, err := uidIn(a)
	if err != nil {
		return false, err
	}
	return uid == "" || was != uid, exists
}

// uidIn is the UID of what a file holds.
func uidIn(f *os.File) (string, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	text, err := io.ReadAll(contentline.NewOutline(io.LimitReader(f, maxText), outlineHead))
	return contentline.UID(text), err
}

// same reports whether two files have the same bytes.
func same(a, b io.Reader) (bool, error) {
	x, y := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errX := io.ReadFull(a, x)
		m, errY := io.ReadFull(b, y)
		for _, err := range []error{errX, errY} {
			if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
				return false, err
			}
		}
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		if errX != nil || errY != nil {
			return true, nil
		}
	}
}

// settle tells where an item is now and in which version.
func (s *Source) settle(p place, id string) (export.Ref, error) {
	if err := s.syncDir(path.Dir(p.path(id))); err != nil {
		return export.Ref{}, err
	}
	now, err := s.item(p, id)
	return export.Ref{ID: id, Version: now.Version}, err
}

// partPrefix begins the names of what is written aside.
const partPrefix = ".sidekeep-"

// aside writes it to a new file in dir, synced and with its time, and tells
// the UID of one that is no photo.
func (s *Source) aside(ctx context.Context, p place, dir string, it export.Item) (part, uid string, err error) {
	if err := s.root.MkdirAll(dir, 0o755); err != nil {
		return "", "", err
	}
	s.tidy(dir)
	r, start, err := it.Open(ctx, 0)
	if err != nil {
		return "", "", err
	}
	defer r.Close()
	if start != 0 {
		return "", "", fmt.Errorf("%w: it does not begin at its beginning", export.ErrDamaged)
	}
	part = path.Join(dir, partPrefix+rand.Text())
	f, err := s.root.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", "", err
	}
	n, err := io.Copy(f, stoppable{r, ctx})
	if err == nil && it.Size >= 0 && n != it.Size {
		err = fmt.Errorf("%w: %d bytes instead of %d", export.ErrDamaged, n, it.Size)
	}
	if err == nil && !p.photos() && n > maxText {
		err = fmt.Errorf("%w: %d bytes", export.ErrOversize, n)
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil && !p.photos() {
		uid, err = uidIn(f)
	}
	if err = errors.Join(err, f.Close()); err == nil && it.Modified.Unix() > 0 && p.photos() {
		err = s.root.Chtimes(part, it.Modified, it.Modified)
	}
	if err != nil {
		return "", "", errors.Join(err, s.root.Remove(part))
	}
	return part, uid, nil
}

// stoppable ends reading when the context does.
type stoppable struct {
	io.Reader
	ctx context.Context
}

func (r stoppable) Read(b []byte) (int, error) {
	if err := stoppedOr(r.ctx); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}

// tidy removes what an earlier write that was killed left aside in dir.
func (s *Source) tidy(dir string) {
	s.mu.Lock()
	done := s.seen[dir]
	s.seen[dir] = true
	s.mu.Unlock()
	if done {
		return
	}
	entries, err := fs.ReadDir(s.root.FS(), dir)
	if err != nil {
		return // then writing fails too, and says why
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && e.Type().IsRegular() && strings.HasPrefix(e.Name(), partPrefix) && time.Since(info.ModTime()) > 24*time.Hour {
			_ = s.root.Remove(path.Join(dir, e.Name())) // it is in nobody's way
		}
	}
}

// moveNew gives a file its name; fs.ErrExist if that is taken. Where there are
// no links (exFAT), an empty file reserves the name.
func (s *Source) moveNew(from, to string) error {
	err := s.root.Link(from, to)
	switch {
	case err == nil:
		return s.root.Remove(from)
	case errors.Is(err, fs.ErrExist):
		return err
	}
	f, err := s.root.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if err = f.Close(); err == nil {
		err = s.root.Rename(from, to)
	}
	if err != nil {
		return errors.Join(err, s.root.Remove(to))
	}
	return nil
}

// syncDir makes names in a folder durable where a system can.
func (s *Source) syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := s.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Delete removes an item. See [export.Writer].
func (s *Source) Delete(ctx context.Context, c export.Collection, at export.Ref) error {
	p, err := s.find(c.ID)
	if err != nil {
		return err
	}
	if p.many {
		return p.sealed()
	}
	if err := s.remove(ctx, p, at); err != nil {
		return fmt.Errorf("removing from %q: %w", p.Name, caused(err))
	}
	return nil
}

func (s *Source) remove(ctx context.Context, p place, at export.Ref) error {
	if at.Version == "" {
		return fmt.Errorf("%w: no version is named", export.ErrRefused)
	}
	if err := errors.Join(stoppedOr(ctx), p.named(at.ID)); err != nil {
		return err
	}
	defer s.alone(p.path(at.ID))()
	if err := s.due(p, at); err != nil {
		return err
	}
	if err := s.root.Remove(p.path(at.ID)); err != nil {
		return err
	}
	return s.syncDir(path.Dir(p.path(at.ID)))
}

// MakeCollection makes a folder. See [export.Writer].
func (s *Source) MakeCollection(ctx context.Context, c export.Collection) (export.Collection, error) {
	if err := stoppedOr(ctx); err != nil {
		return export.Collection{}, err
	}
	if c.Kind == export.Photos {
		p, err := s.find(photosID)
		return p.Collection, err
	}
	for _, shelf := range shelves {
		if shelf.kind == c.Kind {
			made, err := s.make(shelf.name, c)
			if err != nil {
				return export.Collection{}, fmt.Errorf("making %q: %w", c.Name, caused(err))
			}
			return made, nil
		}
	}
	return export.Collection{}, fmt.Errorf("making %q: %w", c.Name, export.ErrUnsupported)
}

func (s *Source) make(shelf string, c export.Collection) (export.Collection, error) {
	if err := s.root.MkdirAll(shelf, 0o755); err != nil {
		return export.Collection{}, err
	}
	for nth := range maxPlaces {
		n := 0
		name := archive.FileName(strings.TrimLeft(c.Name, "."), "", string(c.Kind), func(string) bool { n++; return n > nth })
		dir := shelf + "/" + name
		err := s.root.Mkdir(dir, 0o755)
		if errors.Is(err, fs.ErrExist) {
			continue
		} else if err != nil {
			return export.Collection{}, err
		}
		for note, value := range map[string]string{"displayname": c.Name, "color": c.Color} {
			if value == "" || note == "displayname" && value == name {
				continue
			}
			if err := s.root.WriteFile(dir+"/"+note, []byte(value), 0o644); err != nil {
				return export.Collection{}, err
			}
		}
		return s.noted(placeOf(c.Kind, dir, false).Collection, dir), s.syncDir(shelf)
	}
	return export.Collection{}, fmt.Errorf("%w: %d folders have this name", export.ErrRefused, maxPlaces)
}
