// Package files takes files in, saves to files, converts them and says what is in
// them. It needs no account.
package files
