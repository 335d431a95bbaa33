package archive_test

import (
	"testing"

	"sidekeep/export/archive"
)

func TestFileName(t *testing.T) {
	used := map[string]bool{}
	free := func(folded string) bool { return !used[folded] }
	for _, c := range []struct{ want, name string }{
		{"Anna", "Anna.vcf"}, {"ANNA", "ANNA (2).vcf"}, {"a/b\\c:d", "a_b_c_d.vcf"}, {"../../etc/passwd", "_._._etc_passwd.vcf"},
		{"", "Unnamed.vcf"}, {"con", "_con.vcf"}, {"Dr. Who", "Dr. Who.vcf"},
	} {
		got := archive.FileName(c.want, ".vcf", "Unnamed", free)
		if got != c.name {
			t.Errorf("%q: %q, want %q", c.want, got, c.name)
		}
		used[archive.FoldName(got)] = true
	}
}
