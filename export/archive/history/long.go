package history

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"io"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/formats/contentline"
)

// A body that is longer than LongBody is kept in chunks, so that no verb has all
// of it in memory; its row in blob has its outline, which says what it says.
// Tests make both smaller.
var (
	LongBody  = 4 << 20
	ChunkSize = 256 << 10
)

// chunkTable is what format 3 adds to format 2.
const chunkTable = `
CREATE TABLE chunk (
	chunk INTEGER PRIMARY KEY,
	blob  INTEGER NOT NULL REFERENCES blob,
	part  INTEGER NOT NULL,
	bytes BLOB NOT NULL,
	UNIQUE (blob, part)
);
`

const (
	// BodySize is the size in bytes of what a row of blob stands for.
	BodySize = "ifnull((SELECT sum(length(chunk.bytes)) FROM chunk WHERE chunk.blob = blob.blob), length(blob.bytes))"
	// BodyLong tells whether a row of blob has an outline.
	BodyLong = "EXISTS (SELECT 1 FROM chunk WHERE chunk.blob = blob.blob)"
	// DropChunks deletes those of temp.unneeded.
	DropChunks = "DELETE FROM chunk WHERE blob IN (SELECT blob FROM temp.unneeded)"
)

// OutlineOf is what the row in blob of a long body has; all of it is left out if
// it is larger than what can be read and no portrait or attachment makes it so.
// The error is [contentline.ErrNoOutline] for a body that is to be kept in one
// piece.
func OutlineOf(in io.Reader, size int64, hash []byte) (text []byte, gaps contentline.Gaps, err error) {
	text, gaps, err = contentline.OutlineOf(in, LongBody)
	if errors.Is(err, contentline.ErrNoOutline) && size > contentline.MaxObject {
		return fmt.Appendf(nil, "%s%x", leftOut, hash), nil, nil
	}
	return text, gaps, err
}

// leftOut begins an outline in which nothing is left.
const leftOut = "\x00left out: "

// PutChunks stores a long body under a row of blob that is there and has no chunks.
func PutChunks(w *Batch, blob int64, in io.Reader) error {
	buf := make([]byte, ChunkSize)
	for part := 0; ; part++ {
		n, err := io.ReadFull(in, buf)
		if err == io.EOF {
			return nil
		}
		if err != nil && err != io.ErrUnexpectedEOF {
			return err
		}
		if _, err := w.Exec("INSERT INTO chunk (chunk, blob, part, bytes) VALUES (NULL, ?, ?, ?)", blob, part, buf[:n]); err != nil {
			return err
		}
	}
}

// OutlineIf is the outline of a body that is kept in chunks, and any other itself.
func OutlineIf(raw []byte) ([]byte, contentline.Gaps) {
	if len(raw) <= LongBody {
		return raw, nil
	}
	sum := sha256.Sum256(raw)
	text, gaps, err := OutlineOf(bytes.NewReader(raw), int64(len(raw)), sum[:])
	if err != nil {
		return raw, nil
	}
	return text, gaps
}

// ReplaceBody makes a row of blob, and its chunks, those of raw.
func ReplaceBody(w *Batch, blob int64, raw []byte) error {
	text, _ := OutlineIf(raw)
	if _, err := w.Exec("DELETE FROM chunk WHERE blob = ?", blob); err != nil {
		return err
	}
	if _, err := w.Exec("UPDATE blob SET bytes = ? WHERE blob = ?", text, blob); err != nil || len(raw) <= LongBody || bytes.Equal(text, raw) {
		return err
	}
	return PutChunks(w, blob, bytes.NewReader(raw))
}

// A chunkReader reads a long body, one chunk at a time. It ends with
// [export.ErrDamaged] if what it has read is not what the body was.
type chunkReader struct {
	ctx  context.Context
	q    Querier
	blob int64
	hash []byte
	part int
	rest []byte

	unsure bool // it ends without an error all the same
	sum    hash.Hash
	err    error
}

func chunksOf(ctx context.Context, q Querier, blob int64, hash []byte) *chunkReader {
	return &chunkReader{ctx: ctx, q: q, blob: blob, hash: hash, sum: sha256.New()}
}

