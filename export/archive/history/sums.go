package history

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
)

// SumsFile tells what each page of history.db was when Sidekeep last finished
// writing to it. While the change counter, which SQLite raises with every
// change, is the same, nothing but damage can have changed a page. FORMAT.md
// describes the file.
const (
	SumsFile = disk.SideDir + "/history.sum"
	sumsNew  = disk.SideDir + "/history.sum.new"
)

// maxSums bounds what is read of SumsFile: the sums of 64 GB.
const maxSums = 128 << 20

// pageSums are what is noted of the pages of history.db.
type pageSums struct {
	counter  uint32 // the change counter (bytes 24 to 27 of the file)
	PageSize int
	Sums     []uint64 // of each page; 0 for one that means nothing
	Lasting  int      // pages that were found damaged and never had their sum again

	// What is read of a file, and not noted.
	valid  uint32         // what the counter was when the file's size was written (bytes 92 to 95)
	free   int            // the first page of the list of free pages, 0 if there is none
	trunks map[int][]byte // the pages that may be of it, by number
}

// castagnoli and IEEE together are a sum of 64 bits that the processor makes,
// and from which small damage can be turned back: see [pageSums.turnBack].
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func PageSum(page []byte) uint64 {
	return max(1, uint64(crc32.Checksum(page, castagnoli))<<32|uint64(crc32.ChecksumIEEE(page)))
}

// readSums reads the pages of a history. The caller sees to it that nobody
// writes to it meanwhile.
func readSums(f io.Reader) (_ *pageSums, err error) {
	head := make([]byte, 100)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, err
	}
	size := int(binary.BigEndian.Uint16(head[16:]))
	if size == 1 {
		size = 1 << 16
	}
	if size < 512 || size&(size-1) != 0 {
		size = 4096 // it is damage that says so
	}
	s := &pageSums{
		counter: binary.BigEndian.Uint32(head[24:]), valid: binary.BigEndian.Uint32(head[92:]), PageSize: size,
		free: int(binary.BigEndian.Uint32(head[32:])), trunks: map[int][]byte{},
	}
	in := io.MultiReader(bytes.NewReader(head), f)
	page := make([]byte, size)
	for n := 1; ; n++ {
		k, err := io.ReadFull(in, page)
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		s.Sums = append(s.Sums, PageSum(page[:k]))
		if s.free != 0 && k >= 8 && page[0] == 0 && int(binary.BigEndian.Uint32(page[4:])) <= k/4-2 { // no page of a tree begins with a zero
			s.trunks[n] = bytes.Clone(page[:k])
		}
	}
}

// passOver forgets the sums of pages that mean nothing: free pages that SQLite
// neither keeps nor brings back when a change is taken back (file format of
// SQLite, section 1.5), and the page on which it locks the file.
func (s *pageSums) passOver() {
	forget := func(n int) {
		if n >= 1 && n <= len(s.Sums) {
			s.Sums[n-1] = 0
		}
	}
	for seen := map[int]bool{}; s.trunks[s.free] != nil && !seen[s.free]; {
		seen[s.free] = true
		page := s.trunks[s.free]
		for i := range int(binary.BigEndian.Uint32(page[4:])) {
			forget(int(binary.BigEndian.Uint32(page[8+4*i:])))
		}
		s.free = int(binary.BigEndian.Uint32(page))
	}
	forget(1<<30/s.PageSize + 1)
}

