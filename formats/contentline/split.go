package contentline

import (
	"bytes"
	"io"
)

// Split reads objects from r and yields each one as delivered.
func Split(r io.Reader, yield func(raw []byte) error) error {
	b, err := io.ReadAll(r)
	if err != nil || len(b) == 0 {
		return err
	}
	return yield(b)
}

// Published returns raw in UTF-8 with CRLF line ends.
func Published(raw []byte) ([]byte, error) {
	return bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n")), nil
}
