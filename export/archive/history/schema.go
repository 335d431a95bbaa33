package history

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/mattn/go-sqlite3"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
)

// Format is the number of the archive format that this package writes, and the
// newest that it reads. It is user_version of history.db.
const Format = 3

// applicationID marks history.db as such: "Sdkp".
const applicationID = 0x53646b70

// schema is that of format 1, and is explained in FORMAT.md.
const schema = `
CREATE TABLE archive (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE account (
	account  INTEGER PRIMARY KEY,
	name     TEXT NOT NULL UNIQUE,
	folder   TEXT NOT NULL UNIQUE,
	settings BLOB
);
CREATE TABLE collection (
	collection INTEGER PRIMARY KEY,
	account    INTEGER NOT NULL REFERENCES account,
	id         TEXT NOT NULL,
	name       TEXT NOT NULL,
	kind       TEXT NOT NULL,
	mixed      INTEGER NOT NULL,
	color      TEXT NOT NULL,
	rank       INTEGER NOT NULL,
	token      TEXT NOT NULL DEFAULT '',
	listed     INTEGER NOT NULL DEFAULT 0,
	named      INTEGER NOT NULL DEFAULT 1,
	dirty      INTEGER NOT NULL DEFAULT 0,
	UNIQUE (account, id)
);
CREATE TABLE export (
	number  INTEGER PRIMARY KEY,
	account INTEGER NOT NULL REFERENCES account,
	started TEXT NOT NULL,
	ended   TEXT,
	good    INTEGER NOT NULL DEFAULT 0,
	ledger  TEXT
);
CREATE INDEX export_account ON export (account, number);
CREATE TABLE problem (
	problem    INTEGER PRIMARY KEY,
	export     INTEGER NOT NULL REFERENCES export,
	collection TEXT NOT NULL,
	item       TEXT NOT NULL,
	cause      TEXT NOT NULL,
	detail     TEXT NOT NULL,
	aside      INTEGER NOT NULL
);
CREATE INDEX problem_export ON problem (export);
CREATE TABLE blob (
	blob  INTEGER PRIMARY KEY,
	hash  BLOB NOT NULL UNIQUE,
	bytes BLOB NOT NULL
);
CREATE TABLE photo (
	photo   INTEGER PRIMARY KEY,
	account INTEGER NOT NULL REFERENCES account,
	hash    BLOB NOT NULL,
	size    INTEGER NOT NULL,
	path    TEXT NOT NULL UNIQUE,
	key     TEXT NOT NULL UNIQUE,
	UNIQUE (account, hash)
);
CREATE TABLE item (
	item       INTEGER PRIMARY KEY,
	collection INTEGER NOT NULL REFERENCES collection,
	id         TEXT NOT NULL,
	mark       TEXT NOT NULL,
	present    INTEGER NOT NULL,
	failed     INTEGER NOT NULL,
	aside      INTEGER NOT NULL,
	version    INTEGER REFERENCES version,
	since      INTEGER NOT NULL REFERENCES export,
	name       TEXT NOT NULL,
	folder     TEXT NOT NULL,
	modified   TEXT NOT NULL,
	UNIQUE (collection, id)
);
CREATE INDEX item_odd ON item (collection, id) WHERE failed OR aside;
CREATE TABLE version (
	version INTEGER PRIMARY KEY,
	item    INTEGER NOT NULL REFERENCES item,
	export  INTEGER NOT NULL REFERENCES export,
	mark    TEXT NOT NULL,
	kind    TEXT NOT NULL,
	blob    INTEGER REFERENCES blob,
	photo   INTEGER REFERENCES photo,
	aside   TEXT,
	uid     TEXT NOT NULL,
	name    TEXT NOT NULL,
	start   TEXT NOT NULL,
	all_day INTEGER NOT NULL
);
CREATE INDEX version_item ON version (item);
CREATE TABLE partial (
	collection INTEGER NOT NULL REFERENCES collection,
	id         TEXT NOT NULL,
	mark       TEXT NOT NULL,
	size       INTEGER NOT NULL,
	file       TEXT NOT NULL,
	PRIMARY KEY (collection, id)
) WITHOUT ROWID;
CREATE TABLE name (
	folder TEXT NOT NULL,
	key    TEXT NOT NULL,
	owner  TEXT NOT NULL,
	name   TEXT NOT NULL,
	PRIMARY KEY (folder, key),
	UNIQUE (folder, owner)
) WITHOUT ROWID;
CREATE TABLE stem (
	key        TEXT PRIMARY KEY,
	collection INTEGER NOT NULL REFERENCES collection,
	source     TEXT NOT NULL,
	path       TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX stem_source ON stem (collection, source);
CREATE TABLE place (
	item    INTEGER PRIMARY KEY REFERENCES item,
	path    TEXT NOT NULL,
	offset  INTEGER NOT NULL,
	length  INTEGER NOT NULL,
	hash    BLOB NOT NULL,
	wrapper TEXT NOT NULL
);
CREATE TABLE file (
	path       TEXT PRIMARY KEY,
	account    INTEGER REFERENCES account,
	collection INTEGER REFERENCES collection,
	size       INTEGER NOT NULL,
	hash       BLOB NOT NULL
) WITHOUT ROWID;
`

