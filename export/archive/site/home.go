package site

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/pages"
	"sidekeep/export/archive/stage"
)

// kindPages are the words for one and for many of a kind in the pages, and its
// first page.
var kindPages = map[export.Kind][3]string{
	export.Contacts: {"person", "people", "people.html"},
	export.Events:   {"event", "events", "agenda.html"},
	export.Todos:    {"to-do", "to-dos", "todos.html"},
	export.Photos:   {"photo or video", "photos and videos", "photos.html"},
}

// WriteHome writes README.html, which tells a person without Sidekeep what this
// folder is.
func WriteHome(p *stage.Staging, w io.Writer) error {
	ctx, q := context.Background(), p.W.Conn
	h := pages.Home{}
	var ids []int64
	err := history.Each(ctx, q, "SELECT account, name, folder FROM account ORDER BY name", nil, func(rows *sql.Rows) error {
		var a pages.Account
		var id int64
		err := rows.Scan(&id, &a.Name, &a.Folder)
		h.Accounts, ids = append(h.Accounts, a), append(ids, id)
		return err
	})
	if err != nil {
		return err
	}
	total := map[export.Kind]int{}
	var names []string
	for i := range h.Accounts {
		if err := fillHome(p, ctx, ids[i], &h.Accounts[i], total); err != nil {
			return err
		}
		names = append(names, h.Accounts[i].Name)
	}
	h.Whose = listed(names)
	h.Sums = sumLines(p, total)
	var started string
	if _, err := p.W.Row("SELECT number, started FROM export WHERE ended IS NOT NULL ORDER BY number DESC LIMIT 1", nil, &h.Number, &started); err != nil {
		return err
	}
	h.Written = when(history.TimeOf(started))
	return p.Site.Home(w, h)
}

// sumLines are the counts of all accounts, with the pages of each kind.
func sumLines(p *stage.Staging, total map[export.Kind]int) []pages.Sum {
	var list []pages.Sum
	for _, s := range sumsOf(total) {
		for _, have := range p.Site.Sections {
			if have.File == s.file {
				s.File = s.file
			}
		}
		list = append(list, s.Sum)
	}
	return list
}

type kindSum struct {
	pages.Sum
	file string
}

func sumsOf(items map[export.Kind]int) []kindSum {
	var list []kindSum
	for _, k := range export.Kinds() {
		words := kindPages[k]
		switch n := items[k]; {
		case n == 1:
			list = append(list, kindSum{pages.Sum{N: n, What: words[0]}, words[2]})
		case n > 1:
			list = append(list, kindSum{pages.Sum{N: n, What: words[1]}, words[2]})
		}
	}
	return list
}

func fillHome(p *stage.Staging, ctx context.Context, id int64, a *pages.Account, total map[export.Kind]int) error {
	s, err := history.CountItems(ctx, p.W.Conn, id)
	if err != nil {
		return err
	}
	for k, n := range s.Items {
		total[k] += n
	}
	for _, k := range sumsOf(s.Items) {
		a.Counts = append(a.Counts, k.Sum)
	}
	a.Gone, a.Aside, a.Photos = s.Gone, s.Aside, s.Photos
	if err := stateOfAccount(p, id, a); err != nil {
		return err
	}
	proof, err := history.ProofOf(ctx, p.W.Conn, id)
	if err != nil {
		return err
	}
	if proof != nil {
		a.Proof = proven(proof)
		if !proof.Proven() && a.State == "Safe" {
			a.State = "Check"
		}
	}
	return history.Each(ctx, p.W.Conn, "SELECT path FROM file WHERE account = ? ORDER BY path", []any{id}, func(rows *sql.Rows) error {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		name = strings.TrimPrefix(name, a.Folder+"/")
		if !strings.HasPrefix(name, disk.Asides+"/") && !strings.Contains("/"+name, "/"+disk.Albums+"/") && path.Base(name) != disk.IndexFile {
			a.Files = append(a.Files, name)
		}
		return nil
	})
}

// proven tells what a proof found.
func proven(x *history.Proof) string {
	n := pages.Count(x.Good) + " of " + pages.Count(x.Checked)
	if !x.Proven() {
		return "Not proven: " + n + " came back from a practice service as they were delivered, " + when(x.At) + ". “sidekeep status” names the others."
	}
	return "Proven " + when(x.At) + ": " + n + " were put back onto a practice service and compared with what was delivered."
}

// stateOfAccount tells how the newest export of an account went.
func stateOfAccount(p *stage.Staging, id int64, a *pages.Account) error {
	var text []byte
	known, err := p.W.Row("SELECT ledger FROM export WHERE account = ? AND ended IS NOT NULL ORDER BY number DESC LIMIT 1", []any{id}, &text)
	if err != nil || !known {
		a.State = "Empty"
		return err
	}
	var l export.Ledger
	if err := json.Unmarshal(text, &l); err != nil {
		return fmt.Errorf("%w: a ledger: %w", export.ErrDamaged, err)
	}
	a.When = when(l.Started)
	if l.Found != nil {
		a.Ledger = fmt.Sprintf("%s listed = %s kept + %s unchanged + %s set aside + %s failed", pages.Count(*l.Found), pages.Count(l.Kept), pages.Count(l.Unchanged), pages.Count(l.SetAside), pages.Count(l.Failed))
	}
	var since string
	held, err := p.W.Row("SELECT export.started FROM hold JOIN export ON export.number = hold.export WHERE hold.account = ? AND hold.state = 'open' ORDER BY hold DESC", []any{id}, &since)
	switch {
	case err != nil:
		return err
	case held:
		a.State = "Held"
		a.Says = "The export of " + when(history.TimeOf(since)) + " looked like a loss at the service, so it replaced nothing here. Your copy is whole. “sidekeep status” says what looks lost."
	case l.Stop != nil:
		a.State = "Failed"
		a.Says = "The last export ended early. What it brought is kept, and the next one goes on from there."
	case l.Failed > 0:
		a.State = "Failed"
		a.Says = pages.Count(l.Failed) + " could not be read. Everything else is kept, and the next export tries again."
	default:
		a.State = "Safe"
	}
	return nil
}

// when writes a moment on the clock by which it was recorded.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if _, offset := t.Zone(); offset == 0 {
		return t.UTC().Format("2 January 2006, 15:04 UTC")
	}
	return t.Format("2 January 2006, 15:04 (UTC-07:00)")
}

// listed writes names as a sentence has them.
func listed(names []string) string {
	const most = 4
	if n := len(names); n > most {
		return strings.Join(names[:most-1], ", ") + fmt.Sprintf(" and %d more", n-most+1)
	} else if n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
