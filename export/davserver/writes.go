package davserver

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"sort"
	"strconv"
	"strings"
	"time"
)

// always reports whether a refusal that writing meets strikes this request.
func (c *call) always(q Quirk) bool {
	if !c.play.has(q) {
		return false
	}
	return c.play.tune.Times == 0 && c.play.tune.After == 0 || c.nth(q)
}

// refuses plays the quirks that refuse any change. done means that the
// connection is gone.
func (c *call) refuses() (done bool, err error) {
	switch {
	case c.play.has(LostBefore) && c.nth(LostBefore):
		c.hangUp()
		return true, nil
	case c.always(ReadOnly):
		return true, &refusal{code: http.StatusForbidden, cond: "d:need-privileges", text: "this account may read here and not write"}
	case c.always(Forbidden):
		return true, refuse(http.StatusForbidden, "", "no")
	case c.always(AlwaysChanged):
		return true, errETag
	case c.always(StorageFull):
		return true, refuse(http.StatusInsufficientStorage, "d:quota-not-exceeded", "there is no room left")
	}
	return false, nil
}

// hangUp ends the connection without an answer.
func (c *call) hangUp() {
	conn, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http's way to reset a connection
	}
	_ = conn.Close() // that is what it is for
}

// unanswered does what c asks for and ends the connection.
func (c *call) unanswered(findErr error) error {
	w := c.w
	c.w = &cutter{header: http.Header{}}
	_ = c.dispatch(findErr) // nobody is told
	c.w = w
	c.hangUp()
	return nil
}

// takes plays the quirks about what may be put into f.
func (c *call) takes(f *folder, body string) error {
	if f.kind != book && f.kind != cal {
		return nil
	}
	ns := "card:"
	if f.kind == cal {
		ns = "cal:"
	}
	switch {
	case c.play.has(SizeLimit) && int64(len(body)) > c.play.tune.MaxItem:
		return refuse(http.StatusForbidden, ns+"max-resource-size", "the item is too long")
	case f.kind == book && c.play.has(OnlyVCard3):
		for _, card := range parseComponents(body).kids {
			if v := card.first("VERSION"); v != nil && strings.TrimSpace(v.value) != "3.0" {
				return refuse(http.StatusForbidden, "card:supported-address-data", "only vCard 3.0 is taken")
			}
		}
	case f.kind == cal && c.play.has(NoTodos) && contains(componentsOf(body), "VTODO"):
		return refuse(http.StatusForbidden, "cal:supported-calendar-component", "this server keeps no to-dos")
	case f.kind == cal && c.play.has(UIDInTrash) && c.trashed(uidOf(body)):
		return errTrash
	}
	return nil
}

// trashed reports whether an item with this UID was removed from the folder of
// the item that is being put, and none is there.
func (c *call) trashed(uid string) bool {
	t := &c.s.tree
	t.mu.RLock()
	defer t.mu.RUnlock()
	f, err := t.above(c.seg)
	return err == nil && f.trash[uid] && f.uids[uid] == nil
}

// errTrash is answered in SabreDAV's words.
var errTrash = &refusal{code: http.StatusBadRequest, sabre: true,
	text: "Deleted calendar object with uid already exists in this calendar collection."}

// rewritten is body with the properties of each component in the order of
// their bytes, and everything else where it was.
func (c *call) rewritten(f *folder, body string) string {
	if !c.play.has(Rewrites) || f.kind != book && f.kind != cal {
		return body
	}
	var out strings.Builder
	var run []string
	flush := func() {
		sort.Strings(run)
		for _, l := range run {
			out.WriteString(l + "\r\n")
		}
		run = nil
	}
	for body != "" {
		var text string
		text, body = unfold(body)
		switch name := strings.ToUpper(text); {
		case text == "":
		case strings.HasPrefix(name, "BEGIN:"), strings.HasPrefix(name, "END:"), strings.HasPrefix(name, "VERSION:"):
			flush()
			out.WriteString(text + "\r\n")
		default:
			run = append(run, text)
		}
	}
	flush()
	return out.String()
}

// renamed is where an item that is put is kept.
func (c *call) renamed(f *folder, body string) []string {
	if !c.play.has(Renames) && !c.play.has(RenamesTold) && !c.play.has(RenamesSome) || f.kind != book && f.kind != cal {
		return c.seg
	}
	if _, it, err := c.find(c.seg); err == nil && it != nil {
		return c.seg // it is there under this name
	}
	if c.play.has(RenamesSome) && !c.always(RenamesSome) {
		return c.seg
	}
	key := uidOf(body)
	if key == "" {
		key = body
	}
	sum := sha256.Sum256([]byte(key))
	name := "srv " + hex.EncodeToString(sum[:8]) + path.Ext(c.seg[len(c.seg)-1])
	return append(c.seg[:len(c.seg)-1:len(c.seg)-1], name)
}

// dated is the time that a file is to have: that of X-OC-Mtime, ownCloud's
// header, in seconds.
func (c *call) dated(f *folder) time.Time {
	if n, err := strconv.ParseInt(c.r.Header.Get("X-OC-Mtime"), 10, 40); err == nil && f.kind == files {
		c.w.Header().Set("X-OC-Mtime", "accepted")
		return time.Unix(n, 0)
	}
	return c.s.o.Now()
}
