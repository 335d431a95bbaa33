package archive

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"io"

	"sidekeep/export"
)

// collections generates the open files from the history again and compares
// them with those that are recorded, which were compared with the disk before.
func (v *verification) collections() error {
	var list []dirtyCollection
	err := eachRow(v.ctx, v.second, "SELECT collection, account, account.folder, collection.name FROM collection JOIN account USING (account) ORDER BY account, collection",
		nil, func(rows *sql.Rows) error {
			var c dirtyCollection
			err := rows.Scan(&c.n, &c.account, &c.folder, &c.name)
			list = append(list, c)
			return err
		})
	if err != nil {
		return err
	}
	for i, c := range list {
		if v.slice.hasRow(c.n) {
			if err := v.unreadable(v.collection(c)); err != nil {
				return err
			}
		}
		if i+1 < len(list) && list[i+1].account == c.account || !v.slice.hasRow(c.account) {
			continue
		}
		index := v.compare(c.folder + "/" + indexFile)
		if err := errors.Join(writeIndex(v.ctx, v.second, c.account, c.folder, index), index.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) collection(c dirtyCollection) error {
	out := &comparison{v: v, made: map[string]bool{}}
	g := &generator{ctx: v.ctx, conn: v.second, out: out, folder: c.folder, n: c.n, name: c.name}
	err := g.run()
	if err != nil && (v.ctx.Err() != nil || export.Cause(caused(err)) != nil) {
		return err
	}
	if err != nil {
		v.blame(historyFile, fmt.Sprintf("the files of %q cannot be derived from it: %v", c.name, err))
		return nil
	}
	return eachRow(v.ctx, v.second, "SELECT path FROM file WHERE collection = ?", []any{c.n}, func(rows *sql.Rows) error {
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

func (c *comparison) name(folder, owner, want, _, _ string) (string, error) {
	var name string
	err := c.v.second.QueryRowContext(c.v.ctx, "SELECT name FROM name WHERE folder = ? AND owner = ?", folder, owner).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		c.v.blame(historyFile, fmt.Sprintf("a file for %q in %s has no name", want, folder))
		return want, nil
	}
	return name, err
}

func (c *comparison) file(path string) (io.WriteCloser, error) {
	c.made[path] = true
	return c.v.compare(path), nil
}

func (c *comparison) place(p place) error {
	var at place
	var hash []byte
	err := c.v.second.QueryRowContext(c.v.ctx, "SELECT path, offset, length, hash, wrapper FROM place WHERE item = ?", p.item).
		Scan(&at.path, &at.offset, &at.length, &hash, &at.wrapper)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	at.item = p.item
	copy(at.hash[:], hash)
	if at != p {
		c.v.blame(p.path, fmt.Sprintf("item %d does not stand where the history says", p.item))
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
