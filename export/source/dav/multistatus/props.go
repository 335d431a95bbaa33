package multistatus

import (
	"bytes"
	"strconv"
)

// props is the set of properties that one propstat has.
type props uint32

func (p *props) add(e Elem) { *p |= 1 << (e - elemSyncToken) }

func (p props) has(e Elem) bool { return p&(1<<(e-elemSyncToken)) != 0 }

// property reads one property into the response.
func (d *Reader) property(e Elem, found *props) (err error) {
	r := &d.resp
	if e == Unknown || e < elemSyncToken || e > elemData {
		return d.skip()
	}
	found.add(e)
	switch e {
	case elemETag:
		r.ETag, err = d.word(r.ETag)
	case elemLength:
		d.small, err = d.word(d.small)
		r.Length = number(d.small, -1)
	case elemModified:
		r.Modified, err = d.word(r.Modified)
	case elemName:
		r.Name, err = d.word(r.Name)
	case elemColor:
		r.Color, err = d.word(r.Color)
	case elemOrder:
		r.Order, err = d.word(r.Order)
	case elemSyncToken:
		r.SyncToken, err = d.word(r.SyncToken)
	case elemData:
		r.HasData = true
		r.Data, err = d.textOf(r.Data, d.maxData)
		r.DataLong = d.s.over
	case elemType:
		r.Typed = true
		err = d.children(d.resourceType)
	case elemPrincipal:
		err = d.principal()
	case elemBookHomes:
		err = d.hrefs(&r.BookHomes)
	case elemCalHomes:
		err = d.hrefs(&r.CalHomes)
	case elemReports:
		r.Reports = true
		err = d.reports()
	case elemComponents:
		err = d.children(func(e Elem) error {
			if e == elemComp && len(r.Components) < maxHomes {
				r.Components = append(r.Components, string(bytes.ToUpper(d.s.attr)))
			}
			return d.skip()
		})
	case elemBookMaxSize:
		d.small, err = d.word(d.small)
		r.BookMaxSize = number(d.small, 0)
	case elemCalMaxSize:
		d.small, err = d.word(d.small)
		r.CalMaxSize = number(d.small, 0)
	case elemAddressTypes:
		err = d.children(func(e Elem) error {
			if e == elemAddressType && len(r.AddressTypes) < maxHomes {
				r.AddressTypes = append(r.AddressTypes, AddressType{string(bytes.ToLower(d.s.media)), string(d.s.version)})
			}
			return d.skip()
		})
	case elemPrivileges:
		err = d.privileges()
	default:
		err = d.skip()
	}
	return err
}

// forget takes back what a propstat of another status than 2xx has set.
func (d *Reader) forget(p props) {
	r := &d.resp
	for _, f := range []struct {
		elem Elem
		text *[]byte
	}{
		{elemETag, &r.ETag}, {elemModified, &r.Modified}, {elemName, &r.Name}, {elemColor, &r.Color},
		{elemOrder, &r.Order}, {elemSyncToken, &r.SyncToken}, {elemData, &r.Data}, {elemPrincipal, &r.Principal},
	} {
		if p.has(f.elem) {
			*f.text = (*f.text)[:0]
		}
	}
	if p.has(elemLength) {
		r.Length = -1
	}
	if p.has(elemData) {
		r.HasData, r.DataLong = false, false
	}
	if p.has(elemType) {
		r.Typed, r.Types = false, 0
	}
	if p.has(elemPrincipal) {
		r.Unauthenticated = false
	}
	if p.has(elemBookHomes) {
		r.BookHomes = nil
	}
	if p.has(elemCalHomes) {
		r.CalHomes = nil
	}
	if p.has(elemReports) {
		r.Reports, r.SyncCollection = false, false
	}
	if p.has(elemComponents) {
		r.Components = nil
	}
	if p.has(elemBookMaxSize) {
		r.BookMaxSize = 0
	}
	if p.has(elemCalMaxSize) {
		r.CalMaxSize = 0
	}
	if p.has(elemAddressTypes) {
		r.AddressTypes = nil
	}
	if p.has(elemPrivileges) {
		r.Privileges, r.MayWrite = false, false
	}
}

// number reads a number that is not negative.
func number(b []byte, none int64) int64 {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || n < 0 {
		return none
	}
	return n
}

func (d *Reader) resourceType(e Elem) error {
	switch e {
	case elemCollection:
		d.resp.Types |= Collection
	case elemBook:
		d.resp.Types |= Book
	case elemCalendar:
		d.resp.Types |= Calendar
	case elemPrincipalType:
		d.resp.Types |= Principal
	case elemInbox:
		d.resp.Types |= Inbox
	case elemOutbox:
		d.resp.Types |= Outbox
	case elemNotification:
		d.resp.Types |= Notification
	case elemSubscribed:
		d.resp.Types |= Subscribed
	case elemTrash:
		d.resp.Types |= Trash
	}
	return d.skip()
}

func (d *Reader) principal() error {
	return d.children(func(e Elem) (err error) {
		switch e {
		case elemHref:
			d.resp.Principal, err = d.word(d.resp.Principal)
			return err
		case elemUnauthenticated:
			d.resp.Unauthenticated = true
		}
		return d.skip()
	})
}

func (d *Reader) hrefs(to *[]string) error {
	return d.children(func(e Elem) (err error) {
		if e != elemHref {
			return d.skip()
		}
		d.small, err = d.word(d.small)
		if len(*to) < maxHomes && len(d.small) > 0 {
			*to = append(*to, string(d.small))
		}
		return err
	})
}

// reports looks for sync-collection at any depth below supported-report-set.
func (d *Reader) reports() error {
	depth := d.s.depth
	for {
		k, err := d.s.next()
		if err != nil {
			return err
		}
		if k == kindEnd && d.s.depth < depth {
			return nil
		}
		if k == kindStart && d.s.elem == elemSyncCollection {
			d.resp.SyncCollection = true
		}
	}
}

// privileges looks for one that lets write (RFC 3744, section 3).
func (d *Reader) privileges() error {
	return d.children(func(e Elem) error {
		if e != elemPrivilege {
			return d.skip()
		}
		d.resp.Privileges = true
		return d.children(func(e Elem) error {
			d.resp.MayWrite = d.resp.MayWrite || e == elemRight
			return d.skip()
		})
	})
}
