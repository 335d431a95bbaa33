package archive

import (
	"sidekeep/export/archive/accounts"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/forget"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/hold"
	"sidekeep/export/archive/repair"
	"sidekeep/export/archive/search"
	"sidekeep/export/archive/verify"
)

// What the rooms give and take is named here, so that callers need this package
// alone. Each is described where it is declared.
type (
	ItemKey        = accounts.ItemKey
	AmbiguousError = forget.AmbiguousError
	Forget         = forget.Forget
	Forgetting     = forget.Forgetting
	ForgottenItem  = forget.ForgottenItem
	NoItemError    = forget.NoItemError
	PrunedItem     = forget.PrunedItem
	Pruning        = forget.Pruning
	Account        = history.Account
	Bad            = history.Bad
	Change         = history.Change
	ChangeCount    = history.ChangeCount
	Check          = history.Check
	Content        = history.Content
	Hold           = history.Hold
	Item           = history.Item
	Moment         = history.Moment
	NoExportError  = history.NoExportError
	Options        = history.Options
	Proof          = history.Proof
	PrunedError    = history.PrunedError
	Query          = history.Query
	TooEarlyError  = history.TooEarlyError
	Version        = history.Version
	Answer         = hold.Answer
	Repaired       = repair.Repaired
	Hit            = search.Hit
	Search         = search.Search
	SearchResult   = search.SearchResult
	Round          = verify.Round
	Slice          = verify.Slice
	Verified       = verify.Verified
)

// Values of these types.
const (
	Added        = history.Added
	Changed      = history.Changed
	Failed       = history.Failed
	Gone         = history.Gone
	HoldAccepted = history.HoldAccepted
	HoldEnded    = history.HoldEnded
	HoldOpen     = history.HoldOpen
	Moved        = history.Moved
	Present      = history.Present
	Returned     = history.Returned
	SetAside     = history.SetAside
	InHeld       = search.InHeld
	InPresent    = search.InPresent
)

// Errors and functions of the rooms.
var (
	FileName     = disk.FileName
	FoldName     = disk.FoldName
	HoldOf       = history.HoldOf
	ErrChanged   = forget.ErrChanged
	ErrNoExport  = hold.ErrNoExport
	ErrNoHold    = hold.ErrNoHold
	ErrOverAgain = hold.ErrOverAgain
	Repair       = repair.Repair
	ErrNoWords   = search.ErrNoWords
)
