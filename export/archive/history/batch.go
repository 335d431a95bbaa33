package history

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"sidekeep/export/archive/disk"
)

// A batch is committed when it is this large or this old, so that a run that
// is cut off keeps what it took.
const (
	batchRows  = 2000
	BatchBytes = 4 << 20
	batchTime  = time.Second
)

// A Batch is the one connection that changes history.db while the lock is
// held. Changes are gathered in batches. All but Lock, Unlock and Close is
// called between Lock and Unlock.
type Batch struct {
	db   *sql.DB
	Conn *sql.Conn

	mu     sync.Mutex
	stmts  map[string]*sql.Stmt
	Begun  bool
	rows   int
	bytes  int
	Kept   int // items that were answered as kept and are not committed
	timer  *time.Timer
	Settle func() error // makes durable what a batch speaks of, before it is committed; may be nil
	Broken error        // after an error SQLite may have rolled the batch back: nothing more is taken
}

func NewBatch(ctx context.Context, db *sql.DB) (*Batch, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, disk.Caused(err)
	}
	w := &Batch{db: db, Conn: conn, stmts: map[string]*sql.Stmt{}}
	w.timer = time.AfterFunc(batchTime, w.tick)
	w.timer.Stop()
	return w, nil
}

func (w *Batch) Lock()   { w.mu.Lock() }
func (w *Batch) Unlock() { w.mu.Unlock() }

// transaction has do write by itself, with nothing in the batch before.
func (w *Batch) transaction(do func(*Batch) error) error {
	w.Lock()
	defer w.Unlock()
	if err := w.Begin(); err != nil { // before anything is read that do decides by
		return err
	}
	if err := do(w); err != nil {
		return err
	}
	return w.Commit()
}

// tick commits a batch that waits for more while nothing comes.
func (w *Batch) tick() {
	w.Lock()
	defer w.Unlock()
	_ = w.Commit() // the next call returns w.Broken
}

func (w *Batch) Stmt(query string) (*sql.Stmt, error) {
	if w.Broken != nil {
		return nil, w.Broken
	}
	if s := w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := w.Conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, w.Fail(err)
	}
	w.stmts[query] = s
	return s, nil
}

func (w *Batch) Fail(err error) error {
	if err != nil && w.Broken == nil {
		w.Broken = disk.Caused(err)
	}
	return w.Broken
}

// Begin opens a batch if none is open.
func (w *Batch) Begin() error {
	if w.Begun || w.Broken != nil {
		return w.Broken
	}
	if _, err := w.Raw("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	w.Begun, w.rows, w.bytes, w.Kept = true, 0, 0, 0
	w.timer.Reset(batchTime)
	return nil
}

func (w *Batch) Raw(query string, args ...any) (sql.Result, error) {
	s, err := w.Stmt(query)
	if err != nil {
		return nil, err
	}
	res, err := s.ExecContext(context.Background(), args...)
	if err != nil {
		return nil, w.Fail(err)
	}
	return res, nil
}

// Exec changes the history as part of the batch.
func (w *Batch) Exec(query string, args ...any) (sql.Result, error) {
	if err := w.Begin(); err != nil {
		return nil, err
	}
	return w.Raw(query, args...)
}

// Took ends a step of one row and n bytes: if the batch is full it is
// committed.
func (w *Batch) Took(n int) error {
	w.rows++
	w.bytes += n
	if w.Begun && (w.rows >= batchRows || w.bytes >= BatchBytes) {
		return w.Commit()
	}
	return w.Broken
}

// Commit ends the batch durably.
func (w *Batch) Commit() error {
	if !w.Begun || w.Broken != nil {
		return w.Broken
	}
	w.timer.Stop()
	if w.Settle != nil {
		if err := w.Settle(); err != nil {
			return w.Fail(err)
		}
	}
	_, err := w.Raw("COMMIT")
	w.Begun = false
	if err == nil {
		w.Kept = 0
	}
	return err
}

// Rollback drops the batch.
func (w *Batch) Rollback() {
	if w.Begun {
		w.timer.Stop()
		_, _ = w.Conn.ExecContext(context.Background(), "ROLLBACK") // closed, it is rolled back as well
		w.Begun = false
	}
}

// Row reads one row into dest; false if there is none.
func (w *Batch) Row(query string, args []any, dest ...any) (bool, error) {
	s, err := w.Stmt(query)
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(context.Background(), args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, w.Fail(err)
	}
	return true, nil
}

// Each reads rows: scan is called for each and may not use w.
func (w *Batch) Each(query string, args []any, scan func(rows *sql.Rows) error) error {
	if w.Broken != nil {
		return w.Broken
	}
	return w.Fail(Each(context.Background(), w.Conn, query, args, scan))
}

// Renew makes the batch usable again after an error, on a new connection. What
// was not committed is dropped.
func (w *Batch) Renew() error {
	if w.Broken == nil || errors.Is(w.Broken, ErrClosed) {
		return w.Broken
	}
	if err := w.drop(); err != nil {
		return err
	}
	conn, err := w.db.Conn(context.Background())
	if err != nil {
		return disk.Caused(err)
	}
	w.Conn, w.Broken = conn, nil
	return nil
}

// Close ends the batch. What was not committed is dropped.
func (w *Batch) Close() error {
	w.Lock()
	defer w.Unlock()
	w.timer.Stop()
	w.Broken = ErrClosed
	return w.drop()
}

// drop gives the connection up, with its temporary tables and what was not
// committed.
func (w *Batch) drop() error {
	w.Rollback()
	for _, s := range w.stmts {
		_ = s.Close() // closing the connection frees them too
	}
	clear(w.stmts)
	return disk.Caused(DropConn(w.Conn))
}

var ErrClosed = errors.New("the export has ended")
