package openfiles

import (
	"database/sql"
	"encoding/hex"
	"io"
)

// Payload lists the files below data/ with their hashes, sorted by path.
const Payload = `SELECT path, size, hash FROM file WHERE path >= 'data/' AND path < 'data0'
	UNION ALL SELECT path, size, hash FROM photo ORDER BY path`

// ManifestLine writes what sha256sum -c reads: the hash, two spaces, the path.
func ManifestLine(rows *sql.Rows, w io.Writer) (size int64, err error) {
	var name string
	var hash sql.RawBytes
	if err := rows.Scan(&name, &size, &hash); err != nil {
		return 0, err
	}
	line := make([]byte, 0, 256)
	line = hex.AppendEncode(line, hash)
	line = append(line, "  "...)
	line = append(line, name...)
	line = append(line, '\n')
	_, err = w.Write(line)
	return size, err
}
