package flow

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sidekeep/app/words"
	"sidekeep/export"
	"sidekeep/export/settings"
)

// found is the page that shows what an account holds. f.mu is held.
func (f *Flow) found() FoundView {
	c := f.connect
	v := FoundView{
		Key: c.key, Title: words.FoundIn(c.service.Name), Name: c.name, Place: f.place, CanMove: !f.exists,
		Busy: c.cancel != nil, Problem: c.problem, Already: c.already,
	}
	if c.folder != "" {
		v.Title = words.FoundIn(filepath.Base(c.folder))
	}
	if c.noKeychain {
		v.Command = Label{words.PasswordCommand, words.PasswordCommandHint, ""}
	}
	if f.free >= 0 {
		v.Space = words.Free(f.free)
	}
	chosen, known, any := 0, true, false
	for _, k := range append(export.Kinds(), "") {
		g := Group{Title: words.Group(k)}
		for _, x := range c.found.Collections {
			if x.Kind != k {
				continue
			}
			r := Row{ID: x.ID, Icon: kindIcons[k], Name: x.Name, On: !c.skip[x.ID]}
			if r.Name == "" {
				r.Name = words.NoName
			}
			if x.Count >= 0 {
				r.Count = words.Number(x.Count)
			} else {
				r.Count = words.NotCounted
			}
			if r.On {
				any = true
				chosen += max(x.Count, 0)
				known = known && x.Count >= 0
			}
			g.Rows = append(g.Rows, r)
		}
		if len(g.Rows) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	v.Lacks = lacks(c.service)
	for _, x := range c.found.Skipped {
		v.Skipped = append(v.Skipped, words.NotExported(x))
	}
	v.Chosen, v.CanExport = words.Chosen(chosen, known), any
	if len(c.found.Collections) == 0 {
		v.Chosen, v.CanExport = words.EmptyAccount, true // a new phone, to restore to
	}
	return v
}

// Toggle keeps or leaves a collection.
func (f *Flow) Toggle(id string) {
	f.change(func() {
		if f.page == Found && f.connect.cancel == nil {
			f.connect.skip[id] = !f.connect.skip[id]
		}
	})
}

// Save saves the account under name and exports it. command is what writes the
// password where there is no keychain, "" if the keychain is to keep it.
func (f *Flow) Save(name, command string) {
	ctx, cancel := context.WithCancel(f.ctx)
	ok := false
	var c connecting
	f.change(func() {
		if f.page != Found || f.connect.cancel != nil || f.work == nil {
			return
		}
		f.connect.cancel, f.connect.problem = cancel, nil
		f.connect.name, f.connect.command = strings.TrimSpace(name), strings.TrimSpace(command)
		c, ok = f.connect, true
	})
	if !ok {
		cancel()
		return
	}
	var skip []string
	for id, left := range c.skip {
		if left {
			skip = append(skip, id)
		}
	}
	f.run(func(context.Context) {
		defer cancel()
		w := f.works()
		field := NameField
		err := w.CheckName(c.name)
		if err == nil {
			field = NoField
			if c.command != "" {
				field = CommandField
			}
			err = c.save(ctx, w, skip)
		}
		if ctx.Err() != nil && err != nil {
			return
		}
		if errors.Is(err, settings.ErrExists) {
			field = NameField
		}
		f.change(func() {
			f.connect.cancel = nil
			if errors.Is(err, export.ErrNoKeychain) {
				f.connect.noKeychain = true
			}
			if err != nil {
				f.connect.problem = &Problem{field, refusal(err).Words}
				return
			}
			f.connect = connecting{key: f.connect.key + 1} // the password is not kept longer than needed
			f.page = Home
		})
		if err == nil {
			f.load()
			f.Export(c.name)
		}
	})
}

// save saves the account. A command that writes the password is tried first: it
// is not saved unless the service accepts what it writes.
func (c connecting) save(ctx context.Context, w Work, skip []string) error {
	with := c.candidate()
	if c.command != "" {
		with.Trust = c.found.Trust
		if _, err := w.Find(ctx, with); err != nil {
			return err
		}
	}
	return w.Add(ctx, c.name, with, c.found, skip)
}

// newFolder is the name of an archive in a folder that holds other things.
const newFolder = "Sidekeep"

// MoveTo chooses another folder for an archive that is not there yet, or an
// archive that is there already. In a folder that holds other things, a new
// archive gets one of its own.
func (f *Flow) MoveTo(dir string) {
	f.run(func(ctx context.Context) {
		w, offered, err := f.moveTo(ctx, dir)
		f.change(func() {
			if err == nil {
				f.work, f.place = w, w.ArchiveDir()
				f.connect.problem, f.check, f.offers = nil, checking{}, offersOf(offered)
				return
			}
			p := words.For(err)
			if f.page == Found {
				f.connect.problem = &Problem{PlaceField, p}
			} else {
				f.check.problem = &p
			}
		})
		f.load()
	})
}

// moveTo also tells which accounts an archive offers that was opened.
func (f *Flow) moveTo(ctx context.Context, dir string) (Work, []settings.Account, error) {
	if !filepath.IsAbs(dir) {
		return nil, nil, words.NotAFolder(dir)
	}
	w := f.works()
	if o, err := w.OpenArchive(ctx, dir); err == nil {
		return w, o.Offered, nil
	} else if !noArchive(err) {
		return w, nil, err
	}
	if has, err := w.HasArchive(); has || err != nil && !noArchive(err) {
		return nil, nil, errors.Join(err, export.ErrNoArchive) // a second archive is not begun beside the first
	}
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		dir = filepath.Join(dir, newFolder)
		if o, err := w.OpenArchive(ctx, dir); err == nil {
			return w, o.Offered, nil
		} else if !noArchive(err) {
			return w, nil, err
		}
	}
	next, err := f.o.Open(f.owner(dir))
	if err != nil {
		return nil, nil, err
	}
	return next, nil, w.Close()
}

func noArchive(err error) bool {
	return errors.Is(err, export.ErrNoArchive) || errors.Is(err, fs.ErrNotExist)
}
