package flow

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/settings"
	"sidekeep/export/source/dav"
)

// tilesShown is how many services have a tile of their own; each other one is
// reached by its address.
const tilesShown = 4

// otherService is the ID of the entry for services without one of their own.
const otherService = "other"

// connecting is what is known while an account is being connected.
type connecting struct {
	key     int // counts the sign-ins, so that each begins with empty fields
	service dav.Service
	account string           // signing in again to this account
	again   settings.Account // what it is set up with
	form    Form
	cancel  context.CancelFunc // of the search or the saving under way; nil if none is
	problem *Problem
	found   *work.Found
	skip    map[string]bool
	name    string
	folder  string                   // that is connected instead of a service; "" if none is
	agreed  map[export.Question]bool // answered by a yes

	noKeychain bool   // nothing can keep the password
	command    string // that writes it instead; "" if none
}

// A Form is what was typed at a sign-in.
type Form struct{ Address, Photos, User, Password string }

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

func (f *Flow) tiles() []Tile {
	var out []Tile
	for _, s := range f.o.Services {
		if s.Refused == "" && s.ID != otherService && len(out) < tilesShown {
			out = append(out, Tile{s.ID, s.Name, words.Gives(s.Gives), serviceIcon(s.Name)})
		}
	}
	return append(out,
		Tile{"", words.AnotherService, words.IfYouKnow, "plus"},
		Tile{FolderTile, words.AFolder, words.AFolderLine, "folder"},
		Tile{DemoTile, words.DemoPhone, words.DemoLine, "play"})
}

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

// ConnectFolder looks into a folder and shows what is there.
func (f *Flow) ConnectFolder(dir string) {
	f.leave()
	ctx, cancel := context.WithCancel(f.ctx)
	var c connecting
	ok := false
	f.change(func() {
		if f.page == Connect && f.work != nil {
			f.connect = connecting{key: f.connect.key + 1, folder: dir, cancel: cancel}
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
		f.change(func() {
			if f.connect.cancel = nil; err != nil {
				f.connect.problem = refusal(err)
				return
			}
			f.showFound(found)
		})
	})
}

// serviceIcon is the icon for a service of that name.
func serviceIcon(name string) string {
	switch strings.ToLower(name) {
	case "icloud":
		return "cloud"
	case "nextcloud", "owncloud":
		return "server"
	case "":
		return "globe"
	}
	return "mail"
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
		service := dav.Service{}
		for _, s := range f.o.Services {
			if s.ID == id {
				service = s
			}
		}
		same := f.connect.account == "" && f.connect.key > 0 && f.connect.service.ID == service.ID
		if !same {
			f.connect = connecting{key: f.connect.key + 1, service: service}
		}
		f.connect.problem = nil
		f.page = SignIn
	})
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

// signInAgain shows the sign-in for an account that is set up.
func (f *Flow) signInAgain(account string) {
	f.leave()
	f.change(func() {
		for _, s := range f.status {
			if s.Name != account || !s.SetUp {
				continue
			}
			c := connecting{key: f.connect.key + 1, account: account, again: s.Account}
			for _, x := range f.o.Services {
				if x.Name == s.Account.Service {
					c.service = x
				}
			}
			f.connect, f.page = c, SignIn
		}
	})
}

// signIn is the page that asks for a name and a password. f.mu is held.
func (f *Flow) signIn() SignInView {
	c, s := f.connect, f.connect.service
	v := SignInView{
		Key: c.key, Account: c.account, Busy: c.cancel != nil, BusyText: words.SigningIn, Problem: c.problem,
		Title: words.SignInTo(s.Name), Line: words.SignInLine(s.Name, s.AppPassword),
		User: Label{Name: words.UserName}, Password: Label{Name: words.Password, Hint: words.KeptInKeychain},
		HelpTitle: words.HelpTitle(s.AppPassword), Steps: s.Help, HelpURL: s.HelpURL,
	}
	if s.Name != "" && s.Address != "" {
		v.User.Name = words.UserAt(s.Name)
	}
	if s.AppPassword {
		v.Password.Name = words.AppPassword
	}
	switch {
	case c.account != "":
		v.Title, v.Line = words.SignInAgainTo(c.account), words.SignInAgainLine
		v.PresetUserName, v.PresetAddress = c.again.User, c.again.Address
	case s.Address == "":
		v.Address = Label{words.AddressOf(s.Name), words.AddressHint(s.Name), ""}
		if len(s.Gives) == 0 || slices.Contains(s.Gives, export.Photos) {
			v.Photos = Label{words.PhotoFolder, words.PhotoFolderHint, ""}
		}
	}
	if len(v.Steps) == 0 {
		v.HelpTitle, v.Steps, v.HelpURL = words.WhatToType, words.WhatToTypeSteps(), ""
	}
	if v.Lacks = lacks(s); len(v.Lacks) > 0 {
		v.LacksTitle = words.DoesNotGive(s.Name)
	}
	return v
}

