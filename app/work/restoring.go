package work

import (
	"context"

	"sidekeep/export"
)

func (p *RestorePlan) Close() error { return nil }
func (w *Work) planRestore(ctx context.Context, r RestoreRequest, report func(RestoreProgress)) (*RestorePlan, error) {
	return nil, export.ErrNobody
}
func (w *Work) restore(ctx context.Context, p *RestorePlan, report func(RestoreProgress)) (Restored, error) {
	return Restored{}, export.ErrNobody
}
func (w *Work) restores(ctx context.Context) ([]RestoreEntry, error) { return nil, nil }
func (w *Work) planUndo(ctx context.Context, number int) (RestoreEntry, error) {
	return RestoreEntry{}, export.ErrNobody
}
func (w *Work) undo(ctx context.Context, number int, report func(RestoreProgress)) (Undone, error) {
	return Undone{}, export.ErrNobody
}
func (w *Work) prove(ctx context.Context, account string, part, of int, report func(done, total int)) (Proven, error) {
	return Proven{}, export.ErrNobody
}
func (w *Work) proveDue(ctx context.Context, account string, report func(done, total int)) (*Proven, error) {
	return nil, nil
}
