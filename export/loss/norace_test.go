//go:build !race

package loss_test

const raced = false