func (c *chunkReader) Read(p []byte) (int, error) {
	for len(c.rest) == 0 {
		if c.err == nil {
			c.err = c.next()
		}
		if c.err != nil {
			return 0, c.err
		}
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func (c *chunkReader) next() error {
	there := false
	err := Each(c.ctx, c.q, "SELECT bytes FROM chunk WHERE blob = ? AND part = ?", []any{c.blob, c.part}, func(rows *sql.Rows) error {
		there = true
		return rows.Scan((*Copied)(&c.rest))
	})
	switch {
	case err != nil:
		return disk.Caused(err)
	case there:
		c.part++
		c.sum.Write(c.rest)
		return nil
	case !c.unsure && !bytes.Equal(c.sum.Sum(nil), c.hash):
		return fmt.Errorf("%w: the bytes of a body in history.db do not have their hash", export.ErrDamaged)
	}
	return io.EOF
}

func (c *chunkReader) Close() error { return nil }

// A Stored body is what a row of blob has of it.
type Stored struct {
	Blob sql.NullInt64
	Hash []byte
	Long bool
	Text []byte // the body, or the outline of a long one

	Unsure bool // its bytes are read although they do not have the hash
}

// Open reads the body as it was delivered.
func (b Stored) Open(ctx context.Context, q Querier) io.ReadCloser {
	if b.Long {
		c := chunksOf(ctx, q, b.Blob.Int64, b.Hash)
		c.unsure = b.Unsure
		return c
	}
	return io.NopCloser(bytes.NewReader(b.Text))
}

// Check tells what is wrong with a body, "" if nothing is. outline is what the
// row of a long one should have, if its bytes are whole, and gaps what that lacks.
// read, which may be nil,
// is called with how many bytes were read.
func (b Stored) Check(ctx context.Context, q Querier, read func(n int)) (outline []byte, gaps contentline.Gaps, why string, err error) {
	const other = "its bytes do not have the hash that is recorded for them"
	if read == nil {
		read = func(int) {}
	}
	if !b.Long {
		read(len(b.Text))
		if sum := sha256.Sum256(b.Text); !bytes.Equal(sum[:], b.Hash) {
			return nil, nil, other, nil
		}
		return nil, nil, "", nil
	}
	in := io.TeeReader(chunksOf(ctx, q, b.Blob.Int64, b.Hash), countWriter(read))
	outline, gaps, err = contentline.OutlineOf(in, LongBody)
	if errors.Is(err, contentline.ErrNoOutline) {
		if _, err = io.Copy(io.Discard, in); err == nil {
			outline = fmt.Appendf(nil, "%s%x", leftOut, b.Hash)
		}
	}
	switch {
	case errors.Is(err, export.ErrDamaged):
		return nil, nil, other, nil
	case err != nil:
		return nil, nil, "", err
	case !bytes.Equal(outline, b.Text):
		return outline, gaps, "what its row has is not the outline of its bytes", nil
	}
	return outline, gaps, "", nil
}

// EachBody reads bodies, of long ones their outlines, in the order of their rows,
// as many at a time as are to be in memory, and tells how many these were. do is
// called when they were read; what it is given is only valid during the call.
func EachBody(ctx context.Context, q Querier, where string, args []any, do func(Stored) error) (n int, err error) {
	var long []Stored
	size := 0
	err = Each(ctx, q, "SELECT blob, hash, "+BodyLong+", bytes FROM blob WHERE "+where+" ORDER BY blob LIMIT 500", args, func(rows *sql.Rows) error {
		var b Stored
		var hash, text sql.RawBytes
		if err := rows.Scan(&b.Blob, &hash, &b.Long, &text); err != nil {
			return err
		}
		n++
		size += len(text)
		if b.Hash, b.Text = hash, text; !b.Long {
			if err := do(b); err != nil {
				return err
			}
		} else { // the row has to be through before its chunks are read
			b.Hash, b.Text = bytes.Clone(hash), bytes.Clone(text)
			long = append(long, b)
			return ErrPage
		}
		if size >= PageBytes {
			return ErrPage
		}
		return nil
	})
	if errors.Is(err, ErrPage) {
		err = nil
	}
	for _, b := range long {
		if err == nil {
			err = do(b)
		}
	}
	return n, err
}

type countWriter func(n int)

func (c countWriter) Write(b []byte) (int, error) {
	c(len(b))
	return len(b), nil
}
