package contentline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// pieces splits in and fails if the pieces, joined, are not in.
func pieces(t *testing.T, in []byte) []string {
	t.Helper()
	var out []string
	if err := Split(bytes.NewReader(in), func(raw []byte) error {
		out = append(out, string(raw))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(out, ""); got != string(in) {
		t.Fatalf("joined pieces are %q, want %q", got, in)
	}
	return out
}

var splits = []struct {
	name string
	in   string
	want []string
}{
	{"nothing", "", nil},
	{"two cards", "BEGIN:VCARD\r\nFN:a\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:b\r\nEND:VCARD\r\n",
		[]string{"BEGIN:VCARD\r\nFN:a\r\nEND:VCARD\r\n", "BEGIN:VCARD\r\nFN:b\r\nEND:VCARD\r\n"}},
	{"LF", "BEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD\n", []string{"BEGIN:VCARD\nEND:VCARD\n", "BEGIN:VCARD\nEND:VCARD\n"}},
	{"CR", "BEGIN:VCARD\rFN:a\rEND:VCARD\rBEGIN:VCARD\rEND:VCARD\r", []string{"BEGIN:VCARD\rFN:a\rEND:VCARD\r", "BEGIN:VCARD\rEND:VCARD\r"}},
	{"CR CR LF", "BEGIN:VCARD\r\r\nEND:VCARD\r\r\nBEGIN:VCARD\r\r\nEND:VCARD", []string{"BEGIN:VCARD\r\r\nEND:VCARD\r\r\n", "BEGIN:VCARD\r\r\nEND:VCARD"}},
	{"a CR card behind a CRLF card", "BEGIN:VCARD\r\nEND:VCARD\r\nBEGIN:VCARD\rFN:a\rEND:VCARD\rBEGIN:VCARD\r\nEND:VCARD",
		[]string{"BEGIN:VCARD\r\nEND:VCARD\r\n", "BEGIN:VCARD\rFN:a\rEND:VCARD\r", "BEGIN:VCARD\r\nEND:VCARD"}},
	{"blank lines go with the card before", "\n\nBEGIN:VCARD\nEND:VCARD\n\n \n\x1aBEGIN:VCARD", []string{"\n\nBEGIN:VCARD\nEND:VCARD\n\n \n", "\x1aBEGIN:VCARD"}},
	{"DOS end mark", "BEGIN:VCARD\nEND:VCARD\n\x1a", []string{"BEGIN:VCARD\nEND:VCARD\n\x1a"}},
	{"text goes with the card after", "hello\nBEGIN:VCARD\nEND:VCARD\nworld\nBEGIN:VCARD\nEND:VCARD\n", []string{"hello\nBEGIN:VCARD\nEND:VCARD\n", "world\nBEGIN:VCARD\nEND:VCARD\n"}},
	{"text at the end", "BEGIN:VCARD\nEND:VCARD\nbye\nbye", []string{"BEGIN:VCARD\nEND:VCARD\n", "bye\nbye"}},
	{"BEGIN is missing", "BEGIN:VCARD\nEND:VCARD\nFN:a\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD\n", []string{"BEGIN:VCARD\nEND:VCARD\n", "FN:a\nEND:VCARD\n", "BEGIN:VCARD\nEND:VCARD\n"}},
	{"END is missing", "BEGIN:VCARD\nFN:a\nBEGIN:VCARD\nFN:b\nEND:VCARD\n", []string{"BEGIN:VCARD\nFN:a\n", "BEGIN:VCARD\nFN:b\nEND:VCARD\n"}},
	{"AGENT", "BEGIN:VCARD\nAGENT:\nBEGIN:VCARD\nFN:b\nEND:VCARD\nFN:a\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD", []string{"BEGIN:VCARD\nAGENT:\nBEGIN:VCARD\nFN:b\nEND:VCARD\nFN:a\nEND:VCARD\n", "BEGIN:VCARD\nEND:VCARD"}},
	{"AGENT on its line", "begin:vcard\nitem1.AGENT;X=y: BEGIN:VCARD\nFN:b\nEND:VCARD\nFN:a\nend:vcard\nBEGIN:VCARD\nEND:VCARD", []string{"begin:vcard\nitem1.AGENT;X=y: BEGIN:VCARD\nFN:b\nEND:VCARD\nFN:a\nend:vcard\n", "BEGIN:VCARD\nEND:VCARD"}},
	{"AGENT as text", "BEGIN:VCARD\nAGENT:BEGIN:VCARD\\nFN:b\\nEND:VCARD\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD", []string{"BEGIN:VCARD\nAGENT:BEGIN:VCARD\\nFN:b\\nEND:VCARD\nEND:VCARD\n", "BEGIN:VCARD\nEND:VCARD"}},
	{"soft break before END", "BEGIN:VCARD\nNOTE;QUOTED-PRINTABLE:a=\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD", []string{"BEGIN:VCARD\nNOTE;QUOTED-PRINTABLE:a=\nEND:VCARD\n", "BEGIN:VCARD\nEND:VCARD"}},
	{"BEGIN in a note", "BEGIN:VCARD\nNOTE:x\n BEGIN:VCARD\nEND:VCARD\n", []string{"BEGIN:VCARD\nNOTE:x\n BEGIN:VCARD\nEND:VCARD\n"}},
	{"byte order marks", bom + "BEGIN:VCARD\nEND:VCARD\n" + bom + "BEGIN:VCARD\nEND:VCARD\n", []string{bom + "BEGIN:VCARD\nEND:VCARD\n", bom + "BEGIN:VCARD\nEND:VCARD\n"}},
	{"calendars", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\nBEGIN:VCALENDAR\nEND:VCALENDAR", []string{"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n", "BEGIN:VCALENDAR\nEND:VCALENDAR"}},
	{"events without a calendar", "BEGIN:VEVENT\nBEGIN:VALARM\nEND:VALARM\nEND:VEVENT\nBEGIN:VEVENT\nEND:VEVENT\n", []string{"BEGIN:VEVENT\nBEGIN:VALARM\nEND:VALARM\nEND:VEVENT\n", "BEGIN:VEVENT\nEND:VEVENT\n"}},
	{"calendar without END", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VCALENDAR\nEND:VCALENDAR\n", []string{"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"}},
}

func TestSplit(t *testing.T) {
	for _, tt := range splits {
		t.Run(tt.name, func(t *testing.T) {
			if got := pieces(t, []byte(tt.in)); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			for _, order := range []string{"le", "be", "le bom", "be bom"} {
				var want []string
				wide := utf16Of(tt.in, order)
				for i, w := range tt.want {
					o := order
					if i > 0 {
						o = order[:2]
					}
					want = append(want, string(utf16Of(w, o)))
				}
				if tt.in == "" || tt.in[0] > 0x7f {
					continue
				}
				if got := pieces(t, wide); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
					t.Errorf("%s: got  %q\nwant %q", order, got, want)
				}
			}
		})
	}
}

// utf16Of gives s in UTF-16, in the byte order "le" or "be", with " bom" after
// a byte order mark.
func utf16Of(s, order string) []byte {
	var out []byte
	if strings.HasSuffix(order, " bom") {
		s = bom + s
	}
	for _, r := range s {
		if r > 0xffff {
			panic("not in the tests")
		}
		if order[0] == 'l' {
			out = append(out, byte(r), byte(r>>8))
		} else {
			out = append(out, byte(r>>8), byte(r))
		}
	}
	return out
}

// every is all test input, for properties that hold for any.
func every() []string {
	var all []string
	for _, s := range splits {
		all = append(all, s.in, string(utf16Of(strings.ToValidUTF8(s.in, "?"), "le bom")))
	}
	for _, s := range lines {
		all = append(all, s.in)
	}
	for _, s := range published {
		all = append(all, s.in)
	}
	return all
}

// TestTruncated cuts input at every byte: the bytes survive, and it makes no
// difference in which portions they come.
func TestTruncated(t *testing.T) {
	for _, in := range every() {
		for n := range len(in) + 1 {
			survives(t, []byte(in[:n]))
		}
	}
}

func survives(t *testing.T, in []byte) {
	t.Helper()
	want := pieces(t, in)
	var slow []string
	if err := Split(iotest.OneByteReader(bytes.NewReader(in)), func(raw []byte) error {
		slow = append(slow, string(raw))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprintf("%q", slow) != fmt.Sprintf("%q", want) {
		t.Fatalf("byte by byte %q is split into %q, at once into %q", in, slow, want)
	}
	var joined []byte
	var all []Line
	number := 0
	for l := range Lines(in) {
		joined = append(joined, l.Raw...)
		all = append(all, l)
		if l.Number <= number {
			t.Fatalf("line %d follows line %d in %q", l.Number, number, in)
		}
		number = l.Number
		_ = l.Text()
	}
	if !bytes.Equal(joined, in) {
		t.Fatalf("joined lines are %q, want %q", joined, in)
	}
	r := NewReader(iotest.HalfReader(bytes.NewReader(in)))
	for i := 0; ; i++ {
		l, err := r.Next()
		if err == io.EOF && i == len(all) {
			return
		}
		if err != nil || i == len(all) || !reflect.DeepEqual(l, all[i]) {
			t.Fatalf("line %d of %q as a stream: %+v, %v", i, in, l, err)
		}
	}
}

func TestSplitStops(t *testing.T) {
	stop := errors.New("stop")
	in := strings.Repeat("BEGIN:VCARD\r\nEND:VCARD\r\n", 3)
	n := 0
	if err := Split(strings.NewReader(in), func([]byte) error { n++; return stop }); err != stop || n != 1 {
		t.Errorf("after %d pieces: %v", n, err)
	}
	broken := errors.New("broken")
	n = 0
	err := Split(io.MultiReader(strings.NewReader(in+"BEGIN:"), iotest.ErrReader(broken)), func([]byte) error { n++; return nil })
	if err != broken || n != 2 {
		t.Errorf("%d pieces before the reader broke: %v", n, err)
	}
}

// endless gives n bytes: head, body again and again, tail.
func endless(head, body, tail string, n int) (io.Reader, int) {
	times := (n - len(head) - len(tail)) / len(body)
	many := strings.NewReader(strings.Repeat(body, max(1, 1<<20/len(body))))
	var parts []io.Reader
	parts = append(parts, strings.NewReader(head))
	for left := times * len(body); left > 0; left -= int(many.Size()) {
		parts = append(parts, io.NewSectionReader(many, 0, min(int64(left), many.Size())))
	}
	return io.MultiReader(append(parts, strings.NewReader(tail))...), len(head) + times*len(body) + len(tail)
}

func TestTooLarge(t *testing.T) {
	const size = 200 << 20
	tests := []struct {
		name, head, body, tail string
		size                   int
	}{
		{"a long line", "BEGIN:VCARD\r\nNOTE:", "abcdefgh", "\r\nEND:VCARD\r\n", 70 << 20},
		{"a folded line of 200 MB", "BEGIN:VCARD\r\nPHOTO;ENCODING=b:", strings.Repeat("A", 74) + "\r\n ", "A\r\nEND:VCARD\r\n", size},
		{"a long card", "BEGIN:VCARD\r\n", "NOTE:abcdefgh\r\n", "END:VCARD\r\n", 70 << 20},
		{"carriage returns", "BEGIN:VCARD\r\nNOTE:x", "\rabcdefghijklmno", "\r\nEND:VCARD\r\n", 35 << 20},
		{"blank lines", "BEGIN:VCARD\r\nEND:VCARD", "               \n", "\n", 35 << 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, want := endless(tt.head, tt.body, tt.tail, tt.size)
			r = io.MultiReader(r, strings.NewReader("BEGIN:VCARD\r\nFN:after\r\nEND:VCARD\r\n"))
			want += len("BEGIN:VCARD\r\nFN:after\r\nEND:VCARD\r\n")
			total, first, last := 0, 0, ""
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := Split(r, func(raw []byte) error {
				if first == 0 {
					first = len(raw)
				}
				total += len(raw)
				if len(raw) > mostRead {
					t.Errorf("a piece of %d bytes", len(raw))
				}
				last = string(raw[:min(len(raw), 100)])
				return nil
			})
			runtime.ReadMemStats(&after)
			if err != nil || total != want {
				t.Errorf("%d bytes of %d: %v", total, want, err)
			}
			if first <= MaxObject {
				t.Errorf("the first piece has %d bytes: nothing says that it is too large", first)
			}
			if !strings.HasPrefix(last, "BEGIN:VCARD\r\nFN:after") {
				t.Errorf("the card after it is lost in %q", last)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 4*mostRead {
				t.Errorf("%d MB were allocated", used>>20)
			}
		})
	}
	t.Run("lines of a stream", func(t *testing.T) {
		r, want := endless("BEGIN:VCARD\r\nNOTE:", "abcdefgh", "\r\nEND:VCARD\r\n", 70<<20)
		lines := NewReader(r)
		total, cuts := 0, 0
		var last Line
		for {
			l, err := lines.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			total += len(l.Raw)
			if l.Cut {
				cuts++
			}
			last = l
		}
		if m, _ := last.Marker(); total != want || cuts < 2 || m != End || last.Number != 3 {
			t.Errorf("%d bytes of %d, %d cut, last line %d", total, want, cuts, last.Number)
		}
	})
}
