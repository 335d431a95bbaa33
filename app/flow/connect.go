package flow

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

// tilesShown is how many services have a tile of their own; each other one is
// reached by its address.
const tilesShown = 4

// connecting is what is known while an account is being connected.
type connecting struct {
	key     int // counts the sign-ins, so that each begins with empty fields
	typ     source.Type
	service source.Service   // of the type; the zero one if it is not known
	account string           // signing in again to this account
	again   settings.Account // what it is set up with
	why     error            // what ended its last export; nil if nothing did
	form    Form
	cancel  context.CancelFunc // of the search or the saving under way; nil if none is
	problem *Problem
	found   *work.Found
	already string // which accounts keep what was found, or a part of it
	skip    map[string]bool
	name    string
	folder  string                   // that is connected instead of a service; "" if none is
	agreed  map[export.Question]bool // answered by a yes

	noKeychain bool   // nothing can keep the password
	command    string // that writes it instead; "" if none
}

// A Form is what was typed at a sign-in.
type Form map[Field]string

// StartConnect shows the services.
func (f *Flow) StartConnect() {
	f.leave()
	f.change(func() {
		if f.work != nil {
			f.page = Connect
			if f.connect.folder != "" {
				f.connect = connecting{key: f.connect.key}
			}
		}
	})
}

// leave ends what is under way on the page that is left.
func (f *Flow) leave() {
	f.mu.Lock()
	cancel := f.connect.cancel
	f.connect.cancel = nil
	ended := f.session
	if f.page != Plan && f.page != Lines || ended.busy() {
		ended = nil
	} else {
		f.session = nil
	}
	f.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	if ended != nil {
		ended.end()
	}
}

// tiles are the services of each type, up to tilesShown, with one for all others
// behind them; the types that have none; and the demo phone.
func (f *Flow) tiles() []Tile {
	var out, alone []Tile
	for _, t := range source.Accounts(f.o.Types) {
		if len(t.Services) == 0 {
			name, line := words.SourceTile(&t)
			alone = append(alone, Tile{ID: t.ID, Name: name, Line: line, Icon: t.Icon, Folder: isFolder(&t)})
			continue
		}
		for _, s := range t.Services[:min(len(t.Services), shownOf(&t))] {
			if s.Refused == "" && !s.Other {
				out = append(out, Tile{ID: s.ID, Name: s.Name, Line: words.Gives(s.Gives), Icon: cmp.Or(s.Icon, t.Icon)})
			}
		}
	}
	out = append(append(out, Tile{Name: words.AnotherService, Line: words.IfYouKnow, Icon: "plus"}), alone...)
	return append(out, Tile{ID: DemoTile, Name: words.DemoPhone, Line: words.DemoLine, Icon: "play"})
}

// shownOf is behind how many services of a type those stand that have a tile of
// their own; each other one is reached by its address.
func shownOf(t *source.Type) int {
	tiles := 0
	for i, s := range t.Services {
		if s.Refused == "" && !s.Other {
			tiles++
		}
		if tiles == tilesShown {
			return i + 1
		}
	}
	return len(t.Services)
}

// isFolder reports whether a folder of this computer is all that a type asks
// for.
func isFolder(t *source.Type) bool { return len(t.Fields) == 1 && t.Fields[0].Form == source.Path }

// connectPage is what can be connected. f.mu is held.
func (f *Flow) connectPage() ConnectView {
	v := ConnectView{Tiles: f.tiles()}
	if c := f.connect; c.folder != "" {
		if c.cancel != nil {
			v.Busy = words.LookingInto(c.folder)
		}
		if c.problem != nil {
			v.Problem = &c.problem.Words
		}
	}
	return v
}

