package repair

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/openfiles"
)

// register records the names that the files of an item have, so that they keep
// them.
func (m *mender) register(n, item int64, l openfiles.Line) error {
	if l.File == "" {
		return nil
	}
	if l.Kind == export.Photos {
		return m.stem(n, l)
	}
	rel := strings.TrimPrefix(strings.TrimPrefix(l.File, m.folder+"/"), disk.Vanished)
	dir, base := path.Split(rel)
	dir = strings.TrimSuffix(dir, "/")
	if dir == disk.Asides {
		return m.name(dir, "item/"+strconv.FormatInt(item, 10), base)
	}
	if !slices.ContainsFunc(disk.Layouts, func(l disk.Layout) bool { return l.Folder == dir }) {
		return nil
	}
	set := fileSet{n, l.Present(), dir}
	if slices.Contains(m.files[set], base) {
		return nil
	}
	m.files[set] = append(m.files[set], base)
	return m.name(dir, fmt.Sprintf("collection/%d/%d", n, len(m.files[set])), base)
}

// name records whose a file is. A name that was given before stays unless the
// index decides.
func (m *mender) name(dir, owner, base string) error {
	folder := m.folder + "/" + dir
	var was string
	known, err := m.w.Row("SELECT name FROM name WHERE folder = ? AND owner = ?", []any{folder, owner}, &was)
	if err != nil || known && (was == base || !m.correct) {
		return err
	}
	m.mended++
	if _, err := m.w.Exec("DELETE FROM name WHERE folder = ? AND (owner = ? OR key = ?)", folder, owner, disk.FoldName(base)); err != nil {
		return err
	}
	_, err = m.w.Exec("INSERT INTO name (folder, key, owner, name) VALUES (?, ?, ?, ?)", folder, disk.FoldName(base), owner, base)
	return err
}

// stem lets the other half of a photo find it.
func (m *mender) stem(n int64, l openfiles.Line) error {
	stem, _ := disk.SplitExt(disk.CleanName(disk.LastPart(l.Original), disk.MaxNameUnits))
	file := strings.TrimSuffix(l.File, path.Ext(l.File))
	_, err := m.w.Exec("INSERT INTO stem (key, collection, source, path) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", disk.FoldName(file), n, l.Folder+"/"+disk.FoldName(stem), file)
	return err
}

// albums records which file is the list of which album: that with the same
// photos in it.
func (m *mender) albums() error {
	type album struct {
		n       int64
		present bool
		folder  string
	}
	var list []album
	err := m.w.Each(`SELECT DISTINCT item.collection, item.present, item.folder FROM item JOIN collection USING (collection) JOIN version USING (version)
		WHERE account = ? AND version.photo IS NOT NULL ORDER BY 1, 2 DESC, 3`, []any{m.account}, func(rows *sql.Rows) error {
		var x album
		err := rows.Scan(&x.n, &x.present, &x.folder)
		list = append(list, x)
		return err
	})
	if err != nil {
		return err
	}
	files := map[bool]map[[sha256.Size]byte][]string{}
	for present, dir := range map[bool]string{true: disk.Albums, false: disk.Vanished + disk.Albums} {
		if files[present], err = m.hashes(m.folder + "/" + dir); err != nil {
			return err
		}
	}
	for _, x := range list {
		sum := sha256.New()
		g := &openfiles.Generator{Ctx: context.Background(), Conn: m.w.Conn, Folder: m.folder, N: x.n}
		if err := g.AlbumLines(x.present, x.folder, sum); err != nil {
			return err
		}
		key := [sha256.Size]byte(sum.Sum(nil))
		if same := files[x.present][key]; len(same) > 0 {
			files[x.present][key] = same[1:]
			if err := m.name(disk.Albums, "album/"+strconv.FormatInt(x.n, 10)+"/"+x.folder, same[0]); err != nil {
				return err
			}
		}
	}
	return nil
}

// hashes are the names of the files in a folder, by what is in them.
func (m *mender) hashes(dir string) (map[[sha256.Size]byte][]string, error) {
	list := map[[sha256.Size]byte][]string{}
	entries, _ := m.a.Disk.ReadDir(dir) // without it no album has its name
	for _, e := range entries {
		if !e.Type().IsRegular() || disk.Litter(e.Name()) {
			continue
		}
		sum, _, err := disk.HashFile(context.Background(), m.a.Disk, dir+"/"+e.Name(), nil)
		if err != nil {
			return nil, err
		}
		list[sum] = append(list[sum], e.Name())
	}
	return list, nil
}