// lacks are the kinds that a known service does not give.
func lacks(s dav.Service) []Lack {
	if s.ID == "" {
		return nil
	}
	var out []Lack
	for _, k := range export.Kinds() {
		if !slices.Contains(s.Gives, k) {
			out = append(out, Lack{kindIcons[k], words.Group(k), words.NotGivenBy(s.Name)})
		}
	}
	return out
}

// SignIn signs in with what was typed and shows what is there. Signing in
// again to an account exports it.
func (f *Flow) SignIn(form Form) {
	form.Address, form.User, form.Photos = strings.TrimSpace(form.Address), strings.TrimSpace(form.User), strings.TrimSpace(form.Photos)
	ctx, cancel := context.WithCancel(f.ctx)
	var c connecting
	ok := false
	f.change(func() {
		if f.page != SignIn || f.connect.cancel != nil || f.work == nil {
			return
		}
		if f.connect.problem = missing(f.connect, form); f.connect.problem != nil {
			return
		}
		f.connect.form, f.connect.cancel = form, cancel
		c, ok = f.connect, true
	})
	if !ok {
		cancel()
		return
	}
	f.run(func(context.Context) {
		defer cancel()
		var found *work.Found
		var err error
		if c.account != "" {
			found, err = f.works().SignIn(ctx, c.account, form.Password, "")
		} else {
			found, err = f.works().Find(ctx, c.candidate())
		}
		// A page that was left cancels ctx: what comes then is not shown.
		if ctx.Err() != nil {
			return
		}
		f.change(func() {
			f.connect.cancel = nil
			if err != nil {
				f.connect.problem = refusal(err)
				return
			}
			if c.account != "" {
				f.page = Home
				return
			}
			f.showFound(found)
		})
		if err == nil && c.account != "" {
			f.Export(c.account)
		}
	})
}

// candidate is what the work needs to sign in.
func (c connecting) candidate() work.Candidate {
	if c.folder != "" {
		return work.Candidate{Folder: c.folder}
	}
	w := work.Candidate{
		Service: c.service.Name, Address: c.form.Address, Photos: c.form.Photos,
		User: c.form.User, Password: c.form.Password,
	}
	if c.service.Address != "" {
		w.Address = c.service.Address
	}
	if c.command != "" {
		w.Password, w.PasswordCommand = "", c.command
	}
	return w
}

// missing is what has to be typed first, nil if nothing is.
func missing(c connecting, form Form) *Problem {
	needAddress := c.account == "" && c.service.Address == ""
	switch {
	case needAddress && form.Address == "":
		return &Problem{AddressField, words.AddressMissing()}
	case needAddress && hasPassword(form.Address):
		return &Problem{AddressField, words.AddressWithPassword()}
	case hasPassword(form.Photos):
		return &Problem{PhotosField, words.AddressWithPassword()}
	case c.account == "" && c.service.Address != "" && form.User == "":
		return &Problem{UserField, words.UserMissing()}
	case form.Password == "" && (c.account != "" || form.User != ""):
		return &Problem{PasswordField, words.PasswordMissing()}
	}
	return nil
}

func hasPassword(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.User != nil && strings.Contains(address, "://")
}

// refusal says what err means, and at which field.
func refusal(err error) *Problem {
	p := &Problem{NoField, words.For(err)}
	if p.Meaning == words.CopyAsItWas || p.Meaning == words.NothingIsLost {
		p.Meaning = words.NothingSaved
	}
	switch {
	case errors.Is(err, export.ErrSignIn), errors.Is(err, export.ErrExpired):
		p.Field = PasswordField
	case errors.Is(err, export.ErrUnknownHost), errors.Is(err, export.ErrNotDAV):
		p.Field = AddressField
	}
	return p
}

// showFound goes to the page that shows found. f.mu is held.
func (f *Flow) showFound(found *work.Found) {
	f.connect.found, f.connect.problem = found, nil
	f.connect.skip = map[string]bool{}
	if found.Service != "" {
		for _, s := range f.o.Services {
			if s.Name == found.Service {
				f.connect.service = s
			}
		}
	}
	name := words.AccountName(found.Service, f.connect.form.Address)
	if f.connect.folder != "" {
		name = filepath.Base(f.connect.folder)
	}
	f.connect.name = f.freeName(name)
	f.page = Found
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
