package work_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sidekeep/app/work"
	"sidekeep/formats/file"
)

// An archive is looked into item by item, also one in another.
func TestInspectArchive(t *testing.T) {
	pack := func(names ...string) []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for i := 0; i < len(names); i += 2 {
			w, err := z.Create(names[i])
			if err == nil {
				_, err = w.Write([]byte(names[i+1]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	const card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:Ada\r\nN:;Ada;;;\r\nBDAY:1990-02-31\r\nEND:VCARD\r\n"
	inner := pack("deep.vcf", card+strings.ReplaceAll(card, "Ada", "Ben"))
	name := filepath.Join(t.TempDir(), "all.zip")
	if err := os.WriteFile(name, pack("people/ada.vcf", card, "inner.zip", string(inner), "note.txt", "nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := work.Inspect(t.Context(), []string{name}, nil, work.Inspector{
		Begin: func(x work.Inspected) error {
			got = append(got, "begin "+strings.TrimPrefix(x.Path, name)+" "+string(x.Type))
			return nil
		},
		Item: func(it *file.Item) error {
			found := it.Findings()
			if len(found) != 1 || !strings.Contains(found[0].Reason, "no date") {
				t.Errorf("%s: %+v", it.Name(), found)
			}
			got = append(got, it.Name())
			return nil
		},
		End: func(x work.Inspected) error {
			if x.Err != nil {
				t.Error(x.Path, x.Err)
			}
			got = append(got, "end "+strings.TrimPrefix(x.Path, name))
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"begin  zip", "end ", "begin /inner.zip zip", "end /inner.zip", "begin /inner.zip/deep.vcf vcard", "Ada", "Ben", "end /inner.zip/deep.vcf",
		"begin /note.txt ", "end /note.txt", "begin /people/ada.vcf vcard", "Ada", "end /people/ada.vcf",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q,\nwant %q", got, want)
	}
}
