// Package resume opens an archive for writing, and finishes first what an export, a
// publishing or a forgetting that was cut off had begun.
package resume
