package history

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
)

// An archive may come from somebody else, and history.db with it: SQLite runs
// what a database holds besides its rows, and opening one may delete files
// elsewhere. What is here lets nothing of that happen.

// Distrust has SQLite run no function of a schema that could do anything, and
// look at each page before it believes it.
const Distrust = "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; "

// Of a database: the two bytes of its header that tell whether it keeps a
// write-ahead log, and the end of a rollback journal that names a super-journal.
// See sqlite.org/fileformat2.html, sections 1.3 and 3, and the function
// readSuperJournal of pager.c.
const (
	versionsAt   = 18
	journalMagic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
)

// CheckHeader returns an error if opening the database in file would do more than
// read and write it and its own journal: follow a link, keep a log beside it, or
// delete the file that a journal names. It does not follow links itself; a file
// that is not there is harmless.
func CheckHeader(file string) error {
	head, err := peek(file, func(int64) (at int64, n int) { return versionsAt, 2 })
	if err != nil {
		return err
	}
	if bytes.ContainsAny(head, "\x02") {
		return fmt.Errorf("%w: it keeps a log beside it, which no history of Sidekeep does", export.ErrDamaged)
	}
	end, err := peek(file+"-journal", func(size int64) (at int64, n int) { return size - 16, 16 })
	if err != nil {
		return err
	}
	if len(end) == 16 && string(end[8:]) == journalMagic && binary.BigEndian.Uint32(end) > 0 {
		return fmt.Errorf("%w: its journal names another file that would be deleted", export.ErrDamaged)
	}
	return nil
}

// peek reads a part of a file; nothing if it is not there or too short. A name
// that is no plain file is an error.
func peek(file string, which func(size int64) (at int64, n int)) ([]byte, error) {
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%w: %s is no plain file", export.ErrDamaged, info.Name())
	}
	at, n := which(info.Size())
	if at < 0 || at+int64(n) > info.Size() {
		return nil, nil
	}
	b := make([]byte, n)
	err = readHistory(info, func() (io.ReadSeekCloser, error) { return os.Open(file) }, func(f io.ReadSeeker) error {
		if _, err := f.Seek(at, io.SeekStart); err != nil {
			return err
		}
		_, err := io.ReadFull(f, b)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil // a journal is gone once its commit is done, or it was cut since
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// ownSchema returns an error unless a history has the tables of its format, and
// nothing else: no trigger, no other view, no virtual table, no log.
func ownSchema(ctx context.Context, db *sql.DB, format int) error {
	var mode string
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if mode == "wal" {
		return fmt.Errorf("%w: it keeps a log beside it, which no history of Sidekeep does", export.ErrDamaged)
	}
	got, err := SchemaOf(ctx, db)
	if err != nil {
		return err
	}
	unchunked := format == 3 && slices.Equal(got, statements(schemaOfFormat(2))) // see hasChunks
	if !unchunked && !slices.Equal(got, statements(schemaOfFormat(format))) {
		return fmt.Errorf("%w: its tables are not those that Sidekeep makes", export.ErrDamaged)
	}
	return nil
}

// SchemaOf lists the statements that made a database, but for the indexes that
// SQLite makes of a table's own words.
func SchemaOf(ctx context.Context, q Querier) (list []string, err error) {
	err = Each(ctx, q, "SELECT type || ' ' || name || ' ' || tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL OR type <> 'index'", nil, func(rows *sql.Rows) error {
		var name string
		var text sql.NullString
		err := rows.Scan(&name, &text)
		list = append(list, name+" "+strings.Join(strings.Fields(text.String), " "))
		return err
	})
	slices.Sort(list)
	return list, err
}

// statements are those of a text that makes a database, as SchemaOf lists them.
func statements(text string) (list []string) {
	for _, s := range strings.Split(text, ";") {
		words := strings.Fields(s)
		if len(words) < 3 { // CREATE KIND NAME
			continue
		}
		name, table := words[2], words[2]
		if words[1] == "INDEX" { // CREATE INDEX NAME ON TABLE
			table = words[4]
		}
		list = append(list, strings.ToLower(words[1])+" "+name+" "+table+" "+strings.Join(words, " "))
	}
	slices.Sort(list)
	return list
}

// BadFolder tells of a row of the table account that its folder is not one
// folder below data/.
const BadFolder = `(folder NOT GLOB 'data/?*' OR folder GLOB 'data/*[/\]*' OR folder IN ('data/.', 'data/..'))`

// ownValues returns an error if an account or an unfinished photo is kept
// where this program keeps none.
func ownValues(ctx context.Context, db *sql.DB) error {
	for _, c := range []struct{ query, why string }{
		{"SELECT EXISTS (SELECT 1 FROM account WHERE " + BadFolder + ")", "the folder of an account is not one below data"},
		{"SELECT EXISTS (SELECT 1 FROM partial WHERE file NOT GLOB '" + disk.PartialDir + "/?*' OR file GLOB '" + disk.PartialDir + `/*[/\]*')`, "an unfinished photo is not where those are kept"},
	} {
		var bad bool
		if err := db.QueryRowContext(ctx, c.query).Scan(&bad); err != nil {
			return err
		}
		if bad {
			return fmt.Errorf("%w: %s", export.ErrDamaged, c.why)
		}
	}
	return nil
}

// OpenFrozen opens a history that this program would not open, only to read
// rows of it.
func OpenFrozen(ctx context.Context, file string) (*sql.DB, string, error) {
	db := sql.OpenDB(Connector{File: file, frozen: true})
	real, err := RealTables(ctx, db, "main")
	if err == nil && !real["archive"] {
		err = fmt.Errorf("%w: it has no ID", export.ErrDamaged)
	}
	id := ""
	if err == nil {
		id, _, err = readHead(ctx, db)
	}
	if err != nil {
		return nil, "", errors.Join(disk.Caused(err), db.Close())
	}
	return db, id, nil
}

// RealTables are the tables of a database that hold rows of their own: neither
// views nor what a module makes up.
func RealTables(ctx context.Context, q Querier, database string) (map[string]bool, error) {
	real := map[string]bool{}
	err := Each(ctx, q, "SELECT name FROM "+database+".sqlite_schema WHERE type = 'table' AND rootpage > 0", nil, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		real[strings.ToLower(name)] = true
		return err
	})
	return real, err
}
