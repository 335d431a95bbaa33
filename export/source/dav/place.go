package dav

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"sidekeep/export"
)

// maxPlaces is how many names are tried for a new item.
const maxPlaces = 100

// place is the nth ID (from 0 on) at which d may be put. Made names are the
// same whenever they are made, so that an item that is put twice meets itself.
func (w *writing) place(d *draft, wish string, nth int) string {
	if w.wishes(wish) {
		if nth == 0 {
			return wish
		}
		nth--
	}
	if w.c.photos {
		return photoPlace(d.it.Folder, d.it.Name, nth)
	}
	ext := ".ics"
	if w.c.book {
		ext = ".vcf"
	}
	uid := strings.TrimPrefix(d.uid, "urn:uuid:")
	name := strings.Map(func(r rune) rune {
		if r < 0x80 && plain(byte(r)) && !strings.ContainsRune("/~!$&'()*+,;=:", r) {
			return r
		}
		return '-'
	}, uid)
	if len(name) > 100 {
		name = name[:100]
	}
	switch {
	case uid == "":
		name = "item-" + short(string(d.body))
	case name != uid, strings.HasPrefix(name, "."):
		name = strings.TrimLeft(name, ".-") + "-" + short(uid)
	}
	if nth > 0 {
		name += "-" + short(uid+strconv.Itoa(nth))
	}
	return name + ext
}

// photoPlace is the path of a photo below the folder of the collection: names
// as they were, but for what would hide them from a listing.
func photoPlace(folder, name string, nth int) string {
	var parts []string
	for part := range strings.SplitSeq(folder, "/") {
		if part = pathPart(part); part != "" {
			parts = append(parts, part)
		}
	}
	if name = pathPart(strings.ReplaceAll(name, "/", "-")); name == "" {
		name = "photo"
	}
	if nth > 0 {
		ext := path.Ext(name)
		name = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), nth+1, ext)
	}
	parts = append(parts, name)
	for i := range parts {
		parts[i] = canonical(url.PathEscape(parts[i]))
	}
	return strings.Join(parts, "/")
}

// pathPart is a name of a file or folder without control characters and
// without the signs at its beginning that a listing leaves out.
func pathPart(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\\' {
			return '-'
		}
		return r
	}, strings.ToValidUTF8(s, "-"))
	if s = strings.TrimSpace(s); s == "" || s == "." || s == ".." {
		return ""
	}
	if s[0] == '.' || s[0] == '@' {
		s = "_" + s
	}
	return s
}

// wishes reports whether a new item may be put where it is wished for: a name
// of its own in the collection, or a path in folders of photos.
func (w *writing) wishes(id string) bool {
	for part := range strings.SplitSeq(id, "/") {
		if name, err := url.PathUnescape(part); err != nil || name != pathPart(name) || strings.Contains(name, "/") {
			return false
		}
	}
	return id != "" && !strings.HasPrefix(id, "/") && w.named(id) == nil && (w.c.photos || !strings.Contains(id, "/")) && len(id) <= 1000
}

// named refuses an ID that is not of an item but may lead to the collection,
// to one above it, or to another resource.
func (w *writing) named(id string) error {
	full := w.pathOf(id)
	bad := id == "" || strings.HasSuffix(id, "/") || strings.ContainsAny(id, "?#\\") || canonical(id) != id ||
		strings.HasPrefix(w.prefix, full+"/")
	for part := range strings.SplitSeq(strings.TrimPrefix(full, "/"), "/") {
		name, err := url.PathUnescape(part)
		bad = bad || err != nil || name == "" || name == "." || name == ".."
	}
	if bad {
		return fmt.Errorf("%w: %q names no item", export.ErrGone, id)
	}
	return nil
}

// pathOf is where the item with an ID is.
func (w *writing) pathOf(id string) string {
	if strings.HasPrefix(id, "/") {
		return id
	}
	return w.prefix + id
}

func (w *writing) url(id string) *url.URL { return at(w.c.url, w.pathOf(id)) }

// moved is the ID that the Location of an answer names; "" if it names none
// on this server.
func (w *writing) moved(resp *http.Response) string {
	location := resp.Header.Get("Location")
	if location == "" {
		return ""
	}
	u, ok := resolve(resp.Request.URL, location)
	if !ok || !kin(hostPort(u), hostPort(w.c.url)) {
		return ""
	}
	id := w.id(u.EscapedPath())
	if w.named(id) != nil {
		return ""
	}
	return id
}

// id is that of the item which an href names.
func (w *writing) id(href string) string {
	names := namer{prefix: w.prefix}
	id, _, _ := names.id(w.c.url, href)
	return id
}

// folders makes the folders above a photo that are not there.
func (w *writing) folders(ctx context.Context, id string) error {
	i := strings.LastIndexByte(id, '/')
	if i <= 0 {
		return nil
	}
	folder := id[:i]
	if w.h.has(folder) {
		return nil
	}
	if err := w.folders(ctx, folder); err != nil {
		return err
	}
	defer w.h.alone(w.prefix + folder + "/")()
	if w.h.has(folder) {
		return nil
	}
	if err := w.folder(ctx, at(w.c.url, w.prefix+folder+"/")); err != nil {
		return fmt.Errorf("the folder %q: %w", lastName(folder), w.cause(err))
	}
	w.h.note(folder)
	return nil
}

// folder makes one folder if it is not there.
func (w *writing) folder(ctx context.Context, u *url.URL) error {
	for t := w.s.c.tries(); ; {
		_, err := w.s.lookAt(ctx, u, askAlive)
		if code := statusOf(err); code != http.StatusNotFound && code != http.StatusConflict {
			return err
		}
		_, err = w.s.answer(ctx, request{method: "MKCOL", url: u, writes: true})
		if err == nil {
			return nil
		}
		// 405: another made it in this moment.
		if statusOf(err) != http.StatusMethodNotAllowed && !unsure(err) {
			return err
		}
		if err := t.again(ctx, err); err != nil {
			return err
		}
	}
}
