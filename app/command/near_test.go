package command

import "testing"

func TestNear(t *testing.T) {
	verbs := []string{"export", "import", "inspect", "list", "status", "restore", "undo"}
	for word, want := range map[string]string{
		"exprot": "export", "expor": "export", "imoprt": "import", "stauts": "status", "Restor": "restore", "lsit": "list",
		"banana": "", "x": "", "": "", "undoing": "",
	} {
		if got := near(word, verbs); got != want {
			t.Errorf("near(%q) = %q, want %q", word, got, want)
		}
	}
}
