package archive_test

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/search"
)

// foreignWays are what a history from somebody else may hold besides rows.
var foreignWays = map[string]string{
	"a trigger":               "CREATE TRIGGER t AFTER INSERT ON export BEGIN DELETE FROM version; END",
	"a trigger on an update":  "CREATE TRIGGER t AFTER UPDATE ON item BEGIN UPDATE item SET present = 0; END",
	"a view":                  "CREATE VIEW more AS SELECT hex(randomblob(9)) FROM item",
	"another view of ours":    "DROP VIEW shown; CREATE VIEW shown AS SELECT item, collection, id, mark, present, failed, aside, version, since, 'x' AS name, folder, modified FROM item",
	"a virtual table":         "CREATE VIRTUAL TABLE v USING fts4(x)",
	"a table":                 "CREATE TABLE more (x)",
	"an index":                "CREATE INDEX more ON version (hex(name))",
	"no index":                "DROP INDEX version_item",
	"a log":                   "PRAGMA journal_mode=WAL",
	"a table that is a view":  "ALTER TABLE proof RENAME TO p; CREATE VIEW proof AS SELECT * FROM p",
	"a folder that leads out": "UPDATE account SET folder = 'data/../../out'",
	"a folder elsewhere":      "UPDATE account SET folder = '.sidekeep'",
	"two folders":             `UPDATE account SET folder = 'data/a\b'`,
	"a photo on its way to a place of its own": "INSERT INTO partial VALUES (1, 'x', '', 1, 'history.db')",
}

