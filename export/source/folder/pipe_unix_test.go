//go:build unix

package folder

import (
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// What is no plain file is never opened: reading from a pipe would wait for good.
func TestPipeNotOpened(t *testing.T) {
	dir := lay(t, map[string]string{"book/a.vcf": card("a")})
	if err := syscall.Mkfifo(filepath.Join(dir, "book", "pipe.vcf"), 0o644); err != nil {
		t.Fatal(err)
	}
	l := exported(t, dir, archiveOf(t))
	if got := shape(l); !slices.Equal(got, []string{"book contacts 1"}) {
		t.Errorf("collections %v", got)
	}
	if got := skipped(l); !slices.Equal(got, []string{"book/pipe.vcf 1 it is no plain file"}) {
		t.Errorf("skipped %q", got)
	}
	if !l.Good() {
		t.Errorf("not good: %+v", l)
	}
}
