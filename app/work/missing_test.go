package work_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"sidekeep/app/work"
	"sidekeep/export"
)

// TestMissing removes people, spoils others and moves one to another ID: each
// that is gone and each that has lost content is named with both values.
func TestMissing(t *testing.T) {
	w := newWork(t, work.Options{})
	url, server := phone(t)
	d := device{t, url, server}
	for i := range 120 {
		d.put(fmt.Sprintf("%sx%03d.vcf", people, i), fmt.Appendf(nil, "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:x%d\r\nFN:Zed %02d\r\nN:%02d;Zed;;;\r\nTEL:+44 20 7946 %04d\r\nNOTE:met in %d\r\nEND:VCARD\r\n", i, i, i, i*37, i))
	}
	add(t, w, url)
	run(t, w, "home")
	gone, spoiled := 0, 0
	d.each(people, func(i, _ int, at string, body []byte) {
		switch {
		case !bytes.Contains(body, []byte("FN:Zed")):
			if gone++; server.Remove(at) != nil {
				t.Error("it cannot be removed")
			}
		case bytes.Contains(body, []byte("UID:x7\r")):
			if err := server.Remove(at); err != nil {
				t.Error(err)
			}
			d.put(people+"elsewhere.vcf", body)
		case bytes.Contains(body, []byte("UID:x8\r")):
			d.put(at, bytes.Replace(body, []byte("END:VCARD"), []byte("URL:https://example.org\r\nEND:VCARD"), 1)) // more than before is no loss
		default:
			spoiled++
			d.put(at, bytes.Replace(body, []byte("+44 20"), []byte("+49 99"), 1))
		}
	})
	l, err := w.Export(t.Context(), "home", nil)
	if err != nil {
		t.Fatal(err)
	}
	status, err := w.Status(t.Context())
	if err != nil || !l.Held || len(status) != 1 || status[0].Loss == nil {
		t.Fatalf("%v, held %v, %+v", err, l.Held, status)
	}
	var away, changed int
	for m, err := range w.Missing(t.Context(), "home", l.Number, status[0].Loss) {
		switch {
		case err != nil:
			t.Fatal(err)
		case m.Now == nil:
			if away++; strings.HasPrefix(m.Name, "Zed") || changed > 0 {
				t.Errorf("%q is not gone, or comes late", m.Name)
			}
		default:
			changed++
			if len(m.Lost) != 1 || m.Lost[0].What != export.LostNumbers || !strings.HasPrefix(m.Lost[0].Before, "+44 20") || !strings.HasPrefix(m.Lost[0].Now, "+49 99") {
				t.Errorf("%s: %+v", m.Name, m.Lost)
			}
		}
	}
	if away != gone || changed != spoiled {
		t.Errorf("%d gone and %d changed, want %d and %d", away, changed, gone, spoiled)
	}
	n := 0
	for range w.Missing(t.Context(), "home", l.Number, nil) {
		n++
	}
	if n != gone {
		t.Errorf("without a loss %d are told, want the %d that are gone", n, gone)
	}
}

// TestUnread counts what could not be understood apart, also after it was
// acknowledged.
func TestUnread(t *testing.T) {
	w := newWork(t, work.Options{})
	url, server := phone(t)
	d := device{t, url, server}
	add(t, w, url)
	run(t, w, "home")
	n := 0
	d.each(people, func(i, of int, at string, _ []byte) {
		if n = of; i < 2 {
			if _, err := server.Put(at, []byte("BEGIN:VCARD\r\nthis is no card\r\n")); err != nil {
				t.Error(err)
			}
		}
	})
	l, err := w.Export(t.Context(), "home", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, aside := range []int{2, 0} {
		list, err := w.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s := list[0]
		if s.SetAside != aside || s.Items[export.Contacts] != n || s.Unread[export.Contacts] != 2 || s.Understood()[export.Contacts] != n-2 || s.Unread[export.Events] != 0 {
			t.Errorf("%d set aside, %v, of them unread %v; want %d people and 2 of them", s.SetAside, s.Items, s.Unread, n)
		}
		if aside > 0 {
			if _, err := w.Accept(t.Context(), l.Number); err != nil {
				t.Fatal(err)
			}
		}
	}
}
