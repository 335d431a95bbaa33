package flow

import (
	"context"
	"iter"

	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
	"sidekeep/export/settings"
)

// Work is what the screens need done; app/work does it. Each method may take
// its time and is called from a goroutine of its own, never from the screen's.
type Work interface {
	accounts
	exporter
	keeper
	historian
	restorer
}

// accounts sets accounts up.
type accounts interface {
	CheckName(name string) error
	Find(ctx context.Context, c work.Candidate) (*work.Found, error)
	SamePlace(c work.Candidate, f *work.Found) (same, nested []string)
	Add(ctx context.Context, name string, c work.Candidate, f *work.Found, skip []string) error
	AddDemo(ctx context.Context) (name string, err error)
	SignIn(ctx context.Context, name, password, command string) (*work.Found, error)
	Remove(ctx context.Context, name string) error
}

// restorer puts items onto accounts, takes that back, takes files into the
// archive, and proves that the copy could be restored.
type restorer interface {
	LookInto(ctx context.Context, paths []string) (work.Dropped, error)
	Import(ctx context.Context, name string, paths []string, report func(export.Progress)) (work.Imported, error)
	PlanRestore(ctx context.Context, r work.RestoreRequest, report func(work.RestoreProgress)) (*work.RestorePlan, error)
	Restore(ctx context.Context, p *work.RestorePlan, report func(work.RestoreProgress)) (work.Restored, error)
	ReadBack(ctx context.Context, p *work.RestorePlan) (map[restore.Key]bool, error)
	Restores(ctx context.Context) ([]work.RestoreEntry, error)
	PlanGoOn(ctx context.Context, account string, number int, report func(work.RestoreProgress)) (*work.RestorePlan, error)
	DropRestore(ctx context.Context, account string, number int) (work.RestoreEntry, error)
	PlanUndo(ctx context.Context, number int) (work.UndoPlan, error)
	Undo(ctx context.Context, number int, report func(work.RestoreProgress)) (work.Undone, error)
	UndoPlanned(ctx context.Context, p work.UndoPlan, report func(work.RestoreProgress)) (work.Undone, error)
	Prove(ctx context.Context, account string, report func(done, total int)) (work.Proven, error)
	ProveDue(ctx context.Context, account string, report func(done, total int)) (*work.Proven, error)
}

// exporter exports, and tells how the accounts stand.
type exporter interface {
	Status(ctx context.Context) ([]work.Status, error)
	Export(ctx context.Context, name string, report func(export.Progress)) (export.Ledger, error)
}

// keeper knows the archive.
type keeper interface {
	ArchiveDir() string
	HasArchive() (bool, error)
	OpenArchive(ctx context.Context, dir string) (*work.Opened, error)
	TakeAccounts(ctx context.Context, names []string) ([]settings.Account, error)
	Verify(ctx context.Context, report func(done, total int64)) (archive.Check, error)
	Verified() (archive.Verified, error)
	Mark() string
	Edited() ([]string, error)
	Close() error
}

// historian knows what each export brought, and takes the owner's answers to
// those that look like a loss.
type historian interface {
	History(ctx context.Context, account string, limit int) ([]export.Ledger, error)
	ChangeCounts(ctx context.Context, exports []int64) (map[int64]archive.ChangeCount, error)
	Changes(ctx context.Context, n int64) iter.Seq2[archive.Change, error]
	Holds(ctx context.Context, account string) ([]archive.Hold, error)
	Items(ctx context.Context, q archive.Query) iter.Seq2[archive.Item, error]
	Missing(ctx context.Context, account string, newest int64, l *export.Loss) iter.Seq2[work.Missing, error]
	Accept(ctx context.Context, n int64) (archive.Answer, error)
	Hold(ctx context.Context, n int64) (archive.Answer, error)
}
