package flow

import (
	"sidekeep/app/words"
	"sidekeep/export"
	"sidekeep/export/source"
)

// A Page is one of the screens.
type Page int

// The pages.
const (
	Opening Page = iota // the settings and the archive are being read
	Broken              // they could not be read
	Home
	Connect
	SignIn
	Found
	Archive
	History
	Lost    // what an export looks to have lost
	Restore // what is put where
	Plan    // a restore, from its plan to its end
	Lines   // every line of a plan
)

// A View is all that the window shows. It is a value: nothing in it changes
// after it was handed out.
type View struct {
	Page     Page
	Side     Side
	Broken   words.Words
	Home     HomeView
	Connect  ConnectView
	SignIn   SignInView
	Found    FoundView
	Archive  ArchiveView
	History  HistoryView
	Lost     LostView
	Restore  RoomView
	Plan     PlanView
	Lines    LinesView
	Question *Question // nil if none waits
}

// A Tone is how much a thing wants to be looked at.
type Tone int

// The tones.
const (
	Plain Tone = iota
	Good
	Busy
	Waits // for the owner, without harm
	Bad
)

// Side is the foot of the sidebar, and how many accounts need the owner.
type Side struct {
	Title, Line string
	Tone        Tone
	Waiting     int
	WaitingTone Tone // Bad if the export of one of them failed
}

// HomeView is the first page: how the accounts stand.
type HomeView struct {
	Empty       bool // there is no account yet
	Busy        bool // the demo phone is being set up
	Title, Line string
	Tone        Tone
	Trouble     *words.Words // the archive cannot be read
	Note        string       // something to know, "" if nothing
	Undo        string       // takes back what the note tells, "" if that cannot be
	Cards       []Card
}

// A State is how an account stands on its card.
type State int

// The states of a card.
const (
	Fresh State = iota
	Safe
	Exporting
	Stopping
	Stopped
	Held
	Failed
	SetAside
	Overdue
	Unproven
	Empty // there was nothing to keep
	Away  // it is only in the archive
)

// A Card is one account.
type Card struct {
	Account  string
	Icon     string
	Caption  string
	State    State
	Counts   []Count
	Proof    string     // what was proven, or what the last export's sum says; "" if there is neither
	Sum      string     // the line below
	Prove    Action     // beside them; Verb "" if there is none
	Takes    bool       // items can be put on it
	There    string     // what is there now
	Asked    *AskedView // what was dropped on it, nil if nothing was
	Headline string     // held, failed: what happened
	Sentence string     // and what to do
	Bars     []Bar
	Rate     string
	Note     string // below the counts: what was set aside
	Details  []Detail
	Open     bool // the details are shown
	Actions  []Action
	More     []Action // behind the three dots
}

// Wide tells that the card spans both columns and comes first.
func (c Card) Wide() bool { return c.State == Held || c.State == Failed }

// A Count is a number over a word.
type Count struct{ Number, Word string }

// A Bar is how far one collection is.
type Bar struct {
	Icon, Name, Right string
	Part              float64 // 0 to 1; negative if the total is unknown
	Step              export.Step
}

// A Detail is one item that is not kept as it should be, and why.
type Detail struct{ Title, Line string }

// An Act is what a button on a card does.
type Act int

// The acts.
const (
	ActExport Act = iota
	ActStop
	ActSignIn
	ActFolder
	ActDetails
	ActRemove
	ActAccept   // it was me
	ActSeen     // what is set aside was seen
	ActLost     // what looks lost
	ActTakeBack // the answer about the opened export
	ActPutBack  // what looks lost
	ActDropRest // of an open restore
	ActProve
	ActStopProof
	ActLook // the export that gave notice
	ActLooksRight
	ActUndoThere // puts back over there what was before that export
)

// Rank is how a button looks.
type Rank int

// The ranks.
const (
	Secondary Rank = iota
	Primary
	Quiet
)

// An Action is a button of a card.
type Action struct {
	Act  Act
	Verb string
	Rank Rank
	Off  bool
}

// A ConnectView is what can be connected.
type ConnectView struct {
	Tiles   []Tile
	Busy    string       // what is being looked at, "" if nothing is
	Problem *words.Words // why a folder was not connected
}

// A Tile is a service or another source to connect to. ID "" is another service,
// DemoTile the demo phone.
type Tile struct {
	ID, Name, Line, Icon string
	Folder               bool // the window asks for a folder and hands it to [Flow.ConnectFolder]
}

// DemoTile is the ID of the tile of the demo phone.
const DemoTile = "demo phone"

// A Field is one of the fields to fill in: of a type of source, by its ID, or of
// a page.
type Field string

// The fields; NoField is the form as a whole.
const (
	NoField       Field = ""
	AddressField  Field = source.Address
	UserField     Field = source.User
	PasswordField Field = source.Password
	PhotosField   Field = source.Photos
	NameField     Field = "name of the account"
	PlaceField    Field = "folder of the archive"
	CommandField  Field = "password command"
)

// A Problem is a refusal, and the field that it is about.
type Problem struct {
	Field Field
	words.Words
}

// SignInView asks for an address, a name and a password.
type SignInView struct {
	Key               int    // another number for another sign-in: empty fields
	Account           string // signing in again to this account; "" for a new one
	Title, Line       string
	Fields            []FormField
	Lacks             []Lack
	LacksTitle        string
	HelpTitle         string
	Steps             []string
	HelpURL, HelpFoot string
	Busy              bool
	BusyText          string
	Problem           *Problem
}

// A FormField is a field of a sign-in.
type FormField struct {
	ID Field
	Label
	Secret bool   // what is typed is not shown
	Preset string // what stands in it at first
	Fixed  bool   // it cannot be changed
}

// A Label is what stands at a field; the zero Label means that there is no
// such field.
type Label struct{ Name, Hint, Example string }

// A Lack is something that a service does not give.
type Lack struct{ Icon, Title, Line string }

// FoundView shows what an account holds, before it is saved.
type FoundView struct {
	Key       int
	Title     string
	Groups    []Group
	Lacks     []Lack
	Skipped   []string // what is there besides, and why it is not exported
	Already   string   // which accounts keep it, or a part of it; "" if none does
	Name      string   // proposed for the account
	Command   Label    // asked for where no keychain can keep the password
	Place     string   // folder of the archive
	CanMove   bool     // there is no archive yet, so that another folder can be chosen
	Space     string
	Chosen    string
	CanExport bool
	Busy      bool
	Problem   *Problem
}

// A Group is the collections of one kind.
type Group struct {
	ID    string // "" where a group is not chosen as one
	Title string
	Rows  []Row
}

// A Row is a collection that can be kept or left.
type Row struct {
	ID, Icon, Name, Count string
	On                    bool
}

// ArchiveView shows where the archive is, and checks it.
type ArchiveView struct {
	Place      string
	Exists     bool
	Space      string
	Holds      string
	Checking   bool
	Part       float64 // of the check, 0 to 1
	CheckLine  string
	CheckTone  Tone
	CheckTitle string
	BadFiles   []Detail
	Edited     []string // files that keep what somebody wrote into the archive, below Place
	CanChange  bool
	Problem    *words.Words
	Offered    []Row    // accounts that the archive brings along, none chosen at first
	OfferLines []string // of each, where its password would go, or its folder
	CanTake    bool     // one is chosen
}
