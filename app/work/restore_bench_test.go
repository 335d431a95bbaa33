package work_test

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"sidekeep/app/work"
	"sidekeep/export/davserver"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

// BenchmarkRestore puts 10,000 contacts back onto a service that lost them, and
// proves them: what the plan out of the archive costs, and what is written a
// second, with the exports before and after it.
func BenchmarkRestore(b *testing.B) {
	const n = 10_000
	const book = "/contacts/alice/contacts/"
	for b.Loop() {
		server := davserver.New(davserver.Options{User: "alice", Password: "secret"})
		if err := server.MakeAddressBook(book, davserver.Collection{Name: "Contacts"}); err != nil {
			b.Fatal(err)
		}
		for i := range n {
			card := fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c%d\r\nFN:Person %d\r\nN:%d;Person;;;\r\nTEL;TYPE=HOME:+49 30 %d\r\nEMAIL:p%d@example.org\r\nEND:VCARD\r\n", i, i, i, i, i)
			if _, err := server.Put(fmt.Sprintf("%sc%d.vcf", book, i), []byte(card)); err != nil {
				b.Fatal(err)
			}
		}
		h := httptest.NewServer(server)
		host := h.Listener.Addr().String()
		w := newWork(b, work.Options{})
		c := work.Candidate{Type: settings.DAV, Values: source.Values{source.Address: h.URL, source.User: "alice"}, PasswordCommand: "printf secret", Trust: source.Trust{Plain: []string{host}}}
		f, err := w.Find(b.Context(), c)
		if err == nil {
			err = w.Add(b.Context(), "phone", c, f, nil)
		}
		if err != nil {
			b.Fatal(err)
		}
		if l, err := w.Export(b.Context(), "phone", nil); err != nil || l.Kept != n {
			b.Fatalf("%v %+v", err, l)
		}
		for i := range n - 100 {
			if err := server.Remove(fmt.Sprintf("%sc%d.vcf", book, i)); err != nil {
				b.Fatal(err)
			}
		}
		begun := time.Now()
		p, err := w.PlanRestore(b.Context(), work.RestoreRequest{To: "phone"}, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(begun).Seconds(), "plan-s")
		begun = time.Now()
		var wrote, ended time.Time
		out, err := w.Restore(b.Context(), p, func(r work.RestoreProgress) {
			switch {
			case r.Phase == work.Writing && wrote.IsZero():
				wrote = time.Now()
			case r.Phase == work.Looking && ended.IsZero():
				ended = time.Now()
			}
		})
		if err != nil || out.Created != n-100 {
			b.Fatalf("%v %+v", err, out)
		}
		b.ReportMetric(float64(n-100)/ended.Sub(wrote).Seconds(), "written/s")
		b.ReportMetric(time.Since(begun).Seconds(), "restore-s")
		if err := p.Close(); err != nil {
			b.Fatal(err)
		}
		begun = time.Now()
		if p, err := w.Prove(b.Context(), "phone", nil); err != nil || p.Good != n {
			b.Fatalf("%v %+v", err, p)
		}
		b.ReportMetric(time.Since(begun).Seconds(), "prove-s")
		h.Close()
	}
}
