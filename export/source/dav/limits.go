package dav

import (
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
)

// limitsOf is what a collection says it takes: RFC 6352, sections 6.2.2 and
// 6.2.3, RFC 4791, sections 5.2.3 and 5.2.5, RFC 3744, section 5.4.
func limitsOf(m *multistatus.Response) export.Limits {
	l := export.Limits{
		// A server that names no privilege at all does not know them.
		ReadOnly: m.Privileges && !m.MayWrite,
	}
	switch {
	case m.Types&multistatus.Book != 0:
		l.MaxSize = m.BookMaxSize
	case m.Types&multistatus.Calendar != 0:
		l.MaxSize = m.CalMaxSize
		l.Components = slices.Clone(m.Components)
	}
	for _, t := range m.AddressTypes {
		media, version := strings.TrimSpace(t.Media), t.Version
		if media == "" {
			media = "text/vcard"
		}
		if version == "" {
			version = "3.0"
		}
		if !slices.Contains(l.Media, media) {
			l.Media = append(l.Media, media)
		}
		card := media == "text/vcard" || media == "text/x-vcard" || media == "text/directory"
		if card && !slices.Contains(l.VCard, version) {
			l.VCard = append(l.VCard, version)
		}
	}
	return l
}

// Accepts tells what c takes. See [export.Writer].
func (s *Source) Accepts(c export.Collection) export.Limits {
	s.mu.Lock()
	defer s.mu.Unlock()
	col, ok := s.collections[c.ID]
	if !ok {
		return export.Limits{}
	}
	l := col.limits
	l.VCard, l.Components, l.Media = slices.Clone(l.VCard), slices.Clone(l.Components), slices.Clone(l.Media)
	return l
}