// TestForeignHistory: what a history holds besides the rows of its tables never
// runs. It is not opened, and mending it loses no version.
func TestForeignHistory(t *testing.T) {
	from := filled(t)
	a, err := archive.Open(from, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := count(t, a, "SELECT count(*) FROM version")
	id := a.ID()
	a.Close()
	for name, hurt := range foreignWays {
		t.Run(name, func(t *testing.T) {
			dir := copyTree(t, from)
			change(t, dir, hurt)
			if a, err := archive.Open(dir, archive.Options{}); !errors.Is(err, export.ErrHistory) {
				if err == nil {
					a.Close()
				}
				t.Fatalf("opened: %v", err)
			}
			if at, ok := archive.Find(id, []string{dir}); ok {
				t.Errorf("it is taken for the archive in %s", at)
			}
			r, err := archive.Repair(t.Context(), dir, archive.Options{}, nil)
			if err != nil || !r.Rebuilt {
				t.Fatalf("%v %+v", err, r)
			}
			a, err := archive.Open(dir, archive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			if got := count(t, a, "SELECT count(*) FROM version"); got != want || a.ID() != id {
				t.Errorf("%d versions, before %d, of %s", got, want, a.ID())
			}
			whole(t, a)
		})
	}
}

// superJournal is a rollback journal that names a file that SQLite deletes.
func superJournal(name string) []byte {
	b := make([]byte, 512)
	copy(b, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
	binary.BigEndian.PutUint32(b[8:], 0)         // pages
	binary.BigEndian.PutUint32(b[16:], 30)       // size of the database
	binary.BigEndian.PutUint32(b[20:], 512)      // of a sector
	binary.BigEndian.PutUint32(b[24:], 4096)     // of a page
	b = binary.BigEndian.AppendUint32(b, 262145) // the page that is never used
	b = append(b, name...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(name)))
	sum := uint32(0)
	for _, c := range []byte(name) {
		sum += uint32(int8(c))
	}
	b = binary.BigEndian.AppendUint32(b, sum)
	return append(b, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"...)
}

// TestSuperJournal: a journal beside a database never deletes another file, not
// even when an archive is only looked for.
func TestSuperJournal(t *testing.T) {
	from := filled(t)
	for _, db := range []string{disk.HistoryFile, search.SearchFile} {
		t.Run(db, func(t *testing.T) {
			dir := copyTree(t, from)
			a, err := archive.Open(dir, archive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			id := a.ID()
			if _, err := search.Open(archive.StoreOf(a), t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			a.Close()
			// SQLite deletes only what looks like a super-journal of this journal.
			journal := filepath.Join(dir, filepath.FromSlash(db)) + "-journal"
			victim := filepath.Join(t.TempDir(), "diary-mj0123459ab")
			diary := journal + "\x00"
			plant := func(journal, victim, text string) {
				t.Helper()
				if err := errors.Join(os.WriteFile(victim, []byte(text), 0o600), os.WriteFile(journal, superJournal(victim), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			openPlain(t, dir, db, plant)
			plant(journal, victim, diary)
			archive.Find(id, []string{dir})
			if db == disk.HistoryFile {
				if _, err := archive.Open(dir, archive.Options{}); !errors.Is(err, export.ErrHistory) {
					t.Errorf("opened: %v", err)
				}
			} else if a, err = archive.Open(dir, archive.Options{}); err != nil {
				t.Fatal(err)
			} else {
				x, err := search.Open(archive.StoreOf(a), t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(x.Close(), a.Close()); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := archive.Repair(t.Context(), dir, archive.Options{}, nil); err != nil {
				t.Fatal(err)
			}
			if text, err := os.ReadFile(victim); err != nil || string(text) != diary {
				t.Errorf("the other file: %q, %v", text, err)
			}
			if a, err = archive.Open(dir, archive.Options{}); err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			whole(t, a)
		})
	}
}

// openPlain shows that SQLite by itself deletes what plant makes beside a copy of
// the database.
func openPlain(t *testing.T, dir, db string, plant func(journal, victim, text string)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.db")
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(db)))
	if err := errors.Join(err, os.WriteFile(file, text, 0o600)); err != nil {
		t.Fatal(err)
	}
	victim := filepath.Join(t.TempDir(), "diary-mj0123459ab")
	plant(file+"-journal", victim, file+"-journal\x00")
	plain, err := sql.Open("sqlite3", history.FileURI(file, ""))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = plain.ExecContext(t.Context(), "SELECT count(*) FROM sqlite_schema") // whatever it says of the rows
	if err := plain.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(victim); err == nil {
		t.Fatal("SQLite by itself deletes nothing, so this test shows nothing")
	}
}

// TestForeignSearch: an index that holds more than an index is made again.
func TestForeignSearch(t *testing.T) {
	dir := filled(t)
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for _, hurt := range []string{
		"CREATE TRIGGER t AFTER INSERT ON state BEGIN DELETE FROM state; END",
		"CREATE VIEW v AS SELECT 1",
		"DROP TABLE about; CREATE VIEW about AS SELECT 'archive' AS name, '" + a.ID() + "' AS value",
		"PRAGMA journal_mode=WAL",
	} {
		x, err := search.Open(archive.StoreOf(a), t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.Db.Exec(hurt); err != nil {
			t.Fatal(err)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		if x, err = search.Open(archive.StoreOf(a), t.Context(), nil); err != nil {
			t.Fatalf("%s: %v", hurt, err)
		}
		if err := errors.Join(search.CheckIndex(t.Context(), x.Db, true), history.CheckHeader(filepath.Join(dir, filepath.FromSlash(search.SearchFile)))); err != nil {
			t.Errorf("%s: %v", hurt, err)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestForeignForget: what a history says is still to be deleted is deleted only
// where items and their open files are kept, and only what no row needs.
func TestForeignForget(t *testing.T) {
	dir := filled(t)
	before := map[string]bool{}
	for _, f := range strings.Fields(tree(dir)) {
		before[f] = true
	}
	change(t, dir, `INSERT INTO archive VALUES ('forget', json_object('files', json((SELECT json_group_array(p) FROM (
		SELECT path AS p FROM photo UNION ALL SELECT path FROM file UNION ALL VALUES ('bagit.txt'), ('history.db'), ('../x'), ('data/../README.html'), ('.sidekeep/lock'), ('data/Phone/of somebody.txt')))),
		'folders', json_array('data/Phone', '..', '.sidekeep')))`)
	if err := os.WriteFile(filepath.Join(dir, "data", "Phone", "of somebody.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	whole(t, a)
	for _, name := range []string{"bagit.txt", "README.html"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if n := count(t, a, "SELECT count(*) FROM archive WHERE name = 'forget'"); n != 0 {
		t.Error("it is still to be done")
	}
}
