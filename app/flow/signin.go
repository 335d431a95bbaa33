package flow

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/source"
)

// signInAgain shows the sign-in for an account that is set up.
func (f *Flow) signInAgain(account string) {
	f.leave()
	f.change(func() {
		for _, s := range f.status {
			if s.Name != account || !s.SetUp {
				continue
			}
			c := connecting{key: f.connect.key + 1, account: account, again: s.Account, why: f.why(s)}
			c.noKeychain = errors.Is(c.why, export.ErrNoKeychain)
			c.typ, _ = source.Find(f.o.Types, s.Account.Type)
			c.service, _ = serviceNamed(&c.typ, s.Account.Service)
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
		HelpTitle: words.HelpTitle(s.AppPassword), Steps: s.Help, HelpURL: s.HelpURL,
	}
	if c.account != "" {
		v.Title, v.Line = words.SignInAgainTo(c.account), words.SignInAgainFor(c.why)
	}
	for _, x := range c.fields() {
		field := FormField{
			ID: Field(x.ID), Secret: x.Form == source.Secret,
			Label: Label{words.FieldLabel(c.typ.ID, x.ID, s), words.FieldHint(c.typ.ID, x.ID, s), ""},
		}
		if c.account != "" && !field.Secret {
			field.Preset, field.Fixed = c.again.Values()[x.ID], true
		}
		v.Fields = append(v.Fields, field)
	}
	if c.asksCommand() {
		v.Fields = append(v.Fields, FormField{
			ID: CommandField, Label: Label{words.PasswordCommand, words.PasswordCommandHint, ""}, Preset: c.again.PasswordCommand,
		})
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
func lacks(s source.Service) []Lack {
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
	form = maps.Clone(form)
	for id, text := range form {
		if id != PasswordField {
			form[id] = strings.TrimSpace(text)
		}
	}
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
			found, err = f.works().SignIn(ctx, c.account, form[PasswordField], c.commandOf(form))
		} else {
			found, err = f.works().Find(ctx, c.candidate())
		}
		// A page that was left cancels ctx: what comes then is not shown.
		if ctx.Err() != nil {
			return
		}
		already := f.already(c, found)
		f.change(func() {
			f.connect.cancel = nil
			if errors.Is(err, export.ErrNoKeychain) && !c.noKeychain {
				f.connect.noKeychain, f.connect.key = true, f.connect.key+1
			}
			if err != nil {
				f.connect.problem = c.refusal(err)
				return
			}
			if c.account != "" {
				f.page = Home
				return
			}
			f.showFound(found, already)
		})
		if err == nil && c.account != "" {
			f.Export(c.account)
		}
	})
}

// asksCommand reports whether the command that writes the password is asked for
// when an account is signed in to again: it has one, or no keychain answers.
func (c connecting) asksCommand() bool {
	return c.account != "" && (c.noKeychain || c.again.PasswordCommand != "")
}

// commandOf is the command to sign in again with, "" if it is a password: one
// that was typed counts more than the command that stood there already.
func (c connecting) commandOf(form Form) string {
	command := form[CommandField]
	if !c.asksCommand() || form[PasswordField] != "" && command == c.again.PasswordCommand {
		return ""
	}
	return command
}

// refusal says what err means, and at which of the fields that were filled.
func (c connecting) refusal(err error) *Problem {
	p := refusal(err)
	if c.account != "" && c.commandOf(c.form) != "" && p.Field == PasswordField {
		p.Field = CommandField
	}
	return p
}

// fields are those that are asked for: of an account that is set up only who
// signs in, and how.
func (c connecting) fields() []source.Field {
	return slices.DeleteFunc(slices.Clone(c.typ.Fields), func(f source.Field) bool {
		switch {
		case c.account != "":
			return f.Form != source.Name && f.Form != source.Secret
		case f.ID == source.Address && c.service.Address != "":
			return true
		}
		return f.For != "" && len(c.service.Gives) > 0 && !slices.Contains(c.service.Gives, f.For)
	})
}

// candidate is what the work needs to sign in.
func (c connecting) candidate() work.Candidate {
	w := work.Candidate{Type: c.typ.ID, Service: c.service.Name, Values: source.Values{}}
	if c.folder != "" {
		w.Values[c.typ.Fields[0].ID] = c.folder
		return w
	}
	for id, text := range c.form {
		w.Values[string(id)] = text
	}
	if c.service.Address != "" {
		w.Values[source.Address] = c.service.Address
	}
	if c.command != "" {
		delete(w.Values, source.Password)
		w.PasswordCommand = c.command
	}
	return w
}

// missing is what has to be typed first, nil if nothing is.
func missing(c connecting, form Form) *Problem {
	wrong := func(id string, fault source.Fault) *Problem {
		return &Problem{Field(id), words.For(&source.FieldError{Type: c.typ.ID, Field: id, Fault: fault})}
	}
	fields := c.fields()
	if i := slices.IndexFunc(fields, func(f source.Field) bool { return f.Leads }); i >= 0 && fields[i].For == "" && form[Field(fields[i].ID)] == "" {
		return wrong(fields[i].ID, source.Missing)
	}
	for _, f := range fields {
		if f.Form == source.Web && source.HasSecret(form[Field(f.ID)]) {
			return wrong(f.ID, source.WithSecret)
		}
	}
	switch {
	case c.account == "" && c.service.Address != "" && form[UserField] == "":
		return &Problem{UserField, words.UserMissing()}
	case c.typ.SignsIn() && form[PasswordField] == "" && c.commandOf(form) == "" && (c.account != "" || form[UserField] != ""):
		return &Problem{PasswordField, words.PasswordMissing()}
	}
	return nil
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
	case errors.Is(err, export.ErrNoPassword), errors.Is(err, export.ErrNoKeychain):
		p.Field = CommandField
	}
	return p
}
