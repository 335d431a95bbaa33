// Package exports exports an account, and answers what is held.
package exports
