package retention

import (
	"context"
	"errors"
	"strconv"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/journals"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
	"sidekeep/export/within"
)

// ForgetsRestores tells which restores name what p deletes, so that they are
// deleted with it and can no longer be turned back; the newest first.
func (w Pruner) ForgetsRestores(p archive.Forgetting) (numbers []int, err error) {
	err = desk.WithArchive(w.d, func(a *archive.Archive) error {
		numbers, err = restoresNaming(a.Dir(), p)
		return err
	})
	return numbers, err
}

func restoresNaming(archiveDir string, p archive.Forgetting) ([]int, error) {
	notes, err := journals.ReadNotes(archiveDir)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for i := range notes {
		n := &notes[i]
		if n.Account != p.Account && n.From != p.Account {
			continue
		}
		names := p.Whole
		if !names {
			err = n.Within(archiveDir, func(dir *within.Folder) error {
				names, err = journalNames(dir, p.Items)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
		if names {
			numbers = append(numbers, n.Number)
		}
	}
	return numbers, nil
}

// journalNames tells whether a journal or a list is about any of these items. One
// of that name counts as the same, and so does what cannot be read.
func journalNames(dir *within.Folder, items []archive.ForgottenItem) (found bool, err error) {
	type named struct {
		kind export.Kind
		name string
	}
	ids, uids, names := map[string]bool{}, map[string]bool{}, map[named]bool{}
	for _, it := range items {
		ids[it.ID], uids[it.UID], names[named{it.Kind, it.Name}] = true, true, true
	}
	delete(ids, "")
	delete(uids, "")
	err = restore.ReadJournal(dir, "", func(r restore.Record) error {
		found = found || r.Forged() || ids[r.Before.ID] || ids[r.After.ID] || uids[r.UID] || r.Name != "" && names[named{r.Kind, r.Name}]
		return nil
	})
	if err != nil || found {
		return found, err
	}
	list, err := restore.ReadList(dir, "")
	for _, w := range list {
		found = found || ids[w.ID] || uids[w.UID] || w.Name != "" && names[named{w.Kind, w.Name}]
	}
	if errors.Is(err, restore.ErrForeign) {
		return true, nil
	}
	return found, err
}

// forgetRestores deletes the restores that name what p deletes, and what is
// known of the service of an account that is deleted whole.
func forgetRestores(ctx context.Context, a *archive.Archive, p archive.Forgetting) error {
	archiveDir := a.Dir()
	release, err := journals.RestoreLock(archiveDir)
	if err != nil {
		return err
	}
	numbers, err := restoresNaming(archiveDir, p)
	if err == nil && len(numbers) > 0 {
		err = removeRestores(ctx, a, numbers)
	}
	if err == nil && len(numbers) > 0 {
		err = journals.TellOpen(ctx, a, p.Account)
	}
	if p.Whole && err == nil {
		err = desk.SetLimits(archiveDir, p.Account, nil)
	}
	return errors.Join(err, release())
}

func removeRestores(ctx context.Context, a *archive.Archive, numbers []int) error {
	dir, err := desk.OpenWithin(a.Dir(), journals.RestoresDir)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		err = errors.Join(err, dir.RemoveAll(strconv.Itoa(n)), a.Seal(ctx, n, ""))
	}
	return errors.Join(err, dir.Close())
}
