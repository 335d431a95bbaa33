package davserver

import (
	"crypto/sha256"
	"hash/fnv"
	"net/http"
	"sort"
	"strings"
	"sync"
	"time"
)

type kind uint8

const (
	plain kind = iota // a folder of the server's own that nobody changes
	principal
	home  // where collections are made
	book  // an address book
	cal   // a calendar
	files // a WebDAV folder
)

// A tree is everything that the server holds. mu guards all of it; items are
// never changed, only replaced, and may be read without mu.
type tree struct {
	mu   sync.RWMutex
	root *folder
}

type folder struct {
	kind     kind
	of       kind   // what may be made in a home
	path     string // not encoded, slashes at both ends
	name     string
	props    Collection
	modified time.Time
	folders  map[string]*folder
	items    map[string]*item
	uids     map[string]*item // of a book or calendar
	log      []change         // of a book or calendar: change n is log[n-1]
	gone     map[string]int   // number of the change that removed a name
	trash    map[string]bool  // UIDs of removed items
}

// An item is immutable.
type item struct {
	name     string
	body     string
	hashed   int64 // bytes of a file of which only the hash is kept, plus one; 0 for any other item
	uid      string
	tag      [16]byte // of the body's SHA-256
	modified time.Time
	stored   time.Time // when it was put, whatever time it says
	seq      int       // number of the change that made it
}

// A change is one step of a collection's history. Its mark depends on all
// changes before it, so that a token of another history is not taken for one
// of this.
type change struct {
	name    string
	mark    uint64
	removed bool
}

func (t *tree) init(user string) {
	t.root = newFolder(plain, "/", "")
	top := func(name string, of kind) *folder {
		f := newFolder(plain, "/"+name+"/", name)
		t.root.folders[name] = f
		k := home
		switch of {
		case principal:
			k = principal
		case files:
			k = files
		}
		h := newFolder(k, f.path+user+"/", user)
		h.of = of
		f.folders[user] = h
		return h
	}
	top("principals", principal).props.Name = user
	top("contacts", book)
	top("calendars", cal)
	top("files", files)
}

func newFolder(k kind, path, name string) *folder {
	f := &folder{kind: k, path: path, name: name, folders: map[string]*folder{}, items: map[string]*item{}}
	if k == book || k == cal {
		f.uids, f.gone = map[string]*item{}, map[string]int{}
	}
	return f
}

// find returns the folder at seg, or the item and the folder that it is in.
func (t *tree) find(seg []string) (*folder, *item, error) {
	f := t.root
	for i, name := range seg {
		if next := f.folders[name]; next != nil {
			f = next
			continue
		}
		if it := f.items[name]; it != nil && i == len(seg)-1 {
			return f, it, nil
		}
		return nil, nil, errNotFound
	}
	return f, nil, nil
}

// folder returns the folder above seg's last name.
func (t *tree) above(seg []string) (*folder, error) {
	if len(seg) == 0 {
		return nil, errFixed
	}
	f, it, err := t.find(seg[:len(seg)-1])
	if err != nil || it != nil {
		return nil, errParent
	}
	return f, nil
}

// put stores body at seg. allow is asked, with mu held, with what is there
// now, nil if nothing. unique refuses a UID that another item has.
func (t *tree) put(seg []string, body string, at time.Time, unique bool, allow func(*item) error) (it *item, made bool, err error) {
	it = &item{body: body, modified: at, stored: time.Now()}
	it.seal()
	return t.store(seg, it, at, unique, allow)
}

// seal makes the tag of an item.
func (it *item) seal() {
	sum := sha256.Sum256([]byte(it.body))
	copy(it.tag[:], sum[:])
}

func (t *tree) store(seg []string, it *item, at time.Time, unique bool, allow func(*item) error) (_ *item, made bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, err := t.above(seg)
	if err != nil {
		return nil, false, err
	}
	if f.kind != book && f.kind != cal && f.kind != files {
		return nil, false, errFixed
	}
	it.name = seg[len(seg)-1]
	if f.folders[it.name] != nil {
		return nil, false, refuse(http.StatusMethodNotAllowed, "", "a collection is at this path")
	}
	old := f.items[it.name]
	if allow != nil {
		if err := allow(old); err != nil {
			return nil, false, err
		}
	}
	if f.kind != files {
		it.uid = uidOf(it.body)
		if other := f.uids[it.uid]; unique && it.uid != "" && other != nil && other != old {
			ns := "card:"
			if f.kind == cal {
				ns = "cal:"
			}
			return nil, false, &refusal{code: http.StatusConflict, cond: ns + "no-uid-conflict", href: f.path + other.name,
				text: "another item of the collection has this UID"}
		}
	}
	if old != nil {
		it.name = old.name // one string for all versions
		f.forget(old)
	}
	f.items[it.name] = it
	f.modified = at
	if f.kind != files {
		if it.uid != "" && f.uids[it.uid] == nil {
			f.uids[it.uid] = it
		}
		delete(f.gone, it.name)
		it.seq = f.record(it.name, it.tag[:], false)
	}
	return it, old == nil, nil
}

// forget takes the UID of an item that goes away.
func (f *folder) forget(it *item) {
	if it.uid != "" && f.uids[it.uid] == it {
		delete(f.uids, it.uid)
	}
}

