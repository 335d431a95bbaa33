package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// littleMemory is what the Go part of a verb may take before garbage is
// collected more often, in bytes.
const littleMemory = 40 << 20

// frugal makes the collector keep to [littleMemory] as long as less than half of
// that is in use. What is made for one item and thrown away would otherwise
// double the memory of a verb that reads many. What is in use beyond that gets
// room, so that a large archive costs memory rather than time. GOMEMLIMIT in
// the environment counts instead.
func frugal() {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetMemoryLimit(littleMemory)
	runtime.SetFinalizer(&collected{limit: littleMemory}, (*collected).again)
}

// A collected is told after each collection.
type collected struct{ limit int64 }

func (c *collected) again() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if limit := max(littleMemory, 2*int64(live[0].Value.Uint64())); limit > c.limit*5/4 || limit < c.limit*3/4 {
		c.limit = limit
		debug.SetMemoryLimit(limit)
	}
	runtime.SetFinalizer(c, (*collected).again)
}
