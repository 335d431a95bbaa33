package archive

import (
	"context"
	"database/sql"
	"html/template"
	"io"
	"net/url"
	"path"
	"strings"

	"sidekeep/export"
)

// A readmeAccount is what README.html tells of an account.
type readmeAccount struct {
	Name, Folder string
	Counts       []readmeCount
	Files        []string // the files of contacts, calendars and to-dos, relative to Folder
	Photos       bool     // there are some, and albums of them
	Gone, Aside  int
}

type readmeCount struct {
	N    int
	What string
}

// kindWords are the words for one and for many of a kind.
var kindWords = map[export.Kind][2]string{
	export.Contacts: {"contact", "contacts"},
	export.Events:   {"event", "events"},
	export.Todos:    {"to-do", "to-dos"},
	export.Photos:   {"photo or video", "photos and videos"},
}

// writeReadme writes the page that tells a person without Sidekeep what this
// folder is.
func writeReadme(ctx context.Context, q querier, w io.Writer) error {
	var accounts []readmeAccount
	var ids []int64
	err := eachRow(ctx, q, "SELECT account, name, folder FROM account ORDER BY name", nil, func(rows *sql.Rows) error {
		var a readmeAccount
		var id int64
		err := rows.Scan(&id, &a.Name, &a.Folder)
		accounts, ids = append(accounts, a), append(ids, id)
		return err
	})
	if err != nil {
		return err
	}
	for i := range accounts {
		if err := fillReadme(ctx, q, ids[i], &accounts[i]); err != nil {
			return err
		}
	}
	return readmePage.Execute(w, accounts)
}

func fillReadme(ctx context.Context, q querier, id int64, a *readmeAccount) error {
	s, err := countItems(ctx, q, id)
	if err != nil {
		return err
	}
	for _, k := range export.Kinds() {
		if n := s.items[k]; n == 1 {
			a.Counts = append(a.Counts, readmeCount{n, kindWords[k][0]})
		} else if n > 1 {
			a.Counts = append(a.Counts, readmeCount{n, kindWords[k][1]})
		}
	}
	a.Gone, a.Aside, a.Photos = s.gone, s.aside, s.photos
	return eachRow(ctx, q, "SELECT path FROM file WHERE account = ? ORDER BY path", []any{id}, func(rows *sql.Rows) error {
		var p string
		if err := rows.Scan(&p); err != nil {
			return err
		}
		p = strings.TrimPrefix(p, a.Folder+"/")
		if !strings.HasPrefix(p, asides+"/") && !strings.Contains("/"+p, "/"+albums+"/") && path.Base(p) != indexFile {
			a.Files = append(a.Files, p)
		}
		return nil
	})
}

// link is the address of a file relative to the page.
func link(parts ...string) string {
	return (&url.URL{Path: "./" + path.Join(parts...)}).EscapedPath()
}

var readmePage = template.Must(template.New("").Funcs(template.FuncMap{"link": link}).Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sidekeep archive</title>
<style>
body { font: 17px/1.55 system-ui, sans-serif; max-width: 44em; margin: 2.5em auto; padding: 0 1.2em; color: #1d2430; background: #fbfaf8; }
h1 { font-size: 1.7em; } h2 { font-size: 1.25em; margin-top: 2em; } h3 { font-size: 1.05em; }
code { background: #eeece7; padding: .1em .3em; border-radius: 4px; } a { color: #1b5e9b; } li { margin: .2em 0; }
@media (prefers-color-scheme: dark) { body { color: #e6e4df; background: #181a1f; } code { background: #2a2d34; } a { color: #8bbcf0; } }
</style>
</head>
<body>
<h1>This folder is a copy of somebody&#39;s contacts, calendars, to-dos and photos</h1>
<p>Sidekeep made it from a phone or a sync service. Everything in it opens without Sidekeep. The originals are in the
folder <code>data</code>, one folder for each account.</p>
{{range $a := .}}
<h2><a href="{{link .Folder}}/">{{.Name}}</a></h2>
<p>{{range $i, $c := .Counts}}{{if $i}}, {{end}}{{.N}} {{.What}}{{else}}Nothing is here yet{{end}}.
{{if .Gone}}{{.Gone}} more are no longer at the source and were kept.{{end}}
{{if .Aside}}{{.Aside}} could not be understood: their bytes are in <a href="{{link .Folder "Set aside"}}/">Set aside</a> as they were delivered.{{end}}</p>
<ul>
{{range .Files}}<li><a href="{{link $a.Folder .}}">{{.}}</a></li>
{{end}}{{if .Photos}}<li><a href="{{link .Folder "Photos"}}/">Photos</a>, by year and month; <a href="{{link .Folder "Albums"}}/">Albums</a> list which were together</li>
{{end}}<li><a href="{{link .Folder "index.csv"}}">index.csv</a>: every item, and where it stands</li>
</ul>
{{else}}
<p>There is no account in it yet.</p>
{{end}}
<h2>How to read it</h2>
<ul>
<li><strong>Contacts</strong> (<code>.vcf</code>) are vCards. Any address book imports them: phones, Contacts on a Mac, Outlook, Thunderbird, every mail service.</li>
<li><strong>Calendars</strong> and <strong>To-dos</strong> (<code>.ics</code>) are iCalendar files. Any calendar program imports them.</li>
<li><strong>Photos</strong> are the files as the phone made them. <strong>Albums</strong> are lists of their names.</li>
<li><strong>Vanished</strong> holds, in the same form, what the phone or service no longer has.</li>
<li><code>history.db</code> is an SQLite database with every version of every item as it was delivered.</li>
</ul>
<h2>Is it whole?</h2>
<p>The folder is a bag in the sense of <a href="https://www.rfc-editor.org/rfc/rfc8493">RFC 8493</a>. On Linux and macOS,
<code>sha256sum -c manifest-sha256.txt</code> in this folder checks every file; <code>sidekeep verify</code> checks the history too.</p>
</body>
</html>
`))
