package repair

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/openfiles"
	"sidekeep/export/archive/publish"
	"sidekeep/export/archive/resume"
	"sidekeep/export/within"
)

// A bagInfo is what bag-info.txt tells of an archive.
type bagInfo struct {
	id       string
	format   int
	date     string
	accounts []bagAccount
}

type bagAccount struct {
	folder, name string // folder below data/
	settings     []byte // nil if none are told
	sure         bool   // bag-info.txt is as it was written
}

// onlyInHistory is what the open files do not tell.
const onlyInHistory = "earlier versions, earlier exports with their sums, and the limits of the alarm were only in the one that is lost"

// archiveID is what rand.Text makes.
var archiveID = regexp.MustCompile(`^[A-Z2-7]{16,64}$`)

// readBagInfo reads bag-info.txt. The error is fs.ErrNotExist if there is none.
func readBagInfo(r io.Reader) (bagInfo, error) {
	var b bagInfo
	in := bufio.NewScanner(r)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		tag, value, _ := strings.Cut(in.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch tag {
		case "External-Identifier":
			b.id = strings.TrimSpace(value)
		case "Bagging-Date":
			b.date = strings.TrimSpace(value)
		case "Sidekeep-Format":
			b.format, _ = strconv.Atoi(strings.TrimSpace(value)) // 0 is older than every format
		case publish.AccountTag:
			folder, name, ok := strings.Cut(value, "/")
			if ok && fs.ValidPath("data/"+folder) && !strings.Contains(folder, "/") {
				b.accounts = append(b.accounts, bagAccount{folder: folder, name: publish.DecodeTag.Replace(name)})
			}
		case publish.SettingsTag:
			folder, settings, _ := strings.Cut(value, "/")
			text := []byte(publish.DecodeTag.Replace(settings))
			for i := range b.accounts {
				if b.accounts[i].folder == folder && json.Valid(text) {
					b.accounts[i].settings = text
				}
			}
		}
	}
	return b, in.Err()
}

// Bagged reads bag-info.txt of the archive in dir, if it names an archive.
func Bagged(dir string) (bagInfo, bool) {
	folder, err := within.Open(dir)
	if err != nil {
		return bagInfo{}, false
	}
	defer folder.Close()
	f, err := folder.Open(disk.BagInfoFile)
	if err != nil {
		return bagInfo{}, false
	}
	b, err := readBagInfo(f)
	err = errors.Join(err, f.Close())
	return b, err == nil && b.id != ""
}

// rebuild makes a new history.db: of what can still be read of the old one, if
// it can be read at all, and of the open files. The lock is held. kept is the
// folder in which the old one is now, "" if there was none.
func rebuild(a *history.Store, ctx context.Context, r *Repaired) (kept string, err error) {
	b, ok := Bagged(a.Dir)
	switch {
	case ok && b.format > history.Format:
		return "", fmt.Errorf("%w: its format is %d, and this program knows up to %d", export.ErrNewer, b.format, history.Format)
	case !ok || !archiveID.MatchString(b.id):
		b.id = ""
	}
	old, err := readable(a, ctx)
	if err != nil {
		return "", err
	}
	if old.id != "" {
		b.id = old.id
	}
	if b.id == "" {
		return "", fmt.Errorf("%w: neither history.db nor %s tells which archive this is", export.ErrNoArchive, disk.BagInfoFile)
	}
	if err := errors.Join(history.DropNew(a), history.Reserve(a, disk.NewHistory)); err != nil {
		return "", err
	}
	file := a.Path(disk.NewHistory)
	if err := history.WriteHistory(ctx, file, b.id, a.Now().UTC().Format(time.RFC3339)); err != nil {
		return "", err
	}
	db, _, err := history.OpenHistory(ctx, file)
	if err != nil {
		return "", err
	}
	err = refill(a, ctx, db, b, old, r)
	if err := errors.Join(err, db.Close()); err != nil {
		return "", err
	}
	if err := disk.SyncFile(a.Disk, disk.NewHistory); err != nil {
		return "", err
	}
	return swapHistory(a)
}

// swapHistory gives the new history its name. The old one, if there is one, is
// kept.
func swapHistory(a *history.Store) (kept string, err error) {
	for _, name := range []string{disk.HistoryFile + "-journal", disk.HistoryFile} {
		there, err := disk.Exists(a.Disk, name)
		if err != nil {
			return "", err
		}
		if !there {
			continue
		}
		if err := history.KeepAside(a, name, ""); err != nil {
			return "", err
		}
		kept = disk.DamagedDir
	}
	if err := disk.RemoveIfThere(a.Disk, history.SumsFile); err != nil { // it is of the old one
		return "", err
	}
	return kept, disk.MoveNew(a.Disk, disk.NewHistory, disk.HistoryFile)
}

