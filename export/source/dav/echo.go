package dav

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"sidekeep/export/source/dav/multistatus"
)

// A server may send back what it was sent. What signs in never gets into an
// error, a name, a mark or a token: all that is no item's own bytes is cleaned of
// it. In an item's bytes only the credentials as they are sent in the header
// count, because a person may have the password itself in a note.

// shortest is the length from which on a password is looked for in names and
// marks: shorter ones stand in ordinary words.
const shortest = 6

// told are the forms in which a server may send the secret back. header alone
// leaves out the password as it is typed.
func (a *signIn) told(headerOnly bool) (list []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, o := range a.origins {
		if o.token != "" {
			list = append(list, o.token)
		}
	}
	if a.password == "" {
		return list
	}
	list = append(list, strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(a.user+":"+a.password)), "="))
	if !headerOnly && len(a.password) >= shortest && !strings.Contains(a.user, a.password) {
		list = append(list, a.password, url.QueryEscape(a.password), url.PathEscape(a.password), strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(a.password)), "="))
	}
	return list
}

// reveals reports whether s has one of the forms in it.
func reveals(forms []string, s string) bool {
	for _, f := range forms {
		if strings.Contains(s, f) {
			return true
		}
	}
	return false
}

// clean takes the fields out of a header that have the secret in them.
func (a *signIn) clean(h http.Header) {
	forms := a.told(false)
	if len(forms) == 0 {
		return
	}
	for name, values := range h {
		if reveals(forms, strings.Join(values, " ")) {
			delete(h, name)
		}
	}
}

// cleanResponse takes names, marks and tokens out of a response that have the
// secret in them: they count as not told.
func cleanResponse(forms []string, m *multistatus.Response) {
	for _, text := range []*[]byte{&m.Name, &m.ETag, &m.SyncToken, &m.Color, &m.Order, &m.Modified} {
		if len(*text) > 0 && reveals(forms, string(*text)) {
			*text = (*text)[:0]
		}
	}
}

// withheld stands in the ID of an item or a collection, and in the name of a
// principal, where its address has the secret in it.
// The item is asked for by the address that the listing gives.
const withheld = "withheld"

// hide is the path or the name of a collection or a principal without the
// credentials as they are sent. The password itself may stand there: it can be
// the word that a calendar is called by, and what a collection is known by does
// not change with the password.
func (a *signIn) hide(s string) string {
	for _, form := range a.told(true) {
		if len(form) >= shortest {
			s = strings.ReplaceAll(strings.ReplaceAll(s, form, withheld), canonical(form), withheld)
		}
	}
	return s
}

// toldInPaths are the forms in which the secret may stand in an ID: see
// [namer.id].
func (a *signIn) toldInPaths() (list []string) {
	for _, f := range a.told(false) {
		if len(f) >= shortest {
			list = append(list, canonical(f))
		}
	}
	return list
}
