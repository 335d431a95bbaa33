// Package stage brings files into the archive together: each is written aside and
// synced before the first of them takes its place, so that a full disk changes none,
// and what somebody has written into one is kept before it is replaced. What the
// files hold is left to those who stage them.
package stage
