package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"sidekeep/export"
)

func newest(a *Store, ctx context.Context, where string, args ...any) (*export.Ledger, error) {
	l, err := ledgers(a, ctx, where, args, 1)
	if err != nil || len(l) == 0 {
		return nil, err
	}
	return &l[0], nil
}

func ledgers(a *Store, ctx context.Context, where string, args []any, limit int) ([]export.Ledger, error) {
	list := []export.Ledger{}
	err := Each(ctx, a.DB, "SELECT ledger FROM export WHERE "+where+" ORDER BY number DESC LIMIT ?", append(args, limit), func(rows *sql.Rows) error {
		var text []byte
		if err := rows.Scan(&text); err != nil {
			return err
		}
		var s storedLedger
		if err := json.Unmarshal(text, &s); err != nil {
			return fmt.Errorf("%w: a ledger: %w", export.ErrDamaged, err)
		}
		for i, id := range s.IDs {
			if i < len(s.Collections) {
				s.Collections[i].ID = id
			}
		}
		s.Problems = []export.Problem{}
		list = append(list, s.Ledger)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range list {
		if err := problems(a, ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func problems(a *Store, ctx context.Context, l *export.Ledger) error {
	return Each(ctx, a.DB, "SELECT collection, item, cause, detail, aside FROM problem WHERE export = ? ORDER BY problem", []any{l.Number}, func(rows *sql.Rows) error {
		var p export.Problem
		err := rows.Scan(&p.Collection, &p.Item, &p.Cause, &p.Detail, &p.Aside)
		l.Problems = append(l.Problems, p)
		return err
	})
}

// BadSums are the exports whose ledger cannot be read.
func BadSums(ctx context.Context, q Querier) (list []int64, err error) {
	err = Each(ctx, q, "SELECT number, ledger FROM export WHERE ledger IS NOT NULL ORDER BY number", nil, func(rows *sql.Rows) error {
		var n int64
		var text sql.RawBytes
		if err := rows.Scan(&n, &text); err != nil {
			return err
		}
		var l storedLedger
		if json.Unmarshal(text, &l) != nil {
			list = append(list, n)
		}
		return nil
	})
	return list, err
}

// Ledger ends the export: its sum and, as far as no item told them already, its
// problems.
func Ledger(w *Batch, number int64, l *export.Ledger, ended time.Time) error {
	text, err := StoredText(l)
	if err != nil {
		return err
	}
	for _, p := range l.Problems {
		if p.Item != "" {
			continue // recorded when it was put
		}
		if err := Problem(w, number, p); err != nil {
			return err
		}
	}
	_, err = w.Exec("UPDATE export SET ended = ?, good = ?, ledger = ? WHERE number = ?", Stamp(ended), l.Good(), text, number)
	return err
}

// A storedLedger is the ledger column of an export: the ledger without its
// problems, with the IDs of its collections.
type storedLedger struct {
	export.Ledger
	IDs []string `json:"ids"`
}

func StoredText(l *export.Ledger) (string, error) {
	stored := storedLedger{Ledger: *l}
	stored.Problems = nil
	for _, c := range l.Collections {
		stored.IDs = append(stored.IDs, c.ID)
	}
	text, err := json.Marshal(stored)
	if err != nil {
		return "", fmt.Errorf("writing the ledger: %w", err)
	}
	return string(text), nil
}

func Problem(w *Batch, number int64, p export.Problem) error {
	_, err := w.Exec("INSERT INTO problem (export, collection, item, cause, detail, aside) VALUES (?, ?, ?, ?, ?, ?)",
		number, p.Collection, p.Item, p.Cause, p.Detail, p.Aside)
	return err
}
