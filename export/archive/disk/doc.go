// Package disk is the archive's folder as the archive uses it: files and folders
// written so that a power cut leaves them whole, the lock that keeps every other
// writer out, names that every system takes, where everything lies, and what the
// disk's errors mean. What the files hold is left to the other rooms.
package disk