// bytes are the sums as SumsFile has them.
func (s *pageSums) bytes() []byte {
	b := fmt.Appendf(nil, "pages %d %d %d %d\n", s.counter, s.PageSize, len(s.Sums), s.Lasting)
	for _, sum := range s.Sums {
		b = binary.BigEndian.AppendUint64(b, sum)
	}
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// ParseSums reads what bytes wrote; nil if it is not whole.
func ParseSums(b []byte) *pageSums {
	if len(b) < 4 || crc32.ChecksumIEEE(b[:len(b)-4]) != binary.BigEndian.Uint32(b[len(b)-4:]) {
		return nil
	}
	line, body, _ := strings.Cut(string(b[:len(b)-4]), "\n")
	var s pageSums
	n := 0
	if _, err := fmt.Sscanf(line, "pages %d %d %d %d", &s.counter, &s.PageSize, &n, &s.Lasting); err != nil || n != len(body)/8 || len(body)%8 != 0 {
		return nil
	}
	for ; body != ""; body = body[8:] {
		s.Sums = append(s.Sums, binary.BigEndian.Uint64([]byte(body[:8])))
	}
	return &s
}

// NotedSums is what SumsFile says, nil if nothing is known.
func NotedSums(a *Store) *pageSums {
	f, err := a.Disk.Open(SumsFile)
	if err != nil {
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(f, maxSums))
	if errors.Join(err, f.Close()) != nil {
		return nil
	}
	return ParseSums(b)
}

// damaged are the numbers of the pages, from 1 on, that are not what was noted.
// A history that another program has changed since has none: its counter is
// another, in both places that tell it.
func (s *pageSums) damaged(now *pageSums) (list []int) {
	if now.counter != s.counter && now.valid == now.counter {
		return nil
	}
	for n := range max(len(s.Sums), len(now.Sums)) {
		if n >= len(s.Sums) || n >= len(now.Sums) || s.Sums[n] != 0 && now.Sums[n] != s.Sums[n] {
			list = append(list, n+1)
		}
	}
	return list
}

// present reads the pages of history.db as they are. No program changes them
// meanwhile.
func present(a *Store, ctx context.Context, conn *sql.Conn) (_ *pageSums, err error) {
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	defer func() {
		_, end := conn.ExecContext(context.WithoutCancel(ctx), "COMMIT")
		err = errors.Join(err, end)
	}()
	var n int
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM archive").Scan(&n); err != nil { // takes the file, and ends what was cut off
		return nil, err
	}
	return ReadPages(a)
}

// ReadPages reads the pages of history.db while nobody writes to it.
func ReadPages(a *Store) (*pageSums, error) {
	var s *pageSums
	err := Reading(a, func(f io.ReadSeeker) (err error) {
		s, err = readSums(f)
		return err
	})
	return s, err
}

// A sumsNote is what an open archive knows of the note that it wrote itself.
type sumsNote struct {
	size int64
	time time.Time
}

// NoteSums notes what history.db is. The lock is held. Where it cannot be
// noted, damage that SQLite does not see is not seen either.
func NoteSums(a *Store) {
	ctx := context.Background()
	lasting := 0
	if s := NotedSums(a); s != nil {
		lasting = s.Lasting
	}
	NoteLasting(a, ctx, lasting)
}

func NoteLasting(a *Store, ctx context.Context, lasting int) {
	a.Sums = sumsNote{}
	conn, err := a.DB.Conn(ctx)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }() // it only read
	now, err := present(a, ctx, conn)
	if err != nil {
		return
	}
	if was := NotedSums(a); was != nil && was.counter == now.counter && was.Lasting == lasting {
		return // nothing was written: what was noted holds, also of what was damaged since
	}
	now.passOver()
	now.Lasting = lasting
	if ReplaceAside(a, sumsNew, SumsFile, now.bytes()) != nil { // not noted, as the comment says
		return
	}
	if info, err := a.Disk.Lstat(disk.HistoryFile); err == nil {
		a.Sums = sumsNote{info.Size(), info.ModTime()}
	}
}

// KeepLasting notes that n pages of history.db could not be brought back, and
// leaves what is noted of all of them.
func KeepLasting(a *Store, n int) error {
	s := NotedSums(a)
	if s == nil || n == s.Lasting {
		return nil
	}
	s.Lasting = n
	return ReplaceAside(a, sumsNew, SumsFile, s.bytes())
}

// damagedPages tells which pages of history.db are not what was noted of them.
// Nobody writes.
func damagedPages(a *Store, ctx context.Context, conn *sql.Conn) ([]int, error) {
	was := NotedSums(a)
	if was == nil {
		return nil, nil
	}
	now, err := present(a, ctx, conn)
	if err != nil {
		return nil, err
	}
	return was.damaged(now), nil
}

