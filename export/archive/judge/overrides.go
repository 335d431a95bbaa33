package judge

import (
	"time"

	"sidekeep/export/archive/history"
)

// CloseOverrides ends a hold: what its items show is again what is recorded.
// What was never shown and is gone again stays so: it does not come up among
// what has vanished.
func CloseOverrides(w *history.Batch, hold int64, state string, now time.Time) error {
	for _, q := range []string{
		"UPDATE collection SET dirty = 2 WHERE collection IN (SELECT collection FROM accepted JOIN item USING (item) WHERE hold = ? AND open)",
		"UPDATE accepted SET open = 0 WHERE hold = ? AND open AND (version IS NOT NULL OR (SELECT present FROM item WHERE item.item = accepted.item))",
	} {
		if _, err := w.Exec(q, hold); err != nil {
			return err
		}
	}
	_, err := w.Exec("UPDATE hold SET state = ?, changed = ? WHERE hold = ?", state, history.Stamp(now), hold)
	return err
}
