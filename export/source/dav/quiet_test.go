package dav

import (
	"io"
	"log"
)

// quiet is where test servers write what they do not like.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
