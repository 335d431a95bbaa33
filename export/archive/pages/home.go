package pages

import (
	"html/template"
	"io"
	"strings"
)

// A Home is what README.html tells.
type Home struct {
	Accounts []Account
	Written  string // when the newest export in it began, in words; "" if there is none
	Number   int64  // of that export
	Whose    string // the accounts in words
	Sums     []Sum
}

// A Sum is how many there are of a kind.
type Sum struct {
	N    int
	What string
	File string // of its pages; "" if there are none
}

// An Account is one source and what is kept of it.
type Account struct {
	Name, Folder string // Folder is relative to the archive
	State        string // "Safe", "Held", "Failed", "Check"
	Says         string // what happened, in a sentence; "" if all is safe
	When         string // the last export, in words; "" if there was none
	Ledger       string // the sum, in words; "" if there is none
	Proof        string // what the last proof found, in a sentence; "" if there was none
	Counts       []Sum
	Gone, Aside  int
	Files        []string // of contacts, calendars and to-dos, relative to Folder
	Photos       bool     // there are some, and albums of them
}

// Link is the address of a file of the account.
func (a Account) Link(name string) template.URL { return homeLink(a.Folder, name) }

// Dir is the address of one of its folders.
func (a Account) Dir(name string) template.URL {
	return template.URL(strings.TrimSuffix(string(homeLink(a.Folder, name)), "/") + "/")
}

// Home writes README.html.
func (s *Site) Home(w io.Writer, h Home) error {
	f := frame{s, "Sidekeep archive", "", ""}
	return write(w, "home", struct {
		frame
		Home
	}{f, h})
}
