package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"sidekeep/export"
)

// Verify reads every byte of the archive again: every file against the
// manifests, in both directions; the history against itself and each of its
// bodies against its hash; and the open files against what the history says
// that they hold. It changes nothing and takes no lock. report, which may be
// nil, is called from this goroutine with the bytes read and to be read.
//
// The error is [export.ErrBusy] if an export is writing, because files and
// history differ then for a while. What is wrong with the archive is no error.
func (a *Archive) Verify(ctx context.Context, report func(done, total int64)) (Check, error) {
	if report == nil {
		report = func(int64, int64) {}
	}
	conn, err := a.db.Conn(ctx)
	if err != nil {
		return Check{}, caused(err)
	}
	v := &verification{a: a, ctx: ctx, conn: conn, report: report, bad: map[string]string{}}
	before, err := v.state()
	if err == nil {
		err = v.run()
	}
	var after string
	if err == nil {
		after, err = v.state()
	}
	if err := errors.Join(err, conn.Close()); err != nil {
		return Check{}, caused(fmt.Errorf("verifying: %w", err))
	}
	c := v.check()
	if len(c.Bad) > 0 && after != before {
		return Check{}, fmt.Errorf("verifying: %w", export.ErrBusy)
	}
	return c, nil
}

// A verification is one run of Verify.
type verification struct {
	a           *Archive
	ctx         context.Context
	conn        *sql.Conn
	report      func(done, total int64)
	done, total int64
	checked     int
	bad         map[string]string // by path: the first reason of each
	order       []string
}

// state tells two exports apart, and is an error while one is running.
func (v *verification) state() (string, error) {
	var begun bool
	var exports, version int64
	if err := v.conn.QueryRowContext(v.ctx, begunQuery).Scan(&begun); err != nil {
		return "", err
	}
	if err := v.conn.QueryRowContext(v.ctx, "SELECT count(*) FROM export").Scan(&exports); err != nil {
		return "", err
	}
	if err := v.conn.QueryRowContext(v.ctx, "PRAGMA data_version").Scan(&version); err != nil {
		return "", err
	}
	if begun {
		l, err := lockFor(v.a.dir, v.a.now())
		if errors.Is(err, export.ErrBusy) {
			return "", err
		}
		if err == nil {
			if err := l.release(); err != nil {
				return "", err
			}
		}
		v.blame(historyFile, "an export was cut off, and the open files do not follow it yet")
	}
	return fmt.Sprint(begun, exports, version), nil
}

func (v *verification) run() error {
	for _, step := range []func() error{v.measure, v.history, v.bodies, v.manifest, v.strangers, v.tags, v.collections} {
		err := step()
		if errors.Is(caused(err), export.ErrDamaged) {
			v.blame(historyFile, err.Error())
			continue
		}
		if err != nil {
			return err
		}
	}
	v.checked++ // history.db as a whole
	return nil
}

// blame notes what is wrong; the first reason stays.
func (v *verification) blame(path, why string) {
	if _, ok := v.bad[path]; !ok {
		v.bad[path] = why
		v.order = append(v.order, path)
	}
}

func (v *verification) check() Check {
	c := Check{Checked: v.checked, Bad: []Bad{}}
	slices.Sort(v.order)
	for _, p := range v.order {
		c.Bad = append(c.Bad, Bad{p, v.bad[p]})
	}
	c.Good = max(0, c.Checked-len(c.Bad))
	return c
}

func (v *verification) read(n int) {
	v.done += int64(n)
	v.report(v.done, max(v.done, v.total))
}

// measure adds up what there is to read.
func (v *verification) measure() error {
	var bodies, files int64
	err := v.conn.QueryRowContext(v.ctx, "SELECT ifnull(sum(length(bytes)), 0) FROM blob").Scan(&bodies)
	if err == nil {
		err = v.conn.QueryRowContext(v.ctx, "SELECT (SELECT ifnull(sum(size), 0) FROM file) + (SELECT ifnull(sum(size), 0) FROM photo)").Scan(&files)
	}
	v.total = bodies + files
	return err
}