// refill fills a new history.
func refill(a *history.Store, ctx context.Context, db *sql.DB, b bagInfo, old oldHistory, r *Repaired) (err error) {
	w, err := history.NewBatch(ctx, db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	w.Lock()
	defer w.Unlock()
	if old.id != "" {
		if err := salvage(a, ctx, w, &old); err != nil {
			return err
		}
	}
	if r.Rebuilt, r.Salvaged = true, old.id != ""; !r.Salvaged {
		r.Lost = append(r.Lost, history.Bad{Path: disk.HistoryFile, Why: onlyInHistory})
	}
	accounts, err := accountsIn(a, w, b)
	if err != nil {
		return err
	}
	for _, c := range accounts {
		m := &mender{a: a, w: w, account: c.id, folder: c.folder, correct: old.id != "" && old.published && asListed(a, ctx, c.folder+"/"+disk.IndexFile)}
		if m.badBodies, err = badBodies(w); err != nil {
			return err
		}
		err := m.run()
		if errors.Is(err, fs.ErrNotExist) {
			r.Lost = append(r.Lost, history.Bad{Path: c.folder + "/" + disk.IndexFile, Why: "it is missing, so nothing of this account could be put back"})
			continue
		}
		if errors.Is(err, openfiles.ErrNoHead) {
			r.Lost = append(r.Lost, history.Bad{Path: c.folder + "/" + disk.IndexFile, Why: openfiles.ErrNoHead.Error() + ", so nothing of this account could be put back"})
			continue
		}
		if err == nil {
			err = m.albums()
		}
		if err == nil {
			err = m.conclude()
		}
		if err != nil {
			return fmt.Errorf("reading the open files of %q: %w", c.folder, err)
		}
		r.Lost = append(r.Lost, m.lost...)
		r.Converted += m.converted
	}
	if err := r.drop(w); err != nil {
		return err
	}
	return closeRefill(a, w, b)
}

// closeRefill marks every open file as behind, adopts the photos that no item
// shows any more, and commits.
func closeRefill(a *history.Store, w *history.Batch, b bagInfo) error {
	if err := resume.Adopt(a, w); err != nil {
		return err
	}
	if b.date != "" {
		if err := history.SetValue(w, "bagged", b.date); err != nil {
			return err
		}
	}
	if err := history.SetValue(w, "publish", "1"); err != nil {
		return err
	}
	if _, err := w.Exec("UPDATE collection SET dirty = 2, token = '', listed = 0"); err != nil {
		return err
	}
	return w.Commit()
}

// A placed is an account with its folder.
type placed struct {
	id     int64
	folder string
}

// accountsIn are the accounts that the history knows, and those that it is told
// of by bag-info.txt and by the folders below data/.
func accountsIn(a *history.Store, w *history.Batch, b bagInfo) ([]placed, error) {
	sure := asListed(a, context.Background(), disk.BagInfoFile)
	for i := range b.accounts {
		b.accounts[i].sure = sure
	}
	entries, err := a.Disk.ReadDir("data")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		known := slices.ContainsFunc(b.accounts, func(x bagAccount) bool { return disk.FoldName(x.folder) == disk.FoldName(e.Name()) })
		indexed, err := disk.Exists(a.Disk, "data/"+e.Name()+"/"+disk.IndexFile)
		if err != nil {
			return nil, err
		}
		if e.IsDir() && indexed && !known {
			b.accounts = append(b.accounts, bagAccount{folder: e.Name(), name: e.Name()})
		}
	}
	for _, x := range b.accounts {
		if err := placeAccount(w, x); err != nil {
			return nil, err
		}
	}
	var list []placed
	err = w.Each("SELECT account, folder FROM account ORDER BY account", nil, func(rows *sql.Rows) error {
		var c placed
		err := rows.Scan(&c.id, &c.folder)
		list = append(list, c)
		return err
	})
	return list, err
}

// placeAccount makes an account with the folder that it has, unless it is there.
func placeAccount(w *history.Batch, x bagAccount) error {
	var n int64
	known, err := w.Row("SELECT account FROM account WHERE folder = ? OR name = ? ORDER BY folder <> ?1", []any{"data/" + x.folder, x.name}, &n)
	if err == nil && known && x.sure {
		_, err = w.Exec("UPDATE OR IGNORE account SET folder = ?, name = ? WHERE account = ?", "data/"+x.folder, x.name, n)
	}
	if err != nil || known {
		return err
	}
	if _, err := w.Row("SELECT ifnull(max(account), 0) + 1 FROM account", nil, &n); err != nil {
		return err
	}
	if _, err := w.Exec("INSERT INTO account (account, name, folder, settings) VALUES (?, ?, ?, ?)", n, x.name, "data/"+x.folder, x.settings); err != nil {
		return err
	}
	_, err = w.Exec("INSERT OR REPLACE INTO name (folder, key, owner, name) VALUES ('data', ?, ?, ?)", disk.FoldName(x.folder), "account/"+strconv.FormatInt(n, 10), x.folder)
	return err
}
