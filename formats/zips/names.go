package zips

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"sidekeep/formats/file"

	"golang.org/x/text/cases"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// nameOf decodes the name of an entry: it is UTF-8 if its flag says so (APPNOTE
// 4.4.4 bit 11) or it can be, and in the Unicode path of Info-ZIP (4.6.9);
// otherwise CP437 (appendix D).
func nameOf(h *zip.FileHeader) string {
	if h.Flags&(1<<11) == 0 {
		if name, ok := unicodePath(h); ok {
			return name
		}
	}
	if utf8.ValidString(h.Name) {
		return h.Name
	}
	name, err := charmap.CodePage437.NewDecoder().String(h.Name)
	if err != nil {
		return strings.ToValidUTF8(h.Name, "\uFFFD")
	}
	return name
}

// unicodePath is what the extra field 0x7075 says, if it is of this name.
func unicodePath(h *zip.FileHeader) (string, bool) {
	b := extra(h.Extra, 0x7075)
	if len(b) < 6 || b[0] != 1 || binary.LittleEndian.Uint32(b[1:]) != crc32.ChecksumIEEE([]byte(h.Name)) || !utf8.Valid(b[5:]) {
		return "", false
	}
	return string(b[5:]), true
}

// extra is one of the extra fields (APPNOTE 4.5), nil if it is not there.
func extra(b []byte, id uint16) []byte {
	for len(b) >= 4 {
		n := int(binary.LittleEndian.Uint16(b[2:]))
		if len(b) < 4+n {
			return nil
		}
		if binary.LittleEndian.Uint16(b) == id {
			return b[4 : 4+n]
		}
		b = b[4+n:]
	}
	return nil
}

// The bounds of a name.
const (
	maxParts = 40
	maxPart  = 240 // bytes
)

// safe makes a path within the archive of whatever a name is.
func safe(name string) string {
	var parts []string
	for i, part := range strings.Split(strings.ReplaceAll(name, `\`, "/"), "/") {
		part = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				return '_'
			}
			return r
		}, part)
		if i == 0 && len(part) >= 2 && part[1] == ':' { // a drive
			part = part[2:]
		}
		if part == "" || part == "." || part == ".." {
			continue
		}
		parts = append(parts, short(part))
	}
	if len(parts) == 0 {
		return "unnamed"
	}
	return strings.Join(parts[max(len(parts)-maxParts, 0):], "/")
}

// short cuts a part of a path before its ending.
func short(part string) string {
	if len(part) <= maxPart {
		return part
	}
	ext := path.Ext(part)
	if len(ext) > 20 {
		ext = ""
	}
	return strings.ToValidUTF8(part[:maxPart-len(ext)], "") + ext
}

// litter tells whether a path is, or is in, what systems leave everywhere.
func litter(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if file.Litter(part) {
			return true
		}
	}
	return false
}

// folded is alike for names that only a part of all systems tells apart.
func folded(name string) string { return norm.NFKC.String(cases.Fold().String(norm.NFC.String(name))) }

// A naming gives paths that no other has.
type naming map[string]bool // folded

// unique gives the n-th file of one name a number.
func (taken naming) unique(name string) string {
	ext := path.Ext(name)
	for n := 2; ; n++ {
		other := fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
		if key := folded(other); !taken[key] {
			taken[key] = true
			return other
		}
	}
}
