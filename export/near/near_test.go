package near

import "testing"

func TestTo(t *testing.T) {
	verbs := []string{"export", "import", "inspect", "list", "status", "restore", "undo"}
	accounts := []string{"home", "Anna's iCloud", "Zoë", "work", "work (old)"}
	for _, c := range []struct {
		word, want string
		list       []string
	}{
		{"exprot", "export", verbs},
		{"expor", "export", verbs},
		{"imoprt", "import", verbs},
		{"stauts", "status", verbs},
		{"Restor", "restore", verbs},
		{"lsit", "list", verbs},
		{"re", "restore", verbs},
		{"in", "inspect", verbs},
		{"banana", "", verbs},
		{"x", "", verbs},
		{"", "", verbs},
		{"undoing", "", verbs},
		{"HOME", "home", accounts},
		{" home ", "home", accounts},
		{"hme", "home", accounts},
		{"icloud", "Anna's iCloud", accounts},
		{"Zoe", "Zoë", accounts},
		{"wrok", "work", accounts},
		{"old", "work (old)", accounts},
		{"wo", "", accounts},
		{"ome", "home", accounts},
	} {
		if got := To(c.word, c.list); got != c.want {
			t.Errorf("To(%q) = %q, want %q", c.word, got, c.want)
		}
	}
}