// history has SQLite check the whole database.
func (v *verification) history() error {
	err := eachRow(v.ctx, v.conn, "PRAGMA integrity_check", nil, func(rows *sql.Rows) error {
		var s string
		if err := rows.Scan(&s); err != nil {
			return err
		}
		if s != "ok" {
			v.blame(historyFile, s)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return eachRow(v.ctx, v.conn, "PRAGMA foreign_key_check", nil, func(rows *sql.Rows) error {
		var table, parent string
		var row, id sql.NullInt64
		if err := rows.Scan(&table, &row, &parent, &id); err != nil {
			return err
		}
		v.blame(historyFile, fmt.Sprintf("row %d of %s refers to a row of %s that is not there", row.Int64, table, parent))
		return nil
	})
}

// bodies compares every stored body with its hash.
func (v *verification) bodies() error {
	var after int64
	for {
		n, size := 0, 0
		err := eachRow(v.ctx, v.conn, "SELECT blob, hash, bytes FROM blob WHERE blob > ? ORDER BY blob LIMIT 500", []any{after}, func(rows *sql.Rows) error {
			var hash, raw sql.RawBytes
			if err := rows.Scan(&after, &hash, &raw); err != nil {
				return err
			}
			if sum := sha256.Sum256(raw); !bytes.Equal(sum[:], hash) {
				v.blame(fmt.Sprintf("%s, body %d", historyFile, after), "its bytes do not have the hash that is recorded for them")
			}
			v.checked++
			v.read(len(raw))
			n++
			if size += len(raw); size >= pageBytes {
				return errPage
			}
			return nil
		})
		if err != nil && !errors.Is(err, errPage) {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

// manifest compares every file that the manifest lists with it, and the
// manifest with the history.
func (v *verification) manifest() error {
	const make = "CREATE TEMP TABLE IF NOT EXISTS listed (path TEXT PRIMARY KEY, hash BLOB NOT NULL) WITHOUT ROWID"
	for _, q := range []string{make, "DELETE FROM temp.listed"} {
		if _, err := v.conn.ExecContext(v.ctx, q); err != nil {
			return err
		}
	}
	err := v.lines(manifestFile, "data/", func(name string, hash []byte) error {
		_, err := v.conn.ExecContext(v.ctx, "INSERT OR REPLACE INTO temp.listed VALUES (?, ?)", name, hash)
		if err != nil {
			return err
		}
		return v.file(name, hash)
	})
	if err != nil {
		return err
	}
	return eachRow(v.ctx, v.conn, `SELECT p.path, l.path IS NULL FROM (`+payload+`) p LEFT JOIN temp.listed l USING (path) WHERE l.hash IS NOT p.hash
		UNION ALL SELECT l.path, 2 FROM temp.listed l WHERE NOT EXISTS (SELECT 1 FROM file WHERE path = l.path) AND NOT EXISTS (SELECT 1 FROM photo WHERE path = l.path)`,
		nil, func(rows *sql.Rows) error {
			var name string
			var what int
			err := rows.Scan(&name, &what)
			v.blame(name, [...]string{"the manifest and the history tell different hashes of it", "the manifest does not list it", "the manifest lists it, and the history does not know it"}[what])
			return err
		})
}

// lines reads a manifest. Every path in it has to begin with prefix.
func (v *verification) lines(manifest, prefix string, do func(name string, hash []byte) error) error {
	f, err := v.a.disk.Open(manifest)
	if errors.Is(err, fs.ErrNotExist) {
		v.blame(manifest, "it is missing")
		return nil
	}
	if err != nil {
		v.blame(manifest, err.Error())
		return nil
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	for n := 1; in.Scan(); n++ {
		text, name, ok := strings.Cut(in.Text(), "  ")
		hash, err := hex.DecodeString(text)
		if !ok || err != nil || len(hash) != sha256.Size || !fs.ValidPath(name) || !strings.HasPrefix(name, prefix) {
			v.blame(manifest, fmt.Sprintf("line %d cannot be read", n))
			continue
		}
		if err := do(name, hash); err != nil {
			return err
		}
	}
	if err := in.Err(); err != nil {
		v.blame(manifest, err.Error())
	}
	return nil
}

// file compares a file with its hash.
func (v *verification) file(name string, hash []byte) error {
	v.checked++
	info, err := v.a.disk.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.blame(name, "it is missing")
		return nil
	case err != nil:
		v.blame(name, err.Error())
		return nil
	case !info.Mode().IsRegular():
		v.blame(name, "it is no plain file")
		return nil
	}
	sum, _, err := hashFile(v.ctx, v.a.disk, name, v.read)
	if v.ctx.Err() != nil {
		return v.ctx.Err()
	}
	if err != nil {
		v.blame(name, err.Error())
	} else if !bytes.Equal(sum[:], hash) {
		v.blame(name, "it was changed")
	}
	return nil
}

// strangers looks for files that no manifest lists.
func (v *verification) strangers() error {
	entries, err := v.a.disk.ReadDir(".")
	if err != nil {
		return err
	}
	known := []string{"data", sideDir, historyFile, historyFile + "-journal", bagitFile, bagInfoFile, manifestFile, tagManifestFile, readmeFile}
	for _, e := range entries {
		if !slices.Contains(known, e.Name()) && !litter(e.Name()) {
			v.blame(e.Name(), "it does not belong to the archive")
		}
	}
	return v.strangersIn("data")
}

func (v *verification) strangersIn(dir string) error {
	entries, err := v.a.disk.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		v.blame(dir, err.Error())
		return v.ctx.Err()
	}
	for _, e := range entries {
		name := dir + "/" + e.Name()
		if e.IsDir() {
			if err := v.strangersIn(name); err != nil {
				return err
			}
			continue
		}
		if litter(e.Name()) {
			continue
		}
		var listed bool
		if err := v.conn.QueryRowContext(v.ctx, "SELECT EXISTS (SELECT 1 FROM temp.listed WHERE path = ?)", name).Scan(&listed); err != nil {
			return err
		}
		if !listed {
			v.blame(name, "no manifest lists it")
		}
	}
	return nil
}

// tags compares the files beside data/ with the tagmanifest.
func (v *verification) tags() error {
	listed := map[string]bool{}
	err := v.lines(tagManifestFile, "", func(name string, hash []byte) error {
		listed[name] = true
		return v.file(name, hash)
	})
	for _, name := range []string{bagitFile, bagInfoFile, manifestFile, readmeFile} {
		if !listed[name] {
			v.blame(tagManifestFile, "it does not list "+name)
		}
	}
	return err
}
