package assets

import (
	"embed"
	"io/fs"
)

//go:embed demo
var demo embed.FS

// DemoPhone is the data of the demo phone as davserver.Phone reads it.
func DemoPhone() fs.FS {
	sub, err := fs.Sub(demo, "demo")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return sub
}
