package vcard

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// TestViewsStandApart views many different cards, one after the other and side
// by side: what a view returns does not change when others are read.
func TestViewsStandApart(t *testing.T) {
	var cards [][]byte
	for i := range 300 {
		cards = append(cards, fmt.Appendf(nil, "BEGIN:VCARD\r\nVERSION:%s\r\nUID:%d\r\nFN:Name %d\r\nN;X-P%d=a%d,b;LANGUAGE=de:F%d;G;;;\r\n"+
			"TEL;TYPE=HOME,X%d:+49 %d\r\nitem1.EMAIL;X-Q=\"q%d;q\":m%d@example.org\r\nitem1.X-ABLabel:L%d\r\nX-OTHER%d;A%d=1;B=\"%d\":v%d\\,w\r\n"+
			"X-SOCIALPROFILE;TYPE=t%d;X-USER=u%d:https://example.org/%d\r\nRELATED;TYPE=friend;VALUE=text:R%d\r\nBDAY:19%02d-01-01\r\nNOTE:%s\r\nEND:VCARD\r\n",
			[]string{"3.0", "4.0"}[i%2], i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i%100, strings.Repeat("n", i)))
	}
	show := func(c *Contact) string { return fmt.Sprintf("%+v", *c) }
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			var views []*Contact
			var then []string
			for _, raw := range cards {
				c, err := View(raw)
				if err != nil {
					t.Error(err)
					return
				}
				views, then = append(views, c), append(then, show(c))
			}
			for i, c := range views {
				if now := show(c); now != then[i] {
					t.Errorf("card %d was\n%s\nand is\n%s", i, then[i], now)
				}
			}
		})
	}
	group.Wait()
}