// record appends a change and returns its number. The history is kept as long
// as the server lives; a change takes about 40 bytes.
func (f *folder) record(name string, tag []byte, removed bool) int {
	var last [8]byte
	mark := f.mark(len(f.log))
	for i := range last {
		last[i] = byte(mark >> (8 * i))
	}
	h := fnv.New64a()
	_, _ = h.Write(last[:]) // a hash never fails
	_, _ = h.Write([]byte(name))
	_, _ = h.Write(tag)
	f.log = append(f.log, change{name: name, mark: h.Sum64(), removed: removed})
	return len(f.log)
}

// mark is that of the change with number n, of the collection itself for 0.
func (f *folder) mark(n int) uint64 {
	if n > 0 {
		return f.log[n-1].mark
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(f.path))
	return h.Sum64()
}

// current reports whether the change with number n is the last of its name,
// and returns the item if it is there.
func (f *folder) current(n int) (*item, bool) {
	c := &f.log[n-1]
	if c.removed {
		return nil, f.gone[c.name] == n
	}
	it := f.items[c.name]
	if it == nil || it.seq != n {
		return nil, false
	}
	return it, true
}

// list returns the items: of a book or calendar in the order of their last
// change, of a folder by name.
func (f *folder) list() []*item {
	all := make([]*item, 0, len(f.items))
	if f.kind == book || f.kind == cal {
		for n := 1; n <= len(f.log); n++ {
			if it, ok := f.current(n); ok && it != nil {
				all = append(all, it)
			}
		}
		return all
	}
	for _, it := range f.items {
		all = append(all, it)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	return all
}

// children returns the folders in f by order and name.
func (f *folder) children() []*folder {
	all := make([]*folder, 0, len(f.folders))
	for _, c := range f.folders {
		all = append(all, c)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	return all
}

// remove takes what is at seg away. allow is asked as in put.
func (t *tree) remove(seg []string, at time.Time, allow func(*item) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, err := t.above(seg)
	if err != nil {
		return err
	}
	name := seg[len(seg)-1]
	if c := f.folders[name]; c != nil {
		if c.kind == plain || c.kind == principal || c.kind == home || f.kind == plain {
			return errFixed
		}
		delete(f.folders, name)
		f.modified = at
		return nil
	}
	old := f.items[name]
	if old == nil {
		return errNotFound
	}
	if allow != nil {
		if err := allow(old); err != nil {
			return err
		}
	}
	delete(f.items, name)
	f.modified = at
	if f.kind != files {
		f.forget(old)
		if old.uid != "" {
			if f.trash == nil {
				f.trash = map[string]bool{}
			}
			f.trash[old.uid] = true
		}
		f.gone[name] = f.record(name, nil, true)
	}
	return nil
}

// make makes a folder of kind k at seg.
func (t *tree) make(seg []string, k kind, c Collection, at time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, err := t.above(seg)
	if err != nil {
		return err
	}
	name := seg[len(seg)-1]
	if f.folders[name] != nil || f.items[name] != nil {
		return refuse(http.StatusMethodNotAllowed, "d:resource-must-be-null", "something is at this path already")
	}
	if f.kind != files && f.kind != home || f.of != k && f.kind == home || f.kind == files && k != files {
		return refuse(http.StatusForbidden, "d:collection-location-ok", "such a collection cannot be made here")
	}
	n := newFolder(k, f.path+name+"/", name)
	n.props, n.modified = c, at
	f.folders[name] = n
	f.modified = at
	return nil
}

// uidOf returns the UID of a card, or the first one of what a calendar object
// holds, "" if it has none. It is a part of body where it was not folded.
func uidOf(body string) string {
	rest := body
	if at := strings.Index(rest, "BEGIN:"); strings.HasPrefix(rest[max(0, at):], "BEGIN:VCALENDAR") {
		_, rest, _ = strings.Cut(rest[at+1:], "\nBEGIN:") // that of the calendar itself is of no object (RFC 7986 section 5.3)
	}
	for {
		i := indexFold(rest, "uid")
		if i < 0 {
			return ""
		}
		start := i == 0 || rest[i-1] == '\n' || rest[i-1] == '\r' || rest[i-1] == '.'
		tail := rest[i+3:]
		if start && tail != "" && (tail[0] == ':' || tail[0] == ';') {
			line, more, _ := strings.Cut(tail, "\n")
			if c := strings.IndexByte(line, ':'); c >= 0 {
				v := strings.TrimSuffix(line[c+1:], "\r")
				for more != "" && (more[0] == ' ' || more[0] == '\t') {
					line, more, _ = strings.Cut(more[1:], "\n")
					v += strings.TrimSuffix(line, "\r")
				}
				return strings.TrimSpace(v)
			}
		}
		rest = tail
	}
}

// indexFold is strings.Index for three ASCII letters in either case.
func indexFold(s, letters string) int {
	up := strings.ToUpper(letters)
	for i := 0; i+3 <= len(s); i++ {
		if (s[i] == letters[0] || s[i] == up[0]) && (s[i+1] == letters[1] || s[i+1] == up[1]) && (s[i+2] == letters[2] || s[i+2] == up[2]) {
			return i
		}
	}
	return -1
}