// ConnectFolder looks into a folder, which a tile asks for, and shows what is
// there.
func (f *Flow) ConnectFolder(tile, dir string) {
	f.leave()
	ctx, cancel := context.WithCancel(f.ctx)
	var c connecting
	ok := false
	f.change(func() {
		if t, found := source.Find(f.o.Types, tile); found && f.page == Connect && f.work != nil {
			f.connect = connecting{key: f.connect.key + 1, typ: t, folder: dir, cancel: cancel}
			c, ok = f.connect, true
		}
	})
	if !ok {
		cancel()
		return
	}
	f.run(func(context.Context) {
		defer cancel()
		found, err := f.works().Find(ctx, c.candidate())
		if ctx.Err() != nil {
			return
		}
		already := f.already(c, found)
		f.change(func() {
			if f.connect.cancel = nil; err != nil {
				f.connect.problem = refusal(err)
				return
			}
			f.showFound(found, already)
		})
	})
}

// Pick chooses a tile: the next page is the sign-in, or for the demo phone its
// export.
func (f *Flow) Pick(id string) {
	if id == DemoTile {
		f.Demo()
		return
	}
	f.leave()
	f.change(func() {
		t, service := f.picked(id)
		same := f.connect.account == "" && f.connect.key > 0 && f.connect.typ.ID == t.ID && f.connect.service.ID == service.ID
		if !same {
			f.connect = connecting{key: f.connect.key + 1, typ: t, service: service}
		}
		f.connect.problem = nil
		f.page = SignIn
	})
}

// picked is what a tile stands for: a service, or a type. "" is a service
// without a tile.
func (f *Flow) picked(tile string) (source.Type, source.Service) {
	types := source.Accounts(f.o.Types)
	for _, t := range types {
		if tile == t.ID && len(t.Services) == 0 {
			return t, source.Service{}
		}
		for _, s := range t.Services {
			if s.ID == tile {
				return t, s
			}
		}
	}
	i := max(0, slices.IndexFunc(types, func(t source.Type) bool { return len(t.Services) > 0 }))
	if i < len(types) {
		return types[i], source.Service{}
	}
	return source.Type{}, source.Service{}
}

// Demo sets the demo phone up, if it is not there yet, and exports it.
func (f *Flow) Demo() {
	busy := false
	f.change(func() {
		busy = f.demoBusy || f.work == nil
		f.demoBusy = true
	})
	if busy {
		return
	}
	f.run(func(ctx context.Context) {
		name, err := f.works().AddDemo(ctx)
		f.change(func() {
			f.demoBusy, f.page, f.trouble = false, Home, err
		})
		if err == nil {
			f.load()
			f.Export(name)
		}
	})
}

// already says which accounts keep what was found, or a part of it.
func (f *Flow) already(c connecting, found *work.Found) string {
	if found == nil || c.account != "" {
		return ""
	}
	return words.KeptAlready(f.works().SamePlace(c.candidate(), found))
}

// showFound goes to the page that shows found. f.mu is held.
func (f *Flow) showFound(found *work.Found, already string) {
	f.connect.found, f.connect.already, f.connect.problem = found, already, nil
	f.connect.skip = map[string]bool{}
	if found.Service != "" {
		if s, ok := serviceNamed(&f.connect.typ, found.Service); ok {
			f.connect.service = s
		}
	}
	name := words.AccountName(found.Service, f.connect.form[AddressField])
	if f.connect.folder != "" {
		name = filepath.Base(f.connect.folder)
	}
	f.connect.name = f.freeName(name)
	f.page = Found
}

// serviceNamed is the service of that name.
func serviceNamed(t *source.Type, name string) (source.Service, bool) {
	i := slices.IndexFunc(t.Services, func(s source.Service) bool { return s.Name == name })
	if i < 0 {
		return source.Service{}, false
	}
	return t.Services[i], true
}

// freeName is name, with a number behind it if it is taken.
func (f *Flow) freeName(name string) string {
	taken := func(n string) bool {
		return slices.ContainsFunc(f.status, func(s work.Status) bool { return strings.EqualFold(s.Name, n) })
	}
	try := name
	for i := 2; taken(try); i++ {
		try = name + " " + words.Number(i)
	}
	return try
}
