package verify

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/openfiles"
	"sidekeep/export/archive/site"
)

// A meter counts the bytes that several goroutines read.
type meter struct{ done, total atomic.Int64 }

func (m *meter) read(n int) { m.done.Add(int64(n)) }

// reporting runs do and meanwhile tells report how far it is.
func (m *meter) reporting(report func(done, total int64), do func() error) error {
	if report == nil {
		return do()
	}
	tell := func() {
		done := m.done.Load()
		report(done, max(done, m.total.Load()))
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				tell()
			case <-stop:
				tell()
				return
			}
		}
	}()
	err := do()
	close(stop)
	<-stopped
	return err
}

// maxHashing is how many files are hashed at a time: more do not make a disk
// faster.
const maxHashing = 4

// A listed file is one that a manifest names.
type listedFile struct {
	name string
	hash []byte
}

// files compares every file that the manifests list, as far as it is in the
// slice, with its hash.
func (v *verification) files() error {
	jobs := make(chan listedFile, 64)
	errs := make(chan error, maxHashing)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), maxHashing) {
		wg.Go(func() {
			for f := range jobs {
				if err := v.file(f.name, f.hash); err != nil {
					errs <- err
					for range jobs { // so that nobody waits for this worker
					}
					return
				}
			}
		})
	}
	give := func(name string, hash []byte) error {
		if v.ctx.Err() == nil && (!strings.HasPrefix(name, "data/") || v.slice.hasPath(name)) {
			jobs <- listedFile{name, hash}
		}
		return v.ctx.Err()
	}
	err := v.lines(disk.ManifestFile, "data/", give)
	if err == nil {
		err = v.tags(give)
	}
	close(jobs)
	wg.Wait()
	close(errs)
	return errors.Join(err, <-errs)
}

// file compares a file with its hash.
func (v *verification) file(name string, hash []byte) error {
	v.count()
	info, err := v.a.Disk.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.blameFile(name, isMissing)
		return nil
	case err != nil:
		v.blameFile(name, err.Error())
		return nil
	case !info.Mode().IsRegular():
		v.blameFile(name, noPlain)
		return nil
	}
	sum, _, err := disk.HashFile(v.ctx, v.a.Disk, name, v.read)
	if v.ctx.Err() != nil {
		return v.ctx.Err()
	}
	if err != nil {
		v.blameFile(name, err.Error())
	} else if !bytes.Equal(sum[:], hash) {
		v.blameFile(name, wasChanged)
	}
	return nil
}

// manifest compares the manifest with the history.
func (v *verification) manifest() error {
	const make = "CREATE TEMP TABLE IF NOT EXISTS listed (path TEXT PRIMARY KEY, hash BLOB NOT NULL) WITHOUT ROWID"
	for _, q := range []string{make, "DELETE FROM temp.listed", "BEGIN"} {
		if _, err := v.conn.ExecContext(v.ctx, q); err != nil {
			return err
		}
	}
	add, err := v.conn.PrepareContext(v.ctx, "INSERT OR REPLACE INTO temp.listed VALUES (?, ?)")
	if err != nil {
		return err
	}
	err = v.lines(disk.ManifestFile, "data/", func(name string, hash []byte) error {
		_, err := add.ExecContext(v.ctx, name, hash)
		return err
	})
	err = errors.Join(err, add.Close())
	if err == nil {
		_, err = v.conn.ExecContext(v.ctx, "COMMIT")
	}
	if err != nil {
		return err
	}
	return history.Each(v.ctx, v.conn, `SELECT p.path, l.path IS NULL FROM (`+openfiles.Payload+`) p LEFT JOIN temp.listed l USING (path) WHERE l.hash IS NOT p.hash
		UNION ALL SELECT l.path, 2 FROM temp.listed l WHERE NOT EXISTS (SELECT 1 FROM file WHERE path = l.path) AND NOT EXISTS (SELECT 1 FROM photo WHERE path = l.path)`,
		nil, func(rows *sql.Rows) error {
			var name string
			var what int
			err := rows.Scan(&name, &what)
			v.blame(name, [...]string{otherHash, notListed, notKnown}[what])
			return err
		})
}

