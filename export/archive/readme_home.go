package archive

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
	"sidekeep/export/archive/pages"
)

// kindPages are the words for one and for many of a kind in the pages, and its
// first page.
var kindPages = map[export.Kind][3]string{
	export.Contacts: {"person", "people", "people.html"},
	export.Events:   {"event", "events", "agenda.html"},
	export.Todos:    {"to-do", "to-dos", "todos.html"},
	export.Photos:   {"photo or video", "photos and videos", "photos.html"},
}

// writeHome writes README.html, which tells a person without Sidekeep what this
// folder is.
func writeHome(p *publication, w io.Writer) error {
	ctx, q := context.Background(), p.w.conn
	h := pages.Home{}
	var ids []int64
	err := eachRow(ctx, q, "SELECT account, name, folder FROM account ORDER BY name", nil, func(rows *sql.Rows) error {
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
	if _, err := p.w.row("SELECT number, started FROM export WHERE ended IS NOT NULL ORDER BY number DESC LIMIT 1", nil, &h.Number, &started); err != nil {
		return err
	}
	h.Written = when(timeOf(started))
	return p.site.Home(w, h)
}

// sumLines are the counts of all accounts, with the pages of each kind.
func sumLines(p *publication, total map[export.Kind]int) []pages.Sum {
	var list []pages.Sum
	for _, s := range sumsOf(total) {
		for _, have := range p.site.Sections {
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

func fillHome(p *publication, ctx context.Context, id int64, a *pages.Account, total map[export.Kind]int) error {
	s, err := countItems(ctx, p.w.conn, id)
	if err != nil {
		return err
	}
	for k, n := range s.items {
		total[k] += n
	}
	for _, k := range sumsOf(s.items) {
		a.Counts = append(a.Counts, k.Sum)
	}
	a.Gone, a.Aside, a.Photos = s.gone, s.aside, s.photos
	if err := stateOfAccount(p, id, a); err != nil {
		return err
	}
	proof, err := proofOf(ctx, p.w.conn, id)
	if err != nil {
		return err
	}
	if proof != nil {
		a.Proof = proven(proof)
		if !proof.Proven() && a.State == "Safe" {
			a.State = "Check"
		}
	}
	return eachRow(ctx, p.w.conn, "SELECT path FROM file WHERE account = ? ORDER BY path", []any{id}, func(rows *sql.Rows) error {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		name = strings.TrimPrefix(name, a.Folder+"/")
		if !strings.HasPrefix(name, asides+"/") && !strings.Contains("/"+name, "/"+albums+"/") && path.Base(name) != indexFile {
			a.Files = append(a.Files, name)
		}
		return nil
	})
}

// proven tells what a proof found.
func proven(x *Proof) string {
	n := pages.Count(x.Good) + " of " + pages.Count(x.Checked)
	if !x.Proven() {
		return "Not proven: " + n + " came back from a practice service as they were delivered, " + when(x.At) + ". “sidekeep status” names the others."
	}
	return "Proven " + when(x.At) + ": " + n + " were put back onto a practice service and compared with what was delivered."
}

// stateOfAccount tells how the newest export of an account went.
func stateOfAccount(p *publication, id int64, a *pages.Account) error {
	var text []byte
	known, err := p.w.row("SELECT ledger FROM export WHERE account = ? AND ended IS NOT NULL ORDER BY number DESC LIMIT 1", []any{id}, &text)
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
	held, err := p.w.row("SELECT export.started FROM hold JOIN export ON export.number = hold.export WHERE hold.account = ? AND hold.state = 'open' ORDER BY hold DESC", []any{id}, &since)
	switch {
	case err != nil:
		return err
	case held:
		a.State = "Held"
		a.Says = "The export of " + when(timeOf(since)) + " looked like a loss at the service, so it replaced nothing here. Your copy is whole. “sidekeep status” says what looks lost."
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
