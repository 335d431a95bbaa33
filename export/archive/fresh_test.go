package archive_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"sidekeep/export/archive/history"
)

// TestFresh: the bytes of one row stay as they are while others are read, in one
// query and in the next of the same statement.
func TestFresh(t *testing.T) {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	stmt, err := db.PrepareContext(t.Context(), `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
		SELECT CAST(printf('%0*d', 1 + ?1 * i, i + ?1) AS BLOB) FROM n`)
	if err != nil {
		t.Fatal(err)
	}
	defer stmt.Close()
	var got []history.Copied
	var want []string
	for _, wide := range []int{1, 100, 1, 0} {
		rows, err := stmt.QueryContext(context.Background(), wide)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; rows.Next(); i++ {
			var b history.Copied
			if err := rows.Scan(&b); err != nil {
				t.Fatal(err)
			}
			got = append(got, b)
			want = append(want, fmt.Sprintf("%0*d", 1+wide*i, i+wide))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 400 || !slices.EqualFunc(got, want, func(b history.Copied, s string) bool { return string(b) == s }) {
		t.Errorf("%d values, and not all as they were read", len(got))
	}
	var null, text, number history.Copied
	if err := db.QueryRow("SELECT NULL, 'text', 7").Scan(&null, &text, &number); err != nil || null != nil || string(text) != "text" || string(number) != "7" {
		t.Errorf("%v %q %q %q", err, null, text, number)
	}
}
