package restore

import (
	"crypto/sha256"
	"encoding/hex"

	"sidekeep/export"
)

// A deed is one deed with all that the journal says of it.
type deed struct {
	Record
	after export.Ref
	made  export.Collection // of MakeNew
	step  Step              // the newest
	kept  string            // as in the record of the newest that has it
	why   string
}

// deeds reads a journal; next is the number of the next deed. What the restore
// did not write takes part in nothing: a deed that begins so is in the list as
// forged, and what so tells the end of another is passed over.
func deeds(j Journal) (list []*deed, next int, err error) {
	byN := map[int]*deed{}
	forged := map[int]*deed{}
	next = 1
	err = j.Records(func(r Record) error {
		next = max(next, r.N+1)
		d := byN[r.N]
		switch {
		case r.Step == There && !r.forged:
		case r.forged && (r.Step == Intent || d == nil && forged[r.N] == nil), d == nil && !r.forged && r.Step != Intent:
			d = &deed{Record: r, step: r.Step, after: r.After}
			d.forged = true
			forged[r.N] = d
			list = append(list, d)
		case r.forged && d == nil:
			d = forged[r.N]
			if r.After.ID != "" {
				d.after = r.After
			}
		case r.forged:
		case r.Step == Intent:
			d = &deed{Record: r, step: Intent}
			byN[r.N] = d
			list = append(list, d)
		default:
			d.step, d.why = r.Step, r.Why
			if r.Step == Done || r.Step == Unseen {
				d.after, d.made, d.kept = r.After, r.Collection, r.Kept
			}
		}
		return nil
	})
	return list, next, err
}

// isNew tells whether an entry is what the deed wrote, as it was given or as the
// target was seen to keep it.
func (d *deed) isNew(e *reading) bool {
	if d.kept != "" && hex.EncodeToString(e.crlf[:]) == d.kept {
		return true
	}
	if d.step == Unseen {
		return d.kept == "" && d.wrote(e)
	}
	return d.wrote(e)
}

// wrote tells whether an entry is what was given to the target.
func (d *deed) wrote(e *reading) bool {
	return sameHex(e.bytes, d.New) || sameHex(e.crlf, d.New) ||
		e.meaning != [16]byte{} && hex.EncodeToString(e.meaning[:]) == d.Says
}

func sameHex(sum [32]byte, text string) bool {
	return sum != [32]byte{} && hex.EncodeToString(sum[:]) == text
}

// withCRLF is the SHA-256 of a text whose line ends are CRLF: reports of a server
// have others than what it keeps (XML 1.0, section 2.11).
func withCRLF(raw []byte) [32]byte {
	h := sha256.New()
	for i, start := 0, 0; i <= len(raw); i++ {
		if i == len(raw) {
			h.Write(raw[start:])
			break
		}
		if raw[i] == '\n' && (i == 0 || raw[i-1] != '\r') {
			h.Write(raw[start:i])
			h.Write([]byte("\r\n"))
			start = i + 1
		}
	}
	return [32]byte(h.Sum(nil))
}
