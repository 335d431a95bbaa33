package archive

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"sidekeep/export"
)

// digestFile tells what history.db was when a program last finished writing to
// it: its change counter (bytes 24 to 27, which SQLite raises with every
// change), its size and its SHA-256, then a checksum of the line itself. While
// the counter is the same, nothing but damage can have changed the file.
const (
	digestFile = sideDir + "/history.sum"
	digestNew  = sideDir + "/history.sum.new"
)

// noteHistory notes what history.db is now. The lock is held. Where it cannot be
// noted, damage that SQLite does not see is not seen either.
func (a *Archive) noteHistory() {
	ctx := context.Background()
	conn, err := a.db.Conn(ctx)
	if err != nil {
		return
	}
	if line, err := a.historyLine(ctx, conn); err == nil {
		_ = a.replaceAside(digestNew, digestFile, line) // not noted, as the comment says
	}
	_ = conn.Close() // it only read
}

// historyChanged tells why history.db is not what was noted of it, "" if it is,
// or if a program has changed it since. It looks only while nobody writes: with
// locked set because the caller holds the lock.
func (a *Archive) historyChanged(ctx context.Context, conn *sql.Conn, locked bool) (why string, err error) {
	f, err := a.disk.Open(digestFile)
	if err != nil {
		return "", nil // nothing is known
	}
	was, err := io.ReadAll(io.LimitReader(f, 1000))
	if err := errors.Join(err, f.Close()); err != nil || !validLine(was) {
		return "", nil
	}
	if !locked {
		l, busy := lockFor(a.dir, a.now())
		if errors.Is(busy, export.ErrBusy) {
			return "", nil
		}
		if busy == nil { // else the disk is read-only, and nobody writes
			defer func() { err = errors.Join(err, l.release()) }()
		}
	}
	now, err := a.historyLine(ctx, conn)
	if err != nil {
		return "", err
	}
	before, after := strings.Fields(string(was)), strings.Fields(string(now))
	if before[0] != after[0] || before[1] == after[1] && before[2] == after[2] {
		return "", nil
	}
	return changedOutside, nil
}

const changedOutside = "its bytes are not those that were written"

// historyLine is what digestFile says of the history as it is. No program
// changes it meanwhile. Nobody may be writing in this process: closing the file
// gives up the locks that SQLite has on it.
func (a *Archive) historyLine(ctx context.Context, conn *sql.Conn) (_ []byte, err error) {
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return nil, err
	}
	defer func() {
		_, end := conn.ExecContext(context.WithoutCancel(ctx), "COMMIT")
		err = errors.Join(err, end)
	}()
	var n int
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM archive").Scan(&n); err != nil { // takes the file
		return nil, err
	}
	f, err := a.disk.Open(historyFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 100)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	if err != nil {
		return nil, err
	}
	counter := binary.BigEndian.Uint32(head[24:])
	text := fmt.Sprintf("%d %d %s", counter, size, hex.EncodeToString(sum.Sum(nil)))
	return fmt.Appendf(nil, "%s %08x\n", text, crc32.ChecksumIEEE([]byte(text))), nil
}

// validLine reports whether a line of digestFile is as it was written.
func validLine(line []byte) bool {
	text := strings.TrimSpace(string(line))
	at := strings.LastIndexByte(text, ' ')
	return at > 0 && len(strings.Fields(text)) == 4 && text[at+1:] == fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(text[:at])))
}
