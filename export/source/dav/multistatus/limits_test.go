package multistatus

import (
	"slices"
	"strings"
	"testing"
)

// What a collection says of what it takes: only what was found counts.
func TestLimits(t *testing.T) {
	const body = `<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:r="urn:ietf:params:xml:ns:carddav">
<d:response><d:href>/a/</d:href><d:propstat><d:prop>
<d:current-user-privilege-set><d:privilege><d:read/></d:privilege><d:privilege><d:write-content/></d:privilege></d:current-user-privilege-set>
<r:supported-address-data><r:address-data-type content-type="TEXT/vCard" version="3.0"/><r:address-data-type version='4.0' content-type='text/vcard'></r:address-data-type><r:other version="9"/></r:supported-address-data>
<r:max-resource-size> 1000 </r:max-resource-size></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
<d:propstat><d:prop><c:max-resource-size/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>
<d:response><d:href>/b/</d:href><d:propstat><d:prop>
<d:current-user-privilege-set><d:privilege><d:read/></d:privilege></d:current-user-privilege-set>
<c:max-resource-size>77</c:max-resource-size></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
<d:response><d:href>/c/</d:href><d:propstat><d:prop><d:current-user-privilege-set><d:privilege><d:all/></d:privilege></d:current-user-privilege-set>
<r:supported-address-data><r:address-data-type version="3.0"/></r:supported-address-data><r:max-resource-size>5</r:max-resource-size>
</d:prop><d:status>HTTP/1.1 403 Forbidden</d:status></d:propstat></d:response>
</d:multistatus>`
	d := NewReader(strings.NewReader(body), 100)
	next := func() *Response {
		t.Helper()
		r, err := d.Next()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	types := []AddressType{{"text/vcard", "3.0"}, {"text/vcard", "4.0"}}
	if r := next(); !r.Privileges || !r.MayWrite || !slices.Equal(r.AddressTypes, types) || r.BookMaxSize != 1000 || r.CalMaxSize != 0 {
		t.Errorf("a: %+v", r)
	}
	if r := next(); !r.Privileges || r.MayWrite || r.AddressTypes != nil || r.BookMaxSize != 0 || r.CalMaxSize != 77 {
		t.Errorf("b: %+v", r)
	}
	if r := next(); r.Privileges || r.MayWrite || r.AddressTypes != nil || r.BookMaxSize != 0 {
		t.Errorf("c: %+v", r)
	}
}
