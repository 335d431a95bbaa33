// Package overview tells how every account stands, and what the archive holds.
package overview
