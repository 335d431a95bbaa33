package history

import (
	"errors"
	"io"
	"os"

	"sidekeep/export/archive/disk"
)

// A turner finds out how a page was changed: see [turner.back].
type turner struct {
	bits  []uint64             // by what the change of each bit changes the sum
	bytes map[uint64]byteError // which change of one byte changes the sum by what
	pairs int                  // how many pages are still looked at for two bytes, which takes a tenth of a second each
	slow  int                  // and for three bits, which takes a second each
}

func NewTurner(pageSize int) *turner {
	bits := bitSums(pageSize)
	return &turner{bits: bits, bytes: byteSums(bits), pairs: 100, slow: 8}
}

// Back looks for the change of a page after which it has the sum that was
// noted: of one byte or two, or of up to three bits, and turns it back. The sum
// has 64 bits, so that a wrong change that gives it is out of reach. It returns
// false, and leaves the page as it is, if none of these does.
func (t *turner) Back(page []byte, sum uint64) bool {
	if sum == 0 || len(page)*8 != len(t.bits) {
		return false
	}
	off := PageSum(page) ^ sum
	if off == 0 {
		return true
	}
	if e, one := t.bytes[off]; one {
		e.undo(page)
		return true
	}
	if t.pairs--; t.pairs < 0 {
		return false
	}
	for d, e := range t.bytes {
		if f, two := t.bytes[off^d]; two && f.at != e.at {
			e.undo(page)
			f.undo(page)
			return true
		}
	}
	if t.slow--; t.slow < 0 {
		return false
	}
	return t.threeBits(page, off)
}

// A byteError is a change of one byte.
type byteError struct {
	at   int32
	flip byte
}

func (e byteError) undo(page []byte) { page[e.at] ^= e.flip }

// bitSums tells for each bit of a page of n bytes by what its change changes
// the sum: checksums of this kind are linear.
func bitSums(n int) []uint64 {
	page := make([]byte, n)
	none := PageSum(page)
	out := make([]uint64, 8*n)
	for i := range out {
		page[i/8] = 1 << (i % 8)
		out[i] = PageSum(page) ^ none
		page[i/8] = 0
	}
	return out
}

// byteSums tells which change of one byte changes the sum by what.
func byteSums(bits []uint64) map[uint64]byteError {
	out := make(map[uint64]byteError, len(bits)/8*255)
	for at := range len(bits) / 8 {
		for flip := 1; flip < 256; flip++ {
			var d uint64
			for b := range 8 {
				if flip>>b&1 != 0 {
					d ^= bits[8*at+b]
				}
			}
			out[d] = byteError{int32(at), byte(flip)}
		}
	}
	return out
}

// threeBits looks for three bits of the page. The race detector would take ten
// times as long over it, and nobody else has what it looks at.
//
//go:norace
func (t *turner) threeBits(page []byte, off uint64) bool {
	bits := t.bits
	const width = 24
	var maybe [1 << width / 64]uint64 // the low bits of all of them
	index := make(map[uint64]int, len(bits))
	for i, d := range bits {
		low := d & (1<<width - 1)
		maybe[low/64] |= 1 << (low % 64)
		index[d] = i
	}
	for i, d := range bits {
		for j := i + 1; j < len(bits); j++ {
			rest := off ^ d ^ bits[j]
			if low := rest & (1<<width - 1); maybe[low/64]>>(low%64)&1 == 0 {
				continue
			}
			if k, three := index[rest]; three && k != i && k != j {
				for _, n := range []int{i, j, k} {
					page[n/8] ^= 1 << (n % 8)
				}
				return true
			}
		}
	}
	return false
}

// TurnBackHistory brings the damaged pages of history.db back to what was noted
// of them, as far as that can be found out, and tells which were damaged and which
// of them stay so. The damaged file is kept. The lock is held, and nobody has
// history.db open.
func TurnBackHistory(a *Store) (list, left []int, err error) {
	was := NotedSums(a)
	if there, err := disk.Exists(a.Disk, disk.HistoryFile+"-journal"); was == nil || there || err != nil {
		return nil, nil, err // what was cut off is SQLite's to end
	}
	if info, err := a.Disk.Lstat(disk.HistoryFile); err != nil || !info.Mode().IsRegular() {
		return nil, nil, nil
	}
	turned := false
	err = Reading(a, func(f io.ReadSeeker) (err error) {
		list, left, turned, err = turnBack(a, f, was)
		return err
	})
	if err != nil || !turned {
		return list, left, err
	}
	return list, left, replaceHistory(a)
}

// turnBack writes a history as it was noted beside the one that is there, f, as
// far as that can be found out; turned tells whether there is one.
func turnBack(a *Store, f io.ReadSeeker, was *pageSums) (list, left []int, turned bool, err error) {
	now, err := readSums(f)
	if err != nil {
		return nil, nil, false, nil // it is too short to be a history
	}
	now.PageSize = was.PageSize
	if list = was.damaged(now); len(list) == 0 {
		return nil, nil, false, nil
	}
	sound := map[int][]byte{}
	t := NewTurner(was.PageSize)
	for _, n := range list {
		page := make([]byte, was.PageSize)
		k := 0
		if n <= len(was.Sums) {
			if k, err = readPage(f, n, page); err != nil {
				return nil, nil, false, err
			}
		}
		// The end of the last one may have been cut off.
		if k < len(page) && (k == 0 || n < len(was.Sums)) || !t.Back(page, was.Sums[n-1]) {
			left = append(left, n)
			continue
		}
		sound[n] = page
	}
	if len(sound) == 0 {
		return list, left, false, nil
	}
	return list, left, true, writeTurned(a, f, was.PageSize, sound)
}

// readPage reads a page of history.db, or what there is of it.
func readPage(f io.ReadSeeker, n int, page []byte) (int, error) {
	if _, err := f.Seek(int64(n-1)*int64(len(page)), io.SeekStart); err != nil {
		return 0, err
	}
	k, err := io.ReadFull(f, page)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return k, err
}

// writeTurned writes the history old with other pages beside it.
func writeTurned(a *Store, old io.ReadSeeker, pageSize int, pages map[int][]byte) error {
	if err := DropNew(a); err != nil {
		return err
	}
	f, err := a.Disk.OpenFile(disk.NewHistory, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	page := make([]byte, pageSize)
	for n, k := 1, pageSize; err == nil && k == pageSize; n++ {
		if k, err = readPage(old, n, page); err != nil {
			break
		}
		out := page[:k]
		if pages[n] != nil {
			out = pages[n]
		}
		_, err = f.Write(out)
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, DropNew(a))
	}
	return nil
}

// replaceHistory puts what writeTurned wrote in the place of the history that is
// there, which is kept.
func replaceHistory(a *Store) error {
	kept := disk.DamagedDir + "/" + disk.HistoryFile
	if err := errors.Join(disk.MakeFolders(a.Disk, disk.DamagedDir), disk.RemoveIfThere(a.Disk, kept)); err != nil {
		return err
	}
	_ = a.Disk.Link(disk.HistoryFile, kept) // where links are unknown the repaired one is as good
	return errors.Join(a.Disk.Rename(disk.NewHistory, disk.HistoryFile), a.Disk.SyncDir("."), a.Disk.SyncDir(disk.DamagedDir))
}
