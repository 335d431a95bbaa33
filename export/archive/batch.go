package archive

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
	"time"
)

// A batch is committed when it is this large or this old, so that a run that
// is cut off keeps what it took.
const (
	batchRows  = 2000
	batchBytes = 4 << 20
	batchTime  = time.Second
)

// A writer is the one connection that changes history.db while the lock is
// held. Changes are gathered in batches. All but lock, unlock and close is
// called between lock and unlock.
type writer struct {
	db   *sql.DB
	conn *sql.Conn

	mu     sync.Mutex
	stmts  map[string]*sql.Stmt
	begun  bool
	rows   int
	bytes  int
	kept   int // items that were answered as kept and are not committed
	timer  *time.Timer
	settle func() error // makes durable what a batch speaks of, before it is committed; may be nil
	broken error        // after an error SQLite may have rolled the batch back: nothing more is taken
}

func newWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, caused(err)
	}
	w := &writer{db: db, conn: conn, stmts: map[string]*sql.Stmt{}}
	w.timer = time.AfterFunc(batchTime, w.tick)
	w.timer.Stop()
	return w, nil
}

func (w *writer) lock()   { w.mu.Lock() }
func (w *writer) unlock() { w.mu.Unlock() }

// tick commits a batch that waits for more while nothing comes.
func (w *writer) tick() {
	w.lock()
	defer w.unlock()
	_ = w.commit() // the next call returns w.broken
}

func (w *writer) stmt(query string) (*sql.Stmt, error) {
	if w.broken != nil {
		return nil, w.broken
	}
	if s := w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, w.fail(err)
	}
	w.stmts[query] = s
	return s, nil
}

func (w *writer) fail(err error) error {
	if err != nil && w.broken == nil {
		w.broken = caused(err)
	}
	return w.broken
}

// begin opens a batch if none is open.
func (w *writer) begin() error {
	if w.begun || w.broken != nil {
		return w.broken
	}
	if _, err := w.raw("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	w.begun, w.rows, w.bytes, w.kept = true, 0, 0, 0
	w.timer.Reset(batchTime)
	return nil
}

func (w *writer) raw(query string, args ...any) (sql.Result, error) {
	s, err := w.stmt(query)
	if err != nil {
		return nil, err
	}
	res, err := s.ExecContext(context.Background(), args...)
	if err != nil {
		return nil, w.fail(err)
	}
	return res, nil
}

// exec changes the history as part of the batch.
func (w *writer) exec(query string, args ...any) (sql.Result, error) {
	if err := w.begin(); err != nil {
		return nil, err
	}
	return w.raw(query, args...)
}

// took ends a step of one row and n bytes: if the batch is full it is
// committed.
func (w *writer) took(n int) error {
	w.rows++
	w.bytes += n
	if w.begun && (w.rows >= batchRows || w.bytes >= batchBytes) {
		return w.commit()
	}
	return w.broken
}

// commit ends the batch durably.
func (w *writer) commit() error {
	if !w.begun || w.broken != nil {
		return w.broken
	}
	w.timer.Stop()
	if w.settle != nil {
		if err := w.settle(); err != nil {
			return w.fail(err)
		}
	}
	_, err := w.raw("COMMIT")
	w.begun = false
	if err == nil {
		w.kept = 0
	}
	return err
}

// rollback drops the batch.
func (w *writer) rollback() {
	if w.begun {
		w.timer.Stop()
		_, _ = w.conn.ExecContext(context.Background(), "ROLLBACK") // closed, it is rolled back as well
		w.begun = false
	}
}

// row reads one row into dest; false if there is none.
func (w *writer) row(query string, args []any, dest ...any) (bool, error) {
	s, err := w.stmt(query)
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(context.Background(), args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, w.fail(err)
	}
	return true, nil
}

// each reads rows: scan is called for each and may not use w.
func (w *writer) each(query string, args []any, scan func(rows *sql.Rows) error) error {
	if w.broken != nil {
		return w.broken
	}
	return w.fail(eachRow(context.Background(), w.conn, query, args, scan))
}

// renew makes the writer usable again after an error, on a new connection. What
// was not committed is dropped.
func (w *writer) renew() error {
	if w.broken == nil || errors.Is(w.broken, errClosed) {
		return w.broken
	}
	if err := w.drop(); err != nil {
		return err
	}
	conn, err := w.db.Conn(context.Background())
	if err != nil {
		return caused(err)
	}
	w.conn, w.broken = conn, nil
	return nil
}

// close ends the writer. What was not committed is dropped.
func (w *writer) close() error {
	w.lock()
	defer w.unlock()
	w.timer.Stop()
	w.broken = errClosed
	return w.drop()
}

// drop gives the connection up, with its temporary tables and what was not
// committed.
func (w *writer) drop() error {
	w.rollback()
	for _, s := range w.stmts {
		_ = s.Close() // closing the connection frees them too
	}
	clear(w.stmts)
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	if err := w.conn.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return caused(err)
	}
	return nil
}

var errClosed = errors.New("the export has ended")
