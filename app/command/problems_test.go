package command

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"sidekeep/export"
)

func TestProblems(t *testing.T) {
	bad := func(n int, cause error) (list []export.Problem) {
		for i := range n {
			list = append(list, export.Problem{Collection: "Book", Item: fmt.Sprint("p", i), Cause: cause.Error(), Detail: cause.Error()})
		}
		return list
	}
	for _, c := range []struct {
		name   string
		ledger export.Ledger
		lines  int
		last   string
	}{
		{"a few", export.Ledger{Counts: export.Counts{Failed: 3}, Problems: bad(3, export.ErrDamaged)}, 3, "p2"},
		{"more than a ledger carries", export.Ledger{Counts: export.Counts{Failed: 5000}, Problems: bad(export.MaxProblems, export.ErrDamaged)},
			shownProblems + 1, "and 4,990 more"},
		{"broken off", export.Ledger{
			Counts: export.Counts{Failed: 2102}, Stop: export.NewStop(export.ErrUnreachable),
			Problems: append(bad(2, export.ErrDamaged), bad(198, export.ErrUnreachable)...),
		}, 3, "2,100 items did not arrive"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			s := &session{stderr: newPrinter(&out, true)}
			s.problems(&c.ledger)
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if len(lines) != c.lines || !strings.Contains(lines[len(lines)-1], c.last) {
				t.Errorf("%d lines, the last %q; want %d with %q", len(lines), lines[len(lines)-1], c.lines, c.last)
			}
		})
	}
}
