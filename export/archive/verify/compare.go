package verify

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"io"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/openfiles"
	"sidekeep/export/archive/publish"
)

// collections generates the open files from the history again and compares
// them with those that are recorded, which were compared with the disk before.
func (v *verification) collections() error {
	var list []publish.Collection
	err := history.Each(v.ctx, v.second, "SELECT collection, account, account.folder, collection.name FROM collection JOIN account USING (account) ORDER BY account, collection",
		nil, func(rows *sql.Rows) error {
			var c publish.Collection
			err := rows.Scan(&c.N, &c.Account, &c.Folder, &c.Name)
			list = append(list, c)
			return err
		})
	if err != nil {
		return err
	}
	for i, c := range list {
		if v.slice.hasRow(c.N) {
			if err := v.unreadable(v.collection(c)); err != nil {
				return err
			}
		}
		if i+1 < len(list) && list[i+1].Account == c.Account || !v.slice.hasRow(c.Account) {
			continue
		}
		index := v.compare(c.Folder + "/" + disk.IndexFile)
		if err := errors.Join(openfiles.WriteIndex(v.ctx, v.second, c.Account, c.Folder, index), index.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) collection(c publish.Collection) error {
	out := &comparison{v: v, made: map[string]bool{}}
	g := &openfiles.Generator{Ctx: v.ctx, Conn: v.second, Out: out, Folder: c.Folder, N: c.N, Name: c.Name}
	err := g.Run()
	if err != nil && (v.ctx.Err() != nil || export.Cause(disk.Caused(err)) != nil) {
		return err
	}
	if err != nil {
		v.blame(disk.HistoryFile, fmt.Sprintf("the files of %q cannot be derived from it: %v", c.Name, err))
		return nil
	}
	return history.Each(v.ctx, v.second, "SELECT path FROM file WHERE collection = ?", []any{c.N}, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		if !out.made[name] {
			v.blame(name, "the history does not call for it")
		}
		return err
	})
}

// A comparison is the output of a generator that compares instead of writing.
type comparison struct {
	v    *verification
	made map[string]bool
}

func (c *comparison) Name(folder, owner, want, _, _ string) (string, error) {
	var name string
	err := c.v.second.QueryRowContext(c.v.ctx, "SELECT name FROM name WHERE folder = ? AND owner = ?", folder, owner).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		c.v.blame(disk.HistoryFile, fmt.Sprintf("a file for %q in %s has no name", want, folder))
		return want, nil
	}
	return name, err
}

func (c *comparison) File(path string) (io.WriteCloser, error) {
	c.made[path] = true
	return c.v.compare(path), nil
}

func (c *comparison) Place(p openfiles.Place) error {
	var at openfiles.Place
	var hash []byte
	err := c.v.second.QueryRowContext(c.v.ctx, "SELECT path, offset, length, hash, wrapper FROM place WHERE item = ?", p.Item).
		Scan(&at.Path, &at.Offset, &at.Length, &hash, &at.Wrapper)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	at.Item = p.Item
	copy(at.Hash[:], hash)
	if at != p {
		c.v.blame(p.Path, fmt.Sprintf("item %d does not stand where the history says", p.Item))
	}
	return nil
}

// compare returns a writer whose Close compares what was written with the
// recorded hash of the file.
func (v *verification) compare(path string) io.WriteCloser {
	return &comparedFile{v: v, path: path, sum: sha256.New()}
}

type comparedFile struct {
	v    *verification
	path string
	sum  hash.Hash
}

func (f *comparedFile) Write(b []byte) (int, error) { return f.sum.Write(b) }

func (f *comparedFile) Close() error {
	var hash []byte
	err := f.v.second.QueryRowContext(f.v.ctx, "SELECT hash FROM file WHERE path = ?", f.path).Scan(&hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if string(hash) != string(f.sum.Sum(nil)) {
		f.v.blame(f.path, "it is not what the history says")
	}
	return nil
}
