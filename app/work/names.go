package work

import (
	"sidekeep/app/work/desk"
	"sidekeep/app/work/exports"
	"sidekeep/app/work/files"
	"sidekeep/app/work/journals"
	"sidekeep/app/work/overview"
	"sidekeep/app/work/past"
	"sidekeep/app/work/practice"
	"sidekeep/app/work/proofs"
	"sidekeep/app/work/registry"
	"sidekeep/app/work/restores"
)

// What the rooms give and take is named here, so that callers need this package
// alone. Each is described where it is declared.
type (
	Error           = desk.Error
	Options         = desk.Options
	Unbegun         = desk.Unbegun
	Converted       = files.Converted
	Imported        = files.Imported
	Inspected       = files.Inspected
	Inspector       = files.Inspector
	Loss            = files.Loss
	SaveOptions     = files.SaveOptions
	Target          = files.Target
	Unsaved         = files.Unsaved
	RestoreEntry    = journals.RestoreEntry
	RestoreRequest  = journals.RestoreRequest
	RestoreState    = journals.RestoreState
	State           = overview.State
	Status          = overview.Status
	Biography       = past.Biography
	Missing         = past.Missing
	DemoItem        = practice.DemoItem
	Proven          = proofs.Proven
	Candidate       = registry.Candidate
	Found           = registry.Found
	FoundCollection = registry.FoundCollection
	Opened          = registry.Opened
	Dropped         = restores.Dropped
	RestorePhase    = restores.RestorePhase
	RestorePlan     = restores.RestorePlan
	RestoreProgress = restores.RestoreProgress
	Restored        = restores.Restored
	UndoPlan        = restores.UndoPlan
	Undone          = restores.Undone
)

// Values of these types.
const (
	FilesName      = desk.FilesName
	RestoreDone    = journals.RestoreDone
	RestoreDropped = journals.RestoreDropped
	RestoreOpen    = journals.RestoreOpen
	RestoreUndone  = journals.RestoreUndone
	Empty          = overview.Empty
	Failed         = overview.Failed
	Held           = overview.Held
	Never          = overview.Never
	Overdue        = overview.Overdue
	Safe           = overview.Safe
	SetAside       = overview.SetAside
	Unproven       = overview.Unproven
	Comparing      = restores.Comparing
	Keeping        = restores.Keeping
	Looking        = restores.Looking
	Undoing        = restores.Undoing
	Writing        = restores.Writing
)

// Errors and functions of the rooms.
var (
	SettingsDir = desk.SettingsDir
	CheckAlarm  = exports.CheckAlarm
	Convert     = files.Convert
	ConvertTo   = files.ConvertTo
	Inspect     = files.Inspect
	Targets     = files.Targets
	Named       = overview.Named
	ParseMoment = past.ParseMoment
)
