package export_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"sidekeep/export"
)

// What each cause ends. A cause that is not here has no place yet.
var reaches = map[error]export.Reach{
	export.ErrSignIn: export.WholeRun, export.ErrExpired: export.WholeRun, export.ErrUnknownHost: export.WholeRun,
	export.ErrUnreachable: export.WholeRun, export.ErrAway: export.WholeRun, export.ErrCertificate: export.WholeRun,
	export.ErrInsecure: export.WholeRun, export.ErrElsewhere: export.WholeRun, export.ErrNobody: export.WholeRun,
	export.ErrNoKeychain: export.WholeRun, export.ErrFull: export.WholeRun,
	export.ErrBusy: export.WholeRun, export.ErrHistory: export.WholeRun,
	export.ErrNewer: export.WholeRun, export.ErrNoArchive: export.WholeRun,
	export.ErrNoPassword: export.WholeRun, export.ErrQuota: export.WholeRun, export.ErrStopped: export.WholeRun,

	export.ErrThrottled: export.OneCollection, export.ErrFault: export.OneCollection,

	// One photo can be a link, or not readable; where the archive itself cannot be
	// written, its session says so.
	export.ErrLink: export.OneItem, export.ErrNotWritable: export.OneItem, export.ErrUnbalanced: export.OneItem,
	export.ErrDenied: export.OneItem, export.ErrNotDAV: export.OneItem, export.ErrEmpty: export.OneItem,
	export.ErrGone: export.OneItem, export.ErrDamaged: export.OneItem, export.ErrTooLarge: export.OneItem,
	export.ErrStaleToken: export.OneItem, export.ErrMistake: export.OneItem, export.ErrChanged: export.OneItem,
	export.ErrExists: export.OneItem, export.ErrConflict: export.OneItem, export.ErrReadOnly: export.OneItem,
	export.ErrSealed: export.OneItem, export.ErrUnsupported: export.OneItem, export.ErrOversize: export.OneItem,
	export.ErrRefused: export.OneItem, export.ErrNotKept: export.OneItem,
}

// Every cause has its reach, wrapped or not, and the wider of two counts.
func TestReachOfEveryCause(t *testing.T) {
	for _, cause := range export.Causes() {
		want, ok := reaches[cause]
		if !ok {
			t.Errorf("%v: nobody has said what it ends", cause)
			continue
		}
		for _, err := range []error{cause, fmt.Errorf("reading %q: %w", "x", cause), errors.Join(export.ErrDamaged, cause), fmt.Errorf("%w: %w", cause, export.ErrGone)} {
			if got := export.ReachOf(err); got != want {
				t.Errorf("%v: %d, want %d", err, got, want)
			}
		}
		if want == export.OneItem {
			for _, wider := range []error{export.ErrFault, export.ErrSignIn} {
				if got := export.ReachOf(fmt.Errorf("%w: %w", cause, wider)); got != reaches[wider] {
					t.Errorf("%v with %v: %d", cause, wider, got)
				}
			}
		}
	}
	if len(reaches) != len(export.Causes()) {
		t.Errorf("%d causes, %d reaches", len(export.Causes()), len(reaches))
	}
	for err, want := range map[error]export.Reach{
		nil: export.OneItem, errors.New("whatever"): export.OneItem, context.Canceled: export.WholeRun, context.DeadlineExceeded: export.WholeRun,
		&export.FaultError{Err: export.ErrDamaged}:                                 export.OneCollection,
		&export.RefusedError{Question: export.Question{Cause: export.ErrInsecure}}: export.WholeRun,
	} {
		if got := export.ReachOf(err); got != want {
			t.Errorf("%v: %d, want %d", err, got, want)
		}
	}
}

// An item that is held in memory is opened from any byte on, and past its end.
func TestItemOfBytes(t *testing.T) {
	it := export.Item{ID: "a"}.OfBytes([]byte("0123456789"))
	for from, want := range map[int64]string{0: "0123456789", 4: "456789", 10: "", 11: "", -3: "0123456789"} {
		body, start, err := readFrom(it, from)
		if err != nil || body != want || start != int64(10-len(want)) {
			t.Errorf("from %d: %q at %d, %v", from, body, start, err)
		}
	}
	if it.ID != "a" || it.Size != 10 {
		t.Errorf("%+v", it)
	}
}

func readFrom(it export.Item, from int64) (string, int64, error) {
	r, start, err := it.Open(context.Background(), from)
	if err != nil {
		return "", 0, err
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	return string(body), start, err
}

// A calendar without a list of components takes both.
func TestCalendarKind(t *testing.T) {
	for _, c := range []struct {
		events, todos bool
		kind          export.Kind
		mixed         bool
	}{
		{true, false, export.Events, false}, {false, true, export.Todos, false}, {true, true, export.Events, true}, {false, false, export.Events, true},
	} {
		if kind, mixed := export.CalendarKind(c.events, c.todos); kind != c.kind || mixed != c.mixed {
			t.Errorf("%+v: %s, mixed %v", c, kind, mixed)
		}
	}
	if export.Contacts.Component()+export.Photos.Component() != "" || export.Todos.Component() != "VTODO" {
		t.Error("components")
	}
}
