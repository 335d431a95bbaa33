package davserver

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
)

// size is the length of an item in bytes.
func (it *item) size() int64 {
	if it.hashed > 0 {
		return it.hashed - 1
	}
	return int64(len(it.body))
}

// putHashed answers the PUT of a file of which only the hash is kept.
func (c *call) putHashed(f *folder) error {
	h := sha256.New()
	n, err := io.Copy(h, http.MaxBytesReader(c.w, c.r.Body, c.s.o.MaxFile))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return refuse(http.StatusRequestEntityTooLarge, "", "the file is larger than this server takes")
	}
	if err != nil || c.r.ContentLength >= 0 && n != c.r.ContentLength {
		return refuse(http.StatusBadRequest, "", "the body of the request ended early")
	}
	it := &item{hashed: n + 1, modified: c.dated(f)}
	copy(it.tag[:], h.Sum(nil))
	stored, made, err := c.s.tree.store(c.seg, it, it.modified, true, c.conditions())
	if err != nil {
		return err
	}
	c.setETag(stored)
	code := http.StatusNoContent
	if made {
		code = http.StatusCreated
	}
	c.w.WriteHeader(code)
	return nil
}
