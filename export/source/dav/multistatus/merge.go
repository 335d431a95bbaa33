package multistatus

import (
	"bytes"
	"slices"
)

// Clone returns a Response that outlives the next call of [Reader.Next].
func (r *Response) Clone() *Response {
	c := *r
	for _, b := range []*[]byte{&c.Href, &c.ETag, &c.Modified, &c.Data, &c.Name, &c.Color, &c.Order, &c.SyncToken, &c.Principal} {
		*b = bytes.Clone(*b)
	}
	return &c
}

// Add takes the properties that o has and r lacks: o answers another question
// about the same resource. It keeps parts of o.
func (r *Response) Add(o *Response) {
	for _, p := range []struct{ to, from *[]byte }{
		{&r.ETag, &o.ETag}, {&r.Modified, &o.Modified}, {&r.Name, &o.Name}, {&r.Color, &o.Color},
		{&r.Order, &o.Order}, {&r.SyncToken, &o.SyncToken}, {&r.Principal, &o.Principal},
	} {
		if len(*p.to) == 0 {
			*p.to = *p.from
		}
	}
	if r.Length < 0 {
		r.Length = o.Length
	}
	r.Typed, r.Types = r.Typed || o.Typed, r.Types|o.Types
	r.Reports, r.SyncCollection = r.Reports || o.Reports, r.SyncCollection || o.SyncCollection
	r.Unauthenticated = r.Unauthenticated || o.Unauthenticated
	r.Privileges, r.MayWrite = r.Privileges || o.Privileges, r.MayWrite || o.MayWrite
	r.BookMaxSize, r.CalMaxSize = max(r.BookMaxSize, o.BookMaxSize), max(r.CalMaxSize, o.CalMaxSize)
	for _, p := range []struct{ to, from *[]string }{{&r.Components, &o.Components}, {&r.BookHomes, &o.BookHomes}, {&r.CalHomes, &o.CalHomes}} {
		if len(*p.to) == 0 {
			*p.to = slices.Clone(*p.from)
		}
	}
	if len(r.AddressTypes) == 0 {
		r.AddressTypes = slices.Clone(o.AddressTypes)
	}
}
