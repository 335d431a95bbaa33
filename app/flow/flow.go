// Package flow is what each screen shows and does, as plain state: it knows no
// toolkit and runs without a display. app/gui draws it.
//
// A [Flow] is told what the person does and answers at once; what takes time
// (network, disk, keychain) runs on goroutines of its own. Whenever there is
// something new to see it calls Changed, and [Flow.View] then tells what.
package flow

import (
	"context"
	"errors"
	"sync"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/source"
)

// Options are what a Flow is made of. Open and Changed have to be set.
type Options struct {
	// Open makes the work; it is called from a goroutine, again if the owner
	// chooses another folder for an archive that is not there yet.
	Open func(Owner) (Work, error)
	// Changed tells that View has something new. It is called from any
	// goroutine, while exports run at most four times a second for each.
	Changed func()
	Types   []source.Type // of sources that can be connected
	Now     func() time.Time
	Free    func(dir string) (int64, error) // bytes that are free on the disk of dir, which need not exist
	Follow  time.Duration                   // how often it looks whether another process changed the archive; 3 seconds if 0
}

// Flow is the state of the window.
type Flow struct {
	o    Options
	ctx  context.Context // of everything that runs; ended by Close
	stop context.CancelFunc
	runs sync.WaitGroup

	mu        sync.Mutex
	work      Work
	page      Page
	broken    error
	status    []work.Status
	loaded    bool  // status was read at least once
	trouble   error // why it could not be read
	place     string
	exists    bool           // there is an archive in place
	free      int64          // on its disk; negative if unknown
	verified  *archive.Round // the last whole verification of the archive; nil if there is none
	edited    []string       // files of the archive that keep what somebody wrote into it
	note      string
	undo      *undo           // takes back what note tells; nil if nothing can be
	answering map[string]bool // accounts about which an answer is being written
	history   history
	lost      lost
	exports   map[string]*running
	failed    map[string]error // why the last export of this session failed
	open      map[string]bool  // cards whose details are shown
	questions []*Question
	demoBusy  bool
	loads     int    // number of the newest reading of the status
	mark      string // of the archive as the status was read; see [work.Work.Mark]
	connect   connecting
	check     checking
	offers    []offer  // of an archive that was opened and not known before
	session   *session // the restore that is shown or under way; nil if there is none
	sessions  int      // number of the newest session or step
	dropped   *dropped // what waits on a card; nil if nothing does
	room      room
	gate      chan struct{} // full while something writes to the archive: see turn
	proofs    map[string]*proving
	unproven  map[string]error // why a proof of this session did not come to its end
}

// New makes a Flow; nothing happens before Start.
func New(o Options) *Flow {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Free == nil {
		o.Free = freeSpace
	}
	if o.Follow == 0 {
		o.Follow = 3 * time.Second
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Flow{
		o: o, ctx: ctx, stop: stop, free: -1,
		exports: map[string]*running{}, failed: map[string]error{}, open: map[string]bool{}, answering: map[string]bool{},
		proofs: map[string]*proving{}, unproven: map[string]error{}, gate: make(chan struct{}, 1),
	}
}

// Start opens the work and shows how the accounts stand.
func (f *Flow) Start() {
	f.change(func() { f.page, f.broken = Opening, nil })
	f.run(func(context.Context) {
		w, err := f.o.Open(f.owner(""))
		f.change(func() {
			if err != nil {
				f.page, f.broken = Broken, err
				return
			}
			f.work, f.page = w, Home
		})
		if err == nil {
			f.load()
		}
	})
	f.run(f.tick)
}

// tick redraws now and then, because the words for times grow old, and follows
// what other processes do.
func (f *Flow) tick(ctx context.Context) {
	redraw, follow := time.NewTicker(30*time.Second), time.NewTicker(f.o.Follow)
	defer redraw.Stop()
	defer follow.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-redraw.C:
			f.o.Changed()
		case <-follow.C:
			f.follow()
		}
	}
}

// follow reads the status again if the archive is not as it was when the status
// was read: an export, undo or restore of another process wrote to it. What this
// window itself writes is read when it has ended.
func (f *Flow) follow() {
	f.mu.Lock()
	w, seen := f.work, f.mark
	own := !f.loaded || len(f.exports)+len(f.answering)+len(f.gate) > 0 || f.session.busy()
	f.mu.Unlock()
	if w == nil || own || w.Mark() == seen {
		return
	}
	f.read(true)
	f.reloadHistory()
}

// Close stops what runs, waits for its end and closes the work. Exports keep
// what has arrived.
func (f *Flow) Close() error {
	f.change(func() {
		for _, r := range f.exports {
			r.stopping = true
		}
	})
	f.mu.Lock()
	f.stop() // under the lock, so that run starts nothing beside Wait
	f.mu.Unlock()
	f.runs.Wait()
	if w := f.works(); w != nil {
		return w.Close()
	}
	return nil
}

// Exporting reports whether an export or a restore runs.
func (f *Flow) Exporting() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.exports) > 0 || f.session.busy()
}

// run starts do on a goroutine that Close waits for; nothing after Close.
func (f *Flow) run(do func(ctx context.Context)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ctx.Err() == nil {
		f.runs.Go(func() { do(f.ctx) })
	}
}