// CheckSums makes sure, before anything is written, that history.db is as it was
// left: what is written over damage would hide it. The lock is held. The error
// is [export.ErrHistory] for a history that [sidekeep/export/archive/repair.Repair] has to mend first.
func CheckSums(a *Store) error {
	if info, err := a.Disk.Lstat(disk.HistoryFile); err == nil && a.Sums == (sumsNote{info.Size(), info.ModTime()}) {
		return nil // nobody has touched it since this process looked at it
	}
	ctx := context.Background()
	conn, err := a.DB.Conn(ctx)
	if err != nil {
		return disk.Caused(err)
	}
	list, err := damagedPages(a, ctx, conn)
	if err = errors.Join(err, conn.Close()); err != nil {
		return disk.Caused(err)
	}
	if len(list) > 0 {
		return fmt.Errorf("%w: %s: %w", export.ErrHistory, SaysDamaged(list), export.ErrDamaged)
	}
	return nil
}

// ChangedOutside begins what is said of bytes that nobody wrote.
const ChangedOutside = "its bytes are not those that were written"

func SaysDamaged(list []int) string {
	if len(list) == 1 {
		return fmt.Sprintf("%s, in page %d", ChangedOutside, list[0])
	}
	return fmt.Sprintf("%s, in %d pages, the first of them page %d", ChangedOutside, len(list), list[0])
}

// SaysLasting says that what was damaged could not be brought back.
func SaysLasting(n int) string {
	return fmt.Sprintf("%d of its pages were damaged and could not be brought back: everything that can be compared agrees, but a date, a mark, a name or a sum of earlier exports may not be what it was", n)
}

// HistoryChanged tells why history.db is not what was noted of it, "" if it is,
// or if a program has changed it since. It looks only while nobody writes: with
// locked set because the caller holds the lock.
func HistoryChanged(a *Store, ctx context.Context, conn *sql.Conn, locked bool) (why string, err error) {
	if !locked {
		l, busy := disk.TakeLock(a.Dir, a.Now())
		if errors.Is(busy, export.ErrBusy) {
			return "", nil
		}
		if busy == nil { // else the disk is read-only, and nobody writes
			defer func() { err = errors.Join(err, l.Release()) }()
		}
	}
	list, err := damagedPages(a, ctx, conn)
	if err != nil {
		return "", err
	}
	if len(list) > 0 {
		return SaysDamaged(list), nil
	}
	if s := NotedSums(a); s != nil && s.Lasting > 0 {
		return SaysLasting(s.Lasting), nil
	}
	return "", nil
}

// Write writes to the history in one transaction, also while somebody else
// exports. If nobody does, it is made sure before that the history is sound, and
// noted after what it is. What do returns an error of is not written.
func Write(ctx context.Context, s *Store, do func(*Batch) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w, end, err := beginBeside(s, ctx)
	if err != nil {
		return err
	}
	return disk.Caused(errors.Join(w.transaction(do), end()))
}

// beginBeside opens a batch for one change, with the lock if nobody has it. The
// caller calls end.
func beginBeside(a *Store, ctx context.Context) (w *Batch, end func() error, err error) {
	if err := disk.MakeFolders(a.Disk, disk.SideDir); err != nil {
		return nil, nil, disk.Caused(err)
	}
	l, err := disk.TakeLock(a.Dir, a.Now())
	switch {
	case errors.Is(err, export.ErrBusy):
		w, err = NewBatch(ctx, a.DB)
		if err != nil {
			return nil, nil, err
		}
		return w, w.Close, nil
	case err != nil:
		return nil, nil, err
	}
	if err := CheckSums(a); err != nil {
		return nil, nil, errors.Join(err, l.Release())
	}
	if w, err = NewBatch(ctx, a.DB); err != nil {
		return nil, nil, errors.Join(err, l.Release())
	}
	l.Last = func() { NoteSums(a) }
	return w, func() error { return errors.Join(w.Close(), l.Release()) }, nil
}