// BusyMillis is how long a reader waits for a commit, and a commit for readers.
const BusyMillis = 30000

// idleConns is how many connections stay open for the next question.
const idleConns = 2

// schemaOfFormat is the text that makes the tables of a format, "" of one that
// is not known. A history that has others was not made by this program, or is
// damaged: see [ownSchema].
func schemaOfFormat(format int) string {
	switch format {
	case 1:
		return schema
	case 2:
		return schema + format2 + "CREATE " + shownView
	case 3:
		return schemaOfFormat(2) + chunkTable
	}
	return ""
}

// A Connector opens connections to one history.db. With create set the file
// may be missing; with plain set a history of an older format is left as it is;
// with frozen set the file is only read, as it stands, whatever lies beside it.
type Connector struct {
	File                  string
	create, plain, frozen bool
}

func (c Connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

func (c Connector) Connect(context.Context) (driver.Conn, error) {
	mode := "rw"
	switch {
	case c.create:
		mode = "rwc"
	case c.frozen:
		mode = "ro&immutable=1"
	}
	if !c.frozen {
		if err := CheckHeader(c.File); err != nil {
			return nil, err
		}
	}
	conn, err := c.Driver().Open(FileURI(c.File, fmt.Sprintf("mode=%s&_mutex=no&_busy_timeout=%d", mode, BusyMillis)))
	if err != nil {
		return nil, err
	}
	_, err = conn.(driver.ExecerContext).ExecContext(context.Background(),
		Distrust+"PRAGMA synchronous=EXTRA; PRAGMA temp_store=FILE; PRAGMA cache_size=-2000; PRAGMA temp.cache_size=-1000; PRAGMA temp.journal_mode=OFF", nil)
	if err == nil && !c.plain && !c.frozen {
		err = asPresent(conn)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// A using is a connector that notes that its file is open: see [useHistory].
type using struct {
	Connector
	leave func() error
}

// Close is called when the connections are closed.
func (u using) Close() error { return u.leave() }

// FileURI is the address of a database in a file, with the driver's parameters.
func FileURI(file, parameters string) string {
	name := filepath.ToSlash(file)
	if runtime.GOOS == "windows" && !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	return (&url.URL{Scheme: "file", Path: name, RawQuery: parameters}).String()
}

// OpenHistory opens the history in file and tells its ID.
func OpenHistory(ctx context.Context, file string) (*sql.DB, string, error) {
	db := sql.OpenDB(using{Connector{File: file}, useHistory(file)})
	db.SetMaxIdleConns(idleConns)
	id, format, err := readHead(ctx, db)
	if err == nil {
		err = ownSchema(ctx, db, format)
	}
	if err == nil {
		err = ownValues(ctx, db)
	}
	if disk.Senseless(err) {
		err = fmt.Errorf("%w: %w", export.ErrDamaged, err)
	}
	if err != nil {
		return nil, "", errors.Join(disk.Caused(fmt.Errorf("reading history.db: %w", err)), db.Close())
	}
	return db, id, nil
}

func readHead(ctx context.Context, db *sql.DB) (id string, format int, err error) {
	var app int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app); err != nil {
		return "", 0, err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&format); err != nil {
		return "", 0, err
	}
	switch {
	case app != applicationID:
		return "", 0, fmt.Errorf("%w: it is no history of Sidekeep", export.ErrDamaged)
	case format > Format:
		return "", 0, fmt.Errorf("%w: its format is %d, and this program reads up to %d", export.ErrNewer, format, Format)
	case format < 1:
		return "", 0, fmt.Errorf("%w: it has no format number", export.ErrDamaged)
	}
	err = db.QueryRowContext(ctx, "SELECT value FROM archive WHERE name = 'id'").Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("%w: it has no ID", export.ErrDamaged)
	}
	return id, format, err
}

// WriteHistory makes a new history in file, which must not exist.
func WriteHistory(ctx context.Context, file, id, created string) error {
	db := sql.OpenDB(Connector{File: file, create: true})
	db.SetMaxOpenConns(1)
	_, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA journal_mode=DELETE; BEGIN; PRAGMA application_id=%d; PRAGMA user_version=%d;", applicationID, Format)+schemaOfFormat(Format))
	if err == nil {
		_, err = db.ExecContext(ctx, "INSERT INTO archive VALUES ('id', ?), ('created', ?), ('publish', '1')", id, created)
	}
	if err == nil {
		_, err = db.ExecContext(ctx, "COMMIT")
	}
	return disk.Caused(errors.Join(err, db.Close()))
}
