// Package practice plays the loss of October 2009 on the demo phone.
package practice
