package judge

import (
	"database/sql"
	"fmt"
)

// loadOwn finds the items whose newest change is Sidekeep's own.
func (j *Judge) loadOwn() error {
	j.own = map[int64]bool{}
	return j.W.Each(`SELECT item FROM written JOIN item USING (item) JOIN collection USING (collection) WHERE account = ?
		AND (SELECT count(*) FROM version WHERE version.item = written.item AND version.version > written.version) <= 1`, []any{j.Account}, func(r *sql.Rows) error {
		var item int64
		err := r.Scan(&item)
		j.own[item] = true
		return err
	})
}

// RestoringName is the row of the table archive that says that a restore into
// an account is open.
func RestoringName(account int64) string { return fmt.Sprintf("restoring/%d", account) }

// restoring tells whether a restore into the account is open.
func (j *Judge) restoring() (open bool, err error) {
	_, err = j.W.Row("SELECT EXISTS (SELECT 1 FROM archive WHERE name = ?)", []any{RestoringName(j.Account)}, &open)
	return open, err
}