// lines reads a manifest. Every path in it has to begin with prefix.
func (v *verification) lines(manifest, prefix string, do func(name string, hash []byte) error) error {
	f, err := v.a.Disk.Open(manifest)
	if errors.Is(err, fs.ErrNotExist) {
		v.blame(manifest, isMissing)
		return nil
	}
	if err != nil {
		v.blame(manifest, err.Error())
		return nil
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	for n := 1; in.Scan(); n++ {
		name, hash, ok := ManifestEntry(in.Text())
		if !ok || !strings.HasPrefix(name, prefix) {
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

// ManifestEntry reads a line of a manifest.
func ManifestEntry(line string) (name string, hash []byte, ok bool) {
	text, name, ok := strings.Cut(line, "  ")
	hash, err := hex.DecodeString(text)
	return name, hash, ok && err == nil && len(hash) == sha256.Size && fs.ValidPath(name)
}

// beside are the files and folders of an archive that are not below data/.
var beside = []string{"data", disk.SideDir, disk.HistoryFile, disk.HistoryFile + "-journal", disk.BagitFile, disk.BagInfoFile, disk.ManifestFile, disk.TagManifestFile, disk.ReadmeFile, "readme"}

// strangers looks for files that no manifest lists.
func (v *verification) strangers() error {
	entries, err := v.a.Disk.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !slices.Contains(beside, e.Name()) && !disk.Litter(e.Name()) {
			v.blame(e.Name(), "it does not belong to the archive")
		}
	}
	return v.strangersIn("data")
}

func (v *verification) strangersIn(dir string) error {
	entries, err := v.a.Disk.ReadDir(dir)
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
		if disk.Litter(e.Name()) {
			continue
		}
		var listed bool
		if err := v.conn.QueryRowContext(v.ctx, "SELECT EXISTS (SELECT 1 FROM temp.listed WHERE path = ?)", name).Scan(&listed); err != nil {
			return err
		}
		if !listed {
			v.blame(name, NoManifestLists)
		}
	}
	return nil
}

const NoManifestLists = "no manifest lists it"

// tags gives the files beside data/ to be compared with the tagmanifest.
func (v *verification) tags(give func(name string, hash []byte) error) error {
	listed := map[string]bool{}
	err := v.lines(disk.TagManifestFile, "", func(name string, hash []byte) error {
		listed[name] = true
		return give(name, hash)
	})
	if err != nil {
		return err
	}
	for _, name := range []string{disk.BagitFile, disk.BagInfoFile, disk.ManifestFile, disk.ReadmeFile} {
		if !listed[name] {
			v.blame(disk.TagManifestFile, "it does not list "+name)
		}
	}
	return v.strangePages(strings.TrimSuffix(site.PagesDir, "/"), listed)
}

// strangePages looks for files among the pages of README.html that the
// tagmanifest does not list.
func (v *verification) strangePages(dir string, listed map[string]bool) error {
	entries, err := v.a.Disk.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		v.blame(dir, err.Error())
		return v.ctx.Err()
	}
	for _, e := range entries {
		name := dir + "/" + e.Name()
		switch {
		case e.IsDir():
			if err := v.strangePages(name, listed); err != nil {
				return err
			}
		case !listed[name] && !disk.Litter(e.Name()):
			v.blame(name, NoManifestLists)
		}
	}
	return nil
}

// tagManifest compares the tagmanifest, which no manifest lists, with the
// history.
func (v *verification) tagManifest() error {
	var hash []byte
	err := v.conn.QueryRowContext(v.ctx, "SELECT hash FROM file WHERE path = ?", disk.TagManifestFile).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // nothing was published yet
	}
	if err != nil {
		return err
	}
	return v.file(disk.TagManifestFile, hash)
}
