package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// The memory of the Go part of a verb, in bytes.
const (
	littleMemory = 32 << 20 // what it may take before garbage is collected more often
	someGarbage  = 12 << 20 // what it may have beyond what is in use
)

// lazily is how much garbage there may be before it is collected, in per cent of
// what is in use, within the memory that [frugal] allows.
const lazily = 400

// frugal makes the collector keep to [littleMemory] as long as what is in use
// leaves room for [someGarbage] in it, and wait until it is nearly reached: a
// verb that reads many items has little in use, and would collect the garbage of
// every few hundred. Where more is in use there is room for as much garbage, and
// for a quarter of what is in use. GOMEMLIMIT and GOGC in the environment count
// instead.
func frugal() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(lazily)
	}
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetMemoryLimit(littleMemory)
	runtime.SetFinalizer(&collected{limit: littleMemory}, (*collected).again)
}

// memoryFor is how much memory to allow with so many bytes in use.
func memoryFor(live int64) int64 { return max(littleMemory, live+live/4+someGarbage) }

// A collected is told after each collection.
type collected struct{ limit int64 }

func (c *collected) again() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if limit := memoryFor(int64(live[0].Value.Uint64())); limit > c.limit*11/10 || limit < c.limit*9/10 {
		c.limit = limit
		debug.SetMemoryLimit(limit)
	}
	runtime.SetFinalizer(c, (*collected).again)
}
