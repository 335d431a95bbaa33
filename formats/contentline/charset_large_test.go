package contentline

import (
	"io"
	"runtime"
	"strings"
	"testing"
)

// TestCharsetBesidePortrait: what is guessed of the names of a file does not
// change with a large portrait among them, and costs no memory for it.
func TestCharsetBesidePortrait(t *testing.T) {
	const names = "FN:J\xfcrgen M\xfcller\r\nNOTE:sch\xf6ne Gr\xfc\xdfe aus K\xf6ln\r\n"
	want, err := CharsetOf(strings.NewReader("BEGIN:VCARD\r\n" + names + "END:VCARD\r\n"))
	if err != nil || want == "" {
		t.Fatalf("%q, %v", want, err)
	}
	const size = 24 << 20
	fold := "\r\n " + strings.Repeat("A", 73)
	portrait := strings.NewReader(strings.Repeat(fold, size/len(fold)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := CharsetOf(io.MultiReader(
		strings.NewReader("BEGIN:VCARD\r\nPHOTO;ENCODING=b:"), portrait, strings.NewReader("\r\n"+names+"END:VCARD\r\n")))
	runtime.ReadMemStats(&after)
	if err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	// What is thrown away counts too: a line of the limit is gathered again and again.
	if n := after.TotalAlloc - before.TotalAlloc; n > size*4 {
		t.Errorf("%d MB for a portrait of %d MB", n>>20, size>>20)
	}
	if n := int64(after.HeapSys) - int64(before.HeapSys); n > size/2 {
		t.Errorf("the heap has grown by %d MB for a portrait of %d MB", n>>20, size>>20)
	}
}
