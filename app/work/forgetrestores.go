package work

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
)

// ForgetsRestores tells which restores name what p deletes, so that they are
// deleted with it and can no longer be turned back; the newest first.
func (w *Work) ForgetsRestores(p archive.Forgetting) (numbers []int, err error) {
	err = w.withArchive(func(a *archive.Archive) error {
		numbers, err = restoresNaming(a.Dir(), p)
		return err
	})
	return numbers, err
}

func restoresNaming(archiveDir string, p archive.Forgetting) ([]int, error) {
	notes, err := readNotes(archiveDir)
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
			if names, err = journalNames(n.dir(archiveDir), p.Items); err != nil {
				return nil, err
			}
		}
		if names {
			numbers = append(numbers, n.Number)
		}
	}
	return numbers, nil
}

// journalNames tells whether a journal is about any of these items. One of that
// name counts as the same.
func journalNames(dir string, items []archive.ForgottenItem) (bool, error) {
	f, err := os.Open(filepath.Join(dir, "journal.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading the journal: %w", err)
	}
	defer f.Close()
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
	in := bufio.NewReader(f)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("reading the journal: %w", err)
		}
		var r restore.Record
		if err := json.Unmarshal(line, &r); err != nil {
			return false, fmt.Errorf("%w: the journal: %w", export.ErrDamaged, err)
		}
		if ids[r.Before.ID] || ids[r.After.ID] || uids[r.UID] || r.Name != "" && names[named{r.Kind, r.Name}] {
			return true, nil
		}
	}
}

// forgetRestores deletes the restores that name what p deletes, and what is
// known of the service of an account that is deleted whole.
func forgetRestores(archiveDir string, p archive.Forgetting) error {
	release, err := restoreLock(archiveDir)
	if err != nil {
		return err
	}
	numbers, err := restoresNaming(archiveDir, p)
	for _, n := range numbers {
		note := restoreNote{RestoreEntry: RestoreEntry{Number: n}}
		err = errors.Join(err, os.RemoveAll(note.dir(archiveDir)))
	}
	if p.Whole && err == nil {
		err = setLimits(archiveDir, p.Account, nil)
	}
	return errors.Join(err, release())
}