// after changes the state in d, unless Close comes first.
func (f *Flow) after(d time.Duration, do func()) {
	f.run(func(ctx context.Context) {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			f.change(do)
		case <-ctx.Done():
		}
	})
}

// change does do under the lock and tells that there is something new.
func (f *Flow) change(do func()) {
	f.mu.Lock()
	do()
	f.mu.Unlock()
	f.o.Changed()
}

func (f *Flow) works() Work {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.work
}

// load reads how the accounts and the archive stand. It takes its time. A
// reading that was overtaken by a newer one is dropped.
func (f *Flow) load() { f.read(false) }

// read is load. With following set, what is shown stays while another process
// does not let it be read.
func (f *Flow) read(following bool) {
	f.mu.Lock()
	f.loads++
	mine, w := f.loads, f.work
	f.mu.Unlock()
	if w == nil {
		return
	}
	mark := w.Mark() // before the reading: what is written meanwhile is read the next time
	status, err := w.Status(f.ctx)
	if following && errors.Is(err, export.ErrBusy) {
		return
	}
	place := w.ArchiveDir()
	exists, herr := w.HasArchive()
	if herr != nil {
		exists = true // it is there, in whatever state
	}
	free, ferr := f.o.Free(place)
	if ferr != nil {
		free = -1
	}
	var verified *archive.Round
	var edited []string
	if exists && herr == nil {
		edited, _ = w.Edited() // what cannot be listed is told by a check
		if v, err := w.Verified(); err == nil {
			verified = v.Whole
		}
	}
	f.change(func() {
		if mine != f.loads || f.work != w {
			return
		}
		f.trouble, f.mark = err, mark
		if err == nil {
			f.outdated(status)
			f.status, f.loaded = status, true
		}
		if s, _ := f.lockedStatus(f.lost.account); f.page == Lost && s.Loss == nil {
			f.page = Home // what was missing is back
		}
		f.place, f.exists, f.free, f.verified, f.edited = place, exists, free, verified, edited
	})
}

// outdated drops what ended an export of this session where another process has
// exported the account since, as status tells. f.mu is held.
func (f *Flow) outdated(status []work.Status) {
	for _, s := range status {
		old, ok := f.lockedStatus(s.Name)
		if ok && f.exports[s.Name] == nil && s.Last != nil && (old.Last == nil || s.Last.Number > old.Last.Number) {
			delete(f.failed, s.Name)
		}
	}
}

// Again tries again what could not be read.
func (f *Flow) Again() {
	f.mu.Lock()
	w := f.work
	f.mu.Unlock()
	if w == nil {
		f.Start()
		return
	}
	f.run(func(context.Context) { f.load() })
}

// Go shows one of the rooms: the home page, the archive, the history, or that of
// restores.
func (f *Flow) Go(p Page) {
	switch p {
	case History:
		f.History("", 0)
		return
	case Restore:
		f.goRestore()
		return
	}
	f.leave()
	f.change(func() {
		if f.work != nil && (p == Home || p == Archive) {
			f.leaveHome(p)
			f.page = p
		}
	})
	f.run(func(context.Context) { f.load() })
}

// leaveHome drops a note that nothing can be done about. f.mu is held.
func (f *Flow) leaveHome(to Page) {
	if f.page == Home && to != Home && f.undo == nil {
		f.note = ""
	}
}

// Back goes one step back.
func (f *Flow) Back() {
	f.mu.Lock()
	page, again := f.page, f.connect.account != ""
	if page == Lines {
		page = Plan
		f.page = Plan
		f.mu.Unlock()
		f.o.Changed()
		return
	}
	from := f.session.from()
	f.mu.Unlock()
	f.leave()
	f.change(func() {
		switch {
		case page == Found && f.connect.folder != "":
			f.page, f.connect = Connect, connecting{key: f.connect.key}
		case page == Found && !again:
			f.page = SignIn
		case page == SignIn && !again:
			f.page = Connect
		case page == Connect, page == SignIn, page == Found, page == Archive, page == History, page == Lost, page == Restore:
			f.page = Home
		case page == Plan:
			f.page = from
		}
	})
}

// Tell puts a sentence under the headline of the home page.
func (f *Flow) Tell(s string) { f.change(func() { f.note, f.undo = s, nil }) }

// View tells what the window shows now. It is quick.
func (f *Flow) View() View {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := View{Page: f.page, Side: f.side()}
	switch f.page {
	case Broken:
		v.Broken = words.For(f.broken)
	case Home:
		v.Home = f.home()
	case Connect:
		v.Connect = f.connectPage()
	case SignIn:
		v.SignIn = f.signIn()
	case Found:
		v.Found = f.found()
	case Archive:
		v.Archive = f.archive()
	case History:
		v.History = f.historyPage()
	case Lost:
		v.Lost = f.lostPage()
	case Restore:
		v.Restore = f.roomPage()
	case Plan:
		v.Plan = f.planPage()
	case Lines:
		v.Lines = f.linesPage()
	}
	if len(f.questions) > 0 {
		q := *f.questions[0]
		v.Question = &q
	}
	return v
}

// icons of the kinds of collections.
var kindIcons = map[export.Kind]string{
	export.Contacts: "people", export.Events: "cal", export.Todos: "todo", export.Photos: "photo", "": "file",
}
