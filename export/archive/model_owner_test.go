package archive_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
)

// owner does something that the owner of an archive can do.
func (m *model) owner(p *phone) error {
	held, err := m.isHeld(p.account)
	if err != nil {
		return err
	}
	switch n := m.random.IntN(10); {
	case held && n < 5:
		return m.accept(p)
	case n < 3:
		return m.holdAgain(p)
	case n < 6:
		return m.prune()
	case n < 8:
		return m.forget(p)
	}
	return m.deleteFile()
}

func (m *model) accept(p *phone) error {
	n := m.last - int64(m.random.IntN(3))
	m.note("accept %d", n)
	_, err := m.a.Accept(m.t.Context(), n)
	return unlessWrong(err)
}

func (m *model) holdAgain(p *phone) error {
	n := 1 + int64(m.random.IntN(int(m.last)))
	m.note("hold %d", n)
	_, err := m.a.Hold(m.t.Context(), n)
	m.takenBack = err == nil
	return unlessWrong(err)
}

// unlessWrong takes it as no error that a number was the wrong one.
func unlessWrong(err error) error {
	if errors.Is(err, archive.ErrNoExport) || errors.Is(err, archive.ErrNoHold) || errors.Is(err, archive.ErrOverAgain) {
		return nil
	}
	return err
}

func (m *model) prune() error {
	before := m.begun[m.random.IntN(len(m.begun))]
	m.note("prune")
	p, err := m.a.PlanPrune(m.t.Context(), before)
	if err == nil {
		p, err = m.a.Prune(m.t.Context(), p)
	}
	if p.Versions > 0 {
		m.note("%d versions, whole from %d on", p.Versions, p.Export)
		m.whole, m.milestones = max(m.whole, p.Export), p.Kept
	}
	return err
}

func (m *model) forget(p *phone) error {
	keys := m.keys(p.account)
	if len(keys) == 0 {
		return nil
	}
	k := keys[m.random.IntN(len(keys))]
	m.note("forget %v", k)
	f, err := m.a.PlanForget(m.t.Context(), archive.Forget{Account: k.account, Collection: k.book, Items: []string{k.id}})
	if err != nil {
		return err
	}
	if len(f.Items) != 1 || f.Items[0].ID != k.id {
		return fmt.Errorf("%v means %+v", k, f.Items)
	}
	if err := m.a.Forget(m.t.Context(), f); err != nil {
		return err
	}
	m.forgot = true
	delete(m.now, k)
	delete(m.shown, k)
	for _, past := range m.past {
		delete(past, k)
	}
	return nil
}

// keys are the items of an account, in order.
func (m *model) keys(account string) []key {
	keys := slices.Collect(maps.Keys(m.of(m.now, account)))
	slices.SortFunc(keys, func(a, b key) int { return strings.Compare(a.book+a.id, b.book+b.id) })
	return keys
}

// deleteFile deletes one of the open files by hand, until the next export.
func (m *model) deleteFile() error {
	files := []string{disk.ReadmeFile, disk.ManifestFile, disk.BagInfoFile}
	for _, pattern := range []string{"data/*/*/*.vcf", "data/*/*/*.ics", "data/*/Vanished/*/*", "data/*/index.csv", "data/*/Set aside/*", "data/*/Albums/*"} {
		found, err := filepath.Glob(filepath.Join(m.dir, filepath.FromSlash(pattern)))
		if err != nil {
			return err
		}
		for _, f := range found {
			rel, _ := filepath.Rel(m.dir, f)
			files = append(files, filepath.ToSlash(rel))
		}
	}
	m.deleted = files[m.random.IntN(len(files))]
	m.note("%s is deleted;", m.deleted)
	if err := os.Remove(filepath.Join(m.dir, filepath.FromSlash(m.deleted))); err != nil {
		return err
	}
	p := m.phones[m.random.IntN(len(m.phones))]
	p.broken, p.fails = "", map[string]bool{}
	m.note("export of %s", p.account)
	return m.export(p)
}
